// The page as a whole: once a photo is chosen, the network is fetched and asked, and the rest gets what it needs.
// A classic script, since modules don't load from file://.
(function () {
  "use strict";
  const { byId, said } = lab;
  const megabytes = (bytes) => String(Math.round(bytes / 1e6));
  let chosen = 0, manifest = null, naming = null; // how many photos there were; a promise that the names of classes are there
  let trial = null; // what the measurement of two backends found

  const forgetLast = () => {
    [drawing, answering, exploring, painting].forEach((part) => part.forget());
    comparing.forget();
  };
  // The names of all classes are a quarter of what the page loads, and are wanted with the first answer: they come once
  // the page stands, or with a photo. What was lost is asked for again with the next one.
  const classesNamed = () => {
    naming ??= files.loaded(lab.classScript).then(answering.begin).catch((error) => {
      naming = null;
      throw error;
    });
    return naming;
  };
  const opened = async () => {
    if (!manifest) {
      news.say(said("loading"));
      news.progress(0);
    }
    manifest = await network.open((share) => news.progress(share)).finally(() => news.progress(null));
  };
  // How the network runs here, how long it takes, and how much memory.
  const tellMachine = async (seconds) => {
    const { backend, opening, bytes } = await network.state();
    const told = { opening: numerals.number(opening), megabytes: megabytes(bytes), seconds: numerals.number(seconds) };
    const compared = trial && said("machine-measured", { wasm: numerals.number(trial.wasm), webgpu: numerals.number(trial.webgpu) });
    byId("machine").textContent = [said(`machine-${backend}`, told), compared].filter(Boolean).join(" ");
  };
  const measure = async (pixels, seconds) => {
    const found = await network.measure(Float32Array.from(pixels), answering.logits(), seconds);
    if (!found) return;
    trial = found.seconds;
    await tellMachine(found.seconds[found.backend]);
  };

  const answered = async (pixels, isWanted) => {
    await Promise.all([opened(), classesNamed()]);
    if (!isWanted()) return;
    news.say(said("asking"));
    const begun = performance.now();
    const { name, probability } = await answering.answer(network.asker(isWanted), pixels);
    const seconds = (performance.now() - begun) / 1000;
    if (!isWanted()) return;
    news.say(said("answered", { name, probability: lab.percent(probability), seconds: numerals.number(seconds) }));
    exploring.take(pixels);
    painting.take(pixels, manifest.mean_colour);
    comparing.forget(photo.current().sample);
    byId("draw").disabled = false;
    await tellMachine(seconds);
    if (!isWanted()) return;
    if (pageState.hash().includes("method@")) drawing.draw();
    await measure(pixels, seconds);
  };
  photo.follow(async ({ pixels }) => {
    chosen += 1;
    const mine = chosen, isWanted = () => mine === chosen;
    forgetLast();
    await answered(pixels, isWanted).catch((error) => { if (isWanted()) news.sayFailure(error); });
  });
  network.followLoss(() => {
    trial = null;
    news.say(said("gpu-lost"));
    byId("machine").textContent = said("gpu-lost");
  });
  byId("compare").addEventListener("click", comparing.compare);

  addEventListener("load", () => classesNamed().catch(news.sayFailure));
  asking.begin(drawing.stop);
  drawing.begin();
  painting.begin();
  exploring.begin();
  photo.begin(news.sayFailure);
  choosing.begin();
})();
