// The rule editor: checked as you type, half a second after the last key; a fault leads to its place.
"use strict";
(() => {
  const form = document.querySelector("form[data-editor]");
  const text = form.elements.text;
  const told = document.querySelector("[data-tried]");
  let timer = 0;
  let asked = 0;

  async function ask(what) {
    const number = ++asked;
    const body = new URLSearchParams({ text: text.value, do: what, csrftoken: form.elements.csrftoken.value });
    told.classList.add("going");
    let answer;
    try { answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" }); }
    catch (error) { told.classList.remove("going"); window.pollwatch.say("The server did not answer."); return; }
    if (number !== asked) return;
    told.classList.remove("going");
    if (answer.status === 401) { window.pollwatch.say("Your session has ended; your text is kept here."); return; }
    const news = await answer.json();
    if (news.ok) told.innerHTML = news.html; // made by our own template, every value escaped
  }
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask("check"), 500); });
  form.addEventListener("submit", (event) => {
    const what = event.submitter ? event.submitter.value : "check";
    if (what === "download" || what === "write") return;
    event.preventDefault();
    clearTimeout(timer);
    ask(what);
  });
  told.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line]");
    if (!button) return;
    const lines = text.value.split("\n");
    const place = lines.slice(0, button.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + Number(button.dataset.column) - 1;
    text.focus();
    text.setSelectionRange(place, place + 1);
    text.scrollTop = (button.dataset.line - 4) * parseFloat(getComputedStyle(text).lineHeight);
  });
})();
