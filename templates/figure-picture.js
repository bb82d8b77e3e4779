// A figure as one PNG for slides: as it is on the page, in the light, with where it comes from beneath it. The browser sets
// it as an SVG image with the page's own style sheet, for which it must be allowed to read the figure's files: those of a
// page that was opened from a folder it may not.
const figurePicture = (function () {
  "use strict";
  const [WIDTH, SCALE, AREA] = [960, 2, 16_000_000]; // CSS pixels; of them in each direction; pixels that any browser draws
  const XHTML = "http://www.w3.org/1999/xhtml", SVG = "http://www.w3.org/2000/svg";
  const LEFT_OUT = ".drawer, .slider, .follows, .remark:has(> a), .enlarge, .divider, .readout, .cells, .controls, .blocks, .network, .slide:not(.now)";

  const asData = (blob) => new Promise((resolve, reject) => {
    const reader = new FileReader();
    Object.assign(reader, { onload: () => resolve(reader.result), onerror: () => reject(reader.error) });
    reader.readAsDataURL(blob);
  });
  const fetched = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(address);
    return answer;
  };
  const loaded = async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  };

  // The figure without what asks for a hand, its pictures within it.
  const still = async (figure) => {
    const copy = figure.cloneNode(true);
    const canvases = figure.querySelectorAll("canvas");
    copy.querySelectorAll("canvas").forEach((canvas, number) => {
      const image = document.createElement("img");
      image.src = canvases[number].toDataURL();
      image.style.width = "100%";
      canvas.replaceWith(image);
    });
    copy.querySelectorAll(LEFT_OUT).forEach((one) => one.remove());
    copy.querySelectorAll(".compared").forEach((one) => one.classList.remove("compared"));
    copy.querySelectorAll(".slide").forEach((one) => one.classList.add("plain"));
    await Promise.all(Array.from(copy.querySelectorAll("img"), async (image) => {
      image.removeAttribute("loading");
      if (!image.src.startsWith("data:")) image.src = await asData(await (await fetched(image.src)).blob());
    }));
    return copy;
  };
  const lines = (texts) => texts.filter(Boolean).map((text) => {
    const line = document.createElement("div");
    line.className = "remark";
    line.style.maxWidth = "none";
    line.textContent = text;
    return line;
  });
  const drawing = async (figure, foot, height) => {
    const style = document.createElement("style"), body = document.createElement("body"), text = document.createElement("div");
    style.textContent = await (await fetched(document.querySelector("link[rel=stylesheet]").href)).text();
    text.className = "text";
    text.append(await still(figure), ...lines(foot));
    body.style.cssText = "padding: 0.5rem 2rem 0; background: none";
    body.lang = document.documentElement.lang;
    body.append(text);
    const svg = document.createElementNS(SVG, "svg"), frame = document.createElementNS(SVG, "foreignObject");
    Object.entries({ width: WIDTH, height, "data-theme": "light", class: "scripted", style: "font-size: 16px", lang: body.lang })
      .forEach(([name, value]) => svg.setAttribute(name, value));
    Object.entries({ width: WIDTH, height }).forEach(([name, value]) => frame.setAttribute(name, value));
    frame.append(style, body);
    svg.append(frame);
    return loaded(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`);
  };
  // The drawing is made higher than it need be, since only the browser knows how high it is; what is left over is cut off.
  const cut = (canvas, margin) => {
    const pen = canvas.getContext("2d");
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    const last = pixels.findLastIndex((pixel) => pixel !== pixels[0]);
    const height = Math.min(canvas.height, Math.ceil(last / canvas.width) + margin);
    const whole = document.createElement("canvas");
    Object.assign(whole, { width: canvas.width, height }).getContext("2d").drawImage(canvas, 0, 0);
    return whole;
  };
  // The picture as a Blob; `foot` are the lines beneath it. Rejects where the figure's files can't be read.
  const made = async (figure, foot) => {
    const height = Math.min(3 * figure.offsetHeight + 400, AREA / WIDTH);
    const scale = Math.min(SCALE, Math.sqrt(AREA / WIDTH / height));
    const image = await drawing(figure, foot, height);
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    Object.assign(canvas, { width: Math.round(WIDTH * scale), height: Math.round(height * scale) });
    pen.fillStyle = "#fcfcfa";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => { cut(canvas, Math.round(24 * scale)).toBlob(resolve, "image/png"); });
  };
  return { made };
})();
