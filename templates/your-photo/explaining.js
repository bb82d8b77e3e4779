// The arithmetic of the methods, as netviz/methods/ has it: what is asked of the network, and what its answers come to.
// Pure functions from values to values; a classic script, since modules don't load from file://.
const explaining = (function () {
  "use strict";

  const softmax = (logits) => {
    const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = Float64Array.from(logits, (logit) => Math.exp(logit - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  };
  const ranked = (values, count) => Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b).slice(0, count);
  const length = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const sum = (values) => values.reduce((total, value) => total + value, 0);

  const timesInput = (gradient, picture, mean) => gradient.map((value, place) => value * (picture[place] - mean[place % 3]));

  // The positive part of what the channels, weighted by their mean gradients, add up to at each place. Activations and
  // gradients are of a layer: `places` times `channels` values, the channels of a place side by side, or one after another.
  const gradCam = (activations, gradients, channels, channelsLast) => {
    const places = activations.length / channels;
    const at = channelsLast ? (place, channel) => place * channels + channel : (place, channel) => channel * places + place;
    const map = new Float64Array(places);
    for (let channel = 0; channel < channels; channel += 1) {
      let weight = 0;
      for (let place = 0; place < places; place += 1) weight += gradients[at(place, channel)];
      weight /= places;
      for (let place = 0; place < places; place += 1) map[place] += weight * activations[at(place, channel)];
    }
    return map.map((value) => Math.max(value, 0));
  };

  // Normal random numbers that hang on a seed and on nothing else: Marsaglia's 32-bit multiplications of a counter
  // (mulberry32), two at a time by Box and Muller. Not NumPy's own: its maps agree with ours as two seeds of it do.
  const normal = (seed, count) => {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
    };
    const values = new Float32Array(count);
    for (let place = 0; place < count; place += 2) {
      const radius = Math.sqrt(-2 * Math.log(uniform())), angle = 2 * Math.PI * uniform();
      values[place] = radius * Math.cos(angle);
      if (place + 1 < count) values[place + 1] = radius * Math.sin(angle);
    }
    return values;
  };
  // The noise's standard deviation: a share of the picture's range.
  const deviation = (picture, noise) => {
    const [low, high] = picture.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
    return noise * (high - low);
  };
  const noisyCopy = (picture, deviation, seed, sample) => {
    const noise = normal(Math.imul(seed, 1000003) + sample, picture.length);
    return Float32Array.from(picture, (value, place) => value + deviation * noise[place]);
  };
  // A mean that grows with each array that is added to it.
  const mean = () => {
    let total = null, count = 0;
    return {
      add(values) {
        total ??= new Float64Array(values.length);
        values.forEach((value, place) => { total[place] += value; });
        count += 1;
        return total.map((value) => value / count);
      },
    };
  };

  // Integrated gradients by the trapezoid rule. Stops { position, gradient, slope, score } lie in order on the way from the
  // baseline (0) to the picture (1): the gradient of the score there, and how fast it grows along the way.
  const trapezoids = (stops) => { // the mean gradient on the way as far as it goes
    const average = new Float64Array(stops[0].gradient.length);
    stops.forEach(({ position, gradient }, number) => {
      const before = stops[number - 1]?.position ?? position, after = stops[number + 1]?.position ?? position;
      const weight = (after - before) / 2;
      for (let place = 0; place < gradient.length; place += 1) average[place] += weight * gradient[place];
    });
    return average;
  };
  // The middle of the step whose trapezoid misses most of what the score changes in it.
  const worstMiddle = (stops) => {
    const steps = stops.slice(1).map((to, number) => {
      const from = stops[number], width = to.position - from.position;
      const miss = Math.abs(width * (from.slope + to.slope) / 2 - (to.score - from.score));
      return { miss, middle: from.position + width / 2 };
    });
    return steps.reduce((worst, one) => (one.miss > worst.miss ? one : worst)).middle;
  };
  const onTheWay = (start, picture, position) => Float32Array.from(picture, (value, place) => start[place] + position * (value - start[place]));
  const filling = (colour, count) => Float32Array.from({ length: count }, (_, place) => colour[place % 3]);
  // The map, its sum, and how far that is from the change of the score.
  const account = (average, start, picture, change) => {
    const map = average.map((value, place) => value * (picture[place] - start[place]));
    const total = sum(map);
    return { map, sum: total, change, error: change ? Math.abs(total - change) / Math.abs(change) : Number(total !== 0) };
  };

  // Occlusion: patches start at multiples of the stride until the far edge is covered, which cuts the last ones short.
  const starts = (side, patch, stride) => {
    const step = Math.min(stride, patch), end = Math.max(side - patch, 0) + step;
    return Array.from({ length: Math.ceil(end / step) }, (_, place) => place * step);
  };
  const windows = (side, patch, stride) => starts(side, patch, stride).flatMap((top) => starts(side, patch, stride).map((left) =>
    ({ top, left, bottom: Math.min(top + patch, side), right: Math.min(left + patch, side) })));
  // The same in the order in which they are tried: first some far apart, which soon show the whole photo coarsely, then those
  // between them, and between these.
  const coarseFirst = (windows) => {
    const side = Math.sqrt(windows.length); // as many across as down
    const spacing = (number) => {
      let power = 1;
      while (power < side && [number % side, Math.floor(number / side)].every((place) => place % (2 * power) === 0)) power *= 2;
      return power;
    };
    return windows.map((window, number) => ({ window, spacing: spacing(number) }))
      .sort((one, other) => other.spacing - one.spacing).map(({ window }) => window);
  };
  // A patch around a place, whole: as near to it as the edges allow.
  const windowAround = (side, patch, row, column) => {
    const [top, left] = [row, column].map((at) => Math.min(Math.max(Math.round(at - patch / 2), 0), side - patch));
    return { top, left, bottom: top + patch, right: left + patch };
  };
  const hidden = (picture, side, { top, left, bottom, right }, colour) => {
    const copy = Float32Array.from(picture);
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) copy.set(colour, 3 * (row * side + column));
    }
    return copy;
  };
  // The mean, at each pixel, of the drops of the patches that hide it; 0 where none has been tried yet.
  const averaged = (drops, windows, side) => {
    const total = new Float64Array(side * side), times = new Float64Array(side * side);
    drops.forEach((drop, number) => {
      const { top, left, bottom, right } = windows[number];
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) {
          total[row * side + column] += drop;
          times[row * side + column] += 1;
        }
      }
    });
    return total.map((value, place) => value / (times[place] || 1));
  };
  // A picture of which what is painted (1 in the mask) takes another colour.
  const masked = (picture, mask, colour) => Float32Array.from(picture, (value, place) => (mask[Math.floor(place / 3)] ? colour[place % 3] : value));

  // A cell of a convolution, worked through: what each channel below adds (its patch times its kernel, summed), and all of it.
  // Maps are channel after channel; beyond the edge they are zero.
  const patchOf = (values, channel, height, width, row, column, side) => Float32Array.from({ length: side * side }, (_, place) => {
    const [down, across] = [row + Math.floor(place / side) - (side - 1) / 2, column + place % side - (side - 1) / 2];
    return down < 0 || across < 0 || down >= height || across >= width ? 0 : values[(channel * height + down) * width + across];
  });
  const convolved = (values, height, width, row, column, { kernel, shape: [channels, side], bias }) => {
    const terms = Array.from({ length: channels }, (_, channel) => {
      const patch = patchOf(values, channel, height, width, row, column, side);
      const own = kernel.subarray(channel * side * side, (channel + 1) * side * side);
      return { channel, patch, kernel: own, sum: sum(patch.map((value, place) => value * own[place])) };
    });
    const total = terms.reduce((all, one) => all + one.sum, bias);
    return { terms: terms.sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum)), bias, total, output: Math.max(total, 0) };
  };
  // A cell of a pooling: the four values it is the greatest of.
  const pooled = (values, channel, height, width, row, column) => [0, 1, 2, 3].map((place) =>
    values[(channel * height + 2 * row + Math.floor(place / 2)) * width + 2 * column + place % 2]);

  // Where a map is strongest, and where it is weakest: of several equal cells that in their middle, and that farthest from there.
  const extremes = (values, width) => {
    const places = (extreme) => Array.from(values.keys()).filter((cell) => values[cell] === extreme)
      .map((cell) => ({ row: Math.floor(cell / width), column: cell % width }));
    const far = (one, other) => Math.hypot(one.row - other.row, one.column - other.column);
    const best = (all, cost) => all.reduce((one, other) => (cost(other) < cost(one) ? other : one));
    const greatest = places(values.reduce((one, other) => Math.max(one, other)));
    const middle = Object.fromEntries(["row", "column"].map((axis) => [axis, sum(greatest.map((one) => one[axis])) / greatest.length]));
    const strongest = best(greatest, (one) => far(one, middle));
    return { strongest, weakest: best(places(values.reduce((one, other) => Math.min(one, other))), (one) => -far(one, strongest)) };
  };

  // How alike two maps are: Pearson's correlation, and that of the ranks (Spearman's).
  const correlation = (one, other) => {
    const [a, b] = [one, other].map((values) => {
      const middle = sum(values) / values.length;
      return Float64Array.from(values, (value) => value - middle);
    });
    const product = a.reduce((total, value, place) => total + value * b[place], 0);
    return product / (length(a) * length(b)) || 0;
  };
  const ranks = (values) => { // from 0; those that are equal share the mean of theirs
    const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
    const found = new Float64Array(values.length);
    for (let first = 0; first < order.length;) {
      let end = first + 1;
      while (end < order.length && values[order[end]] === values[order[first]]) end += 1;
      for (let place = first; place < end; place += 1) found[order[place]] = (first + end - 1) / 2;
      first = end;
    }
    return found;
  };
  const rankCorrelation = (one, other) => correlation(ranks(one), ranks(other));

  return {
    softmax, ranked, length, sum, timesInput, gradCam, normal, deviation, noisyCopy, mean, trapezoids, worstMiddle, onTheWay, filling, account,
    starts, windows, coarseFirst, windowAround, hidden, averaged, masked, convolved, pooled, extremes, correlation, rankCorrelation,
  };
})();
