// What a reader keeps: maps with photo, colour bar, class, settings and site as one picture; their numbers as JSON. Never the
// photo itself but in the picture that is asked for. A classic script, since modules don't load from file://.
const keeping = (function () {
  "use strict";
  const [SIDE, GAP, LINE] = [448, 32, 26];

  const stem = ({ method, classes }) => [method, ...classes].join("-"); // of a file's name
  const settingsOf = ({ settings }) => Object.entries(settings).map(([name, value]) => `${lab.said(`setting-${name}`)}: ${value}`).join(" · ");

  // Canvases side by side on paper, each with its lines of text and, beneath it, its colour bar; `foot` is below all.
  const sheet = (plates, foot) => {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    canvas.width = plates.length * (SIDE + GAP) + GAP;
    canvas.height = GAP + SIDE + 4 * LINE + foot.length * LINE + GAP;
    pen.fillStyle = "#fcfcfa";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.font = "16px sans-serif";
    pen.imageSmoothingEnabled = false;
    plates.forEach(({ picture, lines, bar }, number) => {
      const left = GAP + number * (SIDE + GAP), below = GAP + SIDE;
      pen.drawImage(picture, left, GAP, SIDE, SIDE);
      pen.fillStyle = "#1b1d1e";
      lines.forEach((text, line) => pen.fillText(text, left, below + (line + 1) * LINE, SIDE));
      if (!bar) return;
      bar.stops.forEach((colour, stop) => {
        pen.fillStyle = `rgb(${colour.join()})`;
        pen.fillRect(left + stop * SIDE / bar.stops.length, below + 2.4 * LINE, SIDE / bar.stops.length + 1, 10);
      });
      pen.fillStyle = "#1b1d1e";
      pen.fillText(bar.low, left, below + 3.6 * LINE);
      pen.textAlign = "right";
      pen.fillText(bar.high, left + SIDE, below + 3.6 * LINE);
      pen.textAlign = "left";
    });
    pen.fillStyle = "#585d60";
    foot.forEach((text, line) => pen.fillText(text, GAP, GAP + SIDE + (4 + line + 0.8) * LINE, canvas.width - 2 * GAP));
    return canvas;
  };
  // `shown` are the plates of the maps, `seen` is the photo as the network sees it, which `label` says.
  const picture = (results, shown, seen, foot, label) => {
    const plates = [{ picture: seen, lines: [label] }, ...shown], note = [foot, settingsOf(results)].filter(Boolean);
    sheet(plates, note).toBlob((blob) => saving.save(blob, `${stem(results)}.png`), "image/png");
  };
  const numbers = (results, about) => {
    const maps = results.maps.map(({ values, height, width, signed, numbers, checks, done, of }, number) =>
      ({ class: about.classes[number], height, width, signed, passes: { done, of: of ?? done }, numbers, checks, values: Array.from(values) }));
    const told = { ...about, classes: undefined, method: results.method, settings: results.settings, maps };
    saving.save(new Blob([JSON.stringify(told)], { type: "application/json" }), `${stem(results)}.json`);
  };
  return { picture, numbers };
})();
