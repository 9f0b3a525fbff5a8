// The rule editor: checked as you type, half a second after the last key; a fault leads to its place.
"use strict";
(() => {
  const form = document.querySelector("form[data-editor]");
  const text = form.elements.text;
  const report = document.querySelector("[data-tried]");
  let timer = 0;
  let requests = 0;
  let saved = text.value; // what was last written or downloaded

  function tell(sentence, good) { // above the faults and examples, where it is seen and read out
    const line = document.createElement("p");
    line.className = good ? "notice good-notice" : "notice";
    line.dataset.said = "";
    line.textContent = sentence;
    report.querySelectorAll("[data-said]").forEach((before) => before.remove());
    report.prepend(line);
  }

  async function ask(what) {
    const number = ++requests;
    const sent = text.value;
    const body = new URLSearchParams({ text: sent, do: what, before: form.elements.before.value });
    report.classList.add("going");
    report.dataset.doing = what === "write" ? "Writing…" : "Checking…";
    let answer;
    try { answer = await window.pollwatch.post(form.action, body); }
    catch (error) { report.classList.remove("going"); tell("The server did not answer. Your text is kept here.", false); return; }
    if (number !== requests && what !== "write") return; // what was written is told, though somebody types on
    report.classList.remove("going");
    if (answer.status === 401) { tell("Your session has ended. Your text is kept here: sign in again in another tab, then go on.", false); return; }
    const news = await answer.json();
    if (what === "write") {
      if (answer.ok) [saved, form.elements.before.value] = [sent, news.before];
      else await ask("check");
      tell(`${news.title}: ${news.message}`, answer.ok);
      return;
    }
    if (!answer.ok) { tell(news.message, false); return; }
    if (news.ok) report.innerHTML = news.html; // made by our own template, every value escaped
  }
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask("check"), 500); });
  form.addEventListener("submit", (event) => {
    const what = event.submitter ? event.submitter.value : "check";
    if (what === "download") { saved = text.value; return; }
    event.preventDefault();
    clearTimeout(timer);
    ask(what);
  });
  window.addEventListener("beforeunload", (event) => { if (text.value !== saved) event.preventDefault(); });
  report.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line]");
    if (!button) return;
    const lines = text.value.split("\n");
    const place = lines.slice(0, button.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + Number(button.dataset.column) - 1;
    text.focus();
    text.setSelectionRange(place, place + 1);
    text.scrollTop = (button.dataset.line - 4) * parseFloat(getComputedStyle(text).lineHeight);
  });
})();
