// Walks through the channels of every layer, and shows what one of their cells can see of the photo.
// Everything works without this file; it only adds. A classic script, since modules don't load from file://.
(function () {
  "use strict";
  const { filled } = messages;
  const { within } = numerals;

  const explore = (explorer) => {
    const figure = explorer.closest("figure");
    const one = (selector) => explorer.querySelector(selector);
    const words = JSON.parse(explorer.dataset.words);
    const links = Array.from(figure.querySelectorAll(".network a"));
    const layers = new Map(Array.from(figure.querySelectorAll(".layer"), (section) => {
      const image = section.querySelector("img");
      const name = section.id.slice(section.id.indexOf("@") + 1);
      const classes = JSON.parse(section.dataset.classes || "null");
      return [name, { name, src: image.src, alt: image.alt, signed: section.classList.contains("signed"), classes, ...JSON.parse(section.dataset.channels) }];
    }));
    const canvas = one("canvas");
    const pen = canvas.getContext("2d");
    const photo = one(".seen");
    const input = one("input");
    const sheet = one(".channels");
    const image = new Image();
    let layer = null;
    let channel = 0;
    let cell = [0, 0];

    const corner = (number) => [Math.floor(number / layer.columns) * (layer.tile[0] + layer.gap),
      (number % layer.columns) * (layer.tile[1] + layer.gap)];
    const box = (element, top, left, height, width) => {
      element.hidden = false;
      element.style.cssText = `top: ${100 * top}%; left: ${100 * left}%; height: ${100 * height}%; width: ${100 * width}%`;
    };
    const draw = () => {
      const [top, left] = corner(channel);
      pen.imageSmoothingEnabled = false;
      pen.clearRect(0, 0, canvas.width, canvas.height);
      if (image.complete && image.naturalWidth) {
        pen.drawImage(image, left, top, layer.tile[1], layer.tile[0], 0, 0, canvas.width, canvas.height);
        const [width, height] = [image.naturalWidth, image.naturalHeight];
        box(one(".channels .cell"), top / height, left / width, layer.tile[0] / height, layer.tile[1] / width);
      }
    };
    // What a cell can depend on, cut at the photo's edge; in pixels of the network's input.
    const field = (row, column) => {
      const side = layers.get("input");
      if (layer.margin == null) return [0, 0, side.height, side.width];
      const start = [row, column].map((place) => place * layer.stride - layer.margin);
      const end = start.map((place) => place + layer.stride + 2 * layer.margin);
      return [Math.max(start[0], 0), Math.max(start[1], 0), Math.min(end[0], side.height), Math.min(end[1], side.width)];
    };
    const point = (row, column) => {
      cell = [within(row, 0, layer.height - 1), within(column, 0, layer.width - 1)];
      const side = layers.get("input");
      const [top, left, bottom, right] = field(...cell);
      box(one(".tile .cell"), cell[0] / layer.height, cell[1] / layer.width, 1 / layer.height, 1 / layer.width);
      box(one(".field"), top / side.height, left / side.width, (bottom - top) / side.height, (right - left) / side.width);
      const where = layer.classes ? filled(words.class, { number: channel, name: layer.classes[channel] })
        : layer.vector ? filled(words.unit, { number: channel })
        : filled(words.cell, { row: cell[0] + 1, column: cell[1] + 1 });
      one(".readout").textContent = layer.margin == null ? filled(words.whole, { where })
        : filled(words.field, { where, top: top + 1, left: left + 1, bottom, right });
    };
    const peak = () => [Math.floor((layer.peak[channel] || 0) / layer.width), (layer.peak[channel] || 0) % layer.width];
    const choose = (number, remember = true) => {
      channel = within(Math.round(number) || 0, 0, layer.channels - 1);
      input.value = channel;
      const title = filled(words.channel, { layer: layer.name, number: channel, count: layer.channels });
      one(".which").textContent = title;
      canvas.setAttribute("aria-label", title);
      one(".max").textContent = numerals.number(layer.max[channel]);
      one(".mean").textContent = numerals.number(layer.mean[channel]);
      one(".zeros").textContent = layer.zeros.length ? numerals.percent(layer.zeros[channel], words.percent) : "–";
      one(".peak").textContent = layer.vector ? "–" : peak().map((place) => place + 1).join(", ");
      draw();
      point(...peak());
      if (remember) pageState.set(figure.id, `${layer.name}:${channel}`);
    };
    const open = (name, number, remember = true) => {
      layer = layers.get(name);
      links.forEach((link) => {
        if (link.hash.endsWith(`@${name}`)) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
      input.max = layer.channels - 1;
      explorer.classList.toggle("signed", layer.signed); // white at zero: dark pages turn it
      image.src = layer.src;
      image.alt = layer.alt;
      choose(number ?? layer.strongest, remember);
    };
    // The state stands in the address: #all-layers@block3_conv3:17
    const show = (state = "") => {
      const [name, number] = state.split(":");
      if (layers.has(name)) open(name, number === undefined ? undefined : Number(number), false);
      else open(Array.from(layers.keys())[1], undefined, false);
    };

    sheet.prepend(image);
    image.addEventListener("load", draw);
    links.forEach((link) => link.addEventListener("click", (event) => {
      event.preventDefault();
      open(link.hash.slice(link.hash.indexOf("@") + 1));
    }));
    one(".previous").addEventListener("click", () => choose(channel - 1));
    one(".next").addEventListener("click", () => choose(channel + 1));
    one(".strongest").addEventListener("click", () => choose(layer.strongest));
    input.addEventListener("change", () => choose(Number(input.value)));
    sheet.addEventListener("click", (event) => {
      const frame = image.getBoundingClientRect();
      const row = (event.clientY - frame.top) / frame.height * image.naturalHeight / (layer.tile[0] + layer.gap);
      const column = (event.clientX - frame.left) / frame.width * image.naturalWidth / (layer.tile[1] + layer.gap);
      choose(Math.floor(row) * layer.columns + Math.floor(column));
    });
    const hover = (event) => {
      const frame = canvas.getBoundingClientRect();
      point(Math.floor((event.clientY - frame.top) / frame.height * layer.height),
        Math.floor((event.clientX - frame.left) / frame.width * layer.width));
    };
    canvas.addEventListener("pointermove", hover);
    canvas.addEventListener("pointerdown", hover);
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const step = Math.max(1, Math.round(layer.height / layer.tile[0]));
      const moves = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] };
      const turns = { PageDown: channel + 1, PageUp: channel - 1, Home: 0, End: layer.channels - 1 };
      if (moves[event.key]) point(cell[0] + moves[event.key][0], cell[1] + moves[event.key][1]);
      else if (event.key in turns) choose(turns[event.key]);
      else return;
      event.preventDefault();
    });
    show();
    pageState.follow(figure.id, show);
  };
  document.querySelectorAll(".explorer").forEach(explore);
})();
