// A gallery's wall, sorted and filtered: its photos' facts are loaded when somebody wants that. Without this file the wall has
// its pages, in the gallery's order. A classic script, since modules don't load from file://.
(function () {
  "use strict";
  const ON_PAGE = 60;
  const tools = document.querySelector(".sorting");
  const gallery = JSON.parse(tools.dataset.gallery), words = JSON.parse(tools.dataset.words);
  const form = tools.querySelector("form"), status = tools.querySelector("[role=status]");
  const wall = document.querySelector(".wall"), plain = Array.from(wall.children), pattern = plain[0].cloneNode(true);
  const plainStart = wall.start;
  const [pages, turned] = document.querySelectorAll("nav.pages");
  const classes = {}, rows = [];
  const [NAME, TITLE, PAGE, LABEL, SAID, NUMBERS] = [0, 1, 2, 3, 4, 5]; // of a row; the numbers' first is the probability
  let page = 1;

  // What the build has told of all photos, in parts: each is a script that calls this function.
  window.netvizGallery = (part) => {
    Object.assign(classes, part.classes);
    rows.push(...part.rows);
  };
  const loadPart = (number) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `part-${number}.js`;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  let loading;
  const load = () => {
    loading = loading || (async () => {
      for (let number = 1; number <= gallery.parts; number += 1) await loadPart(number);
      offer(form.elements.said, SAID);
      if (form.elements.label) offer(form.elements.label, LABEL);
    })();
    return loading;
  };
  const offer = (select, column) => {
    const counts = new Map();
    rows.forEach((row) => { if (row[column] >= 0) counts.set(row[column], (counts.get(row[column]) || 0) + 1); });
    const named = Array.from(counts, ([index, count]) => [classes[index], index, count]);
    named.sort((one, other) => one[0].localeCompare(other[0], document.documentElement.lang));
    named.forEach(([name, index, count]) => select.add(new Option(`${name} (${count})`, index)));
  };

  // What is asked for, and the photos that are as it is wanted.
  const isRight = (row) => (row[LABEL] < 0 ? undefined : row[LABEL] === row[SAID]);
  const asked = () => {
    const values = Object.fromEntries(new FormData(form));
    const bounds = [values.least, values.most].map((text) => (text === "" || text === undefined ? undefined : Number(text)));
    const isShare = gallery.numbers[Number(values.number)] === "first probability";
    return { ...values, bounds: bounds.map((bound) => (bound !== undefined && isShare ? bound / 100 : bound)) };
  };
  const isPlain = ({ sort, descending, said, label, right, bounds }) =>
    !(sort || descending || said || label || right || bounds.some((bound) => bound !== undefined));
  const fits = (row, { said, label, right, number, bounds }) => {
    const value = row[NUMBERS + Number(number)];
    const [least, most] = bounds;
    return !(said && row[SAID] !== Number(said)) && !(label && row[LABEL] !== Number(label))
      && !(right && isRight(row) !== (right === "right"))
      && !(least !== undefined && !(value !== null && value >= least))
      && !(most !== undefined && !(value !== null && value <= most));
  };
  const keys = {
    title: (row) => row[TITLE],
    said: (row) => classes[row[SAID]],
    label: (row) => classes[row[LABEL]] || "",
  };
  const sorted = (found, { sort, descending }) => {
    const key = keys[sort] || ((row) => row[NUMBERS + Number(sort)]);
    const order = (one, other) => {
      const [a, b] = [key(one), key(other)];
      if (a === null || b === null) return (a === null) - (b === null); // what has no such number comes last
      const ascending = typeof a === "string" ? a.localeCompare(b, document.documentElement.lang) : a - b;
      return descending ? -ascending : ascending;
    };
    if (sort) return found.sort(order);
    return descending ? found.reverse() : found;
  };

  // How they are shown.
  const item = (row, { sort }) => {
    const one = pattern.cloneNode(true);
    one.querySelector("a").href = `${row[PAGE]}.html#${encodeURIComponent(row[NAME])}`;
    one.querySelector("img").src = `${gallery.root}galleries/${gallery.lesson}/photos/${encodeURIComponent(row[NAME])}.webp`;
    one.querySelector("b").textContent = row[TITLE];
    one.querySelector(".says").textContent = classes[row[SAID]];
    one.querySelector(".reading").textContent = numerals.percent(row[NUMBERS], gallery.percent);
    const verdict = one.querySelector(".verdict"), right = isRight(row);
    if (verdict) {
      verdict.hidden = right === undefined;
      verdict.className = `verdict ${right ? "holds" : "fails"}`;
      verdict.children[0].textContent = right ? "✓" : "✗";
      verdict.children[1].textContent = right ? words.right : words.wrong;
    }
    const shows = one.querySelector(".shows");
    shows.hidden = right !== false;
    shows.textContent = right === false ? messages.filled(words.shows, { name: classes[row[LABEL]] }) : "";
    if (Number(sort) > 0) {
      const reading = document.createElement("p");
      reading.className = "remark";
      const name = form.elements.sort.selectedOptions[0].textContent;
      reading.textContent = messages.filled(words.reading, { name, what: numerals.number(row[NUMBERS + Number(sort)]) });
      one.append(reading);
    }
    return one;
  };
  const showPlain = () => {
    wall.replaceChildren(...plain);
    wall.start = plainStart;
    pages.hidden = false;
    turned.hidden = true;
    status.textContent = "";
  };
  const show = async () => {
    const wanted = asked();
    if (isPlain(wanted) && page === 1) return showPlain();
    try {
      await load();
    } catch (error) {
      status.textContent = words.failed;
      return undefined;
    }
    const found = sorted(rows.filter((row) => fits(row, wanted)), wanted);
    page = Math.min(Math.max(page, 1), Math.ceil(found.length / ON_PAGE) || 1);
    const start = (page - 1) * ON_PAGE, shown = found.slice(start, start + ON_PAGE);
    wall.replaceChildren(...shown.map((row) => item(row, wanted)));
    wall.start = start + 1;
    pages.hidden = true;
    turned.hidden = found.length <= ON_PAGE;
    turned.querySelector("[name=previous]").disabled = page === 1;
    turned.querySelector("[name=next]").disabled = start + ON_PAGE >= found.length;
    status.textContent = shown.length
      ? messages.filled(words.found, { first: start + 1, last: start + shown.length, count: found.length }) : words.none;
    return undefined;
  };

  // The address tells what is asked for, so that it can be shared: #ID@sort:title,said:281,page:2
  const told = () => {
    const values = Array.from(new FormData(form)).filter(([name, value]) => value && !(name === "number" && value === "0"));
    return [...values, ...(page > 1 ? [["page", page]] : [])].map((pair) => pair.join(":")).join(",") || undefined;
  };
  const follow = async (value) => {
    const values = new Map((value || "").split(",").filter(Boolean).map((pair) => pair.split(":")));
    if (values.size) {
      try { await load(); } catch (error) { /* told when it is shown */ }
      tools.open = true;
    }
    Array.from(form.elements).filter((one) => one.name).forEach((one) => {
      if (one.type === "checkbox") one.checked = values.has(one.name);
      else one.value = values.get(one.name) || (one.name === "number" ? "0" : "");
    });
    page = Number(values.get("page")) || 1;
    await show();
  };
  const changed = async () => {
    await show();
    pageState.set(gallery.id, told());
  };

  tools.addEventListener("toggle", () => { if (tools.open) load().catch(() => { status.textContent = words.failed; }); });
  form.addEventListener("input", () => { page = 1; changed(); });
  form.addEventListener("reset", () => setTimeout(() => { page = 1; changed(); }));
  form.addEventListener("submit", (event) => event.preventDefault());
  turned.addEventListener("click", (event) => {
    const turn = { previous: -1, next: 1 }[event.target.name];
    if (!turn) return;
    page += turn;
    changed().then(() => { wall.querySelector("a").focus({ preventScroll: true }); tools.scrollIntoView(); });
  });
  pageState.follow(gallery.id, follow);
  tools.hidden = false;
})();
