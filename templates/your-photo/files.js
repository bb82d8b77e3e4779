// The network's files. They come as scripts, since nothing else can be read from file://: network/manifest.js calls
// netvizManifest({...}), and each part of a file netvizFile(NAME, PART, "base64 of gzip"). Over http they are kept in the browser.
const files = (function () {
  "use strict";
  const root = new URL("../../", document.currentScript.src);
  const SHELF = "netviz-network";
  const parts = new Map(); // texts by file and number, so that what was lost half-way need not begin anew
  let manifest = null;
  window.netvizManifest = (told) => { manifest = told; };
  window.netvizFile = (name, part, text) => { parts.set(`${name} ${part}`, text); };

  const loaded = (path, failure = "file-lost") => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(path, root);
    script.addEventListener("load", () => { script.remove(); resolve(); });
    script.addEventListener("error", () => { script.remove(); reject(new Failure(failure)); });
    document.head.append(script);
  });
  const decoded = (text) => {
    const signs = atob(text), bytes = new Uint8Array(signs.length);
    for (let place = 0; place < signs.length; place += 1) bytes[place] = signs.charCodeAt(place);
    return bytes;
  };
  const unpacked = (pieces) => new Response(new Blob(pieces).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

  const shelf = async () => { // null where the browser keeps nothing: from file://, and in some private windows
    try { return location.protocol.startsWith("http") ? await caches.open(SHELF) : null; } catch (error) { return null; }
  };
  const kept = async (digest) => {
    const answer = await (await shelf())?.match(new URL(`network/${digest}`, root)).catch(() => null);
    return answer ? answer.arrayBuffer() : null;
  };
  const keep = async (digest, bytes) => {
    try { await (await shelf())?.put(new URL(`network/${digest}`, root), new Response(bytes)); } catch (error) { /* no room: next time anew */ }
  };
  const forgetOthers = async (digests) => { // of earlier builds of this site; others may stand at the same host
    const shelved = await shelf(), own = new URL("network/", root).href;
    for (const { url } of shelved ? await shelved.keys() : []) {
      if (url.startsWith(own) && !digests.some((digest) => url.endsWith(digest))) await shelved.delete(url);
    }
  };

  const ofFile = async (name, { sha256: digest, parts: paths }, tell) => {
    const known = await kept(digest);
    if (known && await sha256.of(new Uint8Array(known)) === digest) {
      tell(paths.length);
      return known;
    }
    for (const [part, path] of paths.entries()) {
      if (!parts.has(`${name} ${part}`)) await loaded(path, "network-lost");
      tell(1);
    }
    const texts = paths.map((_, part) => parts.get(`${name} ${part}`));
    paths.forEach((_, part) => parts.delete(`${name} ${part}`));
    const bytes = await Promise.resolve().then(() => unpacked(texts.map(decoded))).catch(() => { throw new Failure("network-damaged", { name }); });
    if (await sha256.of(new Uint8Array(bytes)) !== digest) throw new Failure("network-damaged", { name });
    await keep(digest, bytes);
    return bytes;
  };
  // Those of some names, once each is known to be what the build wrote; `progress` is told the share that is there.
  const all = async (names, progress) => {
    if (typeof DecompressionStream === "undefined") throw new Failure("browser-old");
    const { files: told } = await described();
    const count = names.reduce((sum, name) => sum + told[name].parts.length, 0);
    const found = {};
    let there = 0;
    for (const name of names) {
      found[name] = await ofFile(name, told[name], (more) => { there += more; progress(there / count); });
    }
    await forgetOthers(Object.values(told).map((one) => one.sha256));
    return found;
  };
  const described = async () => {
    if (!manifest) await loaded("network/manifest.js", "network-lost");
    return manifest;
  };
  return { all, described, loaded };
})();
