/* The door's engine, without a page: people, scans, answers and the network, for scanner, desk and kiosk alike.

   const door = await Door.open({ slug });           // or { token } of a device's link, or nothing: the last one used
   const { scan, result } = await door.scan({ code, point: "entrance", direction: "in" });

   Properties
     event     {id, slug, title, timezone, starts_at, ends_at}
     device    {name, role, may, points, point, has_printer, expires_at}
     points    [{key, name, kind, is_two_way, seats, opens_at, closes_at, …}]
     people    Map of id → {id, name, organisation, sector, type, mode, state, notes, days, sessions, codes, replaced, in}
     network   "here" | "gone" | "ended"
     unsent    how many scans no server has acknowledged
     notices   [{id, kind: "later" | "corrected" | "unreadable" | "deed", scan, told, result}]: outcomes nobody has read yet
     kept      who came anew without a network and is not registered yet
     keeps     whether this browser can keep people (a secure context); where not, it judges nothing by itself
     ready     a promise: the first sync succeeded or failed
   Events
     unsent, network, people, counts, notices, ended,
     later      detail {scan, told, result}: the server's answer to a scan that had been answered here, or not at all
     corrected  detail {correction}: an answer of this device that is no longer true
     refused    detail {message}: the server takes nothing from this device at the moment
*/

import { call, Ended, NoNetwork, Refused } from "./api.js";
import { newId } from "./ids.js";
import { Inside } from "./inside.js";
import { dropShell, keepShell } from "./shell.js";
import * as start from "./start.js";
import { alone, asSent, resultsOf } from "./sync.js";
import { isDevice } from "./vault.js";

export { NoDevice } from "./start.js";

// A volunteer waits so long for the server, then this device judges by itself.
const PATIENCE = 1500;
const UNREACHABLE = "gone";

// The page that is kept for the day without a network names no event: its address does.
const slugHere = () => decodeURIComponent(globalThis.location?.pathname.match(/^\/checkin\/([^/]+)\/$/)?.[1] ?? "") || null;
const version = () => globalThis.document?.querySelector("[data-version]")?.dataset.version ?? "";

export class Door extends EventTarget {
  /** The doors open in this page: one, unless a page changes its event. */
  static opened = new Set();

  #inside;

  constructor(inside) {
    super();
    this.#inside = inside;
    inside.tell = (kind, detail) => this.dispatchEvent(new CustomEvent(kind, { detail }));
    inside.tells = () => ({ unsent: this.unsent, version: version(), clock: new Date().toISOString() });
    this.closing = new AbortController();
  }

  /** The device of this browser for an event; `token` makes it one. Throws NoDevice, Ended, NoNetwork. */
  static async open({ slug = null, token = null } = {}) {
    keepShell();
    const inside = await Inside.open(await start.begin({ slug: slug ?? slugHere(), token }));
    const door = new Door(inside);
    door.#listen();
    Door.opened.add(door);
    door.ready = inside.sync.start();
    return door;
  }

  /** Become a device by an organiser's QR and the PIN beside it. Throws Refused with a sentence. */
  static async pair(secret, pin) { return Door.open({ token: await start.pair(secret, pin, version()) }); }

  /** Become a device of the person who signed in. */
  static async become(given) { return Door.open({ token: await start.become(given) }); }

  /** Throw away the unsent scans of a device that has ended. */
  static async discard(slug) {
    await start.discard(slug);
    for (const door of Door.opened) if (door.event.slug === slug) door.#inside.unsent.empty();
    if (!await isDevice()) await dropShell();
  }

