// Grades a guess and shows the answer, and the figures that give it. Without this file both can be opened.
(function () {
  "use strict";
  const figureAfter = (element) => {
    const next = element.nextElementSibling;
    return next && next.matches("details.answering") ? next : null;
  };
  document.querySelectorAll("section.question").forEach((question) => {
    const choices = Array.from(question.querySelectorAll("input"));
    const look = question.querySelector(".look");
    const status = look.querySelector("[role=status]");
    const answer = question.querySelector("details");
    const say = (verdict) => {
      status.textContent = verdict ? status.dataset[verdict] : "";
      if (verdict) question.dataset.verdict = verdict;
      else delete question.dataset.verdict;
    };
    look.querySelector("button").addEventListener("click", () => {
      const guess = choices.find((choice) => choice.checked);
      if (!guess) return say("choose");
      const isRight = "right" in guess.dataset;
      say(isRight ? "right" : choices.some((choice) => "right" in choice.dataset) ? "wrong" : "none");
      answer.hidden = false;
      for (let one = answer; one; one = figureAfter(one === answer ? question : one)) one.open = true;
    });
    question.addEventListener("change", () => say("")); // another guess; what was shown stays
    answer.hidden = true;
    look.hidden = false;
  });
})();
