// What a reader has set on this page, in its address: page.html#ID@VALUE&ID@VALUE. It can be shared, and Back undoes a phrase.
// pageState.follow(id, show): show(value) is called for what the address says of id, now and later; undefined is the plain state.
// pageState.set(id, value) writes it there (undefined: takes it out); pageState.hash(place) is all of it, for a link elsewhere.
const pageState = (function () {
  "use strict";
  const decoded = (text) => { try { return decodeURIComponent(text); } catch (error) { return text; } };
  const parts = (hash) => decoded(hash.slice(1)).split("&").filter(Boolean);
  const settings = (hash) => new Map(parts(hash).filter((part) => part.includes("@"))
    .map((part) => [part.slice(0, part.indexOf("@")), part.slice(part.indexOf("@") + 1)]));
  const anchor = (hash) => parts(hash).find((part) => !/[@=]/.test(part)) || "";
  const followers = new Map();
  let values = settings(location.hash);

  const hash = (place = "") => {
    const all = [place, ...Array.from(values, ([id, value]) => `${id}@${value}`)].filter(Boolean).join("&");
    return all && `#${all}`;
  };
  const address = (place) => hash(place) || location.pathname + location.search;
  const here = { netviz: true }; // marks entries of the history that are ours: a new jump within the page has no state
  const keep = (id, value) => { // the latest first, for that is where a shared address leads
    values.delete(id);
    if (value !== undefined) values = new Map([[id, value], ...values]);
  };
  const revealed = (element) => { // a figure may be folded away, in a note or as the answer to a question
    for (let folded = element.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    return element;
  };
  const show = () => followers.forEach((follower, id) => follower(values.get(id)));

  // A phrase of the text sets a figure; only if that is out of sight, the page moves there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const [[id, value] = []] = link ? settings(link.hash) : [];
    if (!followers.has(id) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    keep(id, value);
    history.pushState(here, "", address());
    show();
    const { top, bottom } = revealed(document.getElementById(id)).getBoundingClientRect();
    const visible = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (visible < Math.min(bottom - top, innerHeight) / 2) document.getElementById(id).scrollIntoView();
  });
  addEventListener("popstate", (event) => {
    if (event.state) values = settings(location.hash);
    else {
      settings(location.hash).forEach((value, id) => keep(id, value));
      history.replaceState(here, "", address(anchor(location.hash)));
    }
    show();
  });
  addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById(anchor(location.hash) || values.keys().next().value);
    if (values.size && place && !location.hash.includes("at=")) revealed(place).scrollIntoView({ behavior: "instant" });
    history.replaceState(here, "", address(anchor(location.hash)));
  });

  return {
    hash,
    set(id, value) {
      keep(id, value);
      history.replaceState(here, "", address());
    },
    follow(id, follower) {
      followers.set(id, follower);
      if (values.has(id)) follower(values.get(id));
    },
  };
})();
