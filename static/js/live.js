/* The figures of the door as they change: heard as server-sent events, drawn into the page that the server made. */

import { Drawing } from "./live/drawing.js";
import { listen } from "./live/listening.js";

const root = document.querySelector("[data-live]");
const given = root.querySelector("[data-figures]");

async function begin() {
  if ("device" in root.dataset) {
    const { openWall } = await import("./live/device.js");
    return openWall(root);
  }
  const drawing = new Drawing(root, { labels: JSON.parse(given.dataset.labels), zone: root.dataset.zone });
  drawing.show(JSON.parse(given.dataset.figures));
  const ask = (options) => fetch(root.dataset.stream, { ...options, cache: "no-store" });
  return listen({ ask, onFigures: (figures) => drawing.show(figures), onState: (state) => drawing.say(state) });
}

const button = root.querySelector("[data-fullscreen]");
if (button && document.fullscreenEnabled) {
  button.hidden = false;
  button.addEventListener("click", () => root.requestFullscreen());
}
if (document.body.classList.contains("wall")) navigator.wakeLock?.request("screen").catch(() => {});
await begin();
