// Every layer of the network on this photo: a sheet of its channels, one of them enlarged, what a cell can see, and how
// its value is worked out from the layer below. A classic script, since modules don't load from file://.
const exploring = (function () {
  "use strict";
  const { element, row, table } = showing;
  const { byId, said } = lab;
  const [TILE, GAP, COLUMNS, SHOWN, SIDE] = [40, 2, 16, 5, framing.CROP]; // SHOWN: channels below that a cell's sum is told of
  let pixels = null, outputs = new Map(); // of the photo: RGB, and what layers give, by their names
  let layer = null, below = null, scale = null, channel = 0, cell = null, run = 0;

  const mapOf = (name, number) => {
    const [height, width] = lab.layers.find((one) => one.name === name).shape, size = height * width;
    return outputs.get(name).slice(number * size, (number + 1) * size);
  };
  const drawSheet = () => {
    const count = layer.shape[2], canvas = byId("channels"), step = TILE + GAP, rows = Math.ceil(count / COLUMNS);
    [canvas.width, canvas.height] = [COLUMNS * step - GAP, rows * step - GAP];
    const pen = canvas.getContext("2d");
    for (let number = 0; number < count; number += 1) {
      const values = resampling.nearest(mapOf(layer.name, number), layer.shape[0], layer.shape[1], TILE, TILE);
      const tile = scale ? colours.alone(values, scale, lab.palettes[scale.signed ? "signed" : "unsigned"]) : new Uint8ClampedArray(4 * TILE * TILE);
      pen.putImageData(new ImageData(tile, TILE, TILE), number % COLUMNS * step, Math.floor(number / COLUMNS) * step);
    }
  };
  const mark = () => {
    const canvas = byId("channels"), step = TILE + GAP;
    byId("channel-mark").style.cssText = `left: ${100 * (channel % COLUMNS) * step / canvas.width}%; top: ${100 * Math.floor(channel / COLUMNS) * step / canvas.height}%;`
      + `width: ${100 * TILE / canvas.width}%; height: ${100 * TILE / canvas.height}%`;
  };
  const choose = (number) => {
    channel = numerals.within(Math.round(number) || 0, 0, layer.shape[2] - 1);
    byId("channel").value = channel;
    const label = said("layer-channel", { layer: layer.name, channel, count: layer.shape[2] });
    const plate = showing.plate(label, pixels, look);
    const map = { values: mapOf(layer.name, channel), height: layer.shape[0], width: layer.shape[1], signed: Boolean(scale?.signed) };
    plate.show(map, scale, label);
    byId("layer-map").replaceChildren(plate.element);
    byId("worked").replaceChildren();
    mark();
    const peak = map.values.indexOf(map.values.reduce((most, value) => Math.max(most, value), -Infinity));
    plate.choose(Math.floor(peak / layer.shape[1]), peak % layer.shape[1]);
    pageState.set("layer", `${layer.name}:${channel}`);
  };
  // What a cell can see of the photo.
  const look = (row, column) => {
    cell = [row, column];
    const { stride, margin } = layer;
    const [top, left] = cell.map((place) => Math.max(place * stride - margin, 0));
    const [bottom, right] = cell.map((place) => Math.min((place + 1) * stride + margin, SIDE));
    const share = (pixels) => `${100 * pixels / SIDE}%`;
    byId("sees").style.cssText = `top: ${share(top)}; left: ${share(left)}; height: ${share(bottom - top)}; width: ${share(right - left)}`;
    byId("work-through").disabled = !below;
  };

  const grid = (values, side) => {
    const table = element("table", "small-grid"), body = element("tbody", "");
    for (let row = 0; row < side; row += 1) {
      const line = element("tr", "");
      line.append(...Array.from(values.slice(row * side, (row + 1) * side), (value) => element("td", "figures", numerals.number(value))));
      body.append(line);
    }
    table.append(body);
    return table;
  };
  const workedConvolution = async () => {
    const values = outputs.get(below.name), found = mapOf(layer.name, channel)[cell[0] * layer.shape[1] + cell[1]];
    const [height, width] = below.shape, at = cell; // of this photo, even if there is another one before the kernel is there
    const kernel = await network.kernelOf(layer.name, channel);
    const { terms, bias, total, output } = explaining.convolved(values, height, width, ...at, kernel);
    const rest = terms.slice(SHOWN).reduce((sum, one) => sum + one.sum, 0), side = kernel.shape[1];
    const first = terms.slice(0, SHOWN).map((one) => row(said("worked-channel", { layer: below.name, channel: one.channel }),
      grid(one.patch, side), grid(one.kernel, side), numerals.number(one.sum)));
    const summed = (name, value) => { // nothing but a sum: its words have the room of the grids
      const line = row(name, numerals.number(value));
      line.firstChild.colSpan = 3;
      return line;
    };
    const lines = [
      ...first,
      ...(terms.length > SHOWN ? [summed(said("worked-others", { count: terms.length - SHOWN }), rest)] : []),
      ...Object.entries({ bias, sum: total, relu: output, found }).map(([name, value]) => summed(said(`worked-${name}`), value)),
    ];
    return table(["from", "patch", "kernel", "product"].map((name) => said(`worked-${name}`)), lines, said("work-through"));
  };
  const workedPooling = () => {
    const four = explaining.pooled(outputs.get(below.name), channel, below.shape[0], below.shape[1], ...cell);
    const lines = [row(said("worked-channel", { layer: below.name, channel }), numerals.number(Math.max(...four)), grid(Float32Array.from(four), 2))];
    return table(["from", "greatest", "patch"].map((name) => said(`worked-${name}`)), lines, said("work-through"));
  };
  const workThrough = async () => {
    const mine = run, at = `${cell}`;
    const made = layer.kind === "pooling" ? workedPooling() : await workedConvolution();
    if (mine !== run || at !== `${cell}`) return;
    const [row, column] = cell.map((place) => place + 1);
    byId("worked").replaceChildren(element("p", "", said("worked-cell", { layer: layer.name, channel, row, column })), made);
  };

  const open = async (name, number = null) => {
    run += 1;
    const mine = run, place = lab.layers.findIndex((one) => one.name === name);
    const [next, under] = [lab.layers[place], lab.layers[place - 1] ?? null];
    const wanted = [next, under].filter((one) => one && !outputs.has(one.name)).map((one) => one.name);
    if (wanted.length) {
      news.say(said("layers-asking", { layer: name }));
      const found = await network.asker(() => mine === run).ask(pixels, 0, wanted);
      if (mine !== run) return;
      news.say(said("layers-there", { layer: name }));
      outputs = new Map([...outputs, ...Object.entries(found)].filter(([one]) => [next.name, under?.name].includes(one)));
    }
    [layer, below] = [next, under];
    byId("layer").value = name;
    byId("channel").max = layer.shape[2] - 1;
    const values = outputs.get(name);
    scale = colours.scaleOf(values, values.some((value) => value < 0)); // one for all channels
    drawSheet();
    byId("layer-shown").hidden = false;
    choose(number ?? strongest());
  };
  const strongest = () => { // the channel with the greatest mean
    const means = Array.from({ length: layer.shape[2] }, (_, number) => explaining.sum(mapOf(layer.name, number)));
    return means.indexOf(means.reduce((most, one) => Math.max(most, one), -Infinity));
  };
  const forget = () => { // there is another photo
    run += 1;
    outputs = new Map();
    byId("layer-shown").hidden = true;
    byId("open-layer").disabled = true;
  };
  const take = (photographed) => {
    pixels = photographed;
    byId("open-layer").disabled = false;
    photo.draw(byId("layer-photo"), pixels);
  };
  const begin = () => {
    let wanted = null;
    const guarded = (work) => {
      const mine = run + 1; // if it opens a layer
      work().catch((error) => { if (mine >= run) news.sayFailure(error); });
    };
    pageState.follow("layer", (value = "") => {
      const [name, number] = value.split(":");
      if (!lab.layers.some((one) => one.name === name)) return;
      byId("layer").value = name;
      wanted = Number(number) || 0;
    });
    byId("open-layer").addEventListener("click", () => guarded(() => open(byId("layer").value, wanted)));
    byId("layer").addEventListener("change", () => {
      wanted = null;
      if (!byId("open-layer").disabled) guarded(() => open(byId("layer").value));
    });
    byId("channel").addEventListener("change", () => choose(Number(byId("channel").value)));
    byId("channels").addEventListener("click", (event) => {
      const canvas = byId("channels"), box = canvas.getBoundingClientRect();
      const [down, across] = [(event.clientY - box.top) / box.height * canvas.height, (event.clientX - box.left) / box.width * canvas.width];
      choose(Math.floor(down / (TILE + GAP)) * COLUMNS + Math.floor(across / (TILE + GAP)));
    });
    byId("work-through").addEventListener("click", () => guarded(workThrough));
  };
  return { begin, take, forget };
})();
