// SHA-256 in hexadecimal: the browser's own where it has one (https, localhost, file://), else the standard's, step by step.
const sha256 = (function () {
  "use strict";
  const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const primes = (count) => {
    const found = [];
    for (let number = 2; found.length < count; number += 1) if (found.every((prime) => number % prime)) found.push(number);
    return found;
  };
  const fraction = (value) => ((value % 1) * 2 ** 32) | 0;
  const ROOTS = primes(8).map((prime) => fraction(Math.sqrt(prime)));
  const CUBES = primes(64).map((prime) => fraction(Math.cbrt(prime)));
  const turned = (value, by) => (value >>> by) | (value << (32 - by));

  const stepwise = (bytes) => {
    const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer), words = new Int32Array(64), state = Int32Array.from(ROOTS);
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
    view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0);
    for (let block = 0; block < padded.length; block += 64) {
      for (let word = 0; word < 16; word += 1) words[word] = view.getInt32(block + 4 * word);
      for (let word = 16; word < 64; word += 1) {
        const [early, late] = [words[word - 15], words[word - 2]];
        words[word] = words[word - 16] + (turned(early, 7) ^ turned(early, 18) ^ (early >>> 3))
          + words[word - 7] + (turned(late, 17) ^ turned(late, 19) ^ (late >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let word = 0; word < 64; word += 1) {
        const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + CUBES[word] + words[word]) | 0;
        const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
      }
      [a, b, c, d, e, f, g, h].forEach((value, place) => { state[place] += value; });
    }
    return hexadecimal(Array.from(state, (word) => [24, 16, 8, 0].map((by) => (word >>> by) & 255)).flat());
  };
  const of = async (bytes) => (window.crypto?.subtle
    ? hexadecimal(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) : stepwise(bytes));
  return { of, stepwise };
})();
