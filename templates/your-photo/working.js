// What the worker does, so that the page never freezes: it opens the network, and runs it. The worker is made of this
// function's text (runner.js), since workers of files don't start from file://; `weights` is that of weights.js.
const working = function (weights) {
  "use strict";
  let session = null, file = null, kernels = null;
  const address = (bytes, type) => URL.createObjectURL(new Blob([bytes], { type }));
  const heaps = []; // what the runtime takes of memory
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(...told) {
      super(...told);
      heaps.push(this);
    }
  };
  const watch = async () => { // a graphics processor may be taken away at any time
    const { lost } = await ort.env.webgpu.device;
    const { message } = await lost;
    postMessage({ lost: message });
  };
  const tasks = {
    async memory() {
      return { bytes: heaps.reduce((sum, heap) => sum + heap.buffer.byteLength, file.length) };
    },
    async open({ model, script, loader, binary, provider }) {
      importScripts(address(script, "text/javascript"));
      ort.env.logLevel = "error";
      ort.env.wasm.numThreads = 1; // more need headers that plain hosts don't send
      ort.env.wasm.wasmBinary = binary;
      ort.env.wasm.wasmPaths = { mjs: address(loader, "text/javascript") };
      session = await ort.InferenceSession.create(new Uint8Array(model), { executionProviders: [provider] });
      file = new Uint8Array(model);
      if (provider === "webgpu") watch();
      return {};
    },
    async kernel({ layer, channel }) {
      kernels ??= weights(file);
      return kernels(layer, channel);
    },
    async run({ pictures, shape, targets, guided, outputs }) {
      const feeds = {
        picture: new ort.Tensor("float32", pictures, shape),
        target: new ort.Tensor("int64", BigInt64Array.from(targets, BigInt), [targets.length]),
        guided: new ort.Tensor("bool", [guided], []),
      };
      const answers = await session.run(feeds, outputs);
      return Object.fromEntries(outputs.map((name) => [name, answers[name].data]));
    },
  };
  onmessage = async ({ data: { number, task, values } }) => {
    try {
      const answer = await tasks[task](values);
      postMessage({ number, answer }, Object.values(answer).map((one) => one.buffer).filter((one) => one instanceof ArrayBuffer));
    } catch (error) {
      postMessage({ number, reason: String(error?.message ?? error) });
    }
  };
};
