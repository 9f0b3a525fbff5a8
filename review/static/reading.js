// The reading page by keys: verdicts that go on to the next story, marks, links, and back to the same place.
"use strict";
(() => {
  const { keysOn, typing, say, acts, strike } = window.pollwatch;
  const story = document.querySelector(".reader[data-story]");
  const form = story.querySelector("form[data-acts]");
  const find = (selector) => document.querySelector(selector);
  let busy = false; // also while the next story is on its way: a key would judge this one once more
  window.addEventListener("pageshow", () => { busy = false; });

  function back() {
    const place = sessionStorage.getItem("pollwatch-place");
    const link = find("[data-back]");
    if (place && place.split("?")[0].split("#")[0] === window.pollwatch.root + "-/queue") location.href = place.replace(/#.*/, "") + "#story-" + story.dataset.story;
    else if (link) link.click();
  }
  async function act(action) {
    if (busy) return;
    busy = true;
    const told = await acts.send(form, action, null);
    busy = Boolean(told.verdict && action !== "new" && told.failed === undefined);
    if (told.failed !== undefined) {
      acts.show(told.message, false);
      if (told.title === "One thing is missing" && action.startsWith("dismissed")) form.elements.note.focus();
      return;
    }
    acts.noteSent(form);
    if (!told.verdict && strike.differs(story, told.stories[0].struck)) { busy = true; acts.keep(told, action); location.reload(); return; } // its reasons are drawn anew
    acts.updated(story, told.stories[0]);
    if (told.verdict && action !== "new") {
      acts.keep(told, action);
      if (told.next) location.href = window.pollwatch.root + told.next; else back();
      return;
    }
    acts.show(told.words + ".", told.undo);
  }
  async function undo() {
    const told = await acts.undo();
    if (told.failed !== undefined) { acts.show(told.message, false); return; }
    const here = told.stories.find((one) => String(one.id) === story.dataset.story);
    if (here && strike.differs(story, here.struck)) { busy = true; acts.keep(told, "undo"); location.reload(); return; }
    if (here) { acts.updated(story, here); acts.show(told.words + ".", told.undo, "undo"); }
    else { acts.keep(told, "undo"); location.href = window.pollwatch.root + "-/story/" + told.stories[0].id; }
  }
  async function also() {
    const told = await acts.also();
    if (!told) return;
    const here = (told.stories || []).find((one) => String(one.id) === story.dataset.story);
    if (here) acts.updated(story, here);
    acts.show(told.failed === undefined ? told.words + "." : told.message, told.failed === undefined && told.undo);
  }
  function marks(by) {
    const list = [...document.querySelectorAll(".text mark")];
    if (!list.length) return;
    const index = list.indexOf(find("mark.now"));
    list.forEach((mark) => mark.classList.remove("now"));
    const mark = list[(index + by + list.length) % list.length];
    mark.classList.add("now");
    mark.scrollIntoView({ block: "center" });
  }
  const click = (selector) => { const link = find(selector); if (link) link.click(); };
  const moves = {
    j: () => click("[data-next]"), k: () => click("[data-previous]"), u: back, w: () => click("[data-source]"),
    ".": () => marks(1), ",": () => marks(-1), z: undo, y: also, "+": () => click("[data-join]"), "-": () => click("[data-refuse]"),
  };
  const verdicts = { c: "confirmed", e: "escalated", r: "new" };
  function onKey(key) {
    const struck = strike.key(form, key);
    if (struck.action) act(struck.action);
    if (struck.taken) return true;
    const reasons = form.querySelector("details.dismiss");
    if (key >= "1" && key <= "9") {
      const button = reasons.open && reasons.querySelectorAll("button")[Number(key) - 1];
      if (button) act(button.value);
      return Boolean(button);
    }
    if (key in verdicts) { act(verdicts[key]); return true; }
    if (key === "m") { act(form.querySelector("[data-claim]").value); return true; }
    if (key === "x") { reasons.open = !reasons.open; if (reasons.open) reasons.querySelector("button").focus(); return true; }
    if (key === "n") { form.elements.note.focus(); return true; }
    if (key === "a") { const menu = form.querySelector("details.more"); menu.open = true; menu.querySelector("select").focus(); return true; }
    return false;
  }
  document.addEventListener("keydown", (event) => {
    if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || find("dialog[open]")) return;
    if (event.key in moves) { moves[event.key](); event.preventDefault(); return; }
    if (form && onKey(event.key)) event.preventDefault();
  });
  if (form) {
    form.addEventListener("submit", (event) => { event.preventDefault(); act(event.submitter ? event.submitter.value : "note"); });
    const here = () => {
      if (document.hidden) return;
      const body = new URLSearchParams({ story: story.dataset.story, csrftoken: form.elements.csrftoken.value });
      fetch(window.pollwatch.root + "-/presence", { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => say("The server does not answer."));
    };
    here();
    setInterval(here, 40000);
  }
  find("#toast [data-undo]").addEventListener("click", undo);
  find("#toast [data-also]").addEventListener("click", also);
})();
