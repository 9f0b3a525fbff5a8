// The queue by keys and mouse: one card at a time, or many selected. Forms work as they are without it.
"use strict";
(() => {
  const { keysOn, typing, say, acts, strike, keys } = window.pollwatch;
  const list = document.querySelector("[data-list]");
  const bulk = document.querySelector("form[data-bulk]");
  const all = () => [...document.querySelectorAll("article[data-story]")];
  const cards = () => all().filter((card) => !card.hidden);
  let at = null; // the card that keys act on
  let wide = null; // every story of the filter, once asked for
  let lastPick = null;

  function select(card, focus = true) {
    if (!card) return;
    if (at && at !== card) at.classList.remove("at");
    at = card;
    card.classList.add("at");
    if (focus) { card.focus({ preventScroll: true }); card.scrollIntoView({ block: "nearest" }); }
  }
  function turn(link, end) {
    if (!link) return false;
    keys.leave();
    location.href = link.href + "#" + end;
    return true;
  }
  function again(place = "#first") { // the page as it is now, with its first story or another selected
    keys.leave();
    history.replaceState(null, "", location.pathname + location.search + place);
    location.reload();
  }
  function step(by) {
    const shown = cards().filter((card) => card === at || !card.matches(".elsewhere"));
    const index = at && !at.hidden ? shown.indexOf(at) : -1;
    const next = index + by;
    if (index < 0) { select(shown[by > 0 ? 0 : shown.length - 1]); return; }
    if (next < 0 && turn(document.querySelector("[data-previous]"), "last")) return;
    if (next >= shown.length && turn(document.querySelector("[data-next]"), "first")) return;
    select(shown[Math.max(0, Math.min(shown.length - 1, next))]);
  }
  // selection
  const boxes = () => [...document.querySelectorAll("[data-pick]")];
  const picked = () => boxes().filter((box) => box.checked && !box.closest("article").hidden);
  function count() {
    const n = wide ? wide.length : picked().length;
    bulk.classList.toggle("on", n > 0);
    bulk.querySelector("[data-count]").textContent = n ? n.toLocaleString("en") + " selected" : "Selected:";
    bulk.querySelector("[data-clear]").hidden = !n;
    if (more) more.hidden = !n || Boolean(wide);
    all().forEach((card) => card.classList.toggle("picked", Boolean(card.querySelector("[data-pick]:checked"))));
  }
  function pick(box, on, range) {
    const every = boxes().filter((box) => !box.closest("article").hidden);
    wide = null;
    box.checked = on;
    if (range && lastPick && lastPick !== box) {
      const [from, to] = [every.indexOf(lastPick), every.indexOf(box)].sort((a, b) => a - b);
      every.slice(Math.max(0, from), to + 1).forEach((box) => { box.checked = on; });
    }
    lastPick = box;
    count();
  }
  function clear() { wide = null; boxes().forEach((box) => { box.checked = false; }); count(); }
  const more = bulk && bulk.querySelector("[data-all]");
  const selectAll = keys.whole(async () => {
    const answer = await fetch(window.pollwatch.root + "-/queue/ids.json?" + list.dataset.query, { credentials: "same-origin" });
    if (!answer.ok) { acts.show("The list of stories could not be had.", false); return; }
    wide = (await answer.json()).stories;
    boxes().forEach((box) => { box.checked = true; });
    count();
    say(wide.length + " stories selected");
  });
  // acts
  function counts(reply) { // of the view as it is now, and how many of this page are left in it
    tabs(reply.tabs);
    document.querySelectorAll("[data-facet]").forEach((count) => { count.textContent = ((reply.facets[count.dataset.facet] || {})[count.dataset.value] || 0).toLocaleString("en"); });
    const total = document.querySelector("[data-total]");
    const shown = document.querySelector("[data-tab-link][aria-current]");
    if (!total || !shown) return;
    total.textContent = reply.tabs[shown.dataset.tabLink].toLocaleString("en");
    document.querySelector("[data-place]").textContent = cards().length + " here";
  }
  function tabs(counts) {
    document.querySelectorAll("[data-tab-link]").forEach((link) => {
      const n = counts[link.dataset.tabLink];
      if (n !== undefined) link.querySelector(".n").textContent = n.toLocaleString("en");
    });
  }
  function stays(tab) { // whether a story of that tab belongs to this view
    const shown = document.querySelector("[data-tab-link][aria-current]");
    const of = shown ? shown.dataset.tabLink : "all";
    return of === "all" || of === tab || (of === "open" && list.dataset.open.split(" ").includes(tab));
  }
  function follow(reply) {
    reply.stories.forEach((story) => {
      const card = document.getElementById("story-" + story.id);
      if (!card) return;
      acts.updated(card, story);
      card.hidden = !stays(story.tab);
    });
    if (reply.tabs) counts(reply);
  }
  const act = keys.whole(async (form, action, items) => {
    const card = form.closest("article[data-story]");
    const before = cards();
    const touched = card ? [card] : all().filter((other) => other.querySelector("[data-pick]:checked"));
    touched.forEach((other) => other.classList.add("going"));
    const reply = await acts.send(form, action, items);
    touched.forEach((other) => other.classList.remove("going"));
    if (reply.failed !== undefined) {
      acts.show(reply.message, false);
      keys.stop("The act before was not written.");
      if (reply.stale && card) overtaken(card, form, reply, before);
      if (card && reply.title === "One thing is missing" && action.startsWith("dismissed")) note(card);
      return;
    }
    acts.noteSent(form);
    follow(reply);
    (reply.left_out || []).forEach((story) => { const other = document.getElementById("story-" + story.story); if (other) { other.classList.add("stale"); lookAgain(other); } });
    acts.show(reply.words + ".", reply.undo);
    acts.offer(reply, action);
    if (items) clear();
    if (!cards().length) { acts.keep(reply, action); again(); return; }
    if (card && at !== card) return; // somebody has chosen another story meanwhile
    const free = !typing(document.activeElement) || (card !== null && card.contains(document.activeElement));
    if (!card || (!reply.verdict && !card.hidden)) { if (card && !card.hidden) select(card, free); return; }
    onward(before, card, free, () => acts.keep(reply, action));
  });
  function onward(before, card, free, keep) { // to the story after one that has left, on this page or the next
    const index = before.indexOf(card);
    const waits = (other) => !other.hidden && !other.matches(".elsewhere");
    const next = before.slice(index + 1).find(waits);
    const page = document.querySelector("[data-next]");
    if (next) select(next, free);
    else if (page) { keep(); turn(page, "first"); }
    else select(before.slice(0, index).reverse().find(waits), free);
  }
  function overtaken(card, form, reply, before) { // somebody else has acted on it: judged, it leaves as after an act of one's own
    const [now] = reply.stories || [];
    if (!now || stays(now.tab) || form.elements.note.value) { card.classList.add("stale"); lookAgain(card); return; }
    const keep = () => acts.keep(reply);
    follow(reply);
    if (!cards().length) { keep(); again(); return; }
    if (at === card) onward(before, card, !typing(document.activeElement) || card.contains(document.activeElement), keep);
  }
  const also = keys.whole(async () => {
    const reply = await acts.also();
    if (!reply) return;
    if (reply.failed !== undefined) { acts.show(reply.message, false); keys.stop("The act before was not written."); return; }
    follow(reply);
    acts.show(reply.words + ".", reply.undo);
    if (at && at.hidden) select(cards()[0]);
    if (!cards().length) { acts.keep(reply); again(); }
  });
  function lookAgain(card) {
    if (card.querySelector(".look-again")) return;
    const link = document.createElement("a");
    link.className = "go look-again"; link.href = ""; link.textContent = "Changed: look again";
    (card.querySelector(".buttons") || card).prepend(link);
  }
  const link = keys.whole(acts.link);
  const undo = keys.whole(async () => {
    const reply = await acts.undo();
    if (reply.failed !== undefined) { acts.show(reply.message, false); keys.stop("The act before was not taken back."); return; }
    const here = reply.stories.map((story) => document.getElementById("story-" + story.id));
    if (here.some((card) => !card)) { acts.keep(reply, "undo"); keys.leave(); location.reload(); return; }
    follow(reply);
    if (reply.unlinks && !here.some(acts.unlinked)) { acts.keep(reply, "undo"); again("#story-" + reply.stories[0].id); return; }
    acts.show(reply.words + ".", reply.undo, "undo");
    if (here[0] && !here[0].hidden) select(here[0], !typing(document.activeElement));
  });
  function note(card) {
    const box = card.querySelector("details.note");
    box.open = true;
    box.querySelector("textarea").focus();
  }
  function open(card, selector) { if (!cards().length) return; if (!card || card.hidden) { step(1); acts.show("No story was selected; this one is now.", false); return; } const link = card && card.querySelector(selector); if (link) { remember(); if (!link.target) keys.leave(); link.click(); } }
  function remember() { if (at) sessionStorage.setItem("pollwatch-place", location.pathname + location.search + "#" + at.id); }
  const verdicts = { c: "confirmed", f: "confirmed:falsehood", e: "escalated", r: "new" };
  function visible(card) { // a key acts only on the card that is seen to be selected
    const box = card.getBoundingClientRect();
    return box.bottom > 40 && box.top < innerHeight - 40;
  }
  function target(key) { // form, items: the selection if there is one, else the card
    const items = wide || picked().map((box) => box.value);
    if (items.length) return [bulk, items];
    if (!at || at.hidden || !visible(at)) { if (at && !at.hidden) select(at); else step(1); if (!keys.leaving()) keys.onlyAgain(key); return [null, null]; }
    if (at.querySelector(".look-again")) { again("#" + at.id); return [null, null]; }
    return [at.querySelector("form[data-acts]"), null];
  }
  function onKey(key, shift) {
    if (key === "v" || key === "V") { if (!at) step(1); if (at) { const box = at.querySelector("[data-pick]"); if (box) pick(box, !box.checked, shift); } return true; }
    if (key === "A" && more && !more.hidden && boxes().every((box) => box.checked || box.closest("article").hidden)) { selectAll(); return true; }
    if (key === "A") { boxes().forEach((box) => { box.checked = !box.closest("article").hidden; }); count(); return true; }
    if (key === "+" || key === "-") { if (!at || !visible(at)) { target(key); return true; } const button = at.querySelector(key === "+" ? "[data-join]" : "[data-refuse]"); link(button && button.form, button && button.value); return true; }
    if (!"cferxnmadst".includes(key) && !(key >= "1" && key <= "9")) return false;
    const [form, items] = target(key);
    if (!form) return true;
    if (!items && acts.theirs(at, key)) return true;
    if (items && key === "t") { acts.show("Rules are struck off one story at a time: select none, and press t on its card.", false); return true; }
    const struck = items ? {} : strike.key(form, key);
    if (struck.action) act(form, struck.action, null);
    if (struck.taken) return true;
    const reasons = form.querySelector("details.dismiss");
    if (key >= "1" && key <= "9") {
      const button = reasons.open && reasons.querySelectorAll("button")[Number(key) - 1];
      if (button) { reasons.open = false; act(form, button.value, items); }
      return Boolean(button);
    }
    if (key in verdicts) { act(form, verdicts[key], items); return true; }
    if (key === "x") { reasons.open = !reasons.open; if (reasons.open) reasons.querySelector("button").focus(); return true; }
    if (key === "m" && !items) { act(form, form.querySelector("[data-claim]").value, null); return true; }
    if (key === "n") { if (items) form.elements.note.focus(); else note(at); return true; }
    if (key === "a") { const menu = form.querySelector("details.more"); menu.open = true; menu.querySelector("select").focus(); return true; }
    return false;
  }
  const moves = {
    j: () => step(1), k: () => step(-1), o: () => open(at, "[data-open]"), w: () => open(at, "[data-source]"), z: undo, y: also,
    "]": () => tab(1), "[": () => tab(-1),
  };
  function tab(by) {
    const links = [...document.querySelectorAll("[data-tab-link]")];
    const to = links[links.findIndex((tab) => tab.hasAttribute("aria-current")) + by];
    if (to) { keys.leave(); location.href = to.href; }
  }
  const ACTING = "vVA+-cferxnmat123456789";
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && keys.waits()) { keys.stop("Stopped."); return; }
    if (event.key === "Escape" && !typing(event.target) && bulk && (wide || picked().length) && !document.querySelector("details.menu[open]")) { clear(); return; }
    if (!keysOn() || typing(event.target)) return;
    const { key, shiftKey } = event;
    if (key === "Enter" && event.target === at) { keys.press(key, () => open(at, "[data-open]"), false); return; }
    if (!(key in moves) && !(bulk && ACTING.includes(key))) return;
    event.preventDefault();
    if (event.repeat && (keys.waits() || !"jk".includes(key))) return; // a key held down is one key
    if (key in moves) keys.press(key, moves[key], "zy".includes(key));
    else keys.press(key, () => onKey(key, shiftKey));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form === bulk) { event.preventDefault(); const { value } = event.submitter; const items = wide || picked().map((box) => box.value); if (items.length) keys.after(() => act(form, value, items)); else acts.show("No story is selected.", false); return; }
    if (form.matches("form[data-link-act]")) { event.preventDefault(); const { value } = event.submitter; keys.after(() => link(form, value)); return; }
    if (!form.matches("form[data-acts]")) return;
    event.preventDefault();
    const card = form.closest("article[data-story]");
    if (card.classList.contains("going")) return; // never twice on one card
    card.classList.add("going");
    const action = event.submitter ? event.submitter.value : "note";
    keys.after(() => act(form, action, null));
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("article[data-story]");
    if (card && card !== at && keys.waits()) keys.stop("Another story was chosen.");
    if (card) select(card, false);
  });
  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-pick]");
    if (box) { pick(box, box.checked, event.shiftKey); return; }
    const card = event.target.closest("article[data-story]");
    if (card && card !== at && !keys.waits()) select(card, false); // where a touch gives no focus, too
    if (card && event.target.closest("a[data-open]")) remember();
  });
  if (bulk) {
    bulk.querySelector("[data-clear]").addEventListener("click", clear);
    bulk.querySelector("[data-mute-shared]").addEventListener("click", (event) => {
      const items = wide || picked().map((box) => box.value);
      event.currentTarget.search = items.length ? "?stories=" + items.slice(0, 300).map((item) => item.split(":")[0]).join(",") : "";
    });
    if (more) more.addEventListener("click", () => keys.after(selectAll));
    count();
  }
  document.getElementById("toast").querySelector("[data-undo]").addEventListener("click", () => keys.after(undo));
  document.getElementById("toast").querySelector("[data-also]").addEventListener("click", () => keys.after(also));
  window.pollwatch.stays = stays;
  if (location.hash === "#first") select(cards()[0]);
  else if (location.hash === "#last") select(cards().at(-1));
  else if (location.hash.startsWith("#story-")) select(document.getElementById(location.hash.slice(1)));
})();
