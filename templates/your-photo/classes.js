// Classes by what a reader types, in any of the site's languages: each is [name, ...other spellings], the place its index.
// Pure but for `combine`, which makes of an input and a list under it a field that suggests. A classic script.
const classes = (function () {
  "use strict";
  const [LIMIT, WHOLE] = [8, 4];
  const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/’/g, "'").replace(/[\s_-]+/g, " ").trim();
  const fit = (wanted, spelling) => {
    const text = folded(spelling), at = text.indexOf(wanted);
    if (text === wanted) return WHOLE;
    if (at < 0) return 0;
    return at === 0 ? 3 : /[\p{L}\p{N}]/u.test(text[at - 1]) ? 1 : 2;
  };
  const fits = (query, all) => {
    const wanted = folded(query);
    if (!wanted) return [];
    return all.map((spellings, index) => ({ index, fit: Math.max(...spellings.map((one) => fit(wanted, one))) }))
      .filter((one) => one.fit).sort((a, b) => b.fit - a.fit || a.index - b.index);
  };
  // The indices of those that fit best, the best first.
  const found = (query, all) => fits(query, all).slice(0, LIMIT).map((one) => one.index);
  // The one that a text names in full, if it is the only one.
  const named = (query, all) => {
    const whole = fits(query, all).filter((one) => one.fit === WHOLE);
    return whole.length === 1 ? whole[0].index : null;
  };

  // `choose(index)` is called for what is chosen, `choose(null)` where the field was emptied, `unknown(text)` for what names
  // no class when the field is left. Gives `set(index)`, which shows a class (null: none) that was chosen elsewhere.
  const combine = (input, list, all, choose, unknown) => {
    let shown = [], at = -1, current = null;
    const set = (index) => {
      current = index;
      input.value = index === null ? "" : all[index][0];
    };
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
      set(index);
      close();
      choose(index);
    };
    const show = () => {
      shown = found(input.value, all);
      list.replaceChildren(...shown.map((index, number) => {
        const item = Object.assign(document.createElement("li"), { id: `${list.id}-${number}`, textContent: all[index][0] });
        item.setAttribute("role", "option");
        item.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
        item.addEventListener("click", () => take(index));
        return item;
      }));
      list.hidden = !shown.length;
      input.setAttribute("aria-expanded", String(shown.length > 0));
      mark(shown.length ? 0 : -1);
    };
    // What is typed and left is taken if it is a name; else the field shows again what is chosen.
    const settle = () => {
      close();
      const typed = input.value.trim();
      if (typed === (current === null ? "" : all[current][0])) return;
      const index = named(typed, all);
      if (index !== null) return take(index);
      set(current);
      unknown(typed);
    };
    input.addEventListener("input", () => {
      show();
      if (!input.value.trim() && current !== null) take(null);
    });
    input.addEventListener("blur", settle);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return; // a character of Chinese is on its way
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown" && list.hidden) show();
      else if (event.key === "Enter" && list.hidden) settle();
      else if (list.hidden) return;
      else if (event.key === "ArrowDown") mark((at + 1) % shown.length);
      else if (event.key === "ArrowUp") mark((at + shown.length - 1) % shown.length);
      else if (event.key === "Enter" && at >= 0) take(shown[at]);
      else return;
      event.preventDefault();
    });
    return set;
  };
  return { found, named, combine };
})();
