// Against the build: the same maps, worked out in this browser with rounded weights and by the build, and how alike they are.
// A classic script, since modules don't load from file://.
const comparing = (function () {
  "use strict";
  const SIDE = 28; // cells along a side of a map that is compared, as the build sums them up
  const built = new Map();
  window.netvizBuilt = (picture, maps) => { built.set(picture, maps); };

  const coarse = (values, side) => {
    const block = Math.max(1, Math.floor(side / SIDE)), cells = Math.floor(side / block), sums = new Float64Array(cells * cells);
    for (let row = 0; row < cells * block; row += 1) {
      for (let column = 0; column < cells * block; column += 1) {
        sums[Math.floor(row / block) * cells + Math.floor(column / block)] += values[row * side + column];
      }
    }
    return sums;
  };
  // Yields for each map that the build made of a sample how it and this page's own agree.
  const agreements = async function* (picture, script, question, probabilities) {
    if (!built.has(picture)) await files.loaded(script);
    for (const { method, layer, target, probability, values } of built.get(picture)) {
      const asked = { ...question, target, settings: layer ? { layer } : {} };
      const { value: map } = await methods[method].explain(asked).next();
      const own = coarse(map.values, map.height);
      yield {
        method, target, probability, own: probabilities[target],
        pearson: explaining.correlation(values, own), ranks: explaining.rankCorrelation(values, own),
      };
    }
  };
  return { agreements, coarse };
})();
