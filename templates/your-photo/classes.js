// Classes by what a reader types, in any of the site's languages: each is [name, ...other spellings], the place its index.
// Pure but for `combine`, which makes of an input and a list under it a field that suggests. A classic script.
const classes = (function () {
  "use strict";
  const LIMIT = 8;
  const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/’/g, "'").replace(/[\s_-]+/g, " ").trim();
  const fit = (wanted, spelling) => {
    const text = folded(spelling), at = text.indexOf(wanted);
    if (text === wanted) return 4;
    if (at < 0) return 0;
    return at === 0 ? 3 : /[\p{L}\p{N}]/u.test(text[at - 1]) ? 1 : 2;
  };
  // The indices of those that fit best, the best first.
  const found = (query, all) => {
    const wanted = folded(query);
    if (!wanted) return [];
    return all.map((spellings, index) => ({ index, fit: Math.max(...spellings.map((one) => fit(wanted, one))) }))
      .filter((one) => one.fit).sort((a, b) => b.fit - a.fit || a.index - b.index).slice(0, LIMIT).map((one) => one.index);
  };

  // `choose(index)` is called for what is chosen, `choose(null)` where the field was emptied.
  const combine = (input, list, all, choose) => {
    let shown = [], at = -1;
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (place) => {
      at = place;
      Array.from(list.children, (item, number) => item.setAttribute("aria-selected", String(number === at)));
      if (at >= 0) input.setAttribute("aria-activedescendant", list.children[at].id);
    };
    const take = (index) => {
      input.value = all[index][0];
      close();
      choose(index);
    };
    const show = () => {
      shown = found(input.value, all);
      list.replaceChildren(...shown.map((index, number) => {
        const item = Object.assign(document.createElement("li"), { id: `${list.id}-${number}`, textContent: all[index][0] });
        item.setAttribute("role", "option");
        item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(index); });
        return item;
      }));
      list.hidden = !shown.length;
      input.setAttribute("aria-expanded", String(shown.length > 0));
      mark(shown.length ? 0 : -1);
    };
    input.addEventListener("input", () => {
      show();
      if (!input.value.trim()) choose(null);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") close();
      else if (list.hidden) return;
      else if (event.key === "ArrowDown") mark((at + 1) % shown.length);
      else if (event.key === "ArrowUp") mark((at + shown.length - 1) % shown.length);
      else if (event.key === "Enter" && at >= 0) take(shown[at]);
      else return;
      event.preventDefault();
    });
  };
  return { found, combine };
})();
