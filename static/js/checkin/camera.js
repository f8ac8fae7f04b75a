/* The camera: frames are read for QR codes until the page closes; one code in view is told once. */

import { prepareZXingModule, readBarcodes } from "../../vendor/zxing/reader/index.js";

const READING = { formats: ["QRCode"], tryHarder: false, tryInvert: false, tryDownscale: true, maxNumberOfSymbols: 1 };
const WIDEST = 960;
// A code that stays in view, or flickers out of it for less than this, is the same badge still being held up.
const SAME_FOR = 1800;
const PAUSE = 50;

export class Camera {
  constructor(video, { wasm, onCode }) {
    this.video = video;
    this.onCode = onCode;
    this.canvas = document.createElement("canvas");
    this.pixels = this.canvas.getContext("2d", { willReadFrequently: true });
    this.last = { text: "", seenAt: 0 };
    this.isRunning = false;
    this.ready = prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  }

  /** Open a camera, that of the back unless `deviceId` names one. Throws what getUserMedia throws. */
  async open(deviceId) {
    this.close();
    const wanted = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: false, video: { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    this.video.srcObject = this.stream;
    await this.video.play();
    await this.ready;
    this.isRunning = true;
    this.look();
  }

  close() {
    this.isRunning = false;
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  get track() { return this.stream?.getVideoTracks()[0] ?? null; }
  get deviceId() { return this.track?.getSettings().deviceId ?? ""; }
  get hasTorch() { return Boolean(this.track?.getCapabilities?.().torch); }

  async setTorch(isOn) { await this.track?.applyConstraints({ advanced: [{ torch: isOn }] }); }

  static async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }

  async look() {
    if (!this.isRunning) return;
    try {
      if (this.video.readyState >= 2 && !document.hidden) await this.readFrame();
    } catch (error) {
      console.warn("a frame could not be read", error.name);
    }
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async readFrame() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, WIDEST / videoWidth);
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    this.pixels.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const frame = this.pixels.getImageData(0, 0, this.canvas.width, this.canvas.height);
    const [found] = await readBarcodes(frame, READING);
    if (found?.text) this.see(found.text);
  }

  see(text) {
    const moment = performance.now();
    const isSame = text === this.last.text && moment - this.last.seenAt < SAME_FOR;
    this.last = { text, seenAt: moment };
    if (!isSame) this.onCode(text);
  }
}
