// The kernels that stand in an ONNX file, read as far as a channel needs: of protobuf's fields those of a graph's constants.
// weights(bytes) gives (layer, channel) -> { kernel, shape: [channels in, height, width], bias }. The worker takes its text along.
const weights = function (bytes) {
  "use strict";
  const [GRAPH, CONSTANT, DIMENSIONS, NAME, RAW] = [7, 5, 1, 8, 9]; // numbers of fields: onnx.proto
  const [NUMBER, FIXED, TEXT] = [0, 1, 2]; // how a field is written: protobuf's wire types; 5 is four bytes
  const reader = new TextDecoder();
  // The fields of a message: [number, value], a text as the place where it begins and ends.
  const fields = function* (from, until) {
    let at = from;
    const number = () => {
      let value = 0, power = 1;
      for (;; power *= 128) {
        const byte = bytes[at];
        if (byte === undefined) throw new Error("the model ends early");
        at += 1;
        value += (byte % 128) * power;
        if (byte < 128) return value;
      }
    };
    while (at < until) {
      const key = number(), kind = key % 8;
      if (kind === NUMBER) yield [Math.floor(key / 8), number()];
      else {
        const size = kind === TEXT ? number() : kind === FIXED ? 8 : 4;
        yield [Math.floor(key / 8), [at, at + size]];
        at += size;
      }
    }
  };
  const constants = new Map();
  for (const [field, place] of fields(0, bytes.length)) {
    if (field !== GRAPH) continue;
    for (const [inner, constant] of fields(...place)) {
      if (inner !== CONSTANT) continue;
      const one = { shape: [] };
      for (const [number, value] of fields(...constant)) {
        if (number === DIMENSIONS) { // one by one, or packed
          if (Array.isArray(value)) one.shape.push(...packed(value));
          else one.shape.push(value);
        } else if (number === NAME) one.name = reader.decode(bytes.subarray(...value));
        else if (number === RAW) one.place = value;
      }
      constants.set(one.name, one);
    }
  }
  function packed([from, until]) {
    const values = [];
    for (let at = from, value = 0, power = 1; at < until; at += 1) {
      value += (bytes[at] % 128) * power;
      power *= 128;
      if (bytes[at] < 128) {
        values.push(value);
        [value, power] = [0, 1];
      }
    }
    return values;
  }
  const half = (bits) => {
    const exponent = (bits >> 10) & 31, fraction = bits & 1023, sign = bits >> 15 ? -1 : 1;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
  };
  const raw = ({ place }) => bytes.slice(...place).buffer;
  const halves = (one) => Float32Array.from(new Uint16Array(raw(one)), half);
  // The kernel as it is used, in whichever way it is kept; of convolutions (out, in, height, width).
  const stored = (name, channel) => {
    const whole = constants.get(name) ?? constants.get(`${name}/half`) ?? constants.get(`${name}/numbers`);
    const [, channels, height, width] = whole.shape, size = channels * height * width, cell = height * width;
    const own = (values, length) => values.slice(channel * length, (channel + 1) * length);
    const shape = [channels, height, width];
    if (whole.name === name) return { kernel: own(new Float32Array(raw(whole)), size), shape };
    if (whole.name.endsWith("half")) return { kernel: own(halves(whole), size), shape };
    const told = constants.get(`${name}/scales`), blocks = told.shape[1], block = Math.ceil(channels / blocks);
    const scales = own(halves(told), blocks * cell), numbers = own(new Int8Array(raw(whole)), size);
    return { kernel: Float32Array.from(numbers, (one, place) => one * scales[Math.floor(place / cell / block) * cell + place % cell]), shape };
  };
  return (layer, channel) => {
    const bias = constants.get(`${layer}/bias`);
    return { ...stored(`${layer}/kernel`, channel), bias: bias ? new Float32Array(raw(bias))[channel] : 0 };
  };
};
