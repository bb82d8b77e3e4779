// Search without a server: the index is a script that is loaded when the search is first used. Without this file the
// link in the masthead leads to the contents.
(function () {
  "use strict";
  const link = document.querySelector("a.search");
  const dialog = document.querySelector("dialog.finder");
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ol");
  const status = dialog.querySelector("[role=status]");
  const root = new URL("../", document.currentScript.src);
  const LIMIT = 20;
  let asked = false; // for the index
  let entries; // once it has come: each with its address, titles, text, and both in small letters

  const load = () => {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = new URL(dialog.dataset.index, root);
    script.addEventListener("load", () => {
      entries = window.searchIndex.map(([address, page, title, text]) =>
        ({ address, page, title, text, title_: title.toLowerCase(), text_: text.toLowerCase() }));
      show();
    });
    document.head.append(script);
  };

  // A query is a list of words that must all be found. What is not found whole is looked for by its parts: the stem of
  // an English word, and the pairs of characters of Chinese, which has no spaces.
  const chinese = /^[\u3400-\u9fff\uf900-\ufaff]{3,}$/;
  const english = /^([a-z]{4,}?)(?:ations?|at(?:e[sd]?|ing)|ions?|ing|e[sd]?|s)$/;
  const parts = (word) => (chinese.test(word)
    ? Array.from({ length: word.length - 1 }, (_, start) => word.slice(start, start + 2))
    : (english.exec(word) ?? []).slice(1));
  const words = (query) => query.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const score = (word, entry) => {
    const at = entry.title_.indexOf(word);
    if (entry.title_ === word) return 100;
    if (at === 0) return 60;
    if (at > 0) return /[\p{L}\p{N}]/u.test(entry.title_[at - 1]) ? 30 : 50;
    const inText = entry.text_.indexOf(word);
    if (inText >= 0) return 10 + Math.min(9, entry.text_.split(word).length - 1);
    const pieces = parts(word);
    const found = pieces.filter((piece) => entry.title_.includes(piece) || entry.text_.includes(piece));
    return found.length * 2 > pieces.length ? (8 * found.length) / pieces.length : 0;
  };
  const find = (query) => {
    const wanted = words(query);
    if (!wanted.length) return [];
    const ranked = entries.map((entry) => {
      const scores = wanted.map((word) => score(word, entry));
      return { entry, rank: scores.every(Boolean) ? scores.reduce((sum, one) => sum + one, 0) : 0 };
    });
    return ranked.filter((one) => one.rank).sort((a, b) => b.rank - a.rank).map((one) => one.entry);
  };

  // Everything from the index and the query becomes text, never markup.
  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const context = (entry, wanted) => {
    const pieces = wanted.flatMap((word) => (entry.text_.includes(word) ? [word] : parts(word)));
    const first = pieces.find((piece) => entry.text_.includes(piece));
    const at = first ? entry.text_.indexOf(first) : 0;
    const start = Math.max(0, at - 40);
    const line = element("span", (start ? "… " : "") + entry.text.slice(start, at));
    line.className = "context";
    if (first) line.append(element("mark", entry.text.slice(at, at + first.length)));
    const end = at + (first ? first.length : 0);
    line.append(entry.text.slice(end, end + 90) + (entry.text.length > end + 90 ? " …" : ""));
    return line;
  };
  const show = () => {
    if (!entries) return; // nothing can be said yet; it is shown when they come
    const wanted = words(input.value);
    const found = find(input.value);
    list.replaceChildren(...found.slice(0, LIMIT).map((entry) => {
      const anchor = element("a", "");
      anchor.href = new URL(entry.address, root);
      anchor.append(element("b", entry.title));
      if (entry.page !== entry.title) anchor.append(" ", element("span", entry.page));
      anchor.append(context(entry, wanted));
      const item = document.createElement("li");
      item.append(anchor);
      return item;
    }));
    const count = found.length > LIMIT ? `${LIMIT}+` : found.length;
    status.textContent = !wanted.length ? "" : found.length ? status.dataset.found.replace("{count}", count) : status.dataset.none;
  };

  const open = () => {
    load();
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
  };
  const step = (by) => {
    const stops = [input, ...list.querySelectorAll("a")];
    const next = stops.indexOf(document.activeElement) + by;
    if (stops[next]) stops[next].focus();
  };
  link.addEventListener("click", (event) => { event.preventDefault(); open(); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
  dialog.addEventListener("keydown", (event) => {
    const first = list.querySelector("a");
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && event.target === input && !event.isComposing && first) first.click();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("a, .close")) dialog.close();
  });
  input.addEventListener("input", show);
  link.setAttribute("aria-haspopup", "dialog");
  link.setAttribute("aria-keyshortcuts", "/");
})();
