// Everything works without this file; it only adds. A classic script, since modules don't load from file://.
(function () {
  "use strict";
  const root = document.documentElement;

  // The switch between light and dark: follows the system until it is used, and is remembered then.
  const button = document.querySelector("button.theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const showTheme = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (error) { /* holds for this page only */ }
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();
  button.hidden = false;

  // Another photo or language keeps the reader's place: what stands above it, and how far it is to what comes next.
  // Figures and questions have the same ids on all versions of a page; headings have not, so these are counted.
  const anchors = Array.from(document.querySelectorAll(".text h2, .text figure[id], .text section.question"));
  const counted = anchors.filter((anchor) => anchor.matches("h2"));
  const name = (anchor) => (anchor.matches("h2") ? `~${counted.indexOf(anchor)}` : anchor.id);
  const top = (element) => element.getBoundingClientRect().top + scrollY;
  const edges = (number) => [number < 0 ? 0 : top(anchors[number]),
    number + 1 < anchors.length ? top(anchors[number + 1]) : root.scrollHeight];
  const place = () => {
    const number = anchors.findLastIndex((anchor) => top(anchor) <= scrollY + 1);
    const [start, end] = edges(number);
    return `at=${number < 0 ? "" : name(anchors[number])}:${((scrollY - start) / (end - start || 1)).toFixed(3)}`;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-keep-place]");
    if (link) link.hash = pageState.hash(scrollY > 0 ? place() : "");
  });
  const wanted = /[#&]at=([^&:]*):([\d.]+)/.exec(location.hash);
  if (wanted) {
    const [start, end] = edges(anchors.findIndex((anchor) => name(anchor) === wanted[1]));
    scrollTo({ top: start + Number(wanted[2]) * (end - start), behavior: "instant" });
  }

  // Where am I: the section that is being read, marked in the list of sections.
  const links = Array.from(document.querySelectorAll(".sections a"));
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const markSection = () => {
    const current = headings.findLastIndex((heading) => heading && heading.getBoundingClientRect().top < innerHeight / 3);
    links.forEach((link, number) => {
      if (number === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    });
  };
  if (links.length) {
    addEventListener("scroll", () => requestAnimationFrame(markSection), { passive: true });
    markSection();
  }

  // Code and formulas that are wider than the page can be scrolled with the keyboard.
  const reachable = () => document.querySelectorAll("pre, math[display=block]").forEach((block) => {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
  });
  addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
  reachable();
})();
