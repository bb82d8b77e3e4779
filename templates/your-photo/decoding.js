// A file becomes a picture, upright; what is no picture, or too large a one, is told before it takes any memory.
// A classic script, since modules don't load from file://.
const decoding = (function () {
  "use strict";
  const [LARGEST, LONGEST, HEAD] = [100e6, 1e9, 2 ** 21]; // pixels of a photo, bytes of a file, and of its beginning

  const refuseIfLarge = ({ width, height }) => {
    if (width * height > LARGEST) throw new Failure("photo-too-large", { megapixels: Math.round(width * height / 1e6) });
  };
  // The picture as an ImageBitmap, which is held until it is closed. Throws a Failure.
  const opened = async (file) => {
    const name = file.name ?? "";
    if (file.size > LONGEST) throw new Failure("photo-too-heavy");
    const head = await file.slice(0, HEAD).arrayBuffer().catch(() => { throw new Failure("file-unreadable", { name }); });
    const told = headers.sizeOf(new Uint8Array(head));
    if (told) refuseIfLarge(told);
    const image = await createImageBitmap(file, { imageOrientation: "from-image" })
      .catch(() => { throw new Failure(told ? "picture-damaged" : "no-picture", { name }); });
    try {
      refuseIfLarge(image);
    } catch (error) {
      image.close();
      throw error;
    }
    return image;
  };
  // Its rows, `width` pixels of each from the left on, on white where it is transparent.
  const rowsOf = (image) => {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
    return (top, height, left = 0, width = image.width) => {
      [canvas.width, canvas.height] = [width, height];
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, width, height);
      pen.drawImage(image, left, top, width, height, 0, 0, width, height);
      return pen.getImageData(0, 0, width, height).data;
    };
  };
  // The square that the network sees, RGB. A picture for which the memory is too small is closed.
  const framed = (image, focus) => {
    try { return framing.framed(rowsOf(image), image.width, image.height, focus); } catch (error) {
      image.close();
      throw new Failure("too-little-memory");
    }
  };
  return { opened, rowsOf, framed };
})();
