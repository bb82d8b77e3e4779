// A map as readers see it: in colours with their bar, and with its values under the pointer or the arrow keys.
// A classic script, since modules don't load from file://.
const showing = (function () {
  "use strict";
  const SIDE = framing.CROP;
  const { said } = lab;
  const element = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
  const hexadecimal = (colour) => `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  const signedNumber = (value) => (value > 0 ? "+" : "") + numerals.number(value);

  const pixelsOf = (map, scale, palette, photo) => {
    const grow = map.overlay ? resampling.resized : resampling.nearest;
    const values = map.height === SIDE && map.width === SIDE ? map.values : grow(map.values, map.height, map.width, SIDE, SIDE);
    if (!scale) return colours.over(new Float64Array(SIDE * SIDE), { signed: map.signed, limit: 1 }, palette, photo);
    return map.overlay ? colours.over(values, scale, palette, photo) : colours.alone(values, scale, palette);
  };
  const barOf = (map, scale, palette, ends) => {
    const bar = element("div", "bar-scale"), shown = element("div", "colours"), ticks = element("p", "ticks");
    bar.style.setProperty("--zero", scale.signed ? "50%" : "0%");
    shown.style.setProperty("--stops", `linear-gradient(to right, ${colours.bar(scale.signed, palette, Boolean(map.overlay)).map(hexadecimal).join(", ")})`);
    const [low, high] = [scale.signed ? -scale.limit : 0, scale.limit].map(numerals.number);
    const told = element("span", "hidden", said("color-bar", { low, high }));
    const numbers = (scale.signed ? [low, "0", signedNumber(scale.limit)] : [low, high]).map((text) => {
      const end = element("span", "", text);
      end.setAttribute("aria-hidden", "true");
      return end;
    });
    ticks.append(told, ...numbers);
    bar.append(shown, ticks);
    if (scale.signed && ends) {
      const meaning = element("p", "ends");
      meaning.append(...ends.map((text) => element("span", "", text)));
      bar.append(meaning);
    }
    if (scale.rawMax > scale.limit) bar.append(element("p", "remark", said("clipped", { percentile: 99, max: numerals.number(scale.rawMax) })));
    return bar;
  };
  // What is read at a cell: of hidden patches the one whose middle is nearest, with the score that is left without it.
  const readingAt = (map, row, column) => {
    if (!map.patches) {
      const cell = { row: row + 1, column: column + 1, rows: map.height, columns: map.width };
      return said("reading-cell", { ...cell, value: (map.signed ? signedNumber : numerals.number)(map.values[row * map.width + column]) });
    }
    const { windows, drops, score } = map.patches;
    const away = ({ top, left, bottom, right }) => Math.hypot((top + bottom - 1) / 2 - row, (left + right - 1) / 2 - column);
    const nearest = drops.reduce((best, _, number) => (away(windows[number]) < away(windows[best]) ? number : best), 0);
    return said("reading-patch", { drop: signedNumber(drops[nearest]), remains: numerals.number(score - drops[nearest]), score: numerals.number(score) });
  };
  // A plate with a map; `plate.show(map, scale, alternative, ends)` draws the next one in its place, `ends` are what the ends of
  // a scale with signs mean. `told(row, column)` is called for what is read.
  // What is pointed at is read; a click or an arrow key chooses a cell, which is read again when the pointer has left.
  const plate = (label, photo, told = () => {}) => {
    const whole = element("div", "plate"), frame = element("div", "frame"), canvas = element("canvas", "exact");
    const cells = element("div", "cells"), mark = element("span", "mark"), readout = element("p", "readout"), bars = element("div", "");
    [canvas.width, canvas.height] = [SIDE, SIDE];
    canvas.setAttribute("role", "img");
    cells.tabIndex = 0;
    cells.setAttribute("role", "application");
    cells.setAttribute("aria-label", said("reading-cells"));
    readout.setAttribute("role", "status");
    readout.textContent = said("reading-how");
    mark.hidden = true;
    cells.append(mark);
    frame.append(canvas, cells);
    whole.append(element("p", "plate-label", label), frame, bars, readout);
    let map = null, chosen = null;
    const read = (row, column) => {
      const at = [numerals.within(row, 0, map.height - 1), numerals.within(column, 0, map.width - 1)];
      mark.hidden = false;
      mark.style.cssText = `top: ${100 * at[0] / map.height}%; left: ${100 * at[1] / map.width}%; height: ${100 / map.height}%; width: ${100 / map.width}%`;
      readout.textContent = readingAt(map, ...at);
      told(...at);
      return at;
    };
    const choose = (row, column) => { chosen = read(row, column); };
    const under = (event) => {
      const box = cells.getBoundingClientRect();
      return [Math.floor((event.clientY - box.top) / box.height * map.height), Math.floor((event.clientX - box.left) / box.width * map.width)];
    };
    cells.addEventListener("pointermove", (event) => { if (map) read(...under(event)); });
    cells.addEventListener("pointerdown", (event) => { if (map) choose(...under(event)); });
    cells.addEventListener("pointerleave", () => { if (map && chosen) read(...chosen); });
    cells.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!way || !map || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const step = Math.max(1, Math.round(map.height / 56));
      const [row, column] = chosen ?? [map.height / 2, map.width / 2].map(Math.floor);
      choose(row + way[0] * step, column + way[1] * step);
    });
    const show = (next, scale, alternative, ends) => {
      map = next;
      whole.classList.toggle("signed", Boolean(scale?.signed) && !map.overlay); // white at zero: dark pages turn it
      const palette = lab.palettes[map.signed ? "signed" : "unsigned"];
      canvas.getContext("2d").putImageData(new ImageData(pixelsOf(map, scale, palette, photo), SIDE, SIDE), 0, 0);
      canvas.setAttribute("aria-label", alternative);
      bars.replaceChildren(scale ? barOf(map, scale, palette, ends) : element("p", "remark state", said(`map-${colours.stateOf(map.values).replace(" ", "-")}`)));
    };
    return { element: whole, canvas, show, choose };
  };
  // A table row whose first cell heads it, and a table of such rows; a text is a number but for the first.
  const row = (...cells) => {
    const line = element("tr", "");
    cells.forEach((content, number) => {
      const one = element(number ? "td" : "th", typeof content === "string" && number ? "figures" : "");
      if (!number) one.scope = "row";
      one.append(content);
      line.append(one);
    });
    return line;
  };
  const table = (heads, rows, caption) => {
    const made = element("table", ""), head = element("thead", ""), body = element("tbody", ""), line = element("tr", "");
    made.append(element("caption", "hidden", caption), head, body);
    line.append(...heads.map((text) => Object.assign(element("th", "", text), { scope: "col" })));
    head.append(line);
    body.append(...rows);
    return made;
  };
  return { plate, element, row, table };
})();
