"use strict";
(function () {
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const settings = { displayModeBar: false, responsive: true };
  const charts = Array.from(document.querySelectorAll("[data-chart]"), function (place) {
    const themes = ["light", "dark"].map(function (theme) {
      return JSON.parse(document.getElementById(place.dataset.chart + "-" + theme).textContent);
    });
    return { place: place, themes: themes };
  });

  function draw(dark) {
    charts.forEach(function (chart) {
      const figure = chart.themes[dark ? 1 : 0];
      window.Plotly.react(chart.place, figure.data, figure.layout, settings);
    });
  }

  // Paper is light, and shows what is folded away.
  const folded = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (part) {
      part.open = true;
      folded.push(part);
    });
    draw(false);
  });
  window.addEventListener("afterprint", function () {
    folded.splice(0).forEach(function (part) { part.open = false; });
    draw(scheme.matches);
  });
  scheme.addEventListener("change", function () { draw(scheme.matches); });
  draw(scheme.matches);
})();
