// The reader's photo: from a file, the clipboard, a drop, a camera or a sample; upright, and framed as the course frames.
// What was chosen is told to `photo.follow`: { name, sample, pixels }, RGB of the square that the network sees.
const photo = (function () {
  "use strict";
  const [LARGEST, LONGEST, SHOWN] = [100e6, 1e9, 448]; // pixels of a photo, bytes of a file, pixels of what is shown
  const STEP = 0.02; // of a photo, for an arrow key
  const samples = new Map();
  const followers = [];
  let bitmap = null, focus = [0.5, 0.5], current = null;
  window.netvizSample = (name, told) => { samples.set(name, told); };

  const one = (selector) => document.querySelector(`#photo-chosen ${selector}`);
  const opened = async (file) => {
    if (file.size > LONGEST) throw new Failure("photo-too-heavy");
    const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => { throw new Failure("no-picture", { name: file.name ?? "" }); });
    const size = image.width * image.height;
    if (size <= LARGEST) return image;
    image.close();
    throw new Failure("photo-too-large", { megapixels: Math.round(size / 1e6) });
  };
  // Rows of its pixels, on white where it is transparent.
  const rowsOf = (image) => {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
    return (top, count) => {
      [canvas.width, canvas.height] = [image.width, count];
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, image.width, count);
      pen.drawImage(image, 0, top, image.width, count, 0, 0, image.width, count);
      return pen.getImageData(0, 0, image.width, count).data;
    };
  };
  const framed = (image, at) => {
    try { return framing.framed(rowsOf(image), image.width, image.height, at); } catch (error) { throw new Failure("too-little-memory"); }
  };
  const drawn = (canvas, pixels) => {
    const side = framing.CROP, shown = new ImageData(side, side);
    for (let pixel = 0; pixel < side * side; pixel += 1) {
      shown.data.set(pixels.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
      shown.data[4 * pixel + 3] = 255;
    }
    canvas.getContext("2d").putImageData(shown, 0, 0);
  };
  const showWhole = () => {
    const canvas = one("canvas.photo"), scale = Math.min(SHOWN / bitmap.width, SHOWN / bitmap.height, 1);
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    showSquare();
  };
  const showSquare = () => {
    const { left, top, side } = framing.square(bitmap.width, bitmap.height, focus);
    const share = (value, whole) => `${100 * value / whole}%`;
    one(".field").style.cssText = `left: ${share(left, bitmap.width)}; top: ${share(top, bitmap.height)};`
      + `width: ${share(side, bitmap.width)}; height: ${share(side, bitmap.height)}`;
  };
  const tell = (name, sample, pixels) => {
    current = { name, sample, pixels };
    drawn(one("canvas.framed"), pixels);
    document.getElementById("photo-chosen").hidden = false;
    followers.forEach((follower) => follower(current));
  };
  const forget = () => { // a bitmap is held until it is closed
    bitmap?.close();
    bitmap = null;
  };

  const choose = async (file) => {
    const image = await opened(file);
    forget();
    [bitmap, focus] = [image, [0.5, 0.5]];
    const pixels = framed(bitmap, focus);
    one(".whole").hidden = false;
    tell(file.name ?? "", "", pixels);
    showWhole();
  };
  const chooseSample = async (name, title, script) => { // its square as the build framed it, without losses
    if (!samples.has(name)) await files.loaded(script);
    const bytes = Uint8Array.from(atob(samples.get(name).picture), (sign) => sign.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    const rgba = rowsOf(image)(0, image.height);
    image.close();
    forget();
    one(".whole").hidden = true;
    tell(title, name, Uint8Array.from({ length: rgba.length / 4 * 3 }, (_, place) => rgba[Math.floor(place / 3) * 4 + place % 3]));
  };
  const move = (at) => {
    focus = at.map((share) => Math.min(Math.max(share, 0), 1));
    showSquare();
  };
  const reframe = () => tell(current.name, "", framed(bitmap, focus));

  // The square is dragged, or moved with the arrow keys.
  const begin = () => {
    const frame = one(".whole .frame-of");
    let grip = null, late = 0;
    const place = (event) => {
      const box = frame.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    frame.addEventListener("pointerdown", (event) => {
      const { left, top, side } = framing.square(bitmap.width, bitmap.height, focus), [x, y] = place(event);
      const middle = [(left + side / 2) / bitmap.width, (top + side / 2) / bitmap.height];
      grip = [middle[0] - x, middle[1] - y];
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (grip) move(place(event).map((share, axis) => share + grip[axis]));
    });
    frame.addEventListener("pointerup", () => {
      if (grip) reframe();
      grip = null;
    });
    frame.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const { left, top } = framing.square(bitmap.width, bitmap.height, focus);
      move(framing.focusOf(bitmap.width, bitmap.height, left + way[0] * STEP * bitmap.width, top + way[1] * STEP * bitmap.height));
      clearTimeout(late);
      late = setTimeout(reframe, 300);
    });
  };
  return {
    choose, chooseSample, begin, draw: drawn, sample: (name) => samples.get(name),
    follow: (follower) => { followers.push(follower); },
    current: () => current,
  };
})();
