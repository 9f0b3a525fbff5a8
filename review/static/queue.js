// Verdicts without leaving the page, and keys for all of them. Forms work as they are without it.
"use strict";
(() => {
  const { keysOn, typing, say } = window.pollwatch;
  const cards = () => [...document.querySelectorAll("[data-card]")];
  const alone = document.body.classList.contains("reading");
  const toast = document.getElementById("toast");
  let at = alone ? cards()[0] : null;
  let undone = null; // what the Undo button would take back
  let timer = 0;

  function select(card, focus = true) {
    if (!card) return;
    if (at && at !== card) at.classList.remove("at");
    at = card;
    if (alone) return;
    card.classList.add("at");
    if (focus) { card.focus({ preventScroll: true }); card.scrollIntoView({ block: "nearest" }); }
  }
  function step(by) {
    const list = cards().filter((card) => !card.hidden);
    const index = at && !at.hidden ? list.indexOf(at) : -1;
    select(list[Math.max(0, Math.min(list.length - 1, index + by))]);
  }
  function show(text, undo) {
    undone = undo;
    toast.querySelector("span").textContent = text;
    toast.querySelector("[data-undo]").hidden = !undo;
    toast.hidden = false;
    say(text);
    clearTimeout(timer);
    timer = setTimeout(() => { if (!toast.contains(document.activeElement)) toast.hidden = true; }, 12000);
  }
  async function post(form, body) {
    const answer = await fetch(form, {
      method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin",
    });
    if (answer.status === 401) { location.reload(); throw new Error("signed out"); }
    const told = await answer.json();
    if (!answer.ok) { told.failed = answer.status; }
    return told;
  }
  function tabs(counts) {
    document.querySelectorAll("[data-tab]").forEach((tab) => {
      tab.querySelector(".n").textContent = (counts[tab.dataset.tab] || 0).toLocaleString("en");
    });
  }
  function update(card, told) {
    const shown = document.querySelector("[data-tab][aria-current]");
    const stays = alone || !shown || shown.dataset.tab === "all" || shown.dataset.tab === told.status;
    card.dataset.status = told.status;
    card.classList.remove("is-new", "is-confirmed", "is-dismissed", "is-escalated", "going");
    card.classList.add("is-" + told.status);
    const verdict = card.querySelector("[data-verdict]");
    if (verdict) { verdict.hidden = told.status === "new"; verdict.textContent = told.status === "new" ? "" : told.status[0].toUpperCase() + told.status.slice(1) + " by you, just now"; }
    const owner = card.querySelector("[data-owner]");
    if (owner) { owner.hidden = !told.assigned_to; owner.querySelector("bdi").textContent = told.assigned_to || ""; }
    const form = card.querySelector("form[data-acts]");
    form.elements.seen.value = told.seen;
    form.elements.request_id.value = crypto.randomUUID ? crypto.randomUUID().replaceAll("-", "") : String(Math.random()).slice(2);
    form.elements.note.value = "";
    const claim = form.querySelector("[data-claim]");
    claim.value = told.assigned_to ? "unclaim" : "claim";
    claim.querySelector("span").textContent = told.assigned_to ? "Release" : "Claim";
    form.querySelector("[data-reset]").hidden = told.status === "new";
    form.querySelectorAll("details.menu").forEach((menu) => { menu.open = false; });
    if (!alone) form.querySelectorAll("details.note").forEach((menu) => { menu.open = false; });
    card.hidden = !stays;
    tabs(told.tabs);
  }
  async function act(form, action) {
    const card = form.closest("[data-card]");
    const body = new URLSearchParams(new FormData(form));
    body.set("action", action);
    card.classList.add("going");
    let told;
    try { told = await post(form.getAttribute("action"), body); }
    catch (error) { card.classList.remove("going"); show("The server did not answer. Nothing was written.", null); return; }
    if (told.failed) {
      card.classList.remove("going");
      show(told.message, null);
      if (told.stale) { card.classList.add("stale"); offerReload(card); }
      if (told.title === "One thing is missing" && action.startsWith("dismissed")) note(card);
      return;
    }
    const after = cards().filter((other) => !other.hidden);
    const next = after[after.indexOf(card) + 1] || after[after.indexOf(card) - 1];
    update(card, told);
    told.cards.filter((id) => String(id) !== card.dataset.card).forEach((id) => {
      const other = document.getElementById("card-" + id);
      if (other) other.hidden = true;
    });
    show(told.words + ".", told.undo ? { batch: told.batch, card, cards: told.cards } : null);
    if (card.hidden) { if (next && !next.hidden) select(next); else if (!cards().some((c) => !c.hidden)) location.reload(); }
    if (alone && ["confirmed", "dismissed", "escalated"].includes(told.status) && !action.startsWith("note")) {
      const following = document.querySelector("[data-next]");
      if (following) say(told.words + ". Press j for the next card.");
    }
  }
  function offerReload(card) {
    if (card.querySelector(".look-again")) return;
    const link = document.createElement("a");
    link.className = "go look-again"; link.href = ""; link.textContent = "Look again";
    card.querySelector(".buttons").prepend(link);
  }
  async function undo() {
    if (!undone) { show("Nothing to undo on this page.", null); return; }
    const { batch, card, cards: touched } = undone;
    const form = card.querySelector("form[data-acts]");
    const body = new URLSearchParams({ batch, csrftoken: form.elements.csrftoken.value });
    const told = await post("/-/undo", body);
    if (told.failed) { show(told.message, null); return; }
    card.hidden = false;
    touched.forEach((id) => { const other = document.getElementById("card-" + id); if (other) other.hidden = false; });
    update(card, told);
    card.hidden = false;
    if (touched.length > 1) { location.reload(); return; }
    show("Undone.", null);
    select(card);
  }
  function note(card) {
    const box = card.querySelector("details.note");
    box.open = true;
    box.querySelector("textarea").focus();
  }
  function marks(by) {
    const list = [...document.querySelectorAll(".text mark")];
    if (!list.length) return;
    const index = list.indexOf(document.querySelector("mark.now"));
    list.forEach((mark) => mark.classList.remove("now"));
    const mark = list[(index + by + list.length) % list.length];
    mark.classList.add("now");
    mark.scrollIntoView({ block: "center" });
  }
  function tab(by) {
    const list = [...document.querySelectorAll("[data-tab]")];
    const index = list.findIndex((one) => one.hasAttribute("aria-current"));
    const to = list[index + by];
    if (to) location.href = to.href;
  }
  function follow(selector) {
    const link = (at || document).querySelector(selector) || document.querySelector(selector);
    if (link) link.click();
  }
  const verdicts = { c: "confirmed", e: "escalated", r: "new" };
  const moves = {
    j: () => (alone ? follow("[data-next]") : step(1)), k: () => (alone ? follow("[data-previous]") : step(-1)),
    o: () => follow("[data-open]"), v: () => follow("[data-source]"), u: () => follow("[data-back]"),
    ".": () => marks(1), ",": () => marks(-1), "]": () => tab(1), "[": () => tab(-1), z: undo,
  };
  function onCard(key) {
    const form = at && at.querySelector("form[data-acts]");
    if (!form) return false;
    const reasons = form.querySelector("details.dismiss");
    const number = Number(key);
    if (reasons.open && number >= 1) {
      const button = reasons.querySelectorAll("button")[number - 1];
      if (button) act(form, button.value);
      return true;
    }
    if (key in verdicts) { act(form, verdicts[key]); return true; }
    if (key === "m") { act(form, form.querySelector("[data-claim]").value); return true; }
    if (key === "x") { reasons.open = !reasons.open; if (reasons.open) reasons.querySelector("button").focus(); return true; }
    if (key === "n") { note(at); return true; }
    if (key === "s" && form.elements.story) { form.elements.story.checked = !form.elements.story.checked; say(form.elements.story.checked ? "Whole story" : "This card only"); return true; }
    return false;
  }
  document.addEventListener("keydown", (event) => {
    if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && event.target === at && !alone) { follow("[data-open]"); return; }
    if (event.key in moves) { moves[event.key](); event.preventDefault(); return; }
    if (!at && !alone && "cexmnsr".includes(event.key)) step(1);
    if (onCard(event.key)) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-acts]")) return;
    event.preventDefault();
    const action = event.submitter ? event.submitter.value : "note";
    if (form.closest("[data-card]")) act(form, action);
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (card && !alone) select(card, false);
  });
  toast.querySelector("[data-undo]").addEventListener("click", undo);
})();
