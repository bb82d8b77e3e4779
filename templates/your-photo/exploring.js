// Every layer of the network on this photo: a sheet of its channels, one of them enlarged, what a cell can see, and how
// its value is worked out from the layer below. A classic script, since modules don't load from file://.
const exploring = (function () {
  "use strict";
  const { element, row, table } = showing;
  const { filled } = messages;
  const [TILE, GAP, COLUMNS, SHOWN, SIDE] = [40, 2, 16, 5, framing.CROP]; // SHOWN: channels below that a cell's sum is told of
  const lab = {}; // words, palettes, layers, and of the photo: pixels, outputs of layers by name
  const byId = (id) => document.getElementById(id);
  let layer = null, below = null, channel = 0, plate = null, cell = null, run = 0;

  const mapOf = (name, number) => {
    const [height, width] = lab.layers.find((one) => one.name === name).shape, size = height * width;
    return lab.outputs.get(name).slice(number * size, (number + 1) * size);
  };
  // One scale for all channels of a layer.
  const scale = () => colours.scaleOf(lab.outputs.get(layer.name), lab.outputs.get(layer.name).some((value) => value < 0));
  const drawSheet = (shown) => {
    const count = layer.shape[2], canvas = byId("channels"), step = TILE + GAP, rows = Math.ceil(count / COLUMNS);
    [canvas.width, canvas.height] = [COLUMNS * step - GAP, rows * step - GAP];
    const pen = canvas.getContext("2d");
    for (let number = 0; number < count; number += 1) {
      const values = resampling.nearest(mapOf(layer.name, number), layer.shape[0], layer.shape[1], TILE, TILE);
      const pixels = shown ? colours.alone(values, shown, lab.palettes[shown.signed ? "signed" : "unsigned"]) : new Uint8ClampedArray(4 * TILE * TILE);
      pen.putImageData(new ImageData(pixels, TILE, TILE), number % COLUMNS * step, Math.floor(number / COLUMNS) * step);
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
    const shown = scale(), label = filled(lab.words["layer-channel"], { layer: layer.name, channel, count: layer.shape[2] });
    plate = showing.plate(label, lab.pixels, lab.palettes, lab.words, look);
    const map = { values: mapOf(layer.name, channel), height: layer.shape[0], width: layer.shape[1], signed: Boolean(shown?.signed) };
    plate.show(map, shown, label);
    byId("layer-map").replaceChildren(plate.element);
    byId("worked").replaceChildren();
    mark();
    const peak = map.values.indexOf(map.values.reduce((most, value) => Math.max(most, value), -Infinity));
    plate.read(Math.floor(peak / layer.shape[1]), peak % layer.shape[1]);
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
    const kernel = await network.kernelOf(layer.name, channel), { words } = lab;
    const { terms, bias, total, output } = explaining.convolved(lab.outputs.get(below.name), below.shape[0], below.shape[1], ...cell, kernel);
    const rest = terms.slice(SHOWN).reduce((sum, one) => sum + one.sum, 0), side = kernel.shape[1];
    const first = terms.slice(0, SHOWN).map((one) => row(filled(words["worked-channel"], { layer: below.name, channel: one.channel }),
      grid(one.patch, side), grid(one.kernel, side), numerals.number(one.sum)));
    const found = mapOf(layer.name, channel)[cell[0] * layer.shape[1] + cell[1]];
    const lines = [
      ...first,
      ...(terms.length > SHOWN ? [row(filled(words["worked-others"], { count: terms.length - SHOWN }), "", "", numerals.number(rest))] : []),
      row(words["worked-bias"], "", "", numerals.number(bias)),
      row(words["worked-sum"], "", "", numerals.number(total)),
      row(words["worked-relu"], "", "", numerals.number(output)),
      row(words["worked-found"], "", "", numerals.number(found)),
    ];
    return table([words["worked-from"], words["worked-patch"], words["worked-kernel"], words["worked-product"]], lines, words["work-through"]);
  };
  const workedPooling = () => {
    const four = explaining.pooled(lab.outputs.get(below.name), channel, below.shape[0], below.shape[1], ...cell);
    const lines = [row(filled(lab.words["worked-channel"], { layer: below.name, channel }), grid(Float32Array.from(four), 2), numerals.number(Math.max(...four)))];
    return table([lab.words["worked-from"], lab.words["worked-patch"], lab.words["worked-greatest"]], lines, lab.words["work-through"]);
  };
  const workThrough = async () => {
    const mine = run, at = `${cell}`;
    const made = layer.kind === "pooling" ? workedPooling() : await workedConvolution();
    if (mine === run && at === `${cell}`) byId("worked").replaceChildren(made);
  };

  const open = async (name, number = null) => {
    run += 1;
    const mine = run, place = lab.layers.findIndex((one) => one.name === name);
    const [next, under] = [lab.layers[place], lab.layers[place - 1] ?? null];
    const wanted = [next, under].filter((one) => one && !lab.outputs.has(one.name)).map((one) => one.name);
    if (wanted.length) {
      const found = await network.ask(lab.pixels, 0, wanted);
      if (mine !== run) return;
      lab.outputs = new Map([...lab.outputs, ...Object.entries(found)].filter(([one]) => [next.name, under?.name].includes(one)));
    }
    [layer, below] = [next, under];
    byId("layer").value = name;
    byId("channel").max = layer.shape[2] - 1;
    drawSheet(scale());
    byId("layer-shown").hidden = false;
    choose(number ?? strongest());
  };
  const strongest = () => { // the channel with the greatest mean
    const means = Array.from({ length: layer.shape[2] }, (_, number) => explaining.sum(mapOf(layer.name, number)));
    return means.indexOf(means.reduce((most, one) => Math.max(most, one), -Infinity));
  };
  const take = (pixels) => {
    run += 1;
    [lab.pixels, lab.outputs] = [pixels, new Map()];
    byId("layer-shown").hidden = true;
    byId("open-layer").disabled = false;
    photo.draw(byId("layer-photo"), pixels);
  };
  const begin = ({ words, palettes, layers: all }, failed) => {
    Object.assign(lab, { words, palettes, layers: all, outputs: new Map() });
    let wanted = null;
    const show = (name, number) => open(name, number).catch(failed);
    pageState.follow("layer", (value = "") => {
      const [name, number] = value.split(":");
      if (!all.some((one) => one.name === name)) return;
      byId("layer").value = name;
      wanted = Number(number) || 0;
    });
    byId("open-layer").addEventListener("click", () => show(byId("layer").value, wanted));
    byId("layer").addEventListener("change", () => {
      wanted = null;
      if (lab.pixels) show(byId("layer").value);
    });
    byId("channel").addEventListener("change", () => choose(Number(byId("channel").value)));
    byId("channels").addEventListener("click", (event) => {
      const canvas = byId("channels"), box = canvas.getBoundingClientRect();
      const [down, across] = [(event.clientY - box.top) / box.height * canvas.height, (event.clientX - box.left) / box.width * canvas.width];
      choose(Math.floor(down / (TILE + GAP)) * COLUMNS + Math.floor(across / (TILE + GAP)));
    });
    byId("work-through").addEventListener("click", () => workThrough().catch(failed));
  };
  return { begin, take };
})();
