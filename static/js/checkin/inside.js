/* The Door from inside: what this tab knows and keeps, and what it does with what the server and other tabs tell it. */

import { asKnown, Books } from "./books.js";
import { Chunks } from "./chunks.js";
import { canSeal, codeHasher, folded } from "./cipher.js";
import { Clock } from "./clock.js";
import { Newcomers } from "./deeds.js";
import { dropShell } from "./shell.js";
import { channelOf } from "./start.js";
import { Sync } from "./sync.js";
import { Unread } from "./unread.js";
import { Unsent } from "./unsent.js";
import { isDevice } from "./vault.js";
import { attendee, sentence } from "./wording.js";
import { say } from "./words.js";

// So many corrections are remembered as heard: they are told for half a minute, not for a day.
const MOST_HEARD = 500;

export class Inside {
  keeps = canSeal;
  network = navigator.onLine === false ? "gone" : "here";
  tell = () => {};
  tells = () => ({});
  #figures = null;
  #missed = [];

  /** What a vault holds, ready to judge. */
  static async open({ vault, device, secret }) {
    const inside = Object.assign(new Inside(), { vault, identity: device, secret });
    inside.books = new Books();
    inside.books.take(secret.told);
    inside.clock = new Clock({ offset: device.offset ?? 0, onSet: (offset) => inside.#clockSet(offset) });
    inside.hash = canSeal ? await codeHasher(secret.token) : null;
    inside.#hearOthers();
    inside.unsent = new Unsent({
      vault, books: inside.books, onChange: () => inside.tell("unsent"), onShare: (scans) => inside.share({ scans }),
    });
    inside.notices = new Unread({ vault, onChange: () => inside.tell("notices"), onShare: (news) => inside.share(news) });
    inside.sync = new Sync(inside);
    inside.deeds = new Newcomers(inside);
    await Promise.all([inside.#loadPeople(), inside.notices.load()]);
    await inside.unsent.hear();
    inside.#catchUp();
    return inside;
  }

  lock(what) { return this.sync.lock(what); }

  path(what) { return `/api/v1/events/${encodeURIComponent(this.identity.slug)}/checkin/${what}`; }

  close() {
    this.sync.stop();
    this.channel?.close();
  }

  /* Other tabs of this device */

  #hearOthers() {
    this.#missed = [];
    this.channel = channelOf(this.vault.event);
    // What is said while the vault is read is heard when that is done.
    if (this.channel) this.channel.onmessage = ({ data }) => (this.#missed ? this.#missed.push(data) : this.#hear(data));
  }

  #catchUp() {
    const missed = this.#missed;
    this.#missed = null;
    for (const news of missed) this.#hear(news);
  }

  share(news) { this.channel?.postMessage({ ...news, mark: this.vault.mark }); }

  #hear({ scans, areScansGone, mark, ...news }) {
    if (scans) this.unsent.taken(scans);
    if (areScansGone) this.unsent.empty();
    // A tab may be left from before this browser was paired anew: the scans are the browser's, all else is that device's.
    if (mark === this.vault.mark && this.network !== "ended") this.#hearOwn(news);
    this.tell("counts");
  }

  #hearOwn({ notice, read, people, isWhole, hasEnded, offset }) {
    if (notice || read) this.notices.taken({ notice, read });
    if (offset !== undefined) this.clock.offset = offset;
    if (people) this.#takeNews(people);
    if (isWhole) this.#reload();
    if (hasEnded) this.#end();
  }

  async #reload() {
    const { secret, ...identity } = await this.vault.device();
    if (this.network === "ended" || !secret) return;
    Object.assign(this, { secret, identity });
    this.books.take(secret.told);
    await this.#loadPeople();
    this.tell("people");
  }

  /* People */

