// How large a picture is, told by the first bytes of its file: before a browser takes hundreds of megabytes to decode it.
// Pure functions from values to values; a classic script, since modules don't load from file://.
const headers = (function () {
  "use strict";
  const text = (view, at, length) => String.fromCharCode(...Array.from({ length }, (_, place) => view.getUint8(at + place)));
  const size = (width, height) => ({ width: Math.abs(width), height: Math.abs(height) });
  const three = (view, at) => view.getUint16(at, true) + 65536 * view.getUint8(at + 2);

  const jpeg = (view) => { // its segments one after the other, until that of a frame
    for (let at = 2; ;) {
      if (view.getUint8(at) !== 255) return null;
      const kind = view.getUint8(at + 1);
      if (kind === 255) at += 1; // padding
      else if (kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind)) return size(view.getUint16(at + 7), view.getUint16(at + 5));
      else at += 2 + view.getUint16(at + 2);
    }
  };
  const webp = (view) => {
    const kind = text(view, 12, 4);
    if (kind === "VP8X") return size(three(view, 24) + 1, three(view, 27) + 1);
    if (kind === "VP8 ") return size(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    if (kind !== "VP8L") return null;
    const bits = view.getUint32(21, true);
    return size((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  };
  const avif = (view) => { // the largest of its images: a thumbnail or a tile has a box of the same kind
    let found = null;
    for (let at = 0; at + 16 <= view.byteLength; at += 1) {
      if (view.getUint32(at) !== 0x69737065) continue; // "ispe"
      const one = size(view.getUint32(at + 8), view.getUint32(at + 12));
      if (!found || one.width * one.height > found.width * found.height) found = one;
    }
    return found;
  };
  const bitmap = (view) => (view.getUint32(14, true) === 12
    ? size(view.getUint16(18, true), view.getUint16(20, true)) : size(view.getInt32(18, true), view.getInt32(22, true)));
  const KINDS = [ // whether a file is of a kind, and its size
    [(view) => text(view, 1, 3) === "PNG", (view) => size(view.getUint32(16), view.getUint32(20))],
    [(view) => view.getUint16(0) === 0xffd8, jpeg],
    [(view) => text(view, 0, 4) === "RIFF" && text(view, 8, 4) === "WEBP", webp],
    [(view) => text(view, 0, 4) === "GIF8", (view) => size(view.getUint16(6, true), view.getUint16(8, true))],
    [(view) => text(view, 4, 4) === "ftyp", avif], // HEIC too
    [(view) => text(view, 0, 2) === "BM", bitmap],
  ];
  // { width, height } of what is a picture of a known kind; null where these bytes don't tell.
  const sizeOf = (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      const [, measure] = KINDS.find(([fits]) => fits(view)) ?? [];
      return measure?.(view) ?? null;
    } catch (error) { // they end early
      return null;
    }
  };
  return { sizeOf };
})();
