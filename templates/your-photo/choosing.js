// The ways to a photo: a file, a drop, the clipboard, a camera, a sample.
// A classic script, since modules don't load from file://.
const choosing = (function () {
  "use strict";
  let choices = 0;
  const chosen = (taking) => {
    choices += 1;
    const mine = choices;
    camera.close();
    news.say(lab.said("opening"));
    taking.catch((error) => { if (mine === choices) news.sayFailure(error); }); // of the last choice alone
  };
  const takeFile = (file) => { if (file) chosen(photo.choose(file)); };
  const takesText = (element) => element?.closest?.("input, textarea, [contenteditable]");

  const begin = () => {
    document.querySelectorAll("#choose input[type=file]").forEach((input) => input.addEventListener("change", () => {
      takeFile(input.files[0]);
      input.value = ""; // so that the same file can be chosen again
    }));
    document.querySelectorAll("#choose [data-sample]").forEach((button) => button.addEventListener("click", () =>
      chosen(photo.chooseSample(button.dataset.sample, button.textContent.trim(), button.dataset.script))));
    // A drop that nobody takes would have the browser leave the page; text may be dropped into a field.
    const isForField = ({ target, dataTransfer }) => takesText(target) && !dataTransfer.types.includes("Files");
    addEventListener("dragover", (event) => { if (!isForField(event)) event.preventDefault(); });
    addEventListener("drop", (event) => {
      if (isForField(event)) return;
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) takeFile(file);
      else news.sayFailure(new Failure("no-file"));
    });
    addEventListener("paste", (event) => {
      const file = Array.from(event.clipboardData?.files ?? [])[0];
      if (file) {
        event.preventDefault();
        takeFile(file);
      } else if (!takesText(event.target)) news.sayFailure(new Failure("no-file"));
    });
    camera.begin(takeFile, news.sayFailure);
  };
  return { begin };
})();
