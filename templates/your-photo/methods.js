// The methods: each asks the network and yields its map as it grows, with what it measured; the last is the whole. A map has
// `values` (height * width), `done` of `of` passes, `numbers` by name, and `checks`: what must hold, said by a message.
// A classic script, since modules don't load from file://.
const methods = (function () {
  "use strict";
  const SIDE = framing.CROP;
  const [CLOSED, MOST_STEPS] = [0.01, 128]; // the gap of an account that counts as closed, and how many steps are tried for it
  const { flat } = colours;
  const map = (values, side, signed, rest) => ({ values, height: side, width: side, signed, numbers: {}, checks: [], ...rest });
  const score = async (network, picture, target) => (await network.ask(picture, target, ["logits"])).logits[target];
  const wholeNumber = (least, most, initial) => ({ kind: "number", least, most, step: 1, initial });

  // Along the gradient the score must change by the gradient's length: the definition, on the network as it is here.
  const slopeCheck = async (network, picture, target, gradient) => {
    const norm = explaining.length(gradient), step = 0.05 / norm; // changes the score by a twentieth
    const moved = (sign) => Float32Array.from(picture, (value, place) => value + sign * step / norm * gradient[place]);
    const change = await score(network, moved(1), target) - await score(network, moved(-1), target);
    const found = change / (2 * step);
    return { message: "check-slope", values: { found, norm }, kept: Math.abs(found / norm - 1) < 0.05 };
  };

  const gradient = {
    settings: {},
    async *explain({ network, picture, target }) {
      const { gradient: found } = await network.ask(picture, target, ["gradient"]);
      const shown = map(flat(found), SIDE, true, { raw: found, done: 1, of: 3, numbers: { norm: explaining.length(found), largest: colours.greatest(found) } });
      yield shown;
      yield { ...shown, done: 3, checks: [await slopeCheck(network, picture, target, found)] };
    },
  };
  const gradientXInput = {
    settings: {},
    async *explain({ network, picture, target, mean }) {
      const { gradient: found } = await network.ask(picture, target, ["gradient"]);
      const product = explaining.timesInput(found, picture, mean);
      yield map(flat(product), SIDE, true, { raw: product, done: 1, of: 1, numbers: { sum: explaining.sum(product), largest: colours.greatest(product) } });
    },
  };
  const guidedBackprop = {
    settings: {},
    async *explain({ network, picture, target }) {
      const { gradient: found } = await network.ask(picture, target, ["gradient"], true);
      yield map(flat(found), SIDE, true, { raw: found, done: 1, of: 1, numbers: { norm: explaining.length(found), largest: colours.greatest(found) } });
    },
  };
  const smoothgrad = {
    settings: { samples: wholeNumber(1, 200, 10), noise: { kind: "number", least: 0.01, most: 1, step: 0.01, initial: 0.15 }, seed: wholeNumber(0, 2 ** 31, 0) },
    async *explain({ network, picture, target, settings: { samples, noise, seed } }) {
      const deviation = explaining.deviation(picture, noise), mean = explaining.mean();
      for (let sample = 0; sample < samples; sample += 1) {
        const copy = explaining.noisyCopy(picture, deviation, seed, sample);
        const { gradient: found } = await network.ask(copy, target, ["gradient"]);
        const average = mean.add(found);
        yield map(flat(average), SIDE, true, { raw: average, done: sample + 1, of: samples, numbers: { deviation, norm: explaining.length(average), largest: colours.greatest(average) } });
      }
    },
  };
  // The steps are doubled until the account closes, as netviz/methods/gradients.py does it: the points between the old ones
  // make the finer rule.
  const integratedGradients = {
    settings: { steps: wholeNumber(1, 128, 16) },
    async *explain({ network, picture, target, settings: { steps } }) {
      const start = explaining.filling([0, 0, 0], picture.length);
      const logits = [];
      const added = async (sum, { position, weight }) => {
        const { gradient: found, logits: all } = await network.ask(explaining.onTheWay(start, picture, position), target, ["gradient", "logits"]);
        logits.push(all[target]);
        found.forEach((value, place) => { sum[place] += weight * value; });
      };
      const shown = (average, done, of, checked) => {
        const { map: values, sum, change, error } = explaining.account(average, start, picture, whole());
        const checks = checked ? [{ message: "check-account", values: { sum, change, error }, kept: error <= CLOSED }] : [];
        return map(flat(values), SIDE, true, { raw: values, done, of, numbers: { sum, change, error }, checks });
      };
      const whole = () => logits[Math.min(steps, logits.length - 1)] - logits[0]; // the change on the way as far as it goes
      const average = new Float64Array(picture.length);
      for (const [done, point] of explaining.positions(steps).entries()) {
        await added(average, point);
        yield shown(average, done + 1, steps + 1, false);
      }
      let count = steps, last = shown(average, count + 1, count + 1, true);
      while (!last.checks[0].kept && 2 * count <= MOST_STEPS) {
        const finer = new Float64Array(picture.length);
        for (const [done, point] of explaining.between(count).entries()) {
          await added(finer, point);
          yield { ...last, done: count + 2 + done, of: 2 * count + 1 };
        }
        finer.forEach((value, place) => { average[place] = (average[place] + value) / 2; });
        count *= 2;
        last = shown(average, count + 1, count + 1, true);
      }
      yield last;
    },
  };
  const gradCam = {
    settings: { layer: { kind: "layer", initial: "block5_conv3" } },
    async *explain({ network, picture, target, layers, settings: { layer } }) {
      const { shape: [height, width, channels] } = layers.find((one) => one.name === layer);
      const found = await network.ask(picture, target, [layer, `gradient:${layer}`]);
      const values = explaining.gradCam(found[layer], found[`gradient:${layer}`], channels, false);
      const peak = values.indexOf(values.reduce((most, value) => Math.max(most, value), 0));
      yield {
        ...map(values, height, false, { done: 1, of: 1 }), width, overlay: true,
        numbers: { largest: values[peak], row: Math.floor(peak / width) + 1, column: peak % width + 1 },
      };
    },
  };
  const occlusion = {
    settings: { patch: wholeNumber(8, 112, 32), stride: wholeNumber(4, 112, 16) },
    async *explain({ network, picture, target, mean, settings: { patch, stride } }) {
      const whole = await score(network, picture, target);
      const windows = explaining.windows(SIDE, patch, stride), drops = [];
      for (const window of windows) {
        drops.push(whole - await score(network, explaining.hidden(picture, SIDE, window, mean), target));
        const values = explaining.averaged(drops, windows, SIDE);
        yield map(values, SIDE, true, {
          overlay: true, done: drops.length + 1, of: windows.length + 1, patches: { windows, drops: drops.slice(), score: whole },
          numbers: { score: whole, largest_drop: drops.reduce((most, drop) => Math.max(most, drop)), against: drops.filter((drop) => drop < 0).length },
        });
      }
    },
  };
  return {
    gradient, "gradient-x-input": gradientXInput, smoothgrad, "integrated-gradients": integratedGradients,
    "guided-backprop": guidedBackprop, "grad-cam": gradCam, occlusion,
  };
})();
