// What readers take along of one figure: a picture, and a line that puts it into a page of theirs.
(function () {
  "use strict";
  const dialog = document.querySelector("dialog.enlarged");
  const status = dialog.querySelector("[role=status]");
  const line = dialog.querySelector(".snippet textarea");
  const say = JSON.parse(dialog.dataset.words);
  const figure = () => dialog.querySelector(".experiment");
  const text = (selector, within = document) => (within.querySelector(selector)?.textContent ?? "").trim().replace(/\s+/g, " ");
  const page = () => {
    const known = document.querySelector("link[rel=canonical]")?.href;
    return known || (location.protocol === "file:" ? "" : location.origin + location.pathname);
  };
  const slide = () => {
    const now = figure().querySelector(".slide.now:not(.plain)");
    return now ? `#${encodeURIComponent(now.id)}` : "";
  };

  const foot = () => [
    text(".credit dd", figure()) && messages.filled(say.photo, { credit: [text(".credit span", figure()), figure().querySelector(".credit a")?.href].filter(Boolean).join(" · ") }),
    text(".settings dd", figure()) && messages.filled(say.settings, { settings: text(".settings dd", figure()) }),
    [text("h1"), text(".masthead .home"), text(".colophon p:last-child"), page()].filter(Boolean).join(" · "),
  ];
  dialog.querySelector(".keep").addEventListener("click", async () => {
    status.textContent = "";
    try {
      saving.save(await figurePicture.made(figure(), foot()), `${figure().id}.png`);
    } catch (error) {
      status.textContent = location.protocol === "file:" ? say.folder : say.failed;
    }
  });

  const snippet = (height) => {
    const address = `${page() || location.pathname.split("/").at(-1)}?embed=${encodeURIComponent(figure().id)}${slide()}`;
    const frame = document.createElement("iframe");
    Object.entries({ src: address, title: dialog.getAttribute("aria-label"), loading: "lazy", style: `width: 100%; height: ${height}px; border: 0` })
      .forEach(([name, value]) => frame.setAttribute(name, value));
    return frame.outerHTML;
  };
  dialog.querySelector(".snippet").addEventListener("toggle", (event) => {
    if (event.newState === "closed" || !figure()) return;
    line.value = snippet(Math.ceil(figure().getBoundingClientRect().height / 20) * 20 + 100);
    dialog.querySelector(".snippet .remark").textContent = page() ? say.how : `${say.how} ${say.relative}`;
    line.select();
  });
  dialog.querySelector(".copy").addEventListener("click", async (event) => {
    line.select();
    try { await navigator.clipboard.writeText(line.value); } catch (error) { document.execCommand("copy"); }
    status.textContent = say.copied;
  });
  dialog.addEventListener("close", () => {
    status.textContent = "";
    dialog.querySelector(".snippet").open = false;
  });
})();
