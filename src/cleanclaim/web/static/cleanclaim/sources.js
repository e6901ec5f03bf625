// Looking at the words of a scan: Enter says "it is so" and goes on, typing corrects; the page shows where the word stands. And a dictation's keys.
"use strict";

(function () {
  const form = () => document.getElementById("words");
  const fields = () => Array.from(document.querySelectorAll("#words input[data-word]"));
  let unsaved = new Set();
  let timer = null;

  function show(element) {
    const box = (element.dataset.box || "").split(" ").map(Number);
    const page = document.querySelector("svg[data-page='" + CSS.escape(element.dataset.page || "") + "']");
    if (box.length !== 4 || !page) { return; }
    document.querySelectorAll(".spot.is-shown").forEach((spot) => spot.classList.remove("is-shown"));
    const spot = page.querySelector("[data-spot='" + CSS.escape(element.dataset.word || element.dataset.sure || "") + "']");
    if (spot) { spot.classList.add("is-shown"); }
    const lens = document.getElementById("lens");
    const whole = page.querySelector("image");
    if (!lens || !whole) { return; }
    const high = Math.max(box[3] - box[1], 12) * 2.2;
    const wide = Math.max(high * 7.5, (box[2] - box[0]) * 1.3);
    lens.setAttribute("viewBox", [(box[0] + box[2] - wide) / 2, (box[1] + box[3] - high) / 2, wide, high].join(" "));
    const copy = document.getElementById("lens-picture");
    ["href", "width", "height"].forEach((name) => copy.setAttribute(name, whole.getAttribute(name)));
    const frame = document.getElementById("lens-spot");
    [["x", box[0]], ["y", box[1]], ["width", box[2] - box[0]], ["height", box[3] - box[1]]].forEach(([name, value]) => frame.setAttribute(name, value));
    const top = page.getBoundingClientRect().top + window.scrollY + (box[1] / whole.getAttribute("height")) * page.getBoundingClientRect().height;
    if (top < window.scrollY + 60 || top > window.scrollY + window.innerHeight - 80) { window.scrollTo({ top: top - window.innerHeight / 3 }); }
  }

  function decide(field) {
    const label = field.closest(".word-wait");
    label.querySelector("input[type=checkbox]").checked = true;
    label.classList.add("is-seen");
    const spot = document.querySelector("[data-spot='" + CSS.escape(field.dataset.word) + "']");
    if (spot) { spot.classList.remove("is-waiting"); spot.classList.add("is-seen"); }
    unsaved.add(field.dataset.word);
    clearTimeout(timer);
    timer = setTimeout(save, 700);
    count();
  }

  function count(left) {
    const waiting = left === undefined ? document.querySelectorAll("#words .word-wait:not(.is-seen)").length : left;
    const place = document.getElementById("left");
    if (place) { place.textContent = waiting; }
    const why = document.getElementById("why");
    if (why) { why.hidden = waiting === 0; }
  }

  async function save() {
    const words = Array.from(unsaved);
    if (!words.length || !form()) { return true; }
    unsaved = new Set();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form().querySelector("[name=csrfmiddlewaretoken]").value);
    words.forEach((word) => {
      const field = form().querySelector("[name='w" + CSS.escape(word) + "']");
      body.append("ok", word);
      body.append("w" + word, field.value);
    });
    const said = document.getElementById("kept");
    try {
      const answer = await fetch(form().action, { method: "POST", body: body, headers: { Accept: "application/json" } });
      const facts = await answer.json();
      if (!answer.ok) { throw new Error(facts.refused || "not kept"); }
      said.textContent = "Kept.";
      if (!unsaved.size) { count(facts.waiting); }
      return true;
    } catch (wrong) {
      words.forEach((word) => unsaved.add(word));
      said.textContent = "Not kept yet: " + wrong.message;
      return false;
    }
  }

  function edit(span) {
    const label = document.createElement("label");
    label.className = "word-wait";
    const field = document.createElement("input");
    field.name = "w" + span.dataset.sure;
    field.value = field.defaultValue = span.textContent;
    field.size = Math.max(2, span.textContent.length);
    field.maxLength = 200;
    field.setAttribute("aria-label", "Change " + span.textContent);
    Object.assign(field.dataset, { word: span.dataset.sure, page: span.dataset.page, box: span.dataset.box });
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: "ok", value: span.dataset.sure, tabIndex: -1 });
    box.setAttribute("aria-label", "It is so");
    label.append(field, box);
    span.replaceWith(label);
    field.focus();
    field.select();
  }

  document.addEventListener("focusin", (event) => { if (event.target.dataset && event.target.dataset.word) { show(event.target); } });
  document.addEventListener("input", (event) => {
    if (event.target.dataset && event.target.dataset.word) { event.target.size = Math.max(2, event.target.value.length); }
  });
  document.addEventListener("change", (event) => {
    const field = event.target.closest("#words .word-wait");
    if (!field) { return; }
    const text = field.querySelector("input[data-word]");
    if (event.target.type !== "checkbox" || event.target.checked) { decide(text); } else { event.target.checked = true; }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.dataset || !event.target.dataset.word) { return; }
    event.preventDefault();
    decide(event.target);
    const list = fields();
    const at = list.indexOf(event.target);
    const next = list.slice(at + 1).concat(list.slice(0, at)).find((field) => !field.closest(".word-wait").classList.contains("is-seen"));
    if (next) { next.focus(); next.select(); }
    else { const accept = document.querySelector("#accept button"); if (accept) { accept.focus(); } }
  });
  document.addEventListener("click", (event) => {
    const span = event.target.closest("#words [data-sure]");
    if (span && document.getElementById("lens")) { edit(span); }
    const spot = event.target.closest("[data-spot]");
    const field = spot && fields().find((one) => one.dataset.word === spot.dataset.spot);
    if (field) { field.focus(); field.select(); }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "accept" || !unsaved.size) { return; }
    event.preventDefault();
    clearTimeout(timer);
    save().then((done) => { if (done) { event.target.submit(); } });
  });
  window.addEventListener("load", () => {
    const first = document.querySelector("#words .word-wait:not(.is-seen) input[data-word]");
    if (first) { first.focus({ preventScroll: true }); first.select(); }
  });

  // A dictation is played with the keys above the letters, so that the hands stay where they type.
  document.addEventListener("keydown", (event) => {
    const player = document.querySelector("[data-player]");
    if (!player || !["F6", "F7", "F8", "F9", "F10"].includes(event.key)) { return; }
    event.preventDefault();
    if (event.key === "F8") { if (player.paused) { player.play(); } else { player.pause(); player.currentTime = Math.max(0, player.currentTime - 2); } }
    if (event.key === "F7") { player.currentTime = Math.max(0, player.currentTime - 5); }
    if (event.key === "F9") { player.currentTime += 5; }
    if (event.key === "F6") { player.playbackRate = Math.max(0.5, player.playbackRate - 0.25); }
    if (event.key === "F10") { player.playbackRate = Math.min(2.5, player.playbackRate + 0.25); }
  });
})();
