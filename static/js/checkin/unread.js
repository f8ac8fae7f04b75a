/* Outcomes that somebody at this desk must still read: they outlive a reload. */

import { PASSED } from "./books.js";

const MOST = 200;
// Somebody must act on these.
const ALWAYS = ["unreadable", "deed"];

export class Unread {
  #notices = new Map();
  #isOver = false;

  constructor({ vault, onChange, onShare }) {
    Object.assign(this, { vault, onChange, onShare });
  }

  async load() {
    for (const notice of await this.vault.notices()) this.#notices.set(notice.id, notice);
  }

  /** The oldest first. */
  get all() { return [...this.#notices.values()].sort((a, b) => a.noted_at - b.noted_at); }

  /** Note what became of a scan; the latest word on it replaces what was said before, and good old news is none. */
  async note(kind, { scan, told, result }) {
    if (this.#isOver) return;
    const before = this.#notices.get(scan.id);
    // What the desk was told first is what people acted on.
    const first = before ? before.told : told;
    if (!ALWAYS.includes(kind) && isTheSame(first, result.outcome)) return before && this.read(scan.id);
    const notice = { id: scan.id, kind, scan: before?.scan ?? scan, told: first, result, noted_at: before?.noted_at ?? Date.now() };
    this.#notices.set(notice.id, notice);
    for (const { id } of this.all.slice(0, -MOST)) await this.read(id);
    await this.vault.putNotice(notice);
    this.onShare({ notice });
    return this.onChange();
  }

  async read(id) {
    if (!this.#notices.delete(id)) return;
    await this.vault.dropNotice(id);
    this.onShare({ read: id });
    this.onChange();
  }

  /** What another tab of this device noted or read. */
  taken({ notice, read }) {
    if (notice) this.#notices.set(notice.id, notice);
    if (read) this.#notices.delete(read);
    this.onChange();
  }

  /** The device has ended: nothing is noted any more, as it has names. */
  end() {
    this.#isOver = true;
    this.#notices.clear();
    this.onChange();
  }
}

/** Whether a desk need not be told again: the same outcome, one refusal for another, or a kept scan that was let in. */
function isTheSame(told, outcome) {
  if (told === null) return outcome === "admitted" || outcome === "left";
  return told === outcome || (!PASSED.has(told) && !PASSED.has(outcome));
}
