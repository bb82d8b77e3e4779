// ONNX Runtime as the page's worker uses it, of a network that is a formula: a class's logit is a weighted sum of all pixels,
// whose weights grow from the upper edge to the lower one. So its gradient and all sums are known by hand.
(function () {
  "use strict";
  const SIDE = 224, CLASSES = 1000, AREA = SIDE * SIDE;
  const ofClass = (target) => [Math.sin(target), Math.cos(target), 0.1]; // the weights of red, green and blue
  const filled = (length, valueAt) => { // in loops, for all of this is asked hundreds of times
    const values = new Float32Array(length);
    for (let place = 0; place < length; place += 1) values[place] = valueAt(place);
    return values;
  };
  const heights = filled(3 * AREA, (place) => (Math.floor(place / 3 / SIDE) + 1) / SIDE / AREA);
  const logits = (picture) => {
    const sums = [0, 0, 0];
    for (let place = 0; place < 3 * AREA; place += 1) sums[place % 3] += heights[place] * picture[place];
    return filled(CLASSES, (target) => ofClass(target).reduce((sum, weight, colour) => sum + weight * sums[colour], 0));
  };
  const gradient = (target, guided) => {
    const weights = ofClass(target).map((weight) => (guided ? Math.abs(weight) : weight));
    return filled(3 * AREA, (place) => heights[place] * weights[place % 3]);
  };
  const layer = (turned) => filled(512 * 14 * 14, (place) => (turned ? Math.sin(place % 196) : (place % 196) % 14));
  const planes = ({ picture }) => filled(3 * AREA, (place) => picture.data[place % AREA * 3 + Math.floor(place / AREA)] / 255);
  const convolved = (feeds) => { // kernels of 1, 2 and 3 times a unit's own number
    const below = planes(feeds), sums = filled(AREA, (place) => below[place] + 2 * below[AREA + place] + 3 * below[2 * AREA + place]);
    return filled(64 * AREA, (place) => Math.max(0, 0.5 + (Math.floor(place / AREA) - 20) / 64 * sums[place % AREA]));
  };
  const answers = {
    input: planes,
    block1_conv1: convolved,
    logits: ({ picture }) => logits(picture.data),
    gradient: ({ target, guided }) => gradient(Number(target.data[0]), guided.data[0]),
    "gradient:block5_conv3": () => layer(true),
    block5_conv3: () => layer(false),
  };
  // A graphics processor is lost as soon as a test says so: new BroadcastChannel("gpu").postMessage("why").
  const lost = new Promise((resolve) => { new BroadcastChannel("gpu").onmessage = ({ data: message }) => resolve({ message }); });
  self.ort = {
    env: { wasm: {}, webgpu: { device: Promise.resolve({ lost }) } },
    Tensor: class {
      constructor(type, data, dims) { Object.assign(this, { type, data, dims }); }
    },
    InferenceSession: {
      create: async () => ({
        run: async (feeds, names) => Object.fromEntries(names.map((name) => [name, { data: answers[name](feeds) }])),
      }),
    },
  };
})();
