/* The camera: opened, remembered, lit, zoomed, opened again when the phone takes it away; one code in view is told once. */

import { Eye } from "./eye.js";

// A code that stays in view, or flickers out of it for less than this, is the same badge still being held up.
const SAME_FOR = 1800;
const DIM = 38;
const KEPT = "eventsys-door-camera";
const TRIES_APART = 1500;

export class Camera {
  /** `onCode(text)` hears a code that came into view, `onState({isOn, error})` whether there is a picture, `onDim(is)` of darkness. */
  constructor(video, { reader, onCode, onState, onDim }) {
    Object.assign(this, { video, onCode, onState, onDim, seen: new Map(), light: 255, isWanted: false, zoom: 1 });
    this.eye = new Eye(video, { reader, onSeen: (frame) => this.see(frame) });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.recover(); });
    addEventListener("pageshow", () => this.recover());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.recover());
  }

  /** Open a camera: the one of `deviceId`, else the one used last, else that of the back. Throws what getUserMedia throws. */
  async open(deviceId) {
    this.isWanted = true;
    if (deviceId) localStorage.setItem(KEPT, deviceId);
    this.release();
    const stream = await this.streamOf(deviceId ?? localStorage.getItem(KEPT));
    if (!this.isWanted) { for (const track of stream.getTracks()) track.stop(); return; }
    this.stream = stream;
    this.video.srcObject = stream;
    this.track.addEventListener("ended", () => { if (this.stream === stream) this.recover(); });
    this.sharpen();
    await Promise.all([this.video.play(), this.eye.ready]);
    this.eye.open();
    this.onState({ isOn: true });
  }

  async streamOf(deviceId) {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
    const ask = (which) => navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...which } });
    if (!deviceId) return ask({ facingMode: { ideal: "environment" } });
    try {
      return await ask({ deviceId: { exact: deviceId } });
    } catch (error) {
      // The camera chosen last time may have been unplugged, or got another name.
      if (!["OverconstrainedError", "NotFoundError", "NotReadableError"].includes(error.name)) throw error;
      return ask({ facingMode: { ideal: "environment" } });
    }
  }

  close() {
    this.isWanted = false;
    this.release();
  }

  release() {
    clearTimeout(this.again);
    this.eye.close();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  /** A phone takes the camera away for a call, for sleep, for another page: it is taken back as soon as it is free. */
  async recover() {
    if (!this.isWanted || document.hidden) return;
    if (this.track?.readyState === "live") { this.video.play().catch(() => {}); return; }
    try {
      await this.open();
    } catch (error) {
      this.onState({ isOn: false, error });
      clearTimeout(this.again);
      this.again = setTimeout(() => this.recover(), TRIES_APART);
    }
  }

  get track() { return this.stream?.getVideoTracks()[0] ?? null; }
  get deviceId() { return this.track?.getSettings().deviceId ?? ""; }
  get powers() { return this.track?.getCapabilities?.() ?? {}; }
  get hasTorch() { return Boolean(this.powers.torch); }
  /** {min, max, step} where the camera can come nearer, else null. */
  get zooms() { const { zoom } = this.powers; return zoom?.max > zoom?.min ? zoom : null; }

  async setTorch(isOn) { await this.track?.applyConstraints({ advanced: [{ torch: isOn }] }); }
  async setZoom(zoom) { await this.track?.applyConstraints({ advanced: [{ zoom }] }); }

  /** Badges come and go at arm's length: focus and exposure follow them where the camera can. */
  sharpen() {
    const wanted = ["focusMode", "exposureMode", "whiteBalanceMode"].filter((mode) => this.powers[mode]?.includes?.("continuous"));
    if (wanted.length) this.track.applyConstraints({ advanced: wanted.map((mode) => ({ [mode]: "continuous" })) }).catch(() => {});
  }

  static async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }

  see({ text, light }) {
    this.light = this.light * 0.9 + light * 0.1;
    this.onDim(this.light < DIM);
    if (!text) return;
    const moment = performance.now();
    const isSame = moment - (this.seen.get(text) ?? -Infinity) < SAME_FOR;
    this.seen.set(text, moment);
    if (this.seen.size > 50) this.seen.delete(this.seen.keys().next().value);
    if (!isSame) this.onCode(text);
  }
}
