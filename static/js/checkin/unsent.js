/* The scans of this device that no server has acknowledged yet, and those it has until the people's state tells of them.

   An entry: {seq, id, state, scan, personId, outcome, told, askedAt}, or {…, undo: {id, reason}} for one taken back, or
   {…, deed: {path, body, name, organisation}} for somebody who came anew (deeds.js).
   State: "asking" (on its way to the server for the first time), "waiting" (to be sent with others), "sent", "unreadable",
   "refused" (a deed that the server would not do).
   `outcome` is how this device judged, `told` what it said by itself; null where the server answered in time. */

import { PASSED } from "./books.js";

// Whoever asked for so long is gone: a tab that was closed or killed meanwhile.
const ASKED_FOR = 10_000;

export class Unsent {
  #entries = new Map();
  #undone = new Set();
  #whose = new Map();
  #last = 0;

  constructor({ vault, books, onChange, onShare }) {
    Object.assign(this, { vault, books, onChange, onShare });
    this.asking = new Set();
  }

  /** Read what the vault holds and this tab does not know: at the start, and what other tabs kept since. */
  async hear() {
    for (const entry of await this.vault.scans(this.#last)) this.#take(entry);
  }

  #take(entry) {
    this.#last = Math.max(this.#last, entry.seq);
    if (entry.state === "done") this.#entries.delete(entry.id);
    else this.#entries.set(entry.id, entry);
    if (entry.personId) this.#whose.set(entry.id, { personId: entry.personId, point: entry.scan.point, at: entry.scan.at });
    this.#enter(entry);
  }

  /** Tell the books what an entry means: who passed is in, what was taken back or refused is not. */
  #enter(entry) {
    if (entry.undo) return this.#takeBack(entry);
    const isPassage = entry.state !== "done" && entry.personId && PASSED.has(entry.outcome) && !this.#undone.has(entry.id);
    return isPassage ? this.books.note({ ...entry.scan, personId: entry.personId }) : this.books.strike(entry.id);
  }

  #takeBack({ undo, state }) {
    this.#undone.add(undo.id);
    this.books.strike(undo.id);
    if (undo.of) this.books.doubt(undo.of, { isOver: state === "done" });
  }

  /** Whom a scan of this tab was of, and where and when: what the books must doubt when it is taken back. */
  whose(id) { return this.#whose.get(id) ?? null; }

  /** Keep a new entry; resolves when it is written. */
  async keep(entry) {
    const kept = await this.vault.addScan(entry);
    this.#take(kept);
    this.onShare([kept]);
    this.onChange();
    return kept;
  }

  /** Write what became of entries; those whose `state` is "done" are gone. */
  async change(entries) {
    if (!entries.length) return;
    await this.vault.putScans(entries);
    this.taken(entries);
    this.onShare(entries);
  }

  /** What another tab of this device kept or sent. */
  taken(entries) {
    for (const entry of entries) this.#take(entry);
    this.onChange();
  }

  /** The scans were thrown away. */
  empty() {
    if (!this.#entries.size) return;
    for (const id of this.#entries.keys()) this.books.strike(id);
    this.#entries.clear();
    this.onChange();
  }

  find(id) { return this.#entries.get(id) ?? null; }

  get all() { return [...this.#entries.values()]; }

  get count() { return this.all.filter(({ state }) => state === "asking" || state === "waiting").length; }

  /** What is to be sent now, the oldest first; what was taken back comes after all scans, who came anew last. */
  due(now = Date.now()) {
    const isDue = ({ id, state, askedAt }) => state === "waiting"
      || (state === "asking" && !this.asking.has(id) && Math.abs(now - askedAt) > ASKED_FOR);
    const due = this.all.filter(isDue);
    const order = (a, b) => a.scan.at.localeCompare(b.scan.at) || a.seq - b.seq;
    const deeds = due.filter((entry) => entry.deed).sort(order);
    return { scans: due.filter((entry) => !entry.undo && !entry.deed).sort(order), undos: due.filter((entry) => entry.undo), deeds };
  }

  /** The scans that the server has: what it tells of people from now on includes them. */
  get sent() { return this.all.filter(({ state }) => state === "sent"); }
}
