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
    const told = await answer.json();
    if (!answer.ok) told.failed = answer.status;
    return told;
  }
  async function send(form, action, items) {
    const body = new URLSearchParams(new FormData(form));
    body.set("action", action);
    if (items) { body.delete("items"); body.set("items", items.join(" ")); }
    const list = document.querySelector("[data-list], .reader[data-query]");
    if (list) body.set("view", list.dataset.query);
    if (list && list.matches(".reader")) { body.set("from", list.dataset.story); body.set("then", list.dataset.then); }
    try {
      const told = await post(window.pollwatch.root + "-/act", body);
      if (form.elements.request_id) form.elements.request_id.value = id(); // the form's next act is another one
      return told;
    } catch (error) { return { failed: 0, message: "The server did not answer, so the act may not be written. Try again: it is never written twice." }; }
  }
  let offered = null; // stories joined to the one just judged that still wait, and the verdict
  function offer(told, action) {
    offered = told.also && told.also.length && action !== "new" ? { items: told.also, action } : null;
    if (!offered) return;
    const button = toast.querySelector("[data-also]");
    button.hidden = false;
    button.querySelector("bdi").textContent = "Also for " + offered.items.length + " more on this event";
    say(button.querySelector("bdi").textContent + ": y");
  }
  function keep(told, action) { // said by the page that comes now
    sessionStorage.setItem("pollwatch-told", JSON.stringify({ text: told.failed === undefined ? told.words + "." : told.message, undo: told.undo, also: told.also || [], action: action || "" }));
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
    let told;
    try { told = await post(window.pollwatch.root + "-/undo", body); }
    catch (error) { told = { failed: 0, message: "The server did not answer." }; }
    return told;
  }
  function claimed(card, told) { // who has claimed it, and what `m` does about that
    const [action, words] = told.claiming;
    const owner = card.querySelector("[data-owner]");
    if (owner) { owner.hidden = !told.claimed_by; owner.querySelector("bdi").textContent = told.claimed_by || ""; }
    const warning = card.querySelector("[data-taken]");
    if (warning) { warning.hidden = !told.claimed_by || action !== "claim"; warning.querySelector("bdi").textContent = told.claimed_by || ""; }
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
  function updated(card, told) { // one story as the server now has it
    card.dataset.tab = told.tab;
    card.dataset.seen = told.seen;
    card.classList.remove("is-new", "is-confirmed", "is-dismissed", "is-escalated", "going");
    card.classList.add("is-" + told.status);
    const verdict = card.querySelector("[data-verdict]");
    if (verdict) { verdict.hidden = told.status === "new"; verdict.textContent = told.status === "new" ? "" : told.words; }
    const status = card.querySelector(".status");
    if (status) status.textContent = told.status[0].toUpperCase() + told.status.slice(1);
    const words = card.querySelector(".meta .sev");
    if (words && told.severity) { words.textContent = told.severity[0].toUpperCase() + told.severity.slice(1); card.classList.remove("sev-critical", "sev-high", "sev-medium", "sev-low"); card.classList.add("sev-" + told.severity); }
    if (told.struck) window.pollwatch.strike.show(card, told.struck);
    claimed(card, told);
    card.querySelectorAll("[data-for]").forEach((one) => { one.hidden = !told.assigned_to; one.querySelector("bdi").textContent = told.assigned_to || ""; });
    const tags = card.querySelector("[data-tags]");
    if (tags) { tags.hidden = !told.tags; tags.querySelector("bdi").textContent = told.tags || ""; }
    card.querySelectorAll("[data-told]").forEach((line) => {
      if (told[line.dataset.told] === undefined) return;
      line.hidden = !told[line.dataset.told];
      line.querySelectorAll("bdi").forEach((one) => { one.textContent = told[one.dataset.says] || ""; });
    });
    card.querySelectorAll("input[name=items]").forEach((field) => { const grown = field.value.split(":")[2]; field.value = card.dataset.story + ":" + told.seen + (grown ? ":" + grown : ""); });
    card.querySelectorAll("input[name=request_id]").forEach((field) => { field.value = id(); });
    const form = card.querySelector("form[data-acts]");
    if (!form) return;
    form.querySelector("[data-reset]").hidden = told.status === "new";
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
    const told = await send(form, action, null);
    if (told.failed !== undefined) { show(told.message, false); window.pollwatch.keys.stop("The act before was not written."); return; }
    updated(card, told.stories[0]);
    both(line).forEach((one) => answered(one, action));
    show(told.words + ".", told.undo);
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
    const kept = localStorage.getItem(draft(card.dataset.story));
    const field = card.querySelector("textarea[name=note]");
    if (kept && field && !field.value) {
      field.value = kept;
      const box = field.closest("details");
      if (box) box.open = true;
    }
  });
  const waiting = sessionStorage.getItem("pollwatch-told"); // what the page before had to say
  sessionStorage.removeItem("pollwatch-told");
  if (waiting) { const told = JSON.parse(waiting); show(told.text, told.undo, told.action); offer(told, told.action); }
  return { show, keep, offer, also, send, undo, updated, claimed, theirs, link, unlinked, noteSent, id };
})();
