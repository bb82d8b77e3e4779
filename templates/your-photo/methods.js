// The methods, each declared here and nowhere else; its words are `number-…`, `setting-…` and `check-…` of the page's messages.
//
// method(NAME, { settings, explain, checks, isShared }), by the course's name for it:
// - settings: by name { kind: "number", least, most, step, initial } or { kind: "layer", initial };
// - explain(question) asks the network and yields the map as it grows, the last being the whole: { values (height * width),
//   height, width, signed, overlay: whether it is laid over the photo, done of `of` passes (null: as many as it takes),
//   numbers by name };
// - checks(question, map): what is tried on it when it is done (checks.js);
// - isShared: whether what is asked for one class serves all others.
// A question is { network: { ask }, picture, target, mean, layers, settings, logits, found }; `found` is a Map of what may serve
// the next class.
// A classic script, since modules don't load from file://.
const methods = (function () {
  "use strict";
  const [SIDE, MOST_STEPS, HIDDEN] = [framing.CROP, 128, 64]; // steps that are tried to close an account; side of a square in pixels
  const { flat, greatest } = colours;
  const { length, sum } = explaining;
  const all = Object.create(null);
  const method = (name, declared) => { all[name] = { settings: {}, ...declared }; };
  const wholeNumber = (least, most, initial) => ({ kind: "number", least, most, step: 1, initial });
  const map = (values, side, signed, rest) => ({ values, height: side, width: side, signed, ...rest });
  // Of a map of RGB: summed up, and `raw` as it is.
  const rgbMap = (raw, done, of, numbers) => map(flat(raw), SIDE, true, { raw, done, of, numbers });
  const gradientOf = async ({ network, picture }, target, guided = false) => (await network.ask(picture, target, ["gradient"], guided)).gradient;

  method("gradient", {
    async *explain(question) {
      const found = await gradientOf(question, question.target);
      yield rgbMap(found, 1, 1, { norm: length(found), largest: greatest(found) });
    },
    checks: async (question, { raw }) => [await checks.slope(question, raw)],
  });

  method("gradient-x-input", {
    async *explain(question) {
      const product = explaining.timesInput(await gradientOf(question, question.target), question.picture, question.mean);
      yield rgbMap(product, 1, 1, { sum: sum(product), largest: greatest(product) });
    },
    checks: async (question, { raw }) => [await checks.fading(question, raw)],
  });

  method("smoothgrad", {
    settings: { samples: wholeNumber(1, 200, 10), noise: { kind: "number", least: 0.01, most: 1, step: 0.01, initial: 0.15 }, seed: wholeNumber(0, 2 ** 31, 0) },
    async *explain(question) {
      const { picture, target, settings: { samples, noise, seed } } = question;
      const deviation = explaining.deviation(picture, noise), mean = explaining.mean(), halves = [explaining.mean(), explaining.mean()];
      const means = [], two = [];
      for (let sample = 0; sample < samples; sample += 1) {
        const found = await gradientOf({ ...question, picture: explaining.noisyCopy(picture, deviation, seed, sample) }, target);
        const average = mean.add(found);
        means[sample % 2] = halves[sample % 2].add(found);
        if (sample < 2) two.push(found);
        const numbers = { deviation, norm: length(average), single_norm: length(two[0]), largest: greatest(average) };
        yield { ...rgbMap(average, sample + 1, samples, numbers), means, two };
      }
    },
    checks: async (question, { raw, numbers, means, two }) => [
      await checks.cancelled(question, raw, numbers.single_norm),
      ...(question.settings.samples < 4 ? [] : [checks.shared(means, two)]),
    ],
  });

  // Until the account closes, the step is halved whose trapezoid misses most of the score's change. The build may choose its
  // steps in another way; the integral is the same.
  method("integrated-gradients", {
    settings: { steps: wholeNumber(1, MOST_STEPS, 16) },
    async *explain({ network, picture, target, settings: { steps } }) {
      const start = explaining.filling([0, 0, 0], picture.length), stops = [];
      const add = async (position) => {
        const { gradient, logits } = await network.ask(explaining.onTheWay(start, picture, position), target, ["gradient", "logits"]);
        const slope = sum(gradient.map((value, place) => value * (picture[place] - start[place])));
        stops.push({ position, gradient, slope, score: logits[target] });
        stops.sort((one, other) => one.position - other.position);
      };
      const shown = (of) => {
        const { map: values, ...numbers } = explaining.account(explaining.trapezoids(stops), start, picture, stops.at(-1).score - stops[0].score);
        return rgbMap(values, stops.length, of, numbers);
      };
      for (let step = 0; step <= steps; step += 1) {
        await add(step / steps);
        if (step > 0) yield shown(steps + 1);
      }
      let { numbers } = shown(steps + 1);
      while (!checks.account(numbers).kept && stops.length <= MOST_STEPS) {
        await add(explaining.worstMiddle(stops));
        const finer = shown(null);
        yield finer;
        ({ numbers } = finer);
      }
    },
    checks: async (_, { numbers }) => [checks.account(numbers)],
  });

  method("guided-backprop", {
    async *explain(question) {
      const found = await gradientOf(question, question.target, true);
      yield rgbMap(found, 1, 1, { norm: length(found), largest: greatest(found) });
    },
    checks: async (question, { values }) =>
      [await checks.sameForOther(question, values, async (other) => flat(await gradientOf(question, other, true)))],
  });

  method("grad-cam", {
    settings: { layer: { kind: "layer", initial: "block5_conv3" } },
    async *explain({ network, picture, target, layers, settings: { layer } }) {
      const { shape: [height, width, channels] } = layers.find((one) => one.name === layer);
      const found = await network.ask(picture, target, [layer, `gradient:${layer}`]);
      const values = explaining.gradCam(found[layer], found[`gradient:${layer}`], channels, false);
      const peak = values.indexOf(values.reduce((most, value) => Math.max(most, value), 0));
      const numbers = { largest: values[peak], row: Math.floor(peak / width) + 1, column: peak % width + 1 };
      yield { values, height, width, signed: false, overlay: true, done: 1, of: 1, numbers };
    },
    checks: async (question, found) => [await checks.strongest(question, found, HIDDEN)],
  });

  // A pass gives the scores of all classes: for the second one nothing is asked again.
  method("occlusion", {
    isShared: true,
    settings: { patch: wholeNumber(8, 112, 32), stride: wholeNumber(4, 112, 16) },
    async *explain({ network, picture, target, mean, found, settings: { patch, stride } }) {
      const logitsOf = async (name, shown) => {
        if (!found.has(name)) found.set(name, (await network.ask(shown(), target, ["logits"])).logits);
        return found.get(name);
      };
      const score = (await logitsOf("whole", () => picture))[target], drops = [];
      const windows = explaining.coarseFirst(explaining.windows(SIDE, patch, stride));
      for (const [number, window] of windows.entries()) {
        const isKnown = found.has(number), isLast = number === windows.length - 1;
        drops.push(score - (await logitsOf(number, () => explaining.hidden(picture, SIDE, window, mean)))[target]);
        if (isKnown && !isLast) continue;
        yield map(explaining.averaged(drops, windows, SIDE), SIDE, true, {
          overlay: true, done: drops.length + 1, of: windows.length + 1, patches: { windows, drops: drops.slice(), score },
          numbers: { score, largest_drop: Math.max(...drops), against: drops.filter((drop) => drop < 0).length },
        });
      }
    },
    checks: async (question, found) => [await checks.strongest(question, found, question.settings.patch)],
  });

  return all;
})();
