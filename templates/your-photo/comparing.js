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

  let run = 0;
  const forget = (sample = "") => { // there is another photo
    run += 1;
    lab.byId("compared").replaceChildren();
    lab.byId("compare").hidden = !sample;
    lab.byId("compare").disabled = false;
  };
  const compare = async () => {
    const { said, byId } = lab, { sample, pixels } = photo.current(), mine = run;
    const { built: script } = document.querySelector(`[data-sample="${CSS.escape(sample)}"]`).dataset;
    const rows = [], heads = ["method", "class", "build", "own", "pearson", "ranks"].map((name) => said(`compared-${name}`));
    byId("compare").disabled = true;
    news.say(said("drawing"));
    try {
      const question = await asking.question(network.asker(() => mine === run), pixels, answering.logits());
      for await (const one of agreements(sample, script, question, explaining.softmax(answering.logits()))) {
        if (mine !== run) return;
        const shares = [one.probability, one.own].map(lab.percent);
        rows.push(showing.row(lab.methods[one.method].title, answering.name(one.target), ...shares, ...[one.pearson, one.ranks].map((value) => numerals.fixed(value, 3))));
        byId("compared").replaceChildren(showing.table(heads, rows, said("compare")));
      }
      news.say(said(rows.length ? "compared" : "compared-none"));
    } catch (error) {
      if (mine === run) news.sayFailure(error);
    } finally {
      if (mine === run) byId("compare").disabled = false;
    }
  };
  return { coarse, compare, forget };
})();
