// The page: a photo is chosen, the network is fetched and asked, a method drawn. What went wrong is said in a sentence.
(function () {
  "use strict";
  const lab = document.getElementById("lab");
  const { words, palettes: hexadecimal, methods: told, layers, percent } = JSON.parse(lab.dataset.lab);
  const palettes = Object.fromEntries(Object.entries(hexadecimal).map(([name, text]) => [name, colours.palette(text)]));
  const { filled } = messages;
  const { element, plate } = showing;
  const PAUSE = 3000; // milliseconds between two sentences on how far long work is
  const byId = (id) => document.getElementById(id);
  const megabytes = (bytes) => String(Math.round(bytes / 1e6));
  let manifest = null, run = 0, results = [], photoNumber = 0;

  // The live region says what goes on; `wrong` is for what went wrong.
  const say = (text, wrong = false) => {
    const news = byId("news");
    news.textContent = text;
    news.classList.toggle("wrong", wrong);
  };
  let said = 0;
  const sayNowAndThen = (text) => { // or who listens to the page hears nothing else
    if (performance.now() - said < PAUSE) return;
    said = performance.now();
    say(text);
  };
  const sayFailure = (error) => {
    if (!(error instanceof Failure)) {
      console.error(error);
      say(filled(words["network-failed"], { reason: String(error?.message ?? error) }), true);
    } else say(filled(words[error.message], error.values), true);
  };
  const progress = (share) => {
    byId("progress").hidden = share === null;
    if (share !== null) byId("progress").value = share;
  };

  // Photos
  const chosen = (choosing) => choosing.catch(sayFailure);
  const takeFile = (file) => { if (file) chosen(photo.choose(file)); };
  document.querySelectorAll("#choose input[type=file]").forEach((input) => input.addEventListener("change", () => {
    takeFile(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  }));
  document.querySelectorAll("#choose [data-sample]").forEach((button) => button.addEventListener("click", () =>
    chosen(photo.chooseSample(button.dataset.sample, button.textContent.trim(), button.dataset.script))));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    takeFile(event.dataTransfer.files[0]);
  });
  addEventListener("paste", (event) => {
    const file = Array.from(event.clipboardData?.files ?? [])[0];
    if (!file) return;
    event.preventDefault();
    takeFile(file);
  });

  // The network, fetched when the first photo is there
  const opened = async () => {
    if (!manifest) {
      say(words.loading);
      progress(0);
    }
    manifest = await network.open((share) => progress(share)).finally(() => progress(null));
  };
  photo.follow(async ({ pixels }) => {
    photoNumber += 1;
    const mine = photoNumber;
    stop();
    try {
      await opened();
      if (mine !== photoNumber) return;
      say(words.asking);
      const begun = performance.now();
      const { name, probability } = await answering.answer(pixels);
      if (mine !== photoNumber) return;
      const seconds = numerals.number((performance.now() - begun) / 1000);
      say(filled(words.answered, { name, probability: numerals.percent(probability, percent), seconds }));
      const { bytes } = await network.memory();
      byId("machine").textContent = filled(words.machine, { seconds, opening: numerals.number(manifest.seconds), megabytes: megabytes(bytes) });
      byId("draw").disabled = false;
      exploring.take(pixels);
      painting.take(pixels, manifest.mean_colour);
      byId("painted-scores").replaceChildren();
      byId("compared").replaceChildren();
      byId("compare").hidden = !photo.current().sample;
      if (pageState.hash().includes("method@")) draw();
    } catch (error) {
      if (mine === photoNumber) sayFailure(error);
    }
  });

  // Methods
  const method = () => byId("method").value;
  const fieldsOf = (name) => Object.entries(methods[name].settings);
  const settings = () => Object.fromEntries(fieldsOf(method()).map(([name, { kind, least, most, initial }]) => {
    const field = byId(`setting-${name}`);
    if (kind === "layer") return [name, field.value];
    const value = Number(field.value);
    return [name, numerals.within(field.value === "" || !Number.isFinite(value) ? initial : value, least, most)];
  }));
  const fieldFor = (name, { kind, least, most, step, initial }) => {
    const label = element("label", "", `${words[`setting-${name}`]} `);
    const field = element(kind === "layer" ? "select" : "input", "");
    field.id = `setting-${name}`;
    if (kind === "layer") {
      field.append(...layers.slice(1).map(({ name: layer }) => new Option(layer, layer, false, layer === initial)));
    } else Object.assign(field, { type: "number", min: least, max: most, step, value: initial });
    field.addEventListener("change", keepMethod);
    label.append(field);
    return label;
  };
  const keepMethod = () => {
    const changed = Object.entries(settings()).filter(([name, value]) => value !== methods[method()].settings[name].initial);
    pageState.set("settings", changed.map(([name, value]) => `${name}:${value}`).join(",") || undefined);
    pageState.set("method", method());
  };
  const showMethod = () => {
    const { summary, lesson } = told[method()];
    byId("settings").replaceChildren(...fieldsOf(method()).map(([name, field]) => fieldFor(name, field)));
    const line = byId("about-method");
    line.replaceChildren(summary);
    if (lesson) line.append(" ", Object.assign(element("a", "", lesson.title), { href: lesson.link }));
  };
  byId("method").addEventListener("change", () => {
    stop();
    showMethod();
    keepMethod();
  });
  pageState.follow("method", (value) => {
    if (!(value in methods) || value === method()) return;
    byId("method").value = value;
    showMethod();
  });
  showMethod();
  pageState.follow("settings", (value = "") => value.split(",").map((one) => one.split(":")).forEach(([name, one]) => {
    const field = byId(`setting-${name}`);
    if (field && one !== undefined) field.value = one;
  }));

  const stop = () => {
    run += 1;
    byId("stop").hidden = true;
    progress(null);
  };
  const numbersOf = (map) => Object.entries(map.numbers).map(([name, value]) => {
    const pair = element("div", "");
    pair.append(element("dt", "", words[`number-${name.replace("_", "-")}`]), element("dd", "", numerals.number(value)));
    return pair;
  });
  const checksOf = (map) => map.checks.map(({ message, values, kept }) => {
    const item = element("li", kept ? "holds" : "fails"), sign = element("span", "", kept ? "✓" : "✗");
    sign.setAttribute("aria-hidden", "true");
    const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, name === "error" ? numerals.percent(value, percent) : numerals.number(value)]));
    item.append(sign, element("span", "", ` ${filled(words[message], shown)} ${kept ? words.holds : words.fails}`));
    return item;
  });
  // One scale for all the maps that are drawn together.
  const scaleOf = (maps) => colours.scaleOf(maps.flatMap((map) => Array.from(map.values)), maps[0].signed);
  const show = (plates, maps) => {
    const scale = maps.length > 1 ? scaleOf(maps) : colours.scaleOf(maps[0].values, maps[0].signed);
    const drawable = (map) => (["ok", "near zero"].includes(colours.stateOf(map.values)) ? scale : null);
    maps.forEach((map, number) => {
      const alternative = filled(words["map-alternative"], { method: told[results.method].title, name: answering.name(results.classes[number]) });
      plates[number].show(map, drawable(map), alternative);
      plates[number].numbers.replaceChildren(...numbersOf(map));
      plates[number].checks.replaceChildren(...checksOf(map));
    });
  };
  const newPlate = (index, pixels) => {
    const made = plate(answering.name(index), pixels, palettes, words);
    made.numbers = element("dl", "readings");
    made.checks = element("ul", "claims");
    made.element.append(made.numbers, made.checks);
    return made;
  };
  const draw = async () => {
    stop();
    const mine = run, name = method(), { pixels } = photo.current(), asked = answering.chosen();
    results = Object.assign([], { method: name, classes: asked, settings: settings(), photo: photo.current() });
    const plates = asked.map((index) => newPlate(index, pixels));
    byId("maps").replaceChildren(...plates.map((one) => one.element));
    byId("keep").hidden = true;
    byId("stop").hidden = false;
    const begun = performance.now();
    said = 0;
    try {
      for (const [number, target] of asked.entries()) {
        const question = { network, picture: Float32Array.from(pixels), target, mean: manifest.mean_colour, layers, settings: results.settings };
        for await (const map of methods[name].explain(question)) {
          if (mine !== run) return;
          results[number] = map;
          show(plates, results);
          const share = (number + map.done / map.of) / asked.length, passed = (performance.now() - begun) / 1000;
          progress(share);
          if (map.of > 3 && share < 1) sayNowAndThen(filled(words["drawing-long"], { done: map.done, of: map.of, seconds: numerals.number(Math.round(passed / share - passed)) }));
          else if (share < 1) say(words.drawing);
        }
      }
      say(filled(words.drawn, { seconds: numerals.number((performance.now() - begun) / 1000) }));
      results.plates = plates;
      byId("keep").hidden = false;
    } catch (error) {
      if (mine === run) sayFailure(error);
    } finally {
      if (mine === run) stop();
    }
  };
  byId("draw").addEventListener("click", () => {
    keepMethod();
    draw();
  });
  byId("stop").addEventListener("click", () => {
    stop();
    say(words.stopped);
  });
  // What is kept
  const about = () => {
    const logits = answering.logits(), probabilities = explaining.softmax(logits);
    return {
      site: lab.dataset.site, version: lab.dataset.version, weights: lab.dataset.weights, sample: results.photo.sample || undefined,
      classes: results.classes.map((index) => ({ index, name: answering.name(index), logit: logits[index], probability: probabilities[index] })),
    };
  };
  const foot = () => [lab.dataset.site, lab.dataset.version, lab.dataset.weights].join(" · ");
  byId("keep-picture").addEventListener("click", () => {
    const shown = results.map((map, number) => {
      const { name, probability } = about().classes[number], scale = results.length > 1 ? scaleOf(results) : colours.scaleOf(map.values, map.signed);
      const palette = palettes[map.signed ? "signed" : "unsigned"];
      const bar = scale && {
        stops: colours.bar(map.signed, palette, Boolean(map.overlay)),
        low: numerals.number(map.signed ? -scale.limit : 0), high: (map.signed ? "+" : "") + numerals.number(scale.limit),
      };
      return { picture: results.plates[number].canvas, lines: [`${told[results.method].title} · ${name}`, numerals.percent(probability, percent)], bar };
    });
    keeping.picture(results, shown, document.querySelector("canvas.framed"), foot(), byId("seen-photo").textContent);
  });
  byId("keep-numbers").addEventListener("click", () => keeping.numbers(results, about()));

  // Against the build, for a sample
  const compare = async () => {
    const { sample, pixels } = photo.current(), mine = photoNumber;
    const built = document.querySelector(`[data-sample="${CSS.escape(sample)}"]`).dataset.built;
    const question = { network, picture: Float32Array.from(pixels), mean: manifest.mean_colour, layers };
    const rows = [], heads = ["method", "class", "build", "own", "pearson", "ranks"].map((name) => words[`compared-${name}`]);
    say(words.drawing);
    for await (const one of comparing.agreements(sample, built, question, explaining.softmax(answering.logits()))) {
      if (mine !== photoNumber) return;
      const shares = [one.probability, one.own].map((share) => numerals.percent(share, percent));
      rows.push(showing.row(told[one.method].title, answering.name(one.target), ...shares, ...[one.pearson, one.ranks].map((value) => numerals.fixed(value, 3))));
      byId("compared").replaceChildren(showing.table(heads, rows, words.compare));
    }
    say(rows.length ? words.compared : words["compared-none"]);
  };
  byId("compare").addEventListener("click", () => compare().catch(sayFailure));

  // A mask of the reader's own
  let strokes = 0;
  painting.follow(async (mask) => {
    strokes += 1;
    const mine = strokes, before = answering.logits();
    try {
      const { logits } = await network.ask(explaining.masked(photo.current().pixels, mask, manifest.mean_colour), 0, ["logits"]);
      if (mine !== strokes) return;
      const [old, now] = [before, logits].map(explaining.softmax), [first] = explaining.ranked(logits, 1);
      const listed = [...new Set([...answering.chosen(), first])];
      byId("painted-scores").replaceChildren(...listed.map((index) => element("p", "", filled(words["painted-score"], {
        name: answering.name(index), before: numerals.percent(old[index], percent), now: numerals.percent(now[index], percent),
        score: numerals.number(before[index]), moved: numerals.number(logits[index]),
      }))));
    } catch (error) {
      sayFailure(error);
    }
  });
  painting.begin();
  exploring.begin({ words, palettes, layers }, sayFailure);
  answering.begin(words, allClasses, percent);
  answering.follow(({ chosen: now }) => {
    if (results.classes && String(results.classes) !== String(now)) stop();
  });
  photo.begin();
})();
