// A worker in which the network is open, on one of two backends: `wasm`, the processor, or `webgpu`, a graphics processor.
// runner.opened(backend, progress) gives { backend, seconds, send(task, values), close(), lost }: `lost` is a promise that is
// kept with a Failure once the worker can't go on. A classic script, since modules don't load from file://.
const runner = (function () {
  "use strict";
  const RUNTIMES = { wasm: "runtime", webgpu: "gpu-runtime" }; // what their files are called

  const failure = (reason) => (/memory|bad_alloc|allocation|RangeError/i.test(reason) ? new Failure("too-little-memory") : new Failure("network-failed", { reason }));
  const asFailure = (error) => (error instanceof Failure ? error : failure(String(error?.message ?? error)));

  const started = () => {
    const worker = new Worker(URL.createObjectURL(new Blob([`(${working})(${weights})`], { type: "text/javascript" })));
    const waiting = new Map();
    let count = 0, lose = null;
    const lost = new Promise((resolve) => { lose = resolve; });
    const end = (error) => {
      worker.terminate();
      lose(error); // before any question fails for it
      waiting.forEach(({ reject }) => reject(error));
      waiting.clear();
    };
    worker.addEventListener("message", ({ data: { number, answer, reason, lost: message } }) => {
      if (message !== undefined) return end(failure(message));
      const { resolve, reject } = waiting.get(number) ?? {};
      waiting.delete(number);
      return reason === undefined ? resolve?.(answer) : reject?.(failure(reason));
    });
    worker.addEventListener("error", (event) => end(failure(event.message || "worker")));
    const send = (task, values = {}, handed = []) => new Promise((resolve, reject) => {
      count += 1;
      waiting.set(count, { resolve, reject });
      worker.postMessage({ number: count, task, values }, handed);
    });
    return { send, lost, close: () => end(new Failure("network-failed", { reason: "closed" })) };
  };
  const opened = async (backend, progress) => {
    let one = null;
    try {
      const name = RUNTIMES[backend];
      const found = await files.all(["model.onnx", ...["js", "mjs", "wasm"].map((ending) => `${name}.${ending}`)], progress);
      const begun = performance.now();
      one = started();
      const handed = { model: found["model.onnx"], script: found[`${name}.js`], loader: found[`${name}.mjs`], binary: found[`${name}.wasm`] };
      await one.send("open", { ...handed, provider: backend }, Object.values(handed));
      return { ...one, backend, seconds: (performance.now() - begun) / 1000 };
    } catch (error) {
      one?.close();
      throw asFailure(error);
    }
  };
  return { opened };
})();
