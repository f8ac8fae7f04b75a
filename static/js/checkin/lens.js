/* The camera and the controls over it: light, nearness, which camera, and what is wrong with it in words. */

import { Camera } from "./camera.js";
import { say } from "./words.js";

const REASONS = { NotAllowedError: "denied", NotFoundError: "no_camera", OverconstrainedError: "no_camera", NotReadableError: "taken" };

export class Lens {
  constructor(root, { bar, onCode }) {
    Object.assign(this, { root, bar });
    this.part = (name) => document.querySelector(`[data-${name}]`);
    this.camera = new Camera(this.part("video"), {
      reader: root.dataset.reader, onCode,
      onState: ({ isOn, error }) => (isOn ? this.shown() : this.failed(error)),
      onDim: (isDim) => this.dim(isDim),
    });
    this.part("camera").addEventListener("change", (event) => this.open(event.target.value));
    this.part("torch").addEventListener("click", () => this.setTorch(this.part("torch").getAttribute("aria-pressed") !== "true"));
    this.part("near").addEventListener("click", () => this.setNear(this.part("near").getAttribute("aria-pressed") !== "true"));
  }

  async open(deviceId) {
    if (!navigator.mediaDevices) { this.bar.hint(window.isSecureContext ? "no_camera" : "insecure"); return; }
    try {
      await this.camera.open(deviceId);
    } catch (error) {
      this.failed(error);
    }
  }

  close() { this.camera.close(); this.root.dataset.lens = "off"; }

  /** Nobody looks through a camera behind a dialog. */
  rest(isResting) { if (isResting) this.camera.eye.close(); else if (this.camera.stream) this.camera.eye.open(); }

  shown() {
    this.root.dataset.lens = "on";
    this.bar.hint("hold");
    this.part("torch").hidden = !this.camera.hasTorch;
    this.part("near").hidden = !this.camera.zooms;
    if (this.part("torch").getAttribute("aria-pressed") === "true") this.setTorch(true);
    this.offerCameras();
  }

  failed(error) {
    this.root.dataset.lens = "off";
    this.bar.hint(REASONS[error?.name] ?? "reader");
  }

  /** In the dark the camera sees nothing: the light is offered in words, once it has been dark for a while. */
  dim(isDim) {
    const isLit = this.part("torch").getAttribute("aria-pressed") === "true";
    if (isDim && this.bar.hintKey === "hold" && !isLit) this.bar.hint(this.camera.hasTorch ? "dim_light" : "dim");
    else if (!isDim && this.bar.hintKey.startsWith("dim")) this.bar.hint("hold");
  }

  async setTorch(isOn) {
    this.part("torch").setAttribute("aria-pressed", String(isOn));
    await this.camera.setTorch(isOn).catch(() => {});
  }

  async setNear(isNear) {
    const { min, max } = this.camera.zooms;
    this.part("near").setAttribute("aria-pressed", String(isNear));
    await this.camera.setZoom(isNear ? Math.min(max, Math.max(min, 1) * 2) : Math.max(min, 1)).catch(() => {});
  }

  async offerCameras() {
    const cameras = await Camera.list();
    this.part("camera-field").hidden = cameras.length < 2;
    this.part("camera").replaceChildren(...cameras.map((one, n) => new Option(one.label || say("camera", { n: n + 1 }), one.deviceId, false, one.deviceId === this.camera.deviceId)));
  }
}
