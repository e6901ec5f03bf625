// What the desks add to htmx: the keyboard. No page needs it to work.
"use strict";

(function () {
  const typing = (element) => element && (element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName));

  // A row list: j and k (or arrows) move, Enter opens; "/" goes to the search field, "?" shows the keys.
  function rows() { return Array.from(document.querySelectorAll("[data-rows] [data-row]")); }
  function choose(list, index) {
    list.forEach((row) => row.classList.remove("is-chosen"));
    const row = list[Math.max(0, Math.min(index, list.length - 1))];
    if (!row) { return; }
    row.classList.add("is-chosen");
    row.scrollIntoView({ block: "nearest" });
    const spot = row.dataset.shows;
    document.querySelectorAll("mark.is-shown, .proof.is-shown").forEach((mark) => mark.classList.remove("is-shown"));
    if (spot) {
      document.querySelectorAll(".proof[data-for~='" + CSS.escape(spot) + "']").forEach((proof) => proof.classList.add("is-shown"));
      document.querySelectorAll("mark[data-for~='" + CSS.escape(spot) + "']").forEach((mark, place) => {
        mark.classList.add("is-shown");
        if (place === 0) { mark.scrollIntoView({ block: "center" }); }
      });
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const search = document.querySelector("[data-search]");
    const list = rows();
    const at = list.findIndex((row) => row.classList.contains("is-chosen"));
    const inSearch = event.target === search;
    if (inSearch && event.key === "Escape") { search.blur(); return; }
    if (typing(event.target) && !(inSearch && ["ArrowDown", "ArrowUp", "Enter"].includes(event.key))) { return; }
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    else if ((event.key === "j" && !inSearch) || event.key === "ArrowDown") { if (list.length) { event.preventDefault(); choose(list, at + 1); } }
    else if ((event.key === "k" && !inSearch) || event.key === "ArrowUp") { if (list.length) { event.preventDefault(); choose(list, at - 1); } }
    else if (event.key === "Enter" && at >= 0) {
      const target = list[at].querySelector("[data-enter]");
      if (target && (inSearch || !event.target.closest("a, button"))) { event.preventDefault(); target.click(); }
    }
    else if (event.key === "x" && at >= 0) { const off = list[at].querySelector("[data-reject]"); if (off) { off.click(); } }
    else if (event.key === "?") { const help = document.getElementById("keys"); if (help) { help.open ? help.close() : help.showModal(); } }
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] [data-row]");
    if (row) { choose(rows(), rows().indexOf(row)); }
    const closer = event.target.closest("[data-close]");
    if (closer) { closer.closest("dialog").close(); }
    const printer = event.target.closest("[data-print]");
    if (printer) { window.print(); }
  });
  document.addEventListener("submit", (event) => {
    const ask = event.target.dataset ? event.target.dataset.ask : null;
    if (ask && !window.confirm(ask)) { event.preventDefault(); }
  });

  // A chart reads its numbers from the JSON beside it; the same numbers stand in a table for everybody else.
  function draw() {
    if (!window.echarts) { return; }
    document.querySelectorAll("[data-chart]").forEach((place) => {
      const source = document.getElementById(place.dataset.chart);
      if (!source || place.dataset.drawn) { return; }
      place.dataset.drawn = "yes";
      const facts = JSON.parse(source.textContent);
      const dollars = (cents) => "$" + (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
      const chart = window.echarts.init(place, null, { renderer: "svg" });
      chart.setOption({
        animation: false,
        color: ["#0f766e", "#f59e0b", "#6366f1", "#dc2626", "#64748b", "#0ea5e9"],
        tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: dollars },
        legend: { top: 0, type: "scroll" },
        grid: { left: 10, right: 16, top: 44, bottom: 8, containLabel: true },
        xAxis: { type: "category", data: facts.labels },
        yAxis: { type: "value", axisLabel: { formatter: (cents) => "$" + (cents / 100).toLocaleString("en-US") } },
        series: facts.series.map((one) => ({ name: one.name, type: "bar", stack: facts.is_stacked === false ? undefined : "all", data: one.cents, barMaxWidth: 64 })),
      });
      window.addEventListener("resize", () => chart.resize());
    });
  }
  window.addEventListener("load", draw);
  document.addEventListener("htmx:afterSettle", draw);
})();
