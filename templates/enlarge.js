// A figure fills the window: by the button in its heading, by a click on a picture or chart, by Enter or Space on a map.
// The figure itself moves into the dialog and back, so that its slider, its values and its alternative texts go with it.
(function () {
  "use strict";
  const dialog = document.querySelector("dialog.enlarged");
  const words = JSON.parse(dialog.dataset.words);
  const room = dialog.querySelector(".text");
  const gap = document.createElement("div"); // holds its place
  let opener = null;

  const open = (figure, by) => {
    opener = by;
    dialog.setAttribute("aria-label", figure.querySelector(".label").dataset.name);
    gap.className = figure.className;
    gap.style.height = `${figure.offsetHeight}px`;
    figure.replaceWith(gap);
    room.append(figure);
    dialog.showModal();
    dialog.scrollTo(0, 0);
  };
  const restore = () => {
    if (!room.firstElementChild) return;
    gap.replaceWith(room.firstElementChild);
    opener.focus({ preventScroll: true });
  };
  const close = () => {
    dialog.close();
    restore();
  };
  dialog.addEventListener("close", restore);
  dialog.querySelector(".close").addEventListener("click", close);
  dialog.addEventListener("click", (event) => { // a phrase that leads to another figure leads there
    const link = event.target.closest("a[href^='#']");
    const id = link && decodeURIComponent(link.hash.slice(1)).split(/[@&]/)[0];
    if (link && !room.querySelector(`[id="${CSS.escape(id)}"]`)) close();
  });
  addEventListener("beforeprint", () => { if (dialog.open) close(); });

  document.querySelectorAll(".experiment:not(.of-gallery)").forEach((figure) => {
    const label = figure.querySelector(".label");
    const button = document.createElement("button");
    label.dataset.name = label.textContent.trim().replace(/\s+/g, " ");
    Object.assign(button, { type: "button", textContent: words.enlarge });
    button.className = "enlarge";
    button.setAttribute("aria-label", messages.filled(words.figure, { figure: label.dataset.name }));
    label.append(button);
    button.addEventListener("click", () => open(figure, button));
    figure.addEventListener("click", (event) => {
      const touched = event.pointerType === "touch" && event.target.closest(".cells"); // a finger reads values
      const shown = event.target.closest(".frame, .chart");
      if (shown && !touched && !shown.closest("dialog, .before, .after")) open(figure, button);
    });
    figure.addEventListener("keydown", (event) => {
      if (![" ", "Enter"].includes(event.key) || !event.target.matches(".cells") || dialog.open) return;
      event.preventDefault();
      open(figure, event.target);
    });
  });
})();
