// The network as the page asks it: opened once, in a worker; network.ask(picture, target, outputs) gives arrays by name.
const network = (function () {
  "use strict";
  const SIDE = framing.CROP;
  const waiting = new Map();
  let worker = null, opening = null, count = 0;

  const failure = (reason) => (/memory|bad_alloc|allocation|RangeError/i.test(reason) ? new Failure("too-little-memory") : new Failure("network-failed", { reason }));
  const stop = (error) => {
    worker?.terminate();
    worker = opening = null;
    waiting.forEach(({ reject }) => reject(error));
    waiting.clear();
  };
  const start = () => {
    worker = new Worker(URL.createObjectURL(new Blob([`(${working})(${weights})`], { type: "text/javascript" })));
    worker.addEventListener("message", ({ data: { number, answer, reason } }) => {
      const { resolve, reject } = waiting.get(number) ?? {};
      waiting.delete(number);
      if (reason === undefined) resolve?.(answer);
      else reject?.(failure(reason));
    });
    worker.addEventListener("error", (event) => stop(failure(event.message || "worker")));
  };
  const send = (task, values, handed = []) => new Promise((resolve, reject) => {
    count += 1;
    waiting.set(count, { resolve, reject });
    worker.postMessage({ number: count, task, values }, handed);
  });
  const opened = async (progress) => {
    if (typeof WebAssembly === "undefined") throw new Failure("no-webassembly");
    const told = await files.described();
    const found = await files.all(progress);
    const begun = performance.now();
    start();
    const handed = [found["model.onnx"], found["runtime.js"], found["runtime.mjs"], found["runtime.wasm"]];
    const [model, script, loader, binary] = handed;
    await send("open", { model, script, loader, binary }, handed);
    return { ...told, seconds: (performance.now() - begun) / 1000 };
  };
  // What the build told of the network, once it can be asked. After a failure one may try again.
  const open = (progress) => {
    opening ??= opened(progress).catch((error) => {
      const known = error instanceof Failure ? error : failure(String(error?.message ?? error));
      stop(known);
      throw known;
    });
    return opening;
  };
  // `picture` holds side * side * 3 values from 0 to 255, `outputs` are names of the graph's: logits, LAYER, gradient,
  // gradient:LAYER; `guided` is whether derivatives are those of guided backpropagation.
  const ask = (picture, target, outputs, guided = false) => send("run", {
    pictures: Float32Array.from(picture),
    shape: [1, SIDE, SIDE, 3],
    targets: outputs.some((name) => name.startsWith("gradient")) ? [target] : [], // none: no derivatives are worked out
    guided,
    outputs,
  });
  // A layer's kernel and bias, for one of its channels: { kernel: Float32Array, shape: [channels in, height, width], bias }.
  const kernelOf = (layer, channel) => send("kernel", { layer, channel });
  const memory = () => send("memory", {});
  return { open, ask, kernelOf, memory, stop };
})();
