// The maps: drawn as they grow, checked when they are done, and kept by readers who want them.
// A classic script, since modules don't load from file://.
const drawing = (function () {
  "use strict";
  const { byId, said } = lab;
  const { element } = showing;
  let run = 0, results = null; // { method, settings, classes, photo, logits, maps, plates }

  const stop = () => {
    run += 1;
    if (document.activeElement === byId("stop")) byId("draw").focus(); // what is hidden has no focus
    byId("stop").hidden = true;
    news.progress(null);
  };
  const forget = () => { // there is another photo
    stop();
    results = null;
    byId("maps").replaceChildren();
    byId("keep").hidden = true;
    byId("draw").disabled = true;
  };

  const numbersOf = (map) => Object.entries(map.numbers).map(([name, value]) => {
    const pair = element("div", "");
    pair.append(element("dt", "", said(`number-${name.replace("_", "-")}`)), element("dd", "", numerals.number(value)));
    return pair;
  });
  const told = (name, value) => ({ error: lab.percent, rival: answering.name }[name] ?? numerals.number)(value);
  const checksOf = ({ checks: all = [] }) => all.map(({ message, values, kept }) => {
    const item = element("li", kept ? "holds" : "fails"), sign = element("span", "", kept ? "✓" : "✗");
    sign.setAttribute("aria-hidden", "true");
    const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, told(name, value)]));
    item.append(sign, element("span", "", ` ${said(message, shown)}${said(kept ? "holds" : "fails")}`));
    return item;
  });
  const isDrawable = (map) => ["ok", "near zero"].includes(colours.stateOf(map.values));
  // One scale for all the maps that are drawn together.
  const scaleOf = (maps) => colours.scaleOf(maps.length > 1 ? maps.flatMap((map) => Array.from(map.values)) : maps[0].values, maps[0].signed);
  const show = ({ method, classes, maps, plates }) => {
    const scale = scaleOf(maps);
    maps.forEach((map, number) => {
      const alternative = said("map-alternative", { method: lab.methods[method].title, name: answering.name(classes[number]) });
      plates[number].show(map, isDrawable(map) ? scale : null, alternative, lab.methods[method].ends);
      plates[number].numbers.replaceChildren(...numbersOf(map));
      plates[number].checks.replaceChildren(...checksOf(map));
    });
  };
  const newPlate = (index, pixels) => {
    const made = showing.plate(answering.name(index), pixels);
    made.numbers = element("dl", "readings");
    made.checks = element("ul", "claims");
    made.element.append(made.numbers, made.checks);
    return made;
  };

  const tellProgress = (map, share, seconds) => {
    if (map.of === null) return news.sayNowAndThen(said("drawing-finer", { done: map.done, error: lab.percent(map.numbers.error) }));
    news.progress(share);
    if (map.of <= 3 || share >= 1) return news.say(said("drawing"));
    const left = numerals.number(Math.round(seconds / share - seconds));
    return news.sayNowAndThen(said("drawing-long", { done: map.done, of: map.of, seconds: left }));
  };
  const drawn = async (mine, all) => {
    const { method, settings, classes, photo: { pixels }, logits, maps } = all, begun = performance.now();
    const passed = () => (performance.now() - begun) / 1000;
    const parts = methods[method].isShared ? 1 : classes.length; // of the work
    const asked = { ...await asking.question(network.asker(() => mine === run), pixels, logits), settings };
    for (const [number, target] of classes.entries()) {
      const question = { ...asked, target };
      for await (const map of methods[method].explain(question)) {
        if (mine !== run) return;
        maps[number] = map;
        show(all);
        tellProgress(map, Math.min(1, (number + map.done / (map.of ?? map.done)) / parts), passed());
      }
      if (!isDrawable(maps[number])) continue;
      news.say(said("checking"));
      const found = await methods[method].checks(question, maps[number]);
      if (mine !== run) return;
      maps[number] = { ...maps[number], checks: found };
      show(all);
    }
    news.say(said("drawn", { seconds: numerals.number(passed()) }));
    byId("keep").hidden = false;
  };
  const draw = async () => {
    stop();
    const mine = run, classes = answering.chosen(), chosen = photo.current();
    results = { method: asking.method(), settings: asking.settings(), classes, photo: chosen, logits: answering.logits(), maps: [] };
    results.plates = classes.map((index) => newPlate(index, chosen.pixels));
    byId("maps").replaceChildren(...results.plates.map((one) => one.element));
    byId("keep").hidden = true;
    byId("stop").hidden = false;
    try {
      await drawn(mine, results);
    } catch (error) {
      if (mine === run) news.sayFailure(error);
    } finally {
      if (mine === run) stop();
    }
  };

  // What is kept
  const about = () => {
    const { logits, classes, photo: { sample } } = results, probabilities = explaining.softmax(logits);
    return {
      site: lab.site, version: lab.version, weights: lab.weights, sample: sample || undefined,
      classes: classes.map((index) => ({ index, name: answering.name(index), logit: logits[index], probability: probabilities[index] })),
    };
  };
  const keepPicture = () => {
    const { method, maps, plates, photo: { pixels } } = results, scale = scaleOf(maps), seen = element("canvas", "");
    [seen.width, seen.height] = [framing.CROP, framing.CROP];
    photo.draw(seen, pixels);
    const shown = maps.map((map, number) => {
      const { name, probability } = about().classes[number], palette = lab.palettes[map.signed ? "signed" : "unsigned"];
      const bar = scale && {
        stops: colours.bar(map.signed, palette, Boolean(map.overlay)),
        low: numerals.number(map.signed ? -scale.limit : 0), high: (map.signed ? "+" : "") + numerals.number(scale.limit),
      };
      return { picture: plates[number].canvas, lines: [`${lab.methods[method].title} · ${name}`, lab.percent(probability)], bar };
    });
    const foot = [lab.site, lab.version, lab.weights].join(" · ");
    keeping.picture(results, shown, seen, foot, byId("seen-photo").textContent);
  };

  const begin = () => {
    byId("draw").addEventListener("click", () => {
      asking.keep();
      draw();
    });
    byId("stop").addEventListener("click", () => {
      stop();
      news.say(said("stopped"));
    });
    byId("keep-picture").addEventListener("click", keepPicture);
    byId("keep-numbers").addEventListener("click", () => keeping.numbers(results, about()));
    answering.follow((classes) => { // a map that is being drawn of another class
      if (results && String(results.classes) !== String(classes)) stop();
    });
  };
  return { begin, draw, stop, forget };
})();
