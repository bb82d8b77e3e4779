// Figures with a slider show one of their values at a time. Without this, and on paper, the others follow as a film strip.
document.querySelectorAll(".sliding").forEach((figure) => {
  "use strict";
  const slides = Array.from(figure.querySelectorAll(".slide"));
  const names = slides.map((slide) => slide.id.slice(figure.id.length + 1));
  const plain = slides.findIndex((slide) => slide.classList.contains("plain"));
  const input = figure.querySelector(".slider input"), output = figure.querySelector(".slider output");
  const show = (number) => {
    slides.forEach((slide, other) => slide.classList.toggle("now", other === number));
    output.textContent = slides[number].dataset.label;
    input.value = number;
    input.setAttribute("aria-valuetext", slides[number].dataset.label);
  };
  input.addEventListener("input", () => show(Number(input.value)));
  input.addEventListener("change", () => {
    const number = Number(input.value);
    pageState.set(figure.id, number === plain ? undefined : names[number]);
  });
  show(plain);
  pageState.follow(figure.id, (value) => show(names.includes(value) ? names.indexOf(value) : plain));
  input.parentElement.hidden = false;
});
