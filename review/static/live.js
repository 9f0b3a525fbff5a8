// New and changed stories announce themselves and take nobody's place. Sound and notification only when asked for.
// The reading page hears of its one story: who else looks at it, has claimed it, or was there meanwhile.
"use strict";
(() => {
  const list = document.querySelector("[data-list], .reader[data-story]");
  const title = document.title;
  const link = list && list.querySelector("[data-fresh]");
  if (!list) return;
  const shown = () => [...document.querySelectorAll("article[data-story], .reader[data-story]")];
  let announced = 0;
  const on = (name) => localStorage.getItem("pollwatch-" + name) === "on";

  function announce(fresh) {
    if (!link) return;
    link.hidden = !fresh;
    link.textContent = fresh ? fresh + " new" : "";
    document.title = (fresh ? "(" + fresh + ") " : "") + title;
    if (fresh <= announced) return;
    announced = fresh;
    window.pollwatch.say(fresh + " new in this view");
    if (on("sound")) beep();
    if (on("notify") && "Notification" in window && Notification.permission === "granted" && document.hidden) {
      new Notification("Pollwatch: " + fresh + " new", { tag: "pollwatch" });
    }
  }
  function beep() {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.06;
    tone.frequency.value = 660;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.18);
  }
  function update(stories) {
    shown().forEach((card) => {
      const story = stories[card.dataset.story];
      if (!story) return;
      const watched = card.querySelector("[data-watched]");
      if (watched) { watched.hidden = !story.watched_by.length; watched.textContent = story.watched_by.join(", ") + " looking"; }
      window.pollwatch.acts.claimed(card, story);
      const changed = String(story.review_count) !== card.dataset.seen;
      card.classList.toggle("stale", changed);
      card.classList.toggle("elsewhere", link && changed && !window.pollwatch.stays(story.tab)); // keys pass over it
      const verdict = card.querySelector("[data-verdict]");
      if (changed && verdict) { verdict.hidden = false; verdict.textContent = (story.reviewed_by || "Somebody") + " was here just now: " + story.last_act; }
    });
  }
  async function ask() {
    if (document.hidden && !on("notify")) return;
    const stories = shown().map((card) => card.dataset.story).join(",");
    const query = new URLSearchParams(list.dataset.query);
    query.set("loaded", list.dataset.loaded);
    query.set("stories", stories);
    let answer;
    try { answer = await fetch(window.pollwatch.root + "-/live.json?" + query, { credentials: "same-origin" }); } catch (error) { return; }
    if (!answer.ok) return;
    const news = await answer.json();
    announce(news.fresh);
    document.querySelectorAll("[data-mine]").forEach((badge) => { badge.textContent = news.mine.toLocaleString("en"); badge.closest("[data-mine-link]").hidden = !news.mine && !badge.closest("aside"); });
    update(news.stories);
  }
  setInterval(ask, Number(list.dataset.every || 15) * 1000);
})();
