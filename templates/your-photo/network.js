// The network as the page asks it: network.asker(wanted).ask(picture, target, outputs) gives arrays by name. One question is
// asked at a time, on one of two backends (runner.js); a question that nobody wants any more when its turn comes is left out.
// Where there is a graphics processor, it is tried once in a visit, and kept if it gives the same answer sooner.
const network = (function () {
  "use strict";
  const SIDE = framing.CROP;
  const CHOICE = "netviz-backend"; // what this visit's measurement chose
  const [SAME, PATIENCE, ENOUGH] = [0.02, 20, 4]; // how far a probability may be off, seconds for a part of a trial, GB of memory
  let running = null, opening = null, manifest = null, turn = Promise.resolve();
  const followers = []; // told of a graphics processor that was lost

  const remembered = () => { try { return sessionStorage.getItem(CHOICE); } catch (error) { return null; } };
  const remember = (backend) => { try { sessionStorage.setItem(CHOICE, backend); } catch (error) { /* measured again next time */ } };
  // Whether there is a graphics processor, and memory to try it beside the processor: where nobody tells, phones have little.
  const hasGpu = async () => {
    const memory = navigator.deviceMemory ?? (matchMedia("(pointer: coarse)").matches ? 0 : ENOUGH); // GB
    if (memory < ENOUGH) return false;
    try {
      const adapter = await navigator.gpu?.requestAdapter();
      return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter); // a program that plays one
    } catch (error) {
      return false;
    }
  };

  const use = (one) => {
    running = one;
    one.lost.then(() => {
      if (running !== one) return;
      running = opening = null;
      if (one.backend !== "webgpu") return;
      remember("wasm");
      followers.forEach((follower) => follower());
    });
  };
  const opened = async (progress) => {
    if (typeof WebAssembly === "undefined") throw new Failure("no-webassembly");
    manifest = await files.described();
    if (remembered() === "webgpu" && await hasGpu()) {
      try { return use(await runner.opened("webgpu", progress)); } catch (error) { remember("wasm"); }
    }
    return use(await runner.opened("wasm", progress));
  };
  // What the build told of the network, once it can be asked. After a failure one may try again.
  const open = async (progress = () => {}) => {
    opening ??= opened(progress).catch((error) => {
      opening = null;
      throw error;
    });
    await opening;
    return manifest;
  };

  // `task` when its turn comes. What a graphics processor fails at, the processor is asked.
  const inTurn = (task, wanted) => {
    const answer = turn.then(async () => {
      if (!wanted()) throw new Failure("network-failed", { reason: "not wanted any more" });
      for (;;) {
        await open();
        const one = running;
        try { return await task(one); } catch (error) {
          if (one.backend !== "webgpu") throw error;
          one.close();
        }
      }
    });
    turn = answer.catch(() => {});
    return answer;
  };
  // `picture` holds side * side * 3 values from 0 to 255, `outputs` are names of the graph's: logits, LAYER, gradient,
  // gradient:LAYER; `guided` is whether derivatives are those of guided backpropagation.
  const question = (picture, target, outputs, guided) => ({
    pictures: Float32Array.from(picture),
    shape: [1, SIDE, SIDE, 3],
    targets: outputs.some((name) => name.startsWith("gradient")) ? [target] : [], // none: no derivatives are worked out
    guided,
    outputs,
  });
  // Asks as long as `wanted()`; what was left out fails.
  const asker = (wanted) => ({
    ask: (picture, target, outputs, guided = false) =>
      inTurn((one) => one.send("run", question(picture, target, outputs, guided)), wanted),
  });
  const always = () => true;
  // A layer's kernel and bias, for one of its channels: { kernel: Float32Array, shape: [channels in, height, width], bias }.
  const kernelOf = (layer, channel) => inTurn((one) => one.send("kernel", { layer, channel }), always);
  // How the network runs: { backend, opening: seconds, bytes }; what a graphics processor holds is known to nobody.
  const state = () => inTurn(async (one) => ({ backend: one.backend, opening: one.seconds, ...(await one.send("memory")) }), always);

  const within = (promise) => Promise.race([promise, new Promise((_, reject) => { setTimeout(reject, 1000 * PATIENCE, new Failure("network-failed", { reason: "late" })); })]);
  const agree = (some, others) => {
    const [one, other] = [some, others].map(explaining.softmax);
    return explaining.ranked(one, 1)[0] === explaining.ranked(other, 1)[0] && one.every((share, place) => Math.abs(share - other[place]) < SAME);
  };
  // Tries the graphics processor on a picture for which `logits` were found in `seconds`. Gives { backend, seconds: { wasm,
  // webgpu } } of what is used from now on; null where there is none, or where this visit has tried already.
  const measure = async (picture, logits, seconds) => {
    if (running?.backend !== "wasm" || remembered() || !await hasGpu()) return null;
    let trial = null;
    const opening = runner.opened("webgpu", () => {});
    try {
      trial = await within(opening);
      const pass = () => within(trial.send("run", question(picture, 0, ["logits"], false)));
      const { logits: found } = await pass(); // the first one gets everything ready
      const begun = performance.now();
      await pass();
      const own = (performance.now() - begun) / 1000, isBetter = own < seconds && agree(found, logits);
      remember(isBetter ? "webgpu" : "wasm");
      if (!isBetter) trial.close();
      else await inTurn(async (before) => { use(trial); before.close(); }, always);
      return { backend: isBetter ? "webgpu" : "wasm", seconds: { wasm: seconds, webgpu: own } };
    } catch (error) {
      trial?.close();
      opening.then((one) => one.close(), () => {});
      remember("wasm");
      return null;
    }
  };
  return { open, asker, kernelOf, state, measure, followLoss: (follower) => { followers.push(follower); } };
})();
