// The reading page by keys: verdicts that go on to the next story, marks, links, and back to the same place.
"use strict";
(() => {
  const { keysOn, typing, say, acts, strike, keys } = window.pollwatch;
  const story = document.querySelector(".reader[data-story]");
  const form = story.querySelector("form[data-acts]");
  const find = (selector) => document.querySelector(selector);

  function back() {
    const place = sessionStorage.getItem("pollwatch-place");
    const link = find("[data-back]");
    keys.leave();
    if (place && place.split("?")[0].split("#")[0] === window.pollwatch.root + "-/queue") location.href = place.replace(/#.*/, "") + "#story-" + story.dataset.story;
    else if (link) link.click();
  }
  const act = keys.whole(async (action) => {
    if (keys.leaving()) return; // it was judged: the next story is on its way
    const reply = await acts.send(form, action, null);
    story.classList.remove("going");
    if (reply.failed !== undefined) {
      acts.show(reply.message, false);
      keys.stop("The act before was not written.");
      if (reply.stale) { acts.keep(reply); keys.leave(); location.reload(); return; } // as it is now
      if (reply.title === "One thing is missing" && action.startsWith("dismissed")) form.elements.note.focus();
      return;
    }
    acts.noteSent(form);
    if (!reply.verdict && strike.differs(story, reply.stories[0].struck)) { keys.leave(); acts.keep(reply, action); location.reload(); return; } // its reasons are drawn anew
    acts.updated(story, reply.stories[0]);
    if (reply.verdict && action !== "new") {
      acts.keep(reply, action);
      keys.leave();
      if (reply.next) location.href = window.pollwatch.root + reply.next; else back();
      return;
    }
    acts.show(reply.words + ".", reply.undo);
  });
  const undo = keys.whole(async () => {
    const reply = await acts.undo();
    if (reply.failed !== undefined) { acts.show(reply.message, false); keys.stop("The act before was not taken back."); return; }
    const here = reply.stories.find((changed) => String(changed.id) === story.dataset.story);
    if (here && strike.differs(story, here.struck)) { keys.leave(); acts.keep(reply, "undo"); location.reload(); return; }
    if (reply.unlinks && !acts.unlinked(story)) { acts.keep(reply, "undo"); keys.leave(); location.reload(); return; }
    if (here) { acts.updated(story, here); acts.show(reply.words + ".", reply.undo, "undo"); }
    else { acts.keep(reply, "undo"); keys.leave(); location.href = window.pollwatch.root + "-/story/" + reply.stories[0].id; }
  });
  const also = keys.whole(async () => {
    const reply = await acts.also();
    if (!reply) return;
    const here = (reply.stories || []).find((changed) => String(changed.id) === story.dataset.story);
    if (here) acts.updated(story, here);
    acts.show(reply.failed === undefined ? reply.words + "." : reply.message, reply.failed === undefined && reply.undo);
    if (reply.failed !== undefined) keys.stop("The act before was not written.");
  });
  function marks(by) {
    const list = [...document.querySelectorAll(".text mark")];
    if (!list.length) return;
    const index = list.indexOf(find("mark.now"));
    list.forEach((mark) => mark.classList.remove("now"));
    const mark = list[(index + by + list.length) % list.length];
    mark.classList.add("now");
    mark.scrollIntoView({ block: "center" });
  }
  const click = (selector, leaves = true) => { const link = find(selector); if (link) { if (leaves) keys.leave(); link.click(); } };
  const link = keys.whole(acts.link);
  const answer = (selector) => { const button = find(selector); link(button && button.form, button && button.value); };
  const moves = {
    j: () => click("[data-next]"), k: () => click("[data-previous]"), u: back, w: () => click("[data-source]", false),
    ".": () => marks(1), ",": () => marks(-1), z: undo, y: also,
    "+": () => answer("[data-join]"), "-": () => answer("[data-refuse]"),
  };
  const verdicts = { c: "confirmed", f: "confirmed:falsehood", e: "escalated", r: "new" };
  function onKey(key) {
    if (acts.theirs(story, key)) return true;
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
  const ACTING = "cferxnmat123456789";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && keys.waits()) { keys.stop("Stopped."); return; }
    if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || find("dialog[open]")) return;
    const { key } = event;
    if (!(key in moves) && !(form && ACTING.includes(key))) return;
    event.preventDefault();
    if (event.repeat && !".,".includes(key)) return; // a key held down is one key
    if (key in moves) keys.press(key, moves[key], "zy+-".includes(key));
    else keys.press(key, () => onKey(key));
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-link-act]")) return;
    event.preventDefault();
    const { value } = event.submitter;
    keys.after(() => link(event.target, value));
  });
  if (form) {
    form.addEventListener("submit", (event) => { event.preventDefault(); const action = event.submitter ? event.submitter.value : "note"; if (story.classList.contains("going")) return; story.classList.add("going"); keys.after(() => act(action)); });
    const here = () => {
      if (document.hidden) return;
      const body = new URLSearchParams({ story: story.dataset.story, csrftoken: form.elements.csrftoken.value });
      fetch(window.pollwatch.root + "-/presence", { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => say("The server does not answer."));
    };
    here();
    setInterval(here, 40000);
  }
  find("#toast [data-undo]").addEventListener("click", () => keys.after(undo));
  find("#toast [data-also]").addEventListener("click", () => keys.after(also));
})();
