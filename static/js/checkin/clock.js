/* What the server's clock shows: this device's own may be minutes off, and may be set while the page is open. */

// Clocks of one machine drift less than this between two looks.
const JUMP = 1000;
// A measurement is kept for so long before a less exact one replaces it.
const FRESH = 5 * 60_000;

export class Clock {
  /** `offset`: milliseconds to add to this device's clock, as measured last; `onSet` hears of each new one. */
  constructor({ offset = 0, onSet = () => {} } = {}) {
    Object.assign(this, { offset, onSet, best: null });
    this.anchor();
  }

  /** The server's time in milliseconds, as far as it is known. */
  now() {
    this.notice();
    return Date.now() + this.offset;
  }

  /** Learn from an answer: asked at `sent`, heard at `heard` (this device's clock), made at `served` (the server's). */
  learn(sent, heard, served) {
    if (!Number.isFinite(served) || heard < sent) return;
    const sample = { doubt: (heard - sent) / 2, offset: Math.round(served - (sent + heard) / 2), at: performance.now() };
    const isBetter = !this.best || sample.doubt <= this.best.doubt || sample.at - this.best.at > FRESH;
    // However slow the answer was: both spans hold the truth, so when they do not meet, the clock was set in between.
    const isElsewhere = this.best && Math.abs(sample.offset - this.best.offset) > sample.doubt + this.best.doubt + JUMP;
    if (isBetter || isElsewhere) this.set(sample);
  }

  set(sample) {
    this.best = sample;
    const hasMoved = Math.abs(sample.offset - this.offset) >= 20;
    this.offset = sample.offset;
    this.anchor();
    if (hasMoved) this.onSet(this.offset);
  }

  /** See whether this device's clock was set since the last look, and keep the server's time as it was.

      Time that passed asleep moves the clock and not the page's own count: while the page was hidden the two cannot be
      told apart forwards, so the next answer decides. */
  notice() {
    const jump = Date.now() - this.wall - (performance.now() - this.ticks);
    const wasSet = jump < -JUMP || (jump > JUMP && this.wasVisible);
    this.anchor();
    if (Math.abs(jump) <= JUMP) return;
    this.best = null;
    if (!wasSet) return;
    this.offset = Math.round(this.offset - jump);
    this.onSet(this.offset);
  }

  anchor() {
    this.wall = Date.now();
    this.ticks = performance.now();
    this.wasVisible = globalThis.document?.visibilityState === "visible";
  }
}
