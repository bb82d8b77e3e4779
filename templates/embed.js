// page.html?embed=ID#ID@VALUE shows one figure alone, for a frame in somebody else's page: with its credit and a link back.
(function () {
  "use strict";
  const id = new URLSearchParams(location.search).get("embed");
  if (id === null) return;
  const figure = document.querySelector(`.experiment[id="${CSS.escape(id)}"]`);
  document.documentElement.classList.toggle("embedded", Boolean(figure));
  if (!figure) return;
  const text = (selector, within = document) => (within.querySelector(selector)?.textContent ?? "").trim().replace(/\s+/g, " ");
  const link = document.createElement("a"), source = document.createElement("p");
  const credit = text(".credit span", figure);
  source.className = "remark";
  link.href = `${location.pathname}#${id}`;
  link.textContent = `${text("h1")} · ${text(".masthead .home")}`;
  source.append(link, ...[credit, text(".colophon p:last-child")].filter(Boolean).map((part) => ` · ${part}`));
  document.querySelector("article.text").replaceChildren(figure, source);
  // Whatever leads out of the figure opens beside the page that holds the frame.
  document.querySelectorAll("a[href]").forEach((one) => {
    const own = one.hash && one.pathname === location.pathname && one.hash !== `#${id}`;
    if (own && document.getElementById(decodeURIComponent(one.hash.slice(1)).split(/[@&]/)[0])) return;
    one.href = `${one.pathname === location.pathname && one.origin === location.origin ? location.pathname + one.hash : one.href}`;
    one.target = "_blank";
  });
})();
