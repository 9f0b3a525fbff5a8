// A rule's passage while the mouse rests on its chip; a click or Enter keeps it open, as without script.
"use strict";
(() => {
  if (!matchMedia("(hover: hover)").matches) return;
  const REST = 250; // ms: a mouse on its way elsewhere opens nothing
  let timer = 0, shown = null; // opened by resting, not by a click
  const close = () => { if (shown) shown.open = false; shown = null; };
  document.querySelectorAll(".about-rule").forEach((chip) => {
    chip.addEventListener("mouseenter", () => {
      clearTimeout(timer);
      if (chip.open) return;
      timer = setTimeout(() => { close(); if (document.querySelector("details.menu[open]")) return; chip.open = true; shown = chip; }, REST);
    });
    chip.addEventListener("mouseleave", () => { clearTimeout(timer); if (shown === chip) timer = setTimeout(close, REST); });
    chip.querySelector("summary").addEventListener("click", (event) => { // a click keeps what resting has opened
      clearTimeout(timer);
      if (shown === chip) { event.preventDefault(); shown = null; }
    });
  });
})();
