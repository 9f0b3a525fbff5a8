// "Not this rule": rules ticked on a card or the reading page are struck off with the next verdict, or alone.
"use strict";
window.pollwatch.strike = (() => {
  const boxes = (menu) => [...menu.querySelectorAll("[data-strike-rule]")].map((row) => row.querySelector("input"));
  const chips = (card, slug) => [...card.querySelectorAll(".chip[data-rule]")].filter((chip) => chip.dataset.rule === slug);
  function ticked(menu) { // how many are ticked, and which chips they are
    const card = menu.closest("[data-story]");
    let n = 0;
    for (const box of boxes(menu)) {
      n += box.checked ? 1 : 0;
      chips(card, box.value).forEach((chip) => chip.classList.toggle("ticked", box.checked));
    }
    menu.querySelector("[data-ticked]").textContent = n ? " (" + n + ")" : "";
    return n;
  }
  function clear(menu) { boxes(menu).forEach((box) => { box.checked = false; }); ticked(menu); }
  function open(form) { // false: this story has no rule left to strike off
    const menu = form.querySelector("[data-strike]");
    if (!menu) return false;
    const other = form.querySelector("details.dismiss");
    if (other) other.open = false;
    menu.open = true;
    const first = boxes(menu).find((box) => !box.disabled);
    (first || menu.querySelector("button:not([hidden])")).focus();
    return true;
  }
  // A key while the list is open: a number ticks, "t" strikes off what is ticked (or closes). The act that follows, if any.
  function key(form, pressed) {
    const menu = form.querySelector("[data-strike]");
    if (pressed === "t" && (!menu || !menu.open)) { open(form); return { taken: true }; }
    if (!menu || !menu.open) return { taken: false };
    if (pressed === "t") {
      menu.open = false;
      return { taken: true, action: ticked(menu) ? "strike" : "" };
    }
    if (pressed === "x") { menu.open = false; return { taken: false }; }
    const box = pressed >= "1" && pressed <= "9" ? boxes(menu)[Number(pressed) - 1] : null;
    if (!box || box.disabled) return { taken: pressed >= "1" && pressed <= "9" };
    box.checked = !box.checked;
    box.focus();
    ticked(menu);
    window.pollwatch.say(box.parentElement.querySelector("bdi").textContent + (box.checked ? ": not this rule" : ": it fits"));
    return { taken: true };
  }
  function show(card, slugs) { // the chips and the list as the server now has them
    card.querySelectorAll(".chip[data-rule]").forEach((chip) => { chip.classList.toggle("struck", slugs.includes(chip.dataset.rule)); });
    const menu = card.querySelector("[data-strike]");
    if (!menu) return;
    menu.querySelectorAll("[data-strike-rule]").forEach((row) => {
      const struck = slugs.includes(row.dataset.strikeRule);
      row.querySelector("label").hidden = struck;
      row.querySelector("input").disabled = struck;
      row.querySelector("button").hidden = !struck;
    });
    clear(menu);
  }
  function differs(card, slugs) {
    return [...card.querySelectorAll(".chip[data-rule]")].some((chip) => chip.classList.contains("struck") !== slugs.includes(chip.dataset.rule));
  }
  document.addEventListener("change", (event) => { if (event.target.matches("input[name=struck]")) ticked(event.target.closest("[data-strike]")); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input[name=struck]")) { event.target.click(); event.preventDefault(); } // else it would confirm
  });
  return { key, show, differs };
})();
