// What the queue and the reading page share: acts sent without leaving the page, undo, notes that are never lost.
"use strict";
window.pollwatch.acts = (() => {
  const { say } = window.pollwatch;
  const toast = document.getElementById("toast");
  let timer = 0;
  const id = () => (crypto.randomUUID ? crypto.randomUUID().replaceAll("-", "") : String(Math.random()).slice(2));
  const draft = (story) => "pollwatch-note-" + story;

  function show(text, undo, action) {
    toast.querySelector("span").textContent = text;
    const button = toast.querySelector("[data-undo]");
    button.hidden = !undo;
    button.querySelector("bdi").textContent = action === "undo" ? "Undo the act before" : "Undo";
    toast.querySelector("[data-also]").hidden = true;
    toast.hidden = false;
    say(text);
    clearTimeout(timer);
    timer = setTimeout(() => { if (!toast.contains(document.activeElement)) toast.hidden = true; }, 12000);
  }
  async function post(path, body) {
    const answer = await window.pollwatch.post(path, body);
    if (answer.status === 401) return { failed: 401, message: "Your session has ended. What you typed is kept: sign in again in another tab, then go on here." };
    const reply = await answer.json();
    if (!answer.ok) reply.failed = answer.status;
    return reply;
  }
  async function send(form, action, items) {
    const body = new URLSearchParams(new FormData(form));
    body.set("action", action);
    if (items) { body.delete("items"); body.set("items", items.join(" ")); }
    const list = document.querySelector("[data-list], .reader[data-query]");
    if (list) body.set("view", list.dataset.query);
    if (list && list.matches(".reader")) { body.set("from", list.dataset.story); body.set("then", list.dataset.then); }
    try {
      const reply = await post(window.pollwatch.root + "-/act", body);
      if (form.elements.request_id) form.elements.request_id.value = id(); // the form's next act is another one
      return reply;
    } catch (error) { return { failed: 0, message: "The server did not answer, so the act may not be written. Try again: it is never written twice." }; }
  }
  let offered = null; // stories joined to the one just judged that still wait, and the verdict
  function offer(reply, action) {
    offered = reply.also && reply.also.length && action !== "new" ? { items: reply.also, action } : null;
    if (!offered) return;
    const button = toast.querySelector("[data-also]");
    button.hidden = false;
    button.querySelector("bdi").textContent = "Also for " + offered.items.length + " more on this event";
    say(button.querySelector("bdi").textContent + ": y");
  }
  function keep(reply, action) { // said by the page that comes now
    sessionStorage.setItem("pollwatch-told", JSON.stringify({ text: reply.failed === undefined ? reply.words + "." : reply.message, undo: reply.undo, also: reply.also || [], action: action || "" }));
  }
  async function also() { // the same verdict for them; null when none is offered, or not any longer to be seen
    if (!offered) { show("No joined story waits for the last verdict.", false); return null; }
    if (toast.hidden) { const again = offered; show("Verdict before: " + again.action + ".", false); offer({ also: again.items }, again.action); return null; }
    const { items, action } = offered;
    offered = null;
    const body = new URLSearchParams({ items: items.join(" "), action, request_id: id(), spare_claimed: "1" });
    const list = document.querySelector("[data-list]");
    if (list) body.set("view", list.dataset.query);
    try { return await post(window.pollwatch.root + "-/act", body); }
    catch (error) { return { failed: 0, message: "The server did not answer. Nothing was written." }; }
  }
  async function undo() {
    offered = null;
    const body = new URLSearchParams();
    const list = document.querySelector("[data-list]");
    if (list) body.set("view", list.dataset.query);
    let reply;
    try { reply = await post(window.pollwatch.root + "-/undo", body); }
    catch (error) { reply = { failed: 0, message: "The server did not answer." }; }
    return reply;
  }
  function claimed(card, story) { // who has claimed it, and what `m` does about that
    const [action, words] = story.claiming;
    const owner = card.querySelector("[data-owner]");
    if (owner) { owner.hidden = !story.claimed_by; owner.querySelector("bdi").textContent = story.claimed_by || ""; }
    const warning = card.querySelector("[data-taken]");
    if (warning) { warning.hidden = !story.claimed_by || action !== "claim"; warning.querySelector("bdi").textContent = story.claimed_by || ""; }
    const button = card.querySelector("[data-claim]");
    if (button) [button.value, button.querySelector("span").textContent] = [action, words];
  }
  const crossed = new WeakMap(); // cards, and whose claim on them was pointed out
  function theirs(card, key) { // somebody else has claimed it: the first key for a verdict only says so
    const [owner, button] = [card.querySelector("[data-owner]"), card.querySelector("[data-claim]")];
    const name = owner.hidden || button.value !== "claim" ? "" : owner.querySelector("bdi").textContent;
    if (!"cferx".includes(key) || !name || crossed.get(card) === name) return false;
    crossed.set(card, name);
    window.pollwatch.keys.onlyLater(key, name + " has claimed this story.");
    return true;
  }
  function updated(card, story) { // one story as the server now has it
    card.dataset.tab = story.tab;
    card.dataset.seen = story.seen;
    card.classList.remove("is-new", "is-confirmed", "is-dismissed", "is-escalated", "going");
    card.classList.add("is-" + story.status);
    const verdict = card.querySelector("[data-verdict]");
    if (verdict) { verdict.hidden = story.status === "new"; verdict.textContent = story.status === "new" ? "" : story.words; }
    const status = card.querySelector(".status");
    if (status) status.textContent = story.status[0].toUpperCase() + story.status.slice(1);
    const words = card.querySelector(".meta .sev");
    if (words && story.severity) { words.textContent = story.severity[0].toUpperCase() + story.severity.slice(1); card.classList.remove("sev-critical", "sev-high", "sev-medium", "sev-low"); card.classList.add("sev-" + story.severity); }
    if (story.struck) window.pollwatch.strike.show(card, story.struck);
    claimed(card, story);
    card.querySelectorAll("[data-for]").forEach((element) => { element.hidden = !story.assigned_to; element.querySelector("bdi").textContent = story.assigned_to || ""; });
    const tags = card.querySelector("[data-tags]");
    if (tags) { tags.hidden = !story.tags; tags.querySelector("bdi").textContent = story.tags || ""; }
    card.querySelectorAll("[data-told]").forEach((line) => {
      if (story[line.dataset.told] === undefined) return;
      line.hidden = !story[line.dataset.told];
      line.querySelectorAll("bdi").forEach((element) => { element.textContent = story[element.dataset.says] || ""; });
    });
    card.querySelectorAll("input[name=items]").forEach((field) => { const grown = field.value.split(":")[2]; field.value = card.dataset.story + ":" + story.seen + (grown ? ":" + grown : ""); });
    card.querySelectorAll("input[name=request_id]").forEach((field) => { field.value = id(); });
    const form = card.querySelector("form[data-acts]");
    if (!form) return;
    form.querySelector("[data-reset]").hidden = story.status === "new";
    form.querySelectorAll("details.menu").forEach((menu) => { menu.open = false; });
  }
  function twin(line) { // the same link on the other story's card
    const subject = line.querySelector("input[name=subject]");
    const other = subject && document.getElementById("story-" + subject.value);
    const field = other && other.querySelector("[data-linked] input[name=subject][value='" + line.closest("[data-story]").dataset.story + "']");
    return field && field.closest("[data-linked]");
  }
  const both = (line) => [line, twin(line)].filter(Boolean);
  const before = new WeakMap(); // a link's states before its answers on this page, the latest last
  function stand(line, [state, words]) { // a link as it now stands: only what would change it can be pressed
    line.dataset.linked = state;
    line.querySelector("[data-link-state]").textContent = words;
    for (const [action, answered] of [["join", "joined"], ["refuse", "refused"]]) {
      const button = line.querySelector(`button[value=${action}]`);
      button.form.hidden = state === answered;
      button.toggleAttribute("data-" + action, state === "proposed");
    }
  }
  function answered(line, action) {
    before.set(line, [...(before.get(line) || []), [line.dataset.linked, line.querySelector("[data-link-state]").textContent]]);
    line.dataset.answered = performance.now();
    stand(line, action === "join" ? ["joined", "same event, say you"] : ["refused", "another event, say you"]);
  }
  async function link(form, action) { // the same event, or another: one key, and one to take it back
    if (!form) { show("Nothing more on this waits for an answer.", false); return; }
    const [card, line] = [form.closest("[data-story]"), form.closest("[data-linked]")];
    const reply = await send(form, action, null);
    if (reply.failed !== undefined) { show(reply.message, false); window.pollwatch.keys.stop("The act before was not written."); return; }
    updated(card, reply.stories[0]);
    both(line).forEach((side) => answered(side, action));
    show(reply.words + ".", reply.undo);
  }
  function unlinked(card) { // the latest answer of this card was taken back; whether it was given on this page
    const lines = [...card.querySelectorAll("[data-answered]")].sort((a, b) => a.dataset.answered - b.dataset.answered);
    const last = lines.at(-1);
    if (last) both(last).forEach(reopen);
    return Boolean(last);
  }
  function reopen(line) {
    const states = before.get(line) || [];
    if (states.length) stand(line, states.pop());
    if (!states.length) delete line.dataset.answered;
  }
  function noteSent(form) {
    const field = form.elements.note;
    if (!field) return;
    field.value = "";
    const card = form.closest("[data-story]");
    if (card) localStorage.removeItem(draft(card.dataset.story));
  }
  document.addEventListener("keydown", (event) => { // Enter in a field presses the button beside it
    const value = event.key === "Enter" && event.target.dataset.enter;
    if (!value) return;
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector(`button[value=${value}]`));
  });
  document.addEventListener("input", (event) => { // an expired session or a closed tab keeps the typed note
    const card = event.target.matches("textarea[name=note]") && event.target.closest("[data-story]");
    if (card) localStorage.setItem(draft(card.dataset.story), event.target.value);
  });
  document.querySelectorAll("[data-story]").forEach((card) => {
    const noteDraft = localStorage.getItem(draft(card.dataset.story));
    const field = card.querySelector("textarea[name=note]");
    if (noteDraft && field && !field.value) {
      field.value = noteDraft;
      const box = field.closest("details");
      if (box) box.open = true;
    }
  });
  const waiting = sessionStorage.getItem("pollwatch-told"); // what the page before had to say
  sessionStorage.removeItem("pollwatch-told");
  if (waiting) { const reply = JSON.parse(waiting); show(reply.text, reply.undo, reply.action); offer(reply, reply.action); }
  return { show, keep, offer, also, send, undo, updated, claimed, theirs, link, unlinked, noteSent, id };
})();
