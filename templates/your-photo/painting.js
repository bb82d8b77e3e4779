// A mask of the reader's own: what is painted over becomes the mean colour, and the scores move. With the pointer, or with
// the arrow keys and the space bar. A classic script, since modules don't load from file://.
const painting = (function () {
  "use strict";
  const SIDE = framing.CROP;
  const BRUSH = 12; // pixels of the network's input, the radius
  const { byId, said } = lab;
  const mask = new Uint8Array(SIDE * SIDE); // 1 where it is painted
  let pixels = null, mean = [0, 0, 0], colour = [0, 0, 0], at = [SIDE / 2, SIDE / 2], strokes = 0;

  const canvas = () => byId("painted");
  const show = () => {
    const shown = new ImageData(SIDE, SIDE);
    for (let place = 0; place < SIDE * SIDE; place += 1) {
      shown.data.set(mask[place] ? colour : pixels.subarray(3 * place, 3 * place + 3), 4 * place);
      shown.data[4 * place + 3] = 255;
    }
    const pen = canvas().getContext("2d");
    pen.putImageData(shown, 0, 0);
    if (document.activeElement !== canvas()) return;
    pen.strokeStyle = "#fff";
    pen.beginPath();
    pen.arc(at[1], at[0], BRUSH, 0, 2 * Math.PI);
    pen.stroke();
  };
  const dab = (row, column, value = 1) => {
    for (let down = Math.max(0, Math.ceil(row - BRUSH)); down <= Math.min(SIDE - 1, row + BRUSH); down += 1) {
      const reach = Math.sqrt(Math.max(0, BRUSH ** 2 - (down - row) ** 2));
      const left = Math.max(0, Math.ceil(column - reach)), right = Math.min(SIDE, Math.floor(column + reach) + 1);
      if (left < right) mask.fill(value, down * SIDE + left, down * SIDE + right);
    }
  };
  // The scores of what is left, once a stroke has ended: of the classes that are explained, and of the likeliest there is now.
  const tell = async () => {
    strokes += 1;
    const mine = strokes, before = answering.logits();
    try {
      const left = explaining.masked(pixels, mask, mean);
      const { logits } = await network.asker(() => mine === strokes).ask(left, 0, ["logits"]);
      if (mine !== strokes) return;
      const [old, now] = [before, logits].map(explaining.softmax), [first] = explaining.ranked(logits, 1);
      const listed = [...new Set([...answering.chosen(), first])];
      byId("painted-scores").replaceChildren(...listed.map((index) => showing.element("p", "", said("painted-score", {
        name: answering.name(index), before: lab.percent(old[index]), now: lab.percent(now[index]),
        score: numerals.number(before[index]), moved: numerals.number(logits[index]),
      }))));
    } catch (error) {
      if (mine === strokes) news.sayFailure(error);
    }
  };
  const clear = () => {
    mask.fill(0);
    if (!pixels) return;
    show();
    tell();
  };
  const forget = () => { // there is another photo
    strokes += 1;
    pixels = null;
    mask.fill(0);
    canvas().getContext("2d").clearRect(0, 0, SIDE, SIDE);
    byId("painted-scores").replaceChildren();
    byId("painting").hidden = true;
  };
  const take = (photographed, filling) => {
    [pixels, mean, colour] = [photographed, filling, filling.map(Math.round)];
    byId("painting").hidden = false;
    show();
  };
  const begin = () => {
    const place = (event) => {
      const box = canvas().getBoundingClientRect();
      return [(event.clientY - box.top) / box.height * SIDE, (event.clientX - box.left) / box.width * SIDE];
    };
    canvas().addEventListener("pointerdown", (event) => {
      if (!pixels) return;
      canvas().setPointerCapture(event.pointerId);
      dab(...place(event));
      show();
    });
    canvas().addEventListener("pointermove", (event) => {
      if (!pixels || !event.buttons) return;
      at = place(event);
      dab(...at);
      show();
    });
    ["pointerup", "pointercancel"].forEach((kind) => canvas().addEventListener(kind, () => { if (pixels) tell(); }));
    canvas().addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!pixels || (!way && event.key !== " ") || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      if (way) at = at.map((share, axis) => numerals.within(share + way[axis] * BRUSH / 2, 0, SIDE - 1));
      else dab(...at);
      show();
      if (!way) tell();
    });
    ["focus", "blur"].forEach((kind) => canvas().addEventListener(kind, () => { if (pixels) show(); }));
    byId("unpaint").addEventListener("click", clear);
  };
  return { begin, take, forget };
})();
