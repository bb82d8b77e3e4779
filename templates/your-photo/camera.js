// A photo by the computer's camera, which is asked for upon a click and let go as soon as the photo is taken. Phones have a
// better way, their own camera application: the field with `capture`. A classic script, since modules don't load from file://.
const camera = (function () {
  "use strict";
  const { byId } = lab;
  const FAILURES = { NotAllowedError: "camera-refused", SecurityError: "camera-refused", NotFoundError: "camera-none", OverconstrainedError: "camera-none" };
  let stream = null, asked = 0;

  const close = () => {
    asked += 1;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    byId("camera-view").srcObject = null;
    byId("camera").hidden = true;
    byId("camera-open").disabled = false;
  };
  const open = async () => {
    asked += 1;
    const mine = asked;
    if (!navigator.mediaDevices?.getUserMedia) throw new Failure("camera-not-here");
    byId("camera-open").disabled = true;
    const found = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false })
      .catch((error) => {
        close();
        throw new Failure(FAILURES[error.name] ?? "camera-busy");
      });
    if (mine !== asked) return found.getTracks().forEach((track) => track.stop()); // closed meanwhile
    stream = found;
    stream.getTracks().forEach((track) => track.addEventListener("ended", close)); // unplugged
    byId("camera-view").srcObject = stream;
    byId("camera").hidden = false;
    byId("camera-take").focus();
    return byId("camera-view").play().catch(() => {}); // closed at once
  };
  // What the camera sees now, as a file.
  const picture = async () => {
    const view = byId("camera-view"), canvas = document.createElement("canvas");
    if (!view.videoWidth) throw new Failure("camera-busy");
    [canvas.width, canvas.height] = [view.videoWidth, view.videoHeight];
    canvas.getContext("2d").drawImage(view, 0, 0);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
    return new File([blob], "camera.png", { type: "image/png" });
  };
  // `take(file)` gets the photo, `failed(error)` whatever went wrong.
  const begin = (take, failed) => {
    byId("camera-open").addEventListener("click", () => open().catch(failed));
    byId("camera-close").addEventListener("click", () => {
      close();
      byId("camera-open").focus();
    });
    byId("camera-take").addEventListener("click", async () => {
      try {
        const file = await picture();
        close();
        byId("camera-open").focus();
        take(file);
      } catch (error) {
        failed(error);
      }
    });
    byId("camera").addEventListener("keydown", (event) => { if (event.key === "Escape") byId("camera-close").click(); });
    addEventListener("pagehide", close);
  };
  return { begin, close };
})();
