// Values to colours that do not lie, as netviz/figures/colours.py has them: pinned at zero, ending at the 99th percentile.
// Pure functions from values to values; a classic script, since modules don't load from file://.
const colours = (function () {
  "use strict";
  const [PERCENTILE, OPACITY, BINS] = [99, 0.85, 4096];
  const { roundEvenly } = framing;
  const [ZERO, NEAR_ZERO] = [1e-30, 1e-6]; // as netviz/figures/facts.py

  // A layer has millions of values: so these go through them in loops, and put in order only those that matter.
  const greatest = (values) => {
    let most = 0;
    for (let place = 0; place < values.length; place += 1) most = Math.max(most, Math.abs(values[place]));
    return most;
  };
  const range = (values) => {
    let [low, high] = [Infinity, -Infinity];
    for (let place = 0; place < values.length; place += 1) {
      low = Math.min(low, values[place]);
      high = Math.max(high, values[place]);
    }
    return [low, high];
  };
  const percentile = (values, percent) => { // of the sizes, between the nearest two; not all are zero
    const place = (values.length - 1) * percent / 100, below = Math.floor(place);
    const most = greatest(values), counts = new Uint32Array(BINS + 1), binOf = (value) => Math.floor(Math.abs(value) / most * BINS);
    for (let one = 0; one < values.length; one += 1) counts[binOf(values[one])] += 1;
    let [bin, smaller] = [0, 0];
    while (smaller + counts[bin] <= below) {
      smaller += counts[bin];
      bin += 1;
    }
    const sizes = Float64Array.from(values.filter((value) => binOf(value) >= bin)).map(Math.abs).sort(), at = below - smaller;
    return sizes[at] + (sizes[Math.min(at + 1, sizes.length - 1)] - sizes[at]) * (place - below);
  };
  // ok, near zero, zero, constant or not finite: these three show nothing.
  const stateOf = (values) => {
    const [low, high] = range(values), most = Math.max(high, -low);
    if (!Number.isFinite(low) || !Number.isFinite(high)) return "not finite";
    if (most < ZERO) return "zero";
    if (high - low <= 1e-6 * most) return "constant";
    return most < NEAR_ZERO ? "near zero" : "ok";
  };
  // The |value| of the strongest colour, and the greatest; null where the map has nothing to show.
  const scaleOf = (values, signed) => {
    if (!["ok", "near zero"].includes(stateOf(values))) return null;
    const rawMax = greatest(values);
    return { signed, limit: percentile(values, PERCENTILE) || rawMax, rawMax };
  };
  // The place of a value in the palette: 255 places around zero, or 256 from zero on.
  const level = (value, { signed, limit }) => (signed
    ? 127 + roundEvenly(127 * Math.min(Math.max(value / limit, -1), 1))
    : roundEvenly(255 * Math.min(Math.max(value / limit, 0), 1)));
  const strength = (place, signed) => (signed ? (place - 127) / 127 : place / 255);
  // Palettes come as one text of hexadecimal digits, six for each colour.
  const palette = (text) => Array.from({ length: text.length / 6 }, (_, place) =>
    [0, 2, 4].map((at) => parseInt(text.slice(6 * place + at, 6 * place + at + 2), 16)));
  // Of a palette the colours to lay over a photo, with their opacities: signed hues need no pale middle there.
  const overlay = (palette, signed) => palette.map((colour, place) => {
    const share = strength(place, signed);
    const shifted = signed ? Math.sign(share) * (0.6 + 0.4 * Math.abs(share)) : share;
    return { colour: signed ? palette[roundEvenly(127 + 127 * shifted)] : colour, opacity: OPACITY * Math.abs(share) ** 0.75 };
  });
  const grey = (red, green, blue) => roundEvenly(0.299 * red + 0.587 * green + 0.114 * blue);
  const opaque = (count, colourOf) => {
    const pixels = new Uint8ClampedArray(4 * count);
    for (let pixel = 0; pixel < count; pixel += 1) pixels.set([...colourOf(pixel), 255], 4 * pixel);
    return pixels;
  };

  // RGBA of each value.
  const alone = (values, scale, palette) => opaque(values.length, (pixel) => palette[level(values[pixel], scale)]);
  // RGBA of the photo (RGB) in grey, the colours over it; where the value is zero it is left as it is.
  const over = (values, scale, palette, photo) => {
    const laid = overlay(palette, scale.signed);
    return opaque(values.length, (pixel) => {
      const under = grey(photo[3 * pixel], photo[3 * pixel + 1], photo[3 * pixel + 2]);
      const { colour, opacity } = laid[level(values[pixel], scale)];
      return colour.map((value) => roundEvenly(under * (1 - opacity) + value * opacity));
    });
  };
  // The colours of a bar from its least to its greatest value; of an overlay as it looks on a middle grey.
  const bar = (signed, palette, isOverlay, stops = 17) => {
    const laid = overlay(palette, signed);
    return Array.from({ length: stops }, (_, stop) => {
      const place = roundEvenly((palette.length - 1) * stop / (stops - 1));
      const { colour, opacity } = laid[place];
      return isOverlay ? colour.map((value) => roundEvenly(128 * (1 - opacity) + value * opacity)) : palette[place];
    });
  };
  const flat = (rgb) => Float64Array.from({ length: rgb.length / 3 }, (_, place) => rgb[3 * place] + rgb[3 * place + 1] + rgb[3 * place + 2]);

  return { stateOf, scaleOf, level, palette, alone, over, bar, flat, greatest };
})();
