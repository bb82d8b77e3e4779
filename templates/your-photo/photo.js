// The reader's photo: a file, or a sample as the build framed it; its square is dragged, or moved with the arrow keys.
// What was chosen is told to `photo.follow`: { name, sample, pixels }, RGB of the square that the network sees.
const photo = (function () {
  "use strict";
  const SHOWN = 448; // pixels along the longer side of what is shown
  const STEP = 0.02; // of a photo, for an arrow key
  const [PAUSE, SIDE] = [300, framing.CROP]; // milliseconds after the last arrow key
  const samples = new Map();
  const followers = [];
  let bitmap = null, focus = [0.5, 0.5], current = null, newest = 0, late = 0;
  window.netvizSample = (name, told) => { samples.set(name, told); };

  const one = (selector) => document.querySelector(`#photo-chosen ${selector}`);
  const draw = (canvas, pixels) => {
    const shown = new ImageData(SIDE, SIDE);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
      shown.data.set(pixels.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
      shown.data[4 * pixel + 3] = 255;
    }
    canvas.getContext("2d").putImageData(shown, 0, 0);
  };
  const showSquare = () => {
    const { left, top, side } = framing.square(bitmap.width, bitmap.height, focus);
    const share = (value, whole) => `${100 * value / whole}%`;
    one(".field").style.cssText = `left: ${share(left, bitmap.width)}; top: ${share(top, bitmap.height)};`
      + `width: ${share(side, bitmap.width)}; height: ${share(side, bitmap.height)}`;
  };
  const showWhole = () => {
    const canvas = one("canvas.photo"), scale = Math.min(SHOWN / bitmap.width, SHOWN / bitmap.height, 1);
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    showSquare();
  };
  // The photo as it is now; `whole` is its bitmap, or null where only the square is known.
  const take = (name, sample, pixels, whole) => {
    clearTimeout(late);
    if (whole !== bitmap) bitmap?.close();
    bitmap = whole;
    current = { name, sample, pixels };
    draw(one("canvas.framed"), pixels);
    one(".whole").hidden = !whole;
    document.getElementById("photo-chosen").hidden = false;
    if (whole) showWhole();
    followers.forEach((follower) => follower(current));
  };

  // Whatever was asked for last is what is shown, even if it is there first.
  const choose = async (file) => {
    newest += 1;
    const mine = newest, image = await decoding.opened(file);
    if (mine !== newest) return image.close();
    const middle = [0.5, 0.5], pixels = decoding.framed(image, middle);
    focus = middle;
    return take(file.name ?? "", "", pixels, image);
  };
  const chooseSample = async (name, title, script) => { // its square without losses
    newest += 1;
    const mine = newest;
    if (!samples.has(name)) await files.loaded(script);
    const bytes = Uint8Array.from(atob(samples.get(name).picture), (sign) => sign.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    const rgba = decoding.rowsOf(image)(0, image.height);
    image.close();
    if (mine !== newest) return;
    take(title, name, Uint8Array.from({ length: rgba.length / 4 * 3 }, (_, place) => rgba[Math.floor(place / 3) * 4 + place % 3]), null);
  };
  const move = (at) => {
    focus = at.map((share) => numerals.within(share, 0, 1));
    showSquare();
  };

  // `failed(error)` is told if the square can't be framed anew.
  const begin = (failed) => {
    const frame = one(".whole .frame-of");
    let grip = null;
    const reframe = () => {
      try { take(current.name, "", decoding.framed(bitmap, focus), bitmap); } catch (error) { failed(error); }
    };
    const place = (event) => {
      const box = frame.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    frame.addEventListener("pointerdown", (event) => {
      const { left, top, side } = framing.square(bitmap.width, bitmap.height, focus), [x, y] = place(event);
      const middle = [(left + side / 2) / bitmap.width, (top + side / 2) / bitmap.height];
      grip = { at: [middle[0] - x, middle[1] - y], moved: false };
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!grip || !bitmap) return;
      grip.moved = true;
      move(place(event).map((share, axis) => share + grip.at[axis]));
    });
    ["pointerup", "pointercancel"].forEach((kind) => frame.addEventListener(kind, () => {
      if (grip?.moved && bitmap) reframe();
      grip = null;
    }));
    frame.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const { left, top } = framing.square(bitmap.width, bitmap.height, focus);
      move(framing.focusOf(bitmap.width, bitmap.height, left + way[0] * STEP * bitmap.width, top + way[1] * STEP * bitmap.height));
      clearTimeout(late);
      late = setTimeout(reframe, PAUSE);
    });
  };
  return { choose, chooseSample, begin, draw, follow: (follower) => { followers.push(follower); }, current: () => current };
})();
