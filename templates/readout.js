// Figures that answer: the value under the pointer, a divider between two pictures, regions that find their bars.
// Everything works without this file; it only adds. A classic script, since modules don't load from file://.
(function () {
  "use strict";
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const { filled } = messages;
  const { within } = numerals;

  // A map: hover, touch, or focus and arrow keys. The same cell is marked on every map of the figure.
  const keys = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const readable = (plates) => {
    const readout = plates.querySelector(".readout");
    const words = JSON.parse(document.getElementById("readout").dataset.words);
    const maps = all(".frame[data-readings]", plates).map((frame) => {
      const cells = document.createElement("div");
      const mark = document.createElement("span");
      cells.className = "cells";
      cells.tabIndex = 0;
      cells.setAttribute("role", "application");
      cells.setAttribute("aria-label", words.cells);
      mark.className = "mark";
      mark.hidden = true;
      cells.append(mark);
      frame.append(cells);
      const label = frame.parentElement.querySelector(".plate-label");
      return { cells, mark, label: label ? label.textContent.trim() : "", ...JSON.parse(frame.dataset.readings) };
    });
    const place = ({ mark, rows, columns, step, size }, row, column) => {
      mark.hidden = row >= rows || column >= columns;
      mark.style.cssText = `top: ${100 * row * step[0]}%; left: ${100 * column * step[1]}%;`
        + `height: ${100 * Math.min(size[0], 1 - row * step[0])}%; width: ${100 * Math.min(size[1], 1 - column * step[1])}%`;
    };
    const say = (map, row, column) => {
      const number = map.values[row * map.columns + column];
      const unit = readout.dataset.unit ? ` ${readout.dataset.unit}` : "";
      const plus = number > 0 && map.kind !== "patch" && map.values.some((one) => one < 0) ? "+" : "";
      const value = plus + numerals.measured(number, map.power) + unit;
      const remains = map.score == null ? "" : filled(words.remains, {
        remains: numerals.fixed(map.score - number * 10 ** map.power, Math.max(-map.power, 0)),
      });
      const text = filled(words[map.kind], { row: row + 1, column: column + 1, rows: map.rows, columns: map.columns, value });
      readout.textContent = (map.label ? `${map.label} · ` : "") + text + (map.kind === "patch" ? remains : "");
    };
    const rest = () => {
      maps.forEach(({ mark }) => { mark.hidden = true; });
      readout.textContent = words.how;
    };
    maps.forEach((map) => {
      let at = [Math.floor(map.rows / 2), Math.floor(map.columns / 2)];
      const show = (row, column) => {
        at = [within(row, 0, map.rows - 1), within(column, 0, map.columns - 1)];
        maps.filter(({ rows, columns }) => rows === map.rows && columns === map.columns)
          .forEach((one) => place(one, ...at));
        say(map, ...at);
      };
      const point = (event) => {
        const box = map.cells.getBoundingClientRect();
        const shares = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
        // the cell whose middle is nearest: cells of hidden patches overlap
        show(...shares.map((share, axis) => Math.floor((share - (map.size[axis] - map.step[axis]) / 2) / map.step[axis])));
      };
      map.cells.addEventListener("pointermove", point);
      map.cells.addEventListener("pointerdown", point);
      map.cells.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") rest(); });
      map.cells.addEventListener("focus", () => { if (map.cells.matches(":focus-visible")) show(...at); });
      map.cells.addEventListener("blur", rest);
      map.cells.addEventListener("keydown", (event) => {
        if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        show(at[0] + keys[event.key][0], at[1] + keys[event.key][1]);
      });
    });
    rest();
  };
  all(".plates").filter((plates) => plates.querySelector(".frame[data-readings]")).forEach(readable);

  // Before and after: one picture over the other, with a divider to drag.
  all(".compared").forEach((plates) => {
    const range = plates.querySelector(".divider input");
    const split = () => plates.style.setProperty("--split", `${range.value}%`);
    const drag = (event) => {
      if (!event.buttons) return;
      const box = event.currentTarget.getBoundingClientRect();
      range.value = 100 * (event.clientX - box.left) / box.width;
      split();
    };
    range.addEventListener("input", split);
    all(":is(.before, .after) img", plates).forEach((image) => {
      image.draggable = false;
      image.addEventListener("pointerdown", drag);
      image.addEventListener("pointermove", drag);
    });
    split();
  });

  // Regions: the bar of the one under the pointer, and the other way round.
  all(".experiment:has([data-region])").forEach((figure) => {
    const light = (event) => {
      const found = event.type === "pointerover" && event.target.closest("[data-region]");
      all("[data-region]", figure).forEach((one) => {
        one.classList.toggle("lit", Boolean(found) && one.dataset.region === found.dataset.region);
      });
    };
    figure.addEventListener("pointerover", light);
    figure.addEventListener("pointerleave", light);
  });
})();
