// Audit and second opinion by keys: the button or link that bears the key is pressed. A key for a text that was not yet seen is refused, as in the queue.
"use strict";
(() => {
  const { keysOn, typing, keys } = window.pollwatch;
  const form = document.querySelector("form.judge");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    if (keys.leaving()) event.preventDefault(); // it was judged: the next text is on its way
    else keys.leave();
  });
  document.addEventListener("keydown", (event) => {
    if (!keysOn() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const bearer = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!bearer) return;
    event.preventDefault();
    if (event.repeat) return; // a key held down is one key
    const acts = !bearer.matches("a, input");
    keys.press(event.key, () => {
      if (!bearer.matches("input")) { bearer.click(); return; }
      const box = bearer.closest("details");
      if (box) box.open = true;
      bearer.focus();
    }, acts);
  });
})();
