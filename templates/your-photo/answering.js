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
    document.getElementById("softmax").hidden = false;
    document.getElementById("softmax-worked").replaceChildren(worked(probabilities, first));
    if (focused !== undefined) Array.from(document.querySelectorAll(".choose-class")).find((one) => one.textContent === focused)?.focus();
  };
  // The softmax with its numbers: each power, and its share of all of them.
  const worked = (probabilities, first) => {
    const { words } = place, powers = logits.map((logit) => Math.exp(logit - logits[first[0]])), all = explaining.sum(powers);
    const others = all - explaining.sum(first.map((index) => powers[index]));
    const line = (...cells) => showing.row(cells[0], ...cells.slice(1).map((value) => (typeof value === "number" ? numerals.number(value) : value)));
    const rows = [
      ...first.map((index) => line(name(index), logits[index], powers[index], numerals.percent(probabilities[index], place.percent))),
      line(messages.filled(words["softmax-others"], { count: logits.length - first.length }), "", others, numerals.percent(others / all, place.percent)),
      line(words["softmax-all"], "", all, numerals.percent(1, place.percent)),
    ];
    return showing.table(["class-name", "softmax-logit", "softmax-power", "softmax-share"].map((one) => words[one]), rows, words.softmax);
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
  const begin = (words, all, percent) => {
    Object.assign(place, { words, classes: all, percent });
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
