// What the network says of the photo: the five likeliest classes, and those that the reader has asked for.
// `answering.follow` is told of the classes chosen: the one that is explained, and perhaps another to compare it with.
const answering = (function () {
  "use strict";
  const { byId, said } = lab;
  const { element } = showing;
  const KEYS = ["class", "against"]; // in the address, and of the fields
  const followers = [];
  const fields = []; // set(index) of each
  let logits = null, asked = [null, null]; // null: the likeliest class, and no other

  const name = (index) => allClasses[index][0];
  const chosen = () => {
    const first = asked[0] ?? explaining.ranked(logits, 1)[0];
    return asked[1] === null || asked[1] === first ? [first] : [first, asked[1]];
  };
  const rank = (index) => 1 + logits.filter((logit) => logit > logits[index]).length;
  const row = (index, probability, most) => {
    const line = element("tr", ""), head = element("th", ""), bar = element("td", "bar"), length = element("span", "", lab.percent(probability));
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
  const show = () => {
    const probabilities = explaining.softmax(logits), first = explaining.ranked(logits, 5);
    const listed = [...first, ...chosen().filter((index) => !first.includes(index))];
    const focused = document.activeElement?.closest(".choose-class")?.textContent;
    document.querySelector("#answers tbody").replaceChildren(...listed.map((index) => row(index, probabilities[index], probabilities[first[0]])));
    byId("answers").hidden = byId("softmax").hidden = false;
    byId("softmax-worked").replaceChildren(worked(probabilities, first));
    if (focused !== undefined) Array.from(document.querySelectorAll(".choose-class")).find((one) => one.textContent === focused)?.focus();
  };
  // The softmax with its numbers: each power, and its share of all of them.
  const worked = (probabilities, first) => {
    const powers = logits.map((logit) => Math.exp(logit - logits[first[0]])), all = explaining.sum(powers);
    const others = all - explaining.sum(first.map((index) => powers[index]));
    const line = (...cells) => showing.row(cells[0], ...cells.slice(1).map((value) => (typeof value === "number" ? numerals.number(value) : value)));
    const rows = [
      ...first.map((index) => line(name(index), logits[index], powers[index], lab.percent(probabilities[index]))),
      line(said("softmax-others", { count: logits.length - first.length }), "", others, lab.percent(others / all)),
      line(said("softmax-all"), "", all, lab.percent(1)),
    ];
    return showing.table(["class-name", "softmax-logit", "softmax-power", "softmax-share"].map((one) => said(one)), rows, said("softmax"));
  };
  const choose = (number, index, remember = true) => {
    asked[number] = index;
    fields[number](index);
    if (remember) pageState.set(KEYS[number], index === null ? undefined : String(index));
    if (!logits) return;
    show();
    followers.forEach((follower) => follower(chosen()));
  };
  const forget = () => {
    logits = null;
    byId("answers").hidden = byId("softmax").hidden = true;
  };
  // The answer to a photo: its likeliest class, and how likely it is.
  const answer = async (asker, pixels) => {
    ({ logits } = await asker.ask(pixels, 0, ["logits"]));
    show();
    return { name: name(explaining.ranked(logits, 1)[0]), probability: Math.max(...explaining.softmax(logits)) };
  };
  const begin = () => {
    const unknown = (typed) => news.say(said("class-unknown", { typed }), true);
    KEYS.forEach((id, number) => {
      const field = byId(id), typed = field.value; // before the names were there
      fields[number] = classes.combine(field, byId(`${id}-list`), allClasses, (index) => choose(number, index), unknown);
      pageState.follow(id, (value) => {
        const index = /^\d+$/.test(value ?? "") && Number(value) < allClasses.length ? Number(value) : null;
        if (index !== asked[number]) choose(number, index, false);
      });
      if (!typed) return;
      field.value = typed;
      field.dispatchEvent(new Event(document.activeElement === field ? "input" : "blur"));
    });
  };
  return {
    begin, answer, forget, name,
    follow: (follower) => { followers.push(follower); },
    logits: () => logits,
    chosen: () => (logits ? chosen() : []),
  };
})();
