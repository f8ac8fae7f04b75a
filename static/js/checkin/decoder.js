/* The worker that reads frames, so that the page never waits for one. Asked {reader} once, then {look, bitmap | frame}. */

import { decode, prepare } from "./decoding.js";

let paper = null;

addEventListener("message", async ({ data }) => {
  try {
    if (data.reader) {
      await prepare(data.reader);
      postMessage({ isReady: true });
      return;
    }
    const frame = data.bitmap ? pixelsOf(data.bitmap) : new ImageData(data.frame, data.wide, data.high);
    postMessage(await decode(frame, data.look));
  } catch (error) {
    postMessage({ error: String(error) });
  }
});

function pixelsOf(bitmap) {
  const { width, height } = bitmap;
  if (paper?.canvas.width !== width || paper.canvas.height !== height) {
    paper = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  }
  paper.drawImage(bitmap, 0, 0);
  bitmap.close();
  return paper.getImageData(0, 0, width, height);
}
