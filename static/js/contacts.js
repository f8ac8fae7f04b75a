/* Somebody's badge before the camera: the first code that comes into view is sent, as if it had been typed. */

import { Camera } from "./checkin/camera.js";

const root = document.querySelector("[data-contacts]");
const part = (name) => root.querySelector(`[data-${name}]`);
const words = new Map([...document.querySelectorAll("[data-words] > div")].map((pair) => [pair.children[0].textContent, pair.children[1].textContent]));
const form = root.querySelector("form");
const hint = (key) => { part("hint").textContent = words.get(key); };

const camera = new Camera(part("video"), {
  reader: root.dataset.reader,
  onCode: (code) => {
    camera.close();
    hint("found");
    form.elements.code.value = code;
    form.requestSubmit();
  },
  onState: ({ error } = {}) => { if (error) hint("denied"); },
  onDim: () => {},
});

if (navigator.mediaDevices) {
  part("begin").hidden = false;
  part("begin").addEventListener("click", async () => {
    part("view").hidden = false;
    part("begin").hidden = true;
    hint("hold");
    try {
      await camera.open();
    } catch (error) {
      part("view").hidden = true;
      hint(error.name === "NotAllowedError" ? "denied" : "none");
    }
  });
}
addEventListener("pagehide", () => camera.close());