  async #loadPeople() {
    const kept = await this.vault.people();
    this.chunks = new Chunks(kept);
    if (this.keeps && this.secret.cursor) this.books.fill([...kept.values()].flat());
  }

  /** What the server told of this device, its people and its answers. */
  async takeSnapshot(told, { isWhole }) {
    if (this.network === "ended") return;
    const { event, device, points, conditions, cursor, defaults, removed } = told;
    // The notices first: what is told of a moment is told for half a minute, and the cursor moves on.
    for (const correction of told.corrections) await this.onCorrection(correction);
    if (this.network === "ended") return;
    const news = { told: { event, device, points, conditions }, cursor, removed, people: told.people.map((one) => asKnown({ ...defaults, ...one }, told.desks)) };
    const touched = this.#takePeople(news, { isWhole });
    await this.#save(touched, cursor, { isWhole });
    if (this.network === "ended") return;
    if (isWhole) this.share({ isWhole });
    else this.share({ people: news });
    this.tell("counts");
  }

  /** Write people and how far they were read together; where that fails, everybody is asked for anew. */
  async #save(touched, cursor, options) {
    const { secret } = this;
    try {
      await this.vault.savePeople(touched, this.identity, { ...secret, cursor }, options);
      secret.cursor = cursor;
    } catch (error) {
      secret.cursor = null;
      throw error;
    }
  }

  /** What another tab of this device was told, and wrote. */
  #takeNews(news) {
    this.#takePeople(news);
    this.secret.cursor = news.cursor;
  }

  #takePeople({ told, people, removed }, { isWhole = false } = {}) {
    this.secret.told = told;
    Object.assign(this.identity, { title: told.event.title, expires_at: told.device.expires_at });
    this.books.take(told);
    if (!this.keeps) return new Map();
    if (isWhole) this.chunks = new Chunks();
    if (isWhole) this.books.fill(people);
    else this.books.change(people, removed);
    if (isWhole || people.length || removed.length) this.tell("people", { changed: people.map((one) => one.id), removed });
    return this.chunks.place(people, removed, this.books.people);
  }

  /** What this device heard and may need without a network, sealed beside its token. */
  get heard() { return this.secret.desk ?? null; }

  async hearDesk(told) {
    this.secret.desk = told;
    if (this.network !== "ended") await this.vault.saveDevice(this.identity, this.secret);
  }

  takeFigures(figures) { this.#figures = figures; }

  counts(point) {
    if (this.books.isFilled) return this.books.counts(point, this.clock.now());
    const figures = this.#figures?.points[point] ?? { in: 0, came: 0 };
    return { ...figures, expected: this.#figures?.expected ?? 0, seats: this.books.place(point)?.seats ?? null };
  }

  isInside(personId, point) {
    const [person, place] = [this.books.people.get(personId), this.books.place(point)];
    return Boolean(person && place && this.books.stand(person, place, this.clock.now()).isInside);
  }

  /* Scans */

  /** Whom a scan is of, as far as this device knows: {person, isReplaced}, or null. */
  async whoIs({ code, registration }) {
    if (registration) return this.books.byId(registration);
    return this.hash && this.secret.token ? this.books.byCode(await this.hash(folded(code))) : null;
  }

  /** What this device says by itself, in the shape of the server's answer. */
  judge(scan, who) {
    if (this.network === "ended") return this.keptAnswer(scan, "ended");
    if (!this.books.isFilled) return this.keptAnswer(scan, "kept");
    try {
      const { outcome, first } = this.books.judge(who, scan);
      const { timezone } = this.books.event;
      const place = this.books.place(scan.point);
      const message = sentence(outcome, { timezone, first, place, point: scan.point, person: who?.person, at: scan.at });
      return { id: scan.id, outcome, message, attendee: who ? this.shown(who.person) : null, first, isLocal: true };
    } catch (error) {
      console.warn("nobody is judged here", error.message);
      return this.keptAnswer(scan, "kept");
    }
  }

  /** How the rules would answer people who came by `way` now: a function of a person's id to {outcome, message}, null
      where this device judges nobody. Nothing is entered. */
  foresight(way) {
    const at = this.clock.now();
    const { timezone } = this.books.event;
    const place = this.books.place(way.point);
    return (id) => {
      const person = this.books.people.get(id);
      if (!person || !place) return null;
      try {
        const { outcome, first } = this.books.judge({ person, isReplaced: false }, { ...way, id: "", at });
        return { outcome, message: sentence(outcome, { timezone, first, place, point: way.point, person, at }) };
      } catch (error) {
        console.warn("nobody is judged here", error.message);
        return null;
      }
    };
  }

  /** Whom the screen shows: who waits for their first arrival stands before the notes, until they were let in. */
  shown(person) {
    const waited = person.watch === null || person.watch === undefined || this.books.hasPassedHere(person.id);
    return attendee(waited ? person : { ...person, notes: [person.watch || say("waited_for"), ...person.notes] });
  }

  /** The answer to a scan that nobody judged: neither yes nor no. */
  keptAnswer(scan, reason) {
    const person = scan.registration && this.books.people.get(scan.registration);
    const message = say(reason, { n: this.unsent.count + (this.unsent.find(scan.id) ? 0 : 1) });
    return { id: scan.id, outcome: "kept", message, attendee: person ? this.shown(person) : null, first: null, isLocal: true };
  }

  /* What the server says later */

  async onLater({ scan, told: here }, result) {
    const told = here === "kept" ? null : here;
    await this.notices.note("later", { scan, told, result });
    this.tell("later", { scan, told, result });
  }

  async onUnreadable({ scan, told }, message) {
    const result = { id: scan.id, outcome: null, message, attendee: null, first: null };
    await this.notices.note("unreadable", { scan, told, result });
    this.tell("later", { scan, told, result });
  }

  /** What this device was told and is true no more. A scan whose answer got lost is told with its answer, not before. */
  async onCorrection(correction) {
    const { heard } = this.secret;
    if (["asking", "waiting"].includes(this.unsent.find(correction.id)?.state)) return;
    if (heard[correction.id] === correction.corrected_at) return;
    this.secret.heard = Object.fromEntries([...Object.entries(heard), [correction.id, correction.corrected_at]].slice(-MOST_HEARD));
    const scan = { id: correction.id, at: correction.at ?? correction.corrected_at };
    await this.notices.note("corrected", { scan, told: correction.told, result: correction });
    this.tell("corrected", { correction });
  }

  /* The network, the clock and the end */

  onNetwork(network) {
    if (this.network === network || this.network === "ended") return;
    this.network = network;
    this.tell("network");
  }

  onRefused(error) { this.tell("refused", { message: error.message }); }

  onSeen() {
    this.clock.now();
    if (document.visibilityState === "visible") this.sync.hurry();
  }

  onTick() {
    if (this.clock.now() >= Date.parse(this.identity.expires_at)) this.onEnded();
  }

  #clockSet(offset) {
    this.identity.offset = offset;
    this.share({ offset });
    this.vault.saveDevice(this.identity, this.secret);
  }

  /** This device may no longer: everybody is forgotten, here and in its other tabs. */
  async onEnded() {
    if (this.network === "ended") return;
    this.share({ hasEnded: true });
    this.#end();
    await this.vault.wipe();
    if (!await isDevice()) await dropShell();
  }

  #end() {
    if (this.network === "ended") return;
    this.sync.stop();
    this.secret = { token: null, told: null, cursor: null, heard: {} };
    this.books.empty();
    this.notices.end();
    this.network = "ended";
    for (const kind of ["network", "ended", "people", "counts"]) this.tell(kind);
  }
}
