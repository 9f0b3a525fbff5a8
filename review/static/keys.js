// Keys typed while an act is under way wait, and are applied in order. A key whose story could not be seen when it was typed is refused, aloud.
"use strict";
window.pollwatch.keys = (() => {
  const PAUSE = 600; // ms without a key, after which somebody has looked again; fast typists leave 50 to 400
  const REFUSED = "pollwatch-keys-refused", TURNED = "pollwatch-keys-turned"; // told to the page that comes
  const line = document.getElementById("keys-wait");
  const waiting = []; // keys, and mouse acts among them, in the order in which they came
  let busy = 0; // acts under way
  let leaving = false; // another page is on its way: this one still shows what it has judged
  let refused = []; // keys of this burst
  let why = "";
  let careful = false; // until a pause no key acts, but `again`
  let again = "";
  let last = -Infinity;

  function show(text, loud = false) {
    line.textContent = text;
    line.hidden = !text;
    line.classList.toggle("loud", loud);
    if (loud) window.pollwatch.say(text);
  }
  function announce() {
    const n = waiting.length;
    if (!refused.length && !again) show(n ? n + (n === 1 ? " key waits" : " keys wait") : "");
  }
  function refuse(keys) {
    refused.push(...keys.filter(Boolean));
    if (refused.length) show(why + " Not applied: " + refused.join(" ") + ". Look again, then go on.", true);
  }
  function stop(reason) { // what was typed further was meant for what would have come
    why = reason;
    [careful, again, last] = [true, "", performance.now()];
    refuse(waiting.splice(0).map((typed) => typed.key));
  }
  function next() {
    while (!busy && !leaving && waiting.length) {
      const before = document.activeElement;
      waiting.shift().work();
      const now = document.activeElement;
      if (waiting.length && now !== before && window.pollwatch.typing(now)) stop("A field has opened.");
    }
    announce();
  }
  function press(key, work, acts = true) { // `acts`: false for keys that only move
    if (leaving) { sessionStorage.setItem(REFUSED, [sessionStorage.getItem(REFUSED), key].filter(Boolean).join(" ")); return; }
    const now = performance.now();
    if (now - last >= PAUSE) { refused = []; careful = false; again = ""; }
    if (acts || refused.length) last = now;
    if (refused.length || (careful && acts && key !== again)) { refuse([key]); return; }
    if (acts) { careful = false; again = ""; }
    waiting.push({ key, work });
    next();
  }
  function after(work) { waiting.push({ key: "", work }); next(); } // a click names its story itself
  const whole = (work) => async (...parameters) => { // nothing else starts before it has ended
    busy += 1;
    try { return await work(...parameters); } finally { busy -= 1; next(); }
  };
  function leave() {
    leaving = true;
    sessionStorage.setItem(TURNED, "1");
    const keys = waiting.splice(0).map((typed) => typed.key).filter(Boolean);
    if (keys.length) sessionStorage.setItem(REFUSED, keys.join(" "));
  }
  function onlyAgain(key) { // it has selected a story: the same key acts, another may have been meant for the next one
    why = "The first key only selected a story.";
    [careful, again, last] = [true, key, performance.now()];
    show("Selected. Press " + key + " again to act on it.");
    window.pollwatch.say(line.textContent);
  }
  function onlyLater(key, reason) { // it would cross somebody: what is typed at once was meant for the next story
    why = reason;
    [careful, again, last] = [true, "no key", performance.now()];
    show(reason + " Press " + key + " again to act on it all the same.", true);
    refuse(waiting.splice(0).map((typed) => typed.key));
  }
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });
  const before = sessionStorage.getItem(REFUSED);
  if (sessionStorage.getItem(TURNED)) [why, careful, last] = ["The page changed while you typed.", true, performance.now()];
  sessionStorage.removeItem(TURNED);
  sessionStorage.removeItem(REFUSED);
  if (before) refuse(before.split(" "));
  return { press, after, whole, leave, stop, onlyAgain, onlyLater, waits: () => waiting.length > 0, idle: () => !busy && !waiting.length && !leaving, leaving: () => leaving, ready: () => !careful || performance.now() - last >= PAUSE };
})();
