/* Talking with the server in the background: what was kept is sent, what changed is fetched, a sign of life is given.

   Several tabs may be one device: each thing is done by the one that gets its lock, and the others hear of it. */

import { call, Ended, NoNetwork, Refused } from "./api.js";
import { PASSED } from "./books.js";

const BATCH = 100;
const PULL_EVERY = 8_000;
const PULL_HIDDEN = 30_000;
const CONTACT_EVERY = 30_000;
const NO_DOOR = 10 * 60_000;
const LONGEST_PAUSE = 30_000;
// Everybody at once is a megabyte, over a bad network.
const FIRST_PULL = 60_000;

/** Do `task` unless another tab does it; resolves to false then. `isWaiting` waits for its turn. */
export async function alone(name, task, { isWaiting = false } = {}) {
  if (!navigator.locks) return task();
  return navigator.locks.request(name, { ifAvailable: !isWaiting }, (lock) => (lock ? task() : false));
}

export class Sync {
  #pause = 0;
  #batch = BATCH;
  #timers = new Map();
  #nextContact = 0;
  #beating = null;

  /** `desk` is the Door from inside: what it keeps, and what it does with what is heard here. */
  constructor(desk) {
    this.desk = desk;
    this.lock = (what) => `eventsys-door-${what}-${desk.vault.event}`;
  }

  async start() {
    // The end may have been heard from another tab while the vault was read.
    if (this.desk.network === "ended") return;
    this.isRunning = true;
    this.#later("tick", 1000);
    await this.beat();
  }

  stop() {
    this.isRunning = false;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #later(what, after) {
    clearTimeout(this.#timers.get(what));
    if (!this.isRunning) return;
    const deed = { tick: () => this.#tick(), beat: () => this.beat() }[what];
    this.#timers.set(what, setTimeout(deed, after));
  }

  /** Each second: notice a clock that was set, and an end that has come. */
  #tick() {
    this.desk.onTick();
    this.#later("tick", 1000);
  }

  /** Send, fetch and give a sign of life; then again after a while, which grows as long as nobody answers. */
  beat() {
    clearTimeout(this.#timers.get("beat"));
    this.#beating ??= this.#beat().finally(() => { this.#beating = null; });
    return this.#beating;
  }

  async #beat() {
    if (!this.isRunning) return;
    try {
      await this.#allOf([() => this.flush(), () => this.pull(), () => this.contact()]);
      this.#pause = 0;
    } catch (error) {
      this.#failed(error);
    }
    const usual = document.visibilityState === "hidden" ? PULL_HIDDEN : PULL_EVERY;
    this.#later("beat", this.#pause || usual * (0.9 + Math.random() / 5));
  }

  /** One door that refuses does not keep the others from being asked; without a network none is. */
  async #allOf(deeds) {
    let refusal = null;
    for (const deed of deeds) {
      try {
        await deed();
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refusal ??= error;
      }
    }
    if (refusal) throw refusal;
  }

  /** As soon as possible: the network is back, or something waits. */
  hurry() {
    this.#pause = 0;
    // What is under way may have begun too early: after it, once more.
    (this.#beating ?? Promise.resolve()).then(() => this.#later("beat", 0));
  }

  #failed(error) {
    if (error instanceof Ended) return this.desk.onEnded();
    if (error instanceof NoNetwork) this.desk.onNetwork("gone");
    else if (error instanceof Refused) this.desk.onRefused(error);
    else console.error("the door could not be brought up to date", error);
    this.#pause = Math.min(LONGEST_PAUSE, Math.max(1000, this.#pause * 2));
  }

