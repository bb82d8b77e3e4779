// Keeps a page of `netviz serve` up to date: loads it again when the site was built anew, and shows over it how far a
// build is, or what is wrong and where. The last good page stays behind.
(function () {
  "use strict";
  var page = document.currentScript.dataset.page;
  var loaded = document.currentScript.dataset.version;
  var began = { stage: "", at: 0 };

  var host = document.createElement("div");
  var panel = host.attachShadow({ mode: "open" });
  panel.innerHTML =
    "<style>" +
    "section { position: fixed; inset: auto 0 0 0; z-index: 1000; max-height: 60vh; overflow: auto; padding: .7rem 1rem;" +
    " font: 15px/1.45 system-ui, sans-serif; color: #fff; background: #23262b; box-shadow: 0 0 1rem #0008; }" +
    "section[hidden] { display: none; }" +
    "h2 { margin: 0; font-size: 1rem; } p { margin: .3rem 0; } ul { margin: .3rem 0; padding: 0; list-style: none; }" +
    "li { padding: .4rem 0; border-top: 1px solid #555; } code, pre { font: 13px/1.5 ui-monospace, monospace; }" +
    "pre { margin: .4rem 0; padding: .4rem .6rem; overflow-x: auto; background: #15171a; }" +
    "b { color: #ffb3a7; } .warning b { color: #ffdd95; } .number { color: #aaa; } .wrong { background: #5a2a22; }" +
    "progress { width: 100%; }" +
    "</style><section role='status' aria-live='polite' hidden></section>";
  var section = panel.querySelector("section");
  document.body.append(host);

  function element(name, text, kind) {
    var one = document.createElement(name);
    if (text) one.textContent = text;
    if (kind) one.className = kind;
    return one;
  }

  function excerpt(mistake) {
    var pre = element("pre");
    mistake.lines.forEach(function (line) {
      pre.append(element("span", String(line.number).padStart(5) + "  ", "number"),
        element("span", line.text, line.wrong ? "wrong" : ""), "\n");
      if (line.wrong && mistake.column > 0) {
        var before = line.text.slice(0, mistake.column - 1).replace(/[^\t]/g, " ");
        pre.append(element("b", " ".repeat(7) + before + "^"), "\n");
      }
    });
    return pre;
  }

  function list(mistakes, kind) {
    var items = element("ul", "", kind);
    mistakes.forEach(function (mistake) {
      var item = element("li");
      item.append(element("code", mistake.place), " ", element("b", mistake.message));
      if (mistake.lines.length) item.append(excerpt(mistake));
      if (mistake.hint) item.append(element("p", mistake.hint));
      items.append(item);
    });
    return items;
  }

  function left(step) {
    if (began.stage !== step.stage) began = { stage: step.stage, at: Date.now() };
    var seconds = (Date.now() - began.at) / 1000;
    return step.share > 0.02 && seconds > 2 ? Math.ceil(seconds * (1 - step.share) / step.share) + " s left" : "";
  }

  function parts(state) {
    if (state.step) {
      var bar = element("progress");
      if (state.step.share) bar.value = state.step.share;
      return [element("h2", state.step.stage), element("p", [state.step.item, left(state.step)].filter(Boolean).join(" · ")), bar];
    }
    if (state.failure) return [element("h2", "Not built"), element("p", state.failure)];
    if (state.mistakes.length) return [element("h2", state.mistakes.length + " to mend"), list(state.mistakes, "")];
    if (state.warnings.length) {
      var more = element("details");
      more.append(element("summary", state.warnings.length + " warnings"), list(state.warnings, "warning"));
      return [more];
    }
    return [];
  }

  new EventSource("/.live/states?page=" + encodeURIComponent(page)).onmessage = function (event) {
    var state = JSON.parse(event.data);
    if (state.version !== loaded) return location.reload();
    var shown = parts(state);
    section.replaceChildren.apply(section, shown);
    section.hidden = !shown.length;
  };
})();
