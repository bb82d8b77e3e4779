// Resizing as Pillow does it, bilinear: of a place, the pixels that it is made of and the share that each of them has.
// Pure functions from values to values; a classic script, since modules don't load from file://.
const resampling = (function () {
  "use strict";

  // For each of `to` places along a side of `from` pixels: the first of its pixels, and the shares from there on.
  const shares = (from, to) => {
    const scale = from / to, reach = Math.max(scale, 1);
    return Array.from({ length: to }, (_, place) => {
      const middle = (place + 0.5) * scale;
      const first = Math.max(Math.trunc(middle - reach + 0.5), 0);
      const end = Math.min(Math.trunc(middle + reach + 0.5), from);
      const raw = Array.from({ length: end - first }, (_, step) =>
        Math.max(0, 1 - Math.abs((first + step - middle + 0.5) * (1 / reach))));
      const sum = raw.reduce((total, one) => total + one, 0);
      return { first, shares: raw.map((one) => one / sum) };
    });
  };

  // A map (height * width values) at another size, never beyond its own values.
  const resized = (values, height, width, toHeight, toWidth) => {
    const across = shares(width, toWidth), down = shares(height, toHeight);
    const wide = new Float32Array(height * toWidth);
    for (let row = 0; row < height; row += 1) {
      across.forEach((place, column) => {
        wide[row * toWidth + column] = place.shares.reduce(
          (sum, share, step) => sum + share * values[row * width + place.first + step], 0);
      });
    }
    const large = new Float32Array(toHeight * toWidth);
    down.forEach((place, row) => {
      for (let column = 0; column < toWidth; column += 1) {
        large[row * toWidth + column] = place.shares.reduce(
          (sum, share, step) => sum + share * wide[(place.first + step) * toWidth + column], 0);
      }
    });
    return large;
  };

  // A map at another size, each pixel the value of the cell that its centre lies in.
  const nearest = (values, height, width, toHeight, toWidth) => Float32Array.from({ length: toHeight * toWidth }, (_, pixel) => {
    const row = Math.trunc((Math.floor(pixel / toWidth) + 0.5) * height / toHeight);
    const column = Math.trunc((pixel % toWidth + 0.5) * width / toWidth);
    return values[row * width + column];
  });

  return { shares, resized, nearest };
})();