  async #ask(what, options = {}) {
    const answer = await call(this.desk.path(what), { token: this.desk.secret.token, ...options });
    this.desk.onNetwork("here");
    return answer;
  }

  /* What was kept */

  async flush() { return alone(this.lock("send"), () => this.#send()); }

  async #send() {
    await this.desk.unsent.hear();
    for (let due = this.desk.unsent.due(); due.scans.length; due = this.desk.unsent.due()) {
      await this.#sendBatch(due.scans.slice(0, this.#batch));
    }
    for (const entry of this.desk.unsent.due().undos) await this.#sendUndo(entry);
    await this.desk.deeds.send((path, options) => this.#ask(path, options));
  }

  async #sendBatch(entries) {
    try {
      const answer = await this.#ask("scans", { body: { scans: entries.map(asSent) } });
      await this.#settle(entries, resultsOf(answer));
      for (const correction of answer.corrections ?? []) await this.desk.onCorrection(correction);
      this.#batch = Math.min(BATCH, this.#batch * 2);
    } catch (error) {
      if (!(error instanceof Refused) || ![400, 413, 422].includes(error.status)) throw error;
      if (entries.length === 1) return this.#unreadable(entries[0], error.message);
      // One of them, or their number: in halves, the rest gets through.
      this.#batch = Math.ceil(entries.length / 2);
    }
  }

  /** What the server says of scans that were answered here, or not at all; what it does not name stays. */
  async #settle(entries, results) {
    const answered = entries.map((entry, place) => [entry, results[place]])
      .filter(([entry, result]) => result && (!result.id || result.id === entry.id));
    for (const [entry, result] of answered) {
      if (result.outcome === null) await this.#unreadable(entry, result.message);
      else await this.#acknowledged(entry, result);
    }
    if (!answered.length) throw new NoNetwork("an answer to other scans");
  }

  async #acknowledged(entry, result) {
    // The notice first: should the page die in between, the scan is sent again and answered the same.
    await this.desk.onLater(entry, result);
    await this.#done(entry, result);
  }

  async #done(entry, { outcome }) {
    // Until the people's state tells of it, a passage is remembered by its scan.
    const isPassage = PASSED.has(outcome) && entry.personId;
    await this.desk.unsent.change([{ ...entry, outcome, state: isPassage ? "sent" : "done" }]);
  }

  /** The server answered a scan while somebody waited for it. */
  async answered(entry, result) {
    this.desk.onNetwork("here");
    if (!result || result.outcome === null) await this.#unreadable(entry, result?.message ?? "");
    else await this.#done(entry, result);
  }

  async #unreadable(entry, message) {
    await this.desk.onUnreadable(entry, message);
    await this.desk.unsent.change([{ ...entry, state: "unreadable" }]);
  }

  async #sendUndo(entry) {
    // The server cannot take back what it has not got.
    if (["asking", "waiting"].includes(this.desk.unsent.find(entry.undo.id)?.state)) return;
    try {
      await this.#ask("undo", { body: { id: entry.undo.id, reason: entry.undo.reason } });
    } catch (error) {
      // Somebody else took it back, or it never was: then it is as it should be.
      if (!(error instanceof Refused) || ![404, 409, 410, 422].includes(error.status)) throw error;
    }
    await this.desk.unsent.change([{ ...entry, state: "done" }]);
  }

  /* What changed */

  async pull() { return alone(this.lock("pull"), () => this.#fetch()); }

  async #fetch() {
    const { desk } = this;
    const { cursor } = desk.secret;
    // What is acknowledged before the question is part of the answer.
    const known = desk.unsent.sent;
    const mayRead = desk.books.device.may.includes("people");
    if (!mayRead) return;
    const isWhole = !cursor || !desk.keeps;
    const query = new URLSearchParams({ ...(cursor && { since: cursor }), ...(!desk.keeps && { only: "corrections" }) });
    const times = {};
    const told = await this.#ask(`snapshot?${query}`, { within: isWhole ? FIRST_PULL : undefined, times });
    await desk.takeSnapshot(told, { isWhole: !cursor });
    // After the people: what is learnt here is written with how far they were read.
    desk.clock.learn(times.sent, times.heard, Date.parse(told.cursor));
    if (!desk.keeps) desk.takeFigures(await this.#ask("counts"));
    await desk.unsent.change(known.map((entry) => ({ ...entry, state: "done" })));
  }

  /* Being there */

  async contact() {
    if (performance.now() < this.#nextContact) return;
    await alone(this.lock("contact"), () => this.#tell());
  }

  async #tell() {
    this.#nextContact = performance.now() + CONTACT_EVERY;
    const times = {};
    try {
      const { now } = await this.#ask("contact", { body: { ...(await battery()), ...this.desk.tells() }, times });
      this.desk.clock.learn(times.sent, times.heard, Date.parse(now));
    } catch (error) {
      if (!(error instanceof Refused)) this.#nextContact = 0;
      if (!(error instanceof Refused)) throw error;
      this.#nextContact = performance.now() + NO_DOOR;
    }
  }
}

/** A scan as the server takes it. */
export function asSent({ scan, told }) {
  return { ...scan, offline: told !== null || scan.offline, ...(told && told !== "kept" && { told }) };
}

/** The results of an answer; throws NoNetwork where there are none, as something in between must have answered. */
export function resultsOf(answer) {
  if (!Array.isArray(answer?.results)) throw new NoNetwork("an answer without results");
  return answer.results;
}

async function battery() {
  try {
    const { level, charging } = await navigator.getBattery();
    return { battery: Math.round(level * 100), is_charging: charging };
  } catch {
    return {};
  }
}
