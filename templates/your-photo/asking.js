// What a reader asks: a method with its settings. They are fields of the page, and stand in its address.
// A classic script, since modules don't load from file://.
const asking = (function () {
  "use strict";
  const { byId, said } = lab;
  const { element } = showing;
  const fieldOf = (name) => byId(`setting-${name}`);
  const method = () => byId("method").value;
  const declared = () => Object.entries(methods[method()].settings);

  // A value that the method takes: of numbers the nearest, of what is none of its values the initial one.
  const taken = (text, { kind, least, most, step, initial }) => {
    if (kind === "layer") return layers().includes(text) ? text : initial;
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) return initial;
    const nearest = Math.round(numerals.within(value, least, most) / step) * step;
    return Number(numerals.within(nearest, least, most).toFixed(6)); // 0.15, not 0.15000000000000002
  };
  const layers = () => lab.layers.slice(1).map(({ name }) => name); // not the input
  const settings = () => Object.fromEntries(declared().map(([name, one]) => [name, taken(fieldOf(name).value, one)]));
  const set = (name, one, text) => { fieldOf(name).value = taken(text, one); };
  const keep = () => {
    const asked = settings();
    declared().forEach(([name, one]) => set(name, one, String(asked[name])));
    const changed = declared().filter(([name, { initial }]) => asked[name] !== initial);
    pageState.set("settings", changed.map(([name]) => `${name}:${asked[name]}`).join(",") || undefined);
    pageState.set("method", method());
  };

  const fieldFor = (name, { kind, least, most, step, initial }) => {
    const label = element("label", "", `${said(`setting-${name}`)} `), field = element(kind === "layer" ? "select" : "input", "");
    field.id = `setting-${name}`;
    field.autocomplete = "off";
    if (kind === "layer") field.append(...layers().map((layer) => new Option(layer, layer)));
    else Object.assign(field, { type: "number", min: least, max: most, step });
    field.value = initial;
    field.addEventListener("change", keep);
    label.append(field);
    return label;
  };
  const show = () => {
    const { summary, lesson } = lab.methods[method()];
    byId("settings").replaceChildren(...declared().map(([name, one]) => fieldFor(name, one)));
    byId("about-method").replaceChildren(summary);
    if (lesson) byId("about-method").append(" ", Object.assign(element("a", "", lesson.title), { href: lesson.link }));
  };
  // `changed()` is called when the reader has chosen another method.
  const begin = (changed) => {
    byId("method").addEventListener("change", () => {
      show();
      keep();
      changed();
    });
    show();
    pageState.follow("method", (name) => {
      if (!methods[name] || name === method()) return;
      byId("method").value = name;
      show();
      changed();
    });
    pageState.follow("settings", (text = "") => {
      const told = new Map(text.split(",").map((one) => one.split(":")));
      declared().forEach(([name, one]) => set(name, one, told.get(name) ?? ""));
    });
  };
  // What the methods get: `logits` are those of the photo.
  const question = async (asker, pixels, logits) => {
    const { mean_colour: mean } = await files.described();
    return { network: asker, picture: Float32Array.from(pixels), logits, mean, layers: lab.layers, found: new Map() };
  };
  return { begin, keep, method, settings, question };
})();
