// The live region at the lower edge: what goes on, how far it is, and what went wrong.
// A classic script, since modules don't load from file://.
const news = (function () {
  "use strict";
  const PAUSE = 3000; // milliseconds between two sentences on how far long work is
  const { byId, said } = lab;
  let last = -Infinity;

  const say = (text, wrong = false) => {
    byId("news").textContent = text;
    byId("news").classList.toggle("wrong", wrong);
  };
  const sayNowAndThen = (text) => { // or who listens to the page hears nothing else
    if (performance.now() - last < PAUSE) return;
    last = performance.now();
    say(text);
  };
  // A failure has a message of its own; whatever else is thrown is a mistake of this page's, which the console gets too.
  const sayFailure = (error) => {
    if (error instanceof Failure) return say(said(error.message, error.values), true);
    console.error(error);
    return say(said("network-failed", { reason: String(error?.message ?? error) }), true);
  };
  const progress = (share) => { // null: nothing is on its way
    byId("progress").hidden = share === null;
    if (share !== null) byId("progress").value = share;
  };
  return { say, sayNowAndThen, sayFailure, progress };
})();
