// What must hold of a map, tried on the network as it is here. Each check gives { message, values, kept }: a message of the
// page's, the numbers in it, and whether it held. A question is as the methods get it (methods.js), with the `logits` of the
// photo. A classic script, since modules don't load from file://.
const checks = (function () {
  "use strict";
  const SIDE = framing.CROP;
  const [CLOSED, NEAR, ALIKE] = [0.01, 0.1, 0.9]; // the gap of an account, of an estimate, and the correlation of like maps
  const score = async ({ network, target }, picture) => (await network.ask(picture, target, ["logits"])).logits[target];
  const isNear = (found, told) => Math.abs(found - told) <= NEAR * Math.abs(told);

  // How the score changes per unit of a way, tried on both sides of the picture.
  const changeAlong = async (question, way, step) => {
    const moved = (sign) => Float32Array.from(question.picture, (value, place) => value + sign * step * way[place]);
    return (await score(question, moved(1)) - await score(question, moved(-1))) / (2 * step);
  };
  // Along the gradient the score must change by the gradient's length: the definition.
  const slope = async (question, gradient) => {
    const norm = explaining.length(gradient); // the step changes the score by a twentieth
    const found = await changeAlong(question, gradient.map((value) => value / norm), 0.05 / norm);
    return { message: "check-slope", values: { found, norm }, kept: isNear(found, norm) };
  };
  // Gradient times input adds up to how fast the score grows with the photo's distance from the mean colour.
  const fading = async (question, product) => {
    const { picture, mean } = question, total = explaining.sum(product);
    const found = await changeAlong(question, picture.map((value, place) => value - mean[place % 3]), 0.002);
    return { message: "check-fading", values: { found: found / 100, sum: total / 100 }, kept: isNear(found, total) };
  };
  const account = ({ sum, change, error }) => ({ message: "check-account", values: { sum, change, error }, kept: error <= CLOSED });
  // What noisy copies don't share cancels out of their mean, which says less and other things than the photo's own gradient.
  const cancelled = async ({ network, picture, target, settings: { samples } }, average, single) => {
    const { gradient } = await network.ask(picture, target, ["gradient"]);
    const norm = explaining.length(average), plain = explaining.correlation(average, gradient);
    return { message: "check-cancelled", values: { norm, single, samples, plain }, kept: samples === 1 || norm < single };
  };
  // What they share stays: the means of two halves of them agree better than two of them do.
  const shared = (halves, two) => {
    const [found, single] = [halves, two].map((pair) => explaining.correlation(...pair));
    return { message: "check-shared", values: { found, single }, kept: found > single };
  };
  // Whether a map says the same of another class, the likeliest there is: `again(target)` draws it anew.
  const sameForOther = async ({ target, logits }, values, again) => {
    const rival = explaining.ranked(logits, 2).find((one) => one !== target);
    const found = explaining.correlation(values, await again(rival));
    return { message: "check-same-for-other", values: { found, rival }, kept: found > ALIKE };
  };
  // Whether the score falls where a map is strongest, and falls more than where it is weakest, once a square there is hidden.
  const strongest = async (question, { values, height, width }, side) => {
    const whole = question.logits[question.target], places = explaining.extremes(values, width);
    const dropAt = async ({ row, column }) => {
      const window = explaining.windowAround(SIDE, side, (row + 0.5) / height * SIDE, (column + 0.5) / width * SIDE);
      return whole - await score(question, explaining.hidden(question.picture, SIDE, window, question.mean));
    };
    const [found, weakest] = [await dropAt(places.strongest), await dropAt(places.weakest)];
    return { message: "check-strongest", values: { side, found: -found, weakest: -weakest }, kept: found > 0 && found > weakest };
  };
  return { slope, fading, account, cancelled, shared, sameForOther, strongest };
})();
