/* The end of a device: revoked, or its event is over. What is unsent is counted, kept, and only thrown away on purpose. */

import { Door } from "./door.js";
import { say } from "./words.js";

export class Ending {
  constructor(root) {
    this.root = root;
    this.panel = root.querySelector("[data-ended]");
    this.part = (name) => this.panel.querySelector(`[data-${name}]`);
    this.part("discard").addEventListener("click", () => this.discard());
  }

  /** `slug` of the event and how many scans are `unsent`. */
  show({ slug, unsent }) {
    this.slug = slug;
    this.root.dataset.network = "ended";
    this.panel.hidden = false;
    this.part("ended-unsent").textContent = unsent ? say("ended_unsent", { n: unsent }) : say("ended_none");
    this.part("discard-field").hidden = !unsent;
    const start = this.root.querySelector("[data-start]");
    if (!this.root.dataset.become) start.hidden = true;
  }

  /** There is a device again. */
  hide() { this.panel.hidden = true; }

  async discard() {
    await Door.discard(this.slug);
    this.part("ended-unsent").textContent = say("discarded");
    this.part("discard-field").hidden = true;
  }
}
