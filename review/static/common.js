// Every page: the list of keys, menus that close, selects that submit. Everything works without it.
"use strict";
document.documentElement.classList.add("js");
window.pollwatch = {
  root: new URL("../..", document.currentScript.src).pathname, // "/", or the path that a proxy serves us under
  keysOn: () => localStorage.getItem("pollwatch-keys") !== "off",
  typing: (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null,
  say: (text) => { document.getElementById("live").textContent = text; },
};

(() => {
  const dialog = document.getElementById("keys");
  const button = document.querySelector("[data-help]");
  if (dialog && button) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
    const box = document.getElementById("keys-on");
    box.checked = window.pollwatch.keysOn();
    box.addEventListener("change", () => localStorage.setItem("pollwatch-keys", box.checked ? "on" : "off"));
  }
  const way = document.querySelector(".ways [aria-current]"); // in view where a phone's row of pages is too long
  if (way) way.parentElement.scrollLeft = way.offsetLeft - way.parentElement.offsetLeft - (way.parentElement.clientWidth - way.offsetWidth) / 2;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      else if (window.pollwatch.typing(event.target)) event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || window.pollwatch.typing(event.target)) return;
    if (event.key === "?" && dialog) { dialog.showModal(); event.preventDefault(); }
    if (event.key === "/" && window.pollwatch.keysOn()) {
      const field = document.getElementById("q");
      if (field) { field.focus(); field.select(); event.preventDefault(); }
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("toggle", (event) => { // a menu that opens is seen whole: scrolled to, and under no message
    const pop = event.target.open && event.target.matches("details.menu") && event.target.querySelector(".pop");
    if (!pop) return;
    pop.scrollIntoView({ block: "nearest" });
    const toast = document.getElementById("toast");
    if (!toast || toast.hidden) return;
    const [menu, message] = [pop.getBoundingClientRect(), toast.getBoundingClientRect()];
    if (menu.bottom > message.top && menu.right > message.left && menu.left < message.right) toast.hidden = true;
  }, true);
  for (const name of ["sound", "notify"]) {
    const box = document.getElementById("keys-" + name);
    if (!box) continue;
    box.checked = localStorage.getItem("pollwatch-" + name) === "on";
    box.addEventListener("change", () => {
      localStorage.setItem("pollwatch-" + name, box.checked ? "on" : "off");
      if (name === "notify" && box.checked && "Notification" in window) Notification.requestPermission();
    });
  }
  const local = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const times = document.querySelectorAll("time[data-clock], time[data-local]");
  const foot = document.querySelector("[data-times]");
  if (foot && times.length) foot.textContent = "Times are yours; hover for UTC.";
  for (const time of times) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const utc = time.dateTime.slice(0, 16).replace("T", " ") + " UTC";
    if (time.hasAttribute("data-clock")) { time.textContent = local.format(at); time.title = utc; }
    else time.title = local.format(at) + " here, " + utc;
  }
  document.querySelectorAll("textarea[data-submit]").forEach((field) => { // a search of several lines: Shift and Enter begin one
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      field.form.requestSubmit();
    });
  });
  document.querySelectorAll("select[data-submit]").forEach((select) => {
    select.addEventListener("change", () => select.form.requestSubmit());
  });
})();

window.pollwatch.post = (() => { // a form by script; by its own person after a session that ended, too
  const token = (page) => page.querySelector("input[name=csrftoken]");
  const person = (page) => (page.querySelector(".me .pop p") || {}).textContent;
  function ask(path, body) {
    body.set("csrftoken", token(document).value);
    return fetch(path, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
  }
  async function renewed() { // whether the same person has signed in again in another tab; then this page's forms get that session's token
    const page = new DOMParser().parseFromString(await (await fetch(location.href, { credentials: "same-origin" })).text(), "text/html");
    if (!token(page) || person(page) !== person(document)) return false;
    document.querySelectorAll("input[name=csrftoken]").forEach((old) => { old.value = token(page).value; });
    return true;
  }
  return async (path, body) => {
    const answer = await ask(path, body);
    if (answer.status !== 403 || (await answer.clone().json()).title !== "Reload the page") return answer;
    return (await renewed()) ? ask(path, body) : answer; // nothing was written
  };
})();
