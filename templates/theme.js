// Runs before the page is painted, so that a theme the reader has chosen never flashes.
(function () {
  "use strict";
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) { /* no storage, so the system's theme */ }
})();