  get event() { return this.#inside.books.event; }
  get device() { return this.#inside.books.device; }
  get points() { return this.#inside.books.points; }
  get people() { return this.#inside.books.people; }
  get network() { return this.#inside.network; }
  get unsent() { return this.#inside.unsent.count; }
  get notices() { return this.#inside.notices.all; }
  get keeps() { return this.#inside.keeps; }

  #listen() {
    const { signal } = this.closing;
    const inside = this.#inside;
    addEventListener("online", () => inside.sync.hurry(), { signal });
    addEventListener("offline", () => inside.onNetwork(UNREACHABLE), { signal });
    addEventListener("visibilitychange", () => inside.onSeen(), { signal });
    addEventListener("beforeunload", (event) => { if (this.unsent) event.preventDefault(); }, { signal });
  }

  /** Scan a code or a person found by name. Resolves to {scan, result}; `result.isLocal` where no server judged.

      The scan is written down before anything else is tried with it. */
  async scan({ code = "", personId = null, point = this.device.point ?? "entrance", direction = "in" }) {
    const inside = this.#inside;
    const whose = personId === null ? { code: code.trim() } : { registration: personId };
    const scan = { id: newId(), ...whose, point, direction, at: this.clock().toISOString(), offline: false };
    const who = await inside.whoIs(scan);
    const [entry, here] = await alone(inside.lock("judge"), () => this.#keep(scan, who), { isWaiting: true });
    const result = entry.state === "asking" ? await this.#ask(entry, here) : here;
    inside.tell("counts");
    return { scan: entry.scan, result };
  }

  async #keep(scan, who) {
    const inside = this.#inside;
    await inside.unsent.hear();
    const here = inside.judge(scan, who);
    const isAsking = inside.network === "here" && navigator.onLine !== false;
    const entry = {
      id: scan.id, state: isAsking ? "asking" : "waiting", scan: { ...scan, offline: !isAsking },
      personId: who?.person.id ?? null, outcome: here.outcome, told: isAsking ? null : here.outcome, askedAt: Date.now(),
    };
    if (isAsking) inside.unsent.asking.add(scan.id);
    return [await inside.unsent.keep(entry), here];
  }

  async #ask(entry, here) {
    const inside = this.#inside;
    try {
      const asked = { token: inside.secret.token, body: { scans: [asSent(entry)] }, within: PATIENCE };
      const answer = await call(inside.path("scans"), asked);
      const [result] = resultsOf(answer);
      await inside.sync.answered(entry, result);
      for (const correction of answer.corrections ?? []) await inside.onCorrection(correction);
      if (!entry.personId && result.attendee) inside.sync.hurry();
      return result;
    } catch (error) {
      const kept = { ...entry, scan: { ...entry.scan, offline: true }, state: "waiting", told: here.outcome };
      entry.scan = kept.scan;
      await inside.unsent.change([kept]);
      return this.#without(error, kept, here);
    } finally {
      inside.unsent.asking.delete(entry.id);
    }
  }

  /** The answer where the server gave none. */
  async #without(error, entry, here) {
    const inside = this.#inside;
    // The end may also have been heard by another question while this one was asked.
    if (error instanceof Ended || inside.network === "ended") {
      await inside.onEnded();
      return inside.keptAnswer(entry.scan, "ended");
    }
    if (error instanceof NoNetwork) inside.onNetwork(UNREACHABLE);
    else if (error instanceof Refused) inside.onRefused(error);
    else throw error;
    inside.sync.hurry();
    return here;
  }

  /** Take a scan back. Without a network the undoing waits like a scan. Throws Refused and Ended. */
  async undo(scanId, reason) {
    const inside = this.#inside;
    const isWaiting = ["asking", "waiting"].includes(inside.unsent.find(scanId)?.state);
    if (!isWaiting && this.network === "here") {
      try {
        const undone = await this.call("undo", { body: { id: scanId, reason } });
        inside.books.strike(scanId);
        inside.sync.hurry();
        return undone;
      } catch (error) {
        if (!(error instanceof NoNetwork)) throw error;
      }
    }
    const scan = { id: newId(), at: this.clock().toISOString() };
    await inside.unsent.keep({ id: scan.id, state: "waiting", scan, undo: { id: scanId, reason, of: inside.unsent.whose(scanId) }, askedAt: Date.now() });
    inside.tell("counts");
    inside.sync.hurry();
    return { id: scanId, undone_at: scan.at, reason, isLocal: true };
  }

  /** {in, came, expected, seats} of a point on the day that doors show, own scans counted. */
  counts(point) { return this.#inside.counts(point); }

  /** Whether a person is inside, own scans counted. */
  isInside(personId, point) { return this.#inside.isInside(personId, point); }

  /** How the rules would answer people who came by `way` ({point, direction}) now: a function of a person's id to
      {outcome, message}, or null where this device cannot tell. */
  foresight(way) { return this.#inside.foresight(way); }

  /** Whose a scan of this tab was, as far as this device knows; null otherwise. */
  whose(scanId) { return this.#inside.unsent.whose(scanId)?.personId ?? null; }

  /** Who came anew without a network and is not registered yet (deeds.js). */
  get kept() { return this.#inside.deeds.all; }

  /** Keep somebody who came anew, to be sent when the network is back. Resolves to {scan, result}. */
  async keepNewcomer(deed) { return this.#inside.deeds.keep(deed); }

  async dropKept(id) { await this.#inside.deeds.drop(id); }

  /** What the form for walk-ins asked and showed when the server told it last: {at, form}, or null. */
  get deskForm() { return this.#inside.heard; }

  async keepDeskForm(form) { await this.#inside.hearDesk({ at: this.clock().toISOString(), form }); }

  /** Ask the server as this device: `path` under the event's check-in. Throws NoNetwork, Ended, Refused (api.js). */
  async call(path, options = {}) {
    const inside = this.#inside;
    try {
      const answer = await call(path.startsWith("/") ? path : inside.path(path), { ...options, token: inside.secret.token });
      inside.onNetwork("here");
      return answer;
    } catch (error) {
      if (error instanceof Ended) await inside.onEnded();
      if (error instanceof NoNetwork) inside.onNetwork(UNREACHABLE);
      throw error;
    }
  }

  /** A file as this device: a Blob, for what the browser itself opens. Throws NoNetwork and Refused. */
  async file(path) {
    let response;
    try {
      response = await this.ask(path);
    } catch (error) {
      throw new NoNetwork(error.message);
    }
    if (response.ok) return response.blob();
    const told = await response.json().catch(() => ({}));
    throw new Refused(response.status, told.error?.message ?? "", told.error?.code);
  }

  /** The response to this device as it comes, for what is no JSON or never ends. Throws what fetch throws. */
  ask(path, { headers, ...options } = {}) {
    const inside = this.#inside;
    const bearing = { ...headers, Authorization: `Bearer ${inside.secret.token}` };
    return fetch(path.startsWith("/") ? path : inside.path(path), { ...options, headers: bearing, cache: "no-store" });
  }

  /** Now, by the server's clock as far as it is known. */
  clock() { return new Date(this.#inside.clock.now()); }

  /** Somebody has read this notice. */
  async read(noticeId) { await this.#inside.notices.read(noticeId); }

  /** Send, fetch and give a sign of life now; resolves when that is over. */
  async sync() { await this.#inside.sync.beat(); }

  close() {
    this.closing.abort();
    Door.opened.delete(this);
    this.#inside.close();
  }
}
