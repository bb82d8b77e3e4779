// What the network says of the photo: the five likeliest classes, and those that the reader has asked for.
// `answering.follow` is told { logits, chosen }: the class that is explained, and perhaps another to compare it with.
const answering = (function () {
  "use strict";
  const { element } = showing;
  const KEYS = ["class", "against"]; // in the address, and of the fields
  const followers = [];
  let logits = null, asked = [null, null]; // null: the likeliest class, and no other
  const place = {};

  const name = (index) => place.classes[index][0];
  const chosen = () => {
    const first = asked[0] ?? explaining.ranked(logits, 1)[0];
    return asked[1] === null || asked[1] === first ? [first] : [first, asked[1]];
  };
  const row = (index, probability, most) => {
    const line = element("tr", ""), head = element("th", ""), bar = element("td", "bar"), length = element("span", "", numerals.percent(probability, place.percent));
    const button = element("button", "choose-class", name(index));
    head.scope = "row";
    button.type = "button";
    button.setAttribute("aria-pressed", String(chosen().includes(index)));
    button.addEventListener("click", () => choose(0, index));
    head.append(button);
    length.style.setProperty("--start", 0);
    length.style.setProperty("--length", (probability / most).toFixed(4));
    bar.append(length);
    line.append(head, bar, element("td", "figures", numerals.number(logits[index])), element("td", "figures", String(rank(index))));
    return line;
  };
  const rank = (index) => 1 + logits.filter((logit) => logit > logits[index]).length;
  const show = () => {
    const probabilities = explaining.softmax(logits), first = explaining.ranked(logits, 5);
    const listed = [...first, ...chosen().filter((index) => !first.includes(index))];
    const focused = document.activeElement?.closest(".choose-class")?.textContent;
    document.querySelector("#answers tbody").replaceChildren(...listed.map((index) => row(index, probabilities[index], probabilities[first[0]])));
    document.getElementById("answers").hidden = false;
    if (focused !== undefined) Array.from(document.querySelectorAll(".choose-class")).find((one) => one.textContent === focused)?.focus();
  };
  const tell = () => followers.forEach((follower) => follower({ logits, chosen: chosen() }));
  const choose = (number, index, remember = true) => {
    asked[number] = index;
    document.getElementById(KEYS[number]).value = index === null ? "" : name(index);
    if (remember) pageState.set(KEYS[number], index === null ? undefined : String(index));
    if (!logits) return;
    show();
    tell();
  };
  // The answer to a photo, which the followers are told: the likeliest class, and how likely it is.
  const answer = async (pixels) => {
    ({ logits } = await network.ask(pixels, 0, ["logits"]));
    show();
    tell();
    return { name: name(explaining.ranked(logits, 1)[0]), probability: Math.max(...explaining.softmax(logits)) };
  };
  const begin = (all, percent) => {
    Object.assign(place, { classes: all, percent });
    KEYS.forEach((id, number) => {
      classes.combine(document.getElementById(id), document.getElementById(`${id}-list`), all, (index) => choose(number, index));
      pageState.follow(id, (value) => {
        const index = /^\d+$/.test(value ?? "") && Number(value) < all.length ? Number(value) : null;
        if (index !== asked[number]) choose(number, index, false);
      });
    });
  };
  return {
    begin, answer, name,
    follow: (follower) => { followers.push(follower); },
    logits: () => logits,
    chosen: () => (logits ? chosen() : []),
  };
})();
