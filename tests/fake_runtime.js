// ONNX Runtime as the page's worker uses it, of a network that is a formula: a class's logit is a weighted sum of all pixels,
// whose weights grow from the upper edge to the lower one. So its gradient and all sums are known by hand.
(function () {
  "use strict";
  const SIDE = 224, CLASSES = 1000, AREA = SIDE * SIDE;
  const weight = (target, place) => (Math.floor(place / 3 / SIDE) + 1) / SIDE * [Math.sin(target), Math.cos(target), 0.1][place % 3] / AREA;
  const logits = (picture) => {
    const sums = [0, 0, 0];
    picture.forEach((value, place) => { sums[place % 3] += (Math.floor(place / 3 / SIDE) + 1) / SIDE * value / AREA; });
    return Float32Array.from({ length: CLASSES }, (_, target) => sums[0] * Math.sin(target) + sums[1] * Math.cos(target) + sums[2] * 0.1);
  };
  const gradient = (target) => Float32Array.from({ length: 3 * AREA }, (_, place) => weight(target, place));
  const layer = (turned) => Float32Array.from({ length: 512 * 14 * 14 }, (_, place) => (turned ? Math.sin(place % 196) : (place % 196) % 14));
  const plane = (picture, channel) => Float32Array.from({ length: AREA }, (_, place) => picture[3 * place + channel] / 255);
  const joined = (arrays) => arrays.reduce((all, one, number) => { all.set(one, number * AREA); return all; }, new Float32Array(arrays.length * AREA));
  const convolved = (planes, unit) => planes[0].map((_, place) =>
    Math.max(0, 0.5 + (unit - 20) / 64 * planes.reduce((sum, one, channel) => sum + (channel + 1) * one[place], 0)));
  const planes = ({ picture }) => [0, 1, 2].map((channel) => plane(picture.data, channel));
  const answers = {
    input: (feeds) => joined(planes(feeds)),
    block1_conv1: (feeds) => { const below = planes(feeds); return joined(Array.from({ length: 64 }, (_, unit) => convolved(below, unit))); },
    logits: ({ picture }) => logits(picture.data),
    gradient: ({ target, guided }) => gradient(Number(target.data[0])).map((value) => (guided.data[0] ? Math.abs(value) : value)),
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
