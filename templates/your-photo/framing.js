// What the network sees of a photo, as netviz/pictures/picture.py has it, to the pixel: short side to 256, a square of 224 cut.
// Pure functions from values to values; a classic script, since modules don't load from file://.
const framing = (function () {
  "use strict";
  const [SHORT_SIDE, CROP, LONG] = [256, 224, 8];
  const BITS = 22; // Pillow's shares of a pixel are whole numbers of this many bits

  const roundEvenly = (value) => { // as Python rounds, halves to the even number
    const below = Math.floor(value);
    if (value - below !== 0.5) return Math.round(value);
    return below % 2 ? below + 1 : below;
  };
  // Where a cut begins that lies around the focus, as nearly as the edges allow.
  const start = (length, kept, focus) => Math.min(Math.max(length * focus - kept / 2, 0), length - kept);
  // What is kept of a side that is very much longer than the other, and where the focus is in it.
  const cut = (length, other, focus) => {
    const kept = Math.min(length, LONG * other);
    const first = Math.trunc(start(length, kept, focus));
    return { first, kept, focus: (length * focus - first) / kept };
  };
  // The square in pixels of the photo; a focus is a point of it, [x, y] from 0 to 1.
  const square = (width, height, focus) => {
    const side = CROP / SHORT_SIDE * Math.min(width, height);
    return { left: start(width, side, focus[0]), top: start(height, side, focus[1]), side };
  };
  // The focus whose square begins at a place, in pixels of the photo.
  const focusOf = (width, height, left, top) => {
    const half = CROP / SHORT_SIDE * Math.min(width, height) / 2;
    return [Math.min(Math.max((left + half) / width, 0), 1), Math.min(Math.max((top + half) / height, 0), 1)];
  };
  const whole = (places) => places.map(({ first, shares }) =>
    ({ first, shares: shares.map((share) => Math.trunc(0.5 + share * 2 ** BITS)) }));

  // The square, side * side * 3 values of RGB. `rows(top, height, left, width)` gives pixels of so many rows and columns, four
  // values each (RGBA), so that a large photo need never be held as a whole.
  const framed = (rows, width, height, focus = [0.5, 0.5], side = CROP, band = 256) => {
    const down = cut(height, width, focus[1]), across = cut(width, height, focus[0]);
    const scale = side * SHORT_SIDE / CROP / Math.min(down.kept, across.kept);
    const [toHeight, toWidth] = [down.kept, across.kept].map((length) => Math.max(side, roundEvenly(length * scale)));
    const top = Math.trunc(start(toHeight, side, down.focus)), left = Math.trunc(start(toWidth, side, across.focus));
    const columns = whole(resampling.shares(across.kept, toWidth).slice(left, left + side));
    const lines = whole(resampling.shares(down.kept, toHeight).slice(top, top + side));
    const from = lines[0].first, last = lines[side - 1], until = last.first + last.shares.length;
    const narrow = new Uint8Array((until - from) * side * 3);
    for (let first = from; first < until; first += band) {
      const count = Math.min(band, until - first);
      const pixels = rows(down.first + first, count, across.first, across.kept);
      narrower(pixels, count, across.kept, columns, narrow.subarray((first - from) * side * 3));
    }
    return lower(narrow, from, lines, side);
  };
  const narrower = (pixels, count, width, columns, into) => {
    let place = 0;
    for (let row = 0; row < count; row += 1) {
      for (const { first, shares } of columns) {
        let at = 4 * (row * width + first);
        let red = 2 ** (BITS - 1), green = red, blue = red;
        for (const share of shares) {
          red += pixels[at] * share;
          green += pixels[at + 1] * share;
          blue += pixels[at + 2] * share;
          at += 4;
        }
        into[place] = Math.min(red >> BITS, 255);
        into[place + 1] = Math.min(green >> BITS, 255);
        into[place + 2] = Math.min(blue >> BITS, 255);
        place += 3;
      }
    }
  };
  const lower = (narrow, from, lines, side) => {
    const width = 3 * side, pixels = new Uint8Array(side * width);
    lines.forEach(({ first, shares }, row) => {
      for (let column = 0; column < width; column += 1) {
        let sum = 2 ** (BITS - 1);
        for (let step = 0; step < shares.length; step += 1) sum += narrow[(first - from + step) * width + column] * shares[step];
        pixels[row * width + column] = Math.min(sum >> BITS, 255);
      }
    });
    return pixels;
  };

  return { CROP, framed, square, focusOf, roundEvenly };
})();
