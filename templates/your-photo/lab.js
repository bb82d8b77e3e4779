// What the build tells this page: its words, palettes, layers, and of each method its title, summary and lesson.
// `lab.said(NAME, values)` is a message with its values in it. A classic script, since modules don't load from file://.
const lab = (function () {
  "use strict";
  const { lab: told, site, version, weights } = document.getElementById("lab").dataset;
  const { words, palettes, percent, ...rest } = JSON.parse(told);
  return {
    ...rest, site, version, weights,
    palettes: Object.fromEntries(Object.entries(palettes).map(([name, text]) => [name, colours.palette(text)])),
    said: (name, values = {}) => messages.filled(words[name], values),
    percent: (share) => numerals.percent(share, percent),
    byId: (id) => document.getElementById(id),
  };
})();
