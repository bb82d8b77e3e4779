// Runs before the page is painted, so that a theme the reader has chosen never flashes and nothing that scripts add
// (style.css: `.scripted`) pushes the text about.
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");
  if (location.search.includes("embed=")) document.documentElement.classList.add("embedded"); // see embed.js
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) { /* no storage, so the system's theme */ }
})();
