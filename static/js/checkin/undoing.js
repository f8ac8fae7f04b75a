/* Taking a scan back: asked once more, with a reason that stays in the book. */

import { Refused } from "./api.js";
import { say } from "./words.js";

export class Undoing {
  /** `onUndone(scan)` hears of what was taken back. */
  constructor(dialog, { door, onUndone }) {
    Object.assign(this, { dialog, door, onUndone });
    this.part = (name) => dialog.querySelector(`[data-${name}]`);
    dialog.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.undo(event.target); });
  }

  ask({ scan, result }) {
    this.scan = scan;
    this.part("undo-who").textContent = [result.attendee?.name, result.message].filter(Boolean).join(" · ");
    this.part("undo-wrong").textContent = "";
    this.dialog.showModal();
  }

  forget() {
    this.scan = null;
    this.part("undo-who").textContent = "";
  }

  async undo(form) {
    const given = new FormData(form);
    const reason = String(given.get("words")).trim() || String(given.get("reason"));
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await this.door().undo(this.scan.id, reason);
      form.reset();
      this.dialog.close();
      this.onUndone(this.scan);
    } catch (error) {
      this.part("undo-wrong").textContent = error instanceof Refused ? error.message : say("not_undone");
    } finally {
      button.disabled = false;
    }
  }
}
