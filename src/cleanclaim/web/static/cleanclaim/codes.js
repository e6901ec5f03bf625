// What the code screens add to the desk's keys: the first line is chosen at once, right and left walk down and up.
"use strict";

(function () {
  const typing = (element) => element && (element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName));

  function chooseFirst() {
    if (document.querySelector("[data-rows] tr.is-chosen")) { return; }
    const row = document.querySelector("[data-first] [data-row]");
    if (row) { row.classList.add("is-chosen"); }
  }
  window.addEventListener("load", chooseFirst);
  document.addEventListener("htmx:afterSettle", chooseFirst);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    if (event.key === "ArrowRight") {
      const target = document.querySelector("[data-rows] tr.is-chosen [data-enter]");
      if (target) { event.preventDefault(); target.click(); }
    } else if (event.key === "ArrowLeft") {
      const up = document.querySelector("[data-up]");
      if (up) { event.preventDefault(); up.click(); }
    }
  });
})();
