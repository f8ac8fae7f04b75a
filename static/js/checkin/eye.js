/* The eye behind the camera: takes frames of a video as fast as they are read, in a worker where the browser has one for it. */

import { decode, LOOKS, prepare } from "./decoding.js";

export class Eye {
  /** `onSeen({text, light})` hears of each frame that was read; `reader` is the address of the WebAssembly. */
  constructor(video, { reader, onSeen }) {
    Object.assign(this, { video, onSeen, isOpen: false, looked: 0 });
    this.ready = this.prepare(reader);
    this.ready.catch(() => {});
  }

  async prepare(address) {
    const answer = fetch(address, { credentials: "same-origin" });
    const compiled = await WebAssembly.compileStreaming(answer).catch(async () => WebAssembly.compile(await (await fetch(address)).arrayBuffer()));
    this.worker = await startWorker(compiled).catch(() => null);
    if (!this.worker) await prepare(compiled);
  }

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.look();
  }

  close() { this.isOpen = false; }

  /** Look at one frame after the other; the next is taken when the last was read and the camera has a new one. */
  async look() {
    while (this.isOpen) {
      if (this.video.readyState >= 2 && !document.hidden) {
        try {
          this.onSeen(await this.read(this.looked++ % LOOKS.length));
        } catch (error) {
          console.warn("a frame could not be read", error);
          await pause(250);
        }
      }
      await this.nextFrame();
    }
  }

  nextFrame() {
    const longest = pause(120);
    if (!this.video.requestVideoFrameCallback || document.hidden) return longest;
    return Promise.race([new Promise((go) => this.video.requestVideoFrameCallback(go)), longest]);
  }

  async read(look) {
    const part = partOf(this.video, LOOKS[look]);
    if (this.worker && hasOffscreen) {
      const bitmap = await createImageBitmap(this.video, part.x, part.y, part.width, part.height, {
        resizeWidth: part.wide, resizeHeight: part.high, resizeQuality: "low",
      });
      return this.ask({ look, bitmap }, [bitmap]);
    }
    const frame = this.draw(part);
    if (!this.worker) return decode(frame, look);
    return this.ask({ look, frame: frame.data, wide: frame.width, high: frame.height }, [frame.data.buffer]);
  }

  draw({ x, y, width, height, wide, high }) {
    this.paper ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    Object.assign(this.paper.canvas, { width: wide, height: high });
    this.paper.drawImage(this.video, x, y, width, height, 0, 0, wide, high);
    return this.paper.getImageData(0, 0, wide, high);
  }

  ask(message, moved) {
    return new Promise((go, stop) => {
      this.worker.onmessage = ({ data }) => (data.error ? stop(new Error(data.error)) : go(data));
      this.worker.postMessage(message, moved);
    });
  }
}

const hasOffscreen = typeof OffscreenCanvas === "function" && typeof createImageBitmap === "function";
const pause = (milliseconds) => new Promise((go) => { setTimeout(go, milliseconds); });

function partOf({ videoWidth, videoHeight }, { share, wide }) {
  const [width, height] = [Math.round(videoWidth * share), Math.round(videoHeight * share)];
  const scale = Math.min(1, wide / Math.max(width, height));
  return {
    x: (videoWidth - width) >> 1, y: (videoHeight - height) >> 1, width, height,
    wide: Math.max(1, Math.round(width * scale)), high: Math.max(1, Math.round(height * scale)),
  };
}

function startWorker(reader) {
  return new Promise((go, stop) => {
    const worker = new Worker(new URL("./decoder.js", import.meta.url), { type: "module" });
    const give = (error) => { worker.terminate(); stop(error); };
    worker.onerror = give;
    worker.onmessage = ({ data }) => { if (data.isReady) { worker.onerror = null; go(worker); } else give(new Error(data.error)); };
    worker.postMessage({ reader });
  });
}
