/* What this browser keeps of its events: people, its token, scans and notices, sealed under keys that no script can read.

   Two keys an event: one for people, notices and the token, which goes with them when the device ends; one for scans,
   which may have to outlive it. Without a secure context nothing can be sealed: then scans and the token are kept open,
   as they must not be lost, and people not at all.

   Beside the people's key lies a mark. Another device of the same event has another: what an older tab still does for the
   one before must not touch it. */

import { openDB } from "../../vendor/idb/index.js";
import { canSeal, newKey, seal, unseal } from "./cipher.js";
import { newId } from "./ids.js";

const NAME = "eventsys-checkin";
const SAFELY = { durability: "strict" };
const STORES = ["devices", "keys", "people", "notices", "scans"];
const DAY = 24 * 3_600_000;
// Scans that were never sent are kept for so long after their device ended, for an organiser who pairs it again.
const SCANS_LAST = 14 * DAY;
const UNSENT = ["asking", "waiting"];

let opened = null;

/** The database. A browser may close it under an open page, so it is asked for each time and opened again where need be. */
function database() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      db.createObjectStore("devices", { keyPath: "event" });
      db.createObjectStore("keys", { keyPath: ["event", "kind"] });
      db.createObjectStore("people", { keyPath: ["event", "chunk"] });
      const scans = db.createObjectStore("scans", { keyPath: "seq", autoIncrement: true });
      scans.createIndex("event", ["event", "seq"]);
      db.createObjectStore("notices", { keyPath: ["event", "id"] });
    },
    terminated() { opened = null; },
  }).catch((error) => { opened = null; throw error; });
  return opened;
}

const all = (event) => IDBKeyRange.bound([event], [event, []]);

/** The devices this browser is or was, the last used first: {event, slug, title, expires_at, offset, used_at, isEnded, hasSecret}. */
export async function devices() {
  const found = await (await database()).getAll("devices");
  return found.sort((a, b) => b.used_at - a.used_at).map(({ sealed, ...device }) => ({ ...device, hasSecret: Boolean(sealed) }));
}

export class Vault {
  /** The vault of an event, with the keys it has or new ones. */
  static async of(event) {
    const vault = Object.assign(new Vault(), { event, unreadable: new Set() });
    const { key: people, mark } = await vault.keyFor("people");
    const { key: scans } = await vault.keyFor("scans");
    return Object.assign(vault, { mark, keys: { people, scans } });
  }

  /** {key, mark}; no key where nothing can be sealed. */
  async keyFor(kind) {
    const made = { event: this.event, kind, key: canSeal ? await newKey() : null, mark: newId() };
    const transaction = (await database()).transaction("keys", "readwrite", SAFELY);
    const known = await transaction.store.get([this.event, kind]);
    // Two tabs may come at once: the one who writes first makes the key for both.
    if (!known) await transaction.store.put(made);
    await transaction.done;
    return known ?? made;
  }

  /** Whether what lies here is still of the device that this vault was opened for: neither wiped nor of one paired since. */
  async isOurs(transaction) {
    const known = await transaction.objectStore("keys").get([this.event, "people"]);
    return Boolean(known) && known.mark === this.mark;
  }

  close(kind, value, label) { return canSeal ? seal(this.keys[kind], value, `${this.event}:${label}`) : { open: value }; }

  read(kind, sealed, label) { return "open" in sealed ? sealed.open : unseal(this.keys[kind], sealed, `${this.event}:${label}`); }

  /* The device: what tells it apart lies open, its token and what it was told are sealed. */

  /** {slug, title, expires_at, offset, isEnded, secret} of this browser's device, or null; `secret` null where it was wiped. */
  async device() {
    const found = await (await database()).get("devices", this.event);
    if (!found) return null;
    const { sealed, ...device } = found;
    return { ...device, secret: sealed ? await this.read("people", sealed, "device") : null };
  }

  async deviceRecord({ slug, title, expires_at, offset }, secret) {
    const sealed = await this.close("people", secret, "device");
    return { event: this.event, slug, title, expires_at, offset, used_at: Date.now(), isEnded: false, sealed };
  }

  async saveDevice(device, secret) { await this.savePeople([], device, secret); }

  /* People, in chunks: what changes one of them seals a hundred again, not five thousand. */

  /** Map of chunk number → people. */
  async people() {
    const chunks = await (await database()).getAll("people", all(this.event));
    const opened = await Promise.all(chunks.map(async ({ chunk, sealed }) => [chunk, await this.read("people", sealed, `people ${chunk}`)]));
    return new Map(opened);
  }

  /** Write chunks and the device that knows how far it has read, or neither. `isWhole` forgets all other chunks. */
  async savePeople(chunks, device, secret, { isWhole = false } = {}) {
    const records = await Promise.all([...chunks].map(async ([chunk, people]) => (
      { event: this.event, chunk, sealed: await this.close("people", people, `people ${chunk}`) })));
    const record = await this.deviceRecord(device, secret);
    const transaction = (await database()).transaction(["people", "devices", "keys"], "readwrite");
    // What another tab wiped meanwhile must not come back.
    if (await this.isOurs(transaction)) {
      const store = transaction.objectStore("people");
      if (isWhole) store.delete(all(this.event));
      for (const one of records) store.put(one);
      transaction.objectStore("devices").put(record);
    }
    await transaction.done;
  }

  /* Scans: kept before anything else is done with them. */

  /** Keep a new scan {id, state, …}; resolves to it with its number once it is written. */
  async addScan(entry) {
    const record = { event: this.event, ...(await this.scanRecord(entry)) };
    const transaction = (await database()).transaction("scans", "readwrite", SAFELY);
    const seq = await transaction.store.add(record);
    await transaction.done;
    return { ...entry, seq };
  }

  async scanRecord({ seq, id, state, ...inside }) {
    return { ...(seq && { seq }), id, state, sealed: await this.close("scans", inside, `scan ${id}`) };
  }

  /** Write what became of scans, and drop those whose `state` is "done". */
  async putScans(entries) {
    const records = await Promise.all(entries.map(async (entry) => ({ event: this.event, ...(await this.scanRecord(entry)) })));
    const transaction = (await database()).transaction("scans", "readwrite", SAFELY);
    for (const record of records) {
      if (record.state === "done") transaction.store.delete(record.seq);
      else transaction.store.put(record);
    }
    await transaction.done;
  }

  /** The scans kept after number `seq`, in the order they were made. */
  async scans(seq = 0) {
    const range = IDBKeyRange.bound([this.event, seq], [this.event, Infinity], true);
    const found = await (await database()).getAllFromIndex("scans", "event", range);
    return (await Promise.all(found.map((one) => this.readScan(one)))).filter(Boolean);
  }

  /** A scan as it was kept; null where its key is gone: one that nobody can read must not keep the others from being sent. */
  async readScan({ seq, id, state, sealed }) {
    try {
      return { seq, id, state, ...(await this.read("scans", sealed, `scan ${id}`)) };
    } catch {
      if (!this.unreadable.has(seq)) console.error("scans that nobody can read any more", this.unreadable.add(seq).size);
      return null;
    }
  }

  /* Notices that nobody has read. */

  async notices() {
    const found = await (await database()).getAll("notices", all(this.event));
    return Promise.all(found.map(({ id, sealed }) => this.read("people", sealed, `notice ${id}`)));
  }

  async putNotice(notice) {
    if (!canSeal) return;
    const sealed = await this.close("people", notice, `notice ${notice.id}`);
    const transaction = (await database()).transaction(["notices", "keys"], "readwrite");
    if (await this.isOurs(transaction)) transaction.objectStore("notices").put({ event: this.event, id: notice.id, sealed });
    await transaction.done;
  }

  async dropNotice(id) { await (await database()).delete("notices", [this.event, id]); }

  /* The end */

  /** Forget people, token, notices and their key. Scans that no server has stay sealed under theirs. */
  async wipe() {
    const transaction = (await database()).transaction(STORES, "readwrite", SAFELY);
    if (await this.isOurs(transaction)) await this.#wipe(transaction);
    await transaction.done;
  }

  async #wipe(transaction) {
    transaction.objectStore("keys").delete([this.event, "people"]);
    for (const name of ["people", "notices"]) transaction.objectStore(name).delete(all(this.event));
    await this.#dropScans(transaction, (scan) => scan.state === "sent");
    const device = await transaction.objectStore("devices").get(this.event);
    if (device) transaction.objectStore("devices").put({ ...device, sealed: null, isEnded: true });
  }

  async #dropScans(transaction, isDropped) {
    const scans = transaction.objectStore("scans").index("event");
    for (let cursor = await scans.openCursor(all(this.event)); cursor; cursor = await cursor.continue()) {
      if (isDropped(cursor.value)) cursor.delete();
    }
  }

  /** Throw the scans away. Their key stays: a page that is still open seals with it what is scanned after. */
  async discard() {
    const transaction = (await database()).transaction("scans", "readwrite", SAFELY);
    await this.#dropScans(transaction, () => true);
    await transaction.done;
  }

  /** Forget everything of this event, unsent scans too. */
  async forget() {
    const transaction = (await database()).transaction(STORES, "readwrite", SAFELY);
    await this.#wipe(transaction);
    await this.#dropScans(transaction, () => true);
    transaction.objectStore("keys").delete([this.event, "scans"]);
    transaction.objectStore("devices").delete(this.event);
    await transaction.done;
  }
}

/** Whether this browser still is a device of some event. */
export async function isDevice() { return (await devices()).some((device) => device.hasSecret); }

/** How many scans of an event are still to be sent. */
export async function unsentOf(event) {
  const found = await (await database()).getAllFromIndex("scans", "event", all(event));
  return found.filter((one) => UNSENT.includes(one.state)).length;
}

/** Wipe what has ended by `now` (the server's clock), and drop scans that nobody asked for in a fortnight. */
export async function wipeEnded(nowOf) {
  for (const device of await devices()) {
    const vault = await Vault.of(device.event);
    const now = nowOf(device);
    if (now < Date.parse(device.expires_at)) continue;
    if (now > Date.parse(device.expires_at) + SCANS_LAST) await vault.forget();
    else if (device.hasSecret) await vault.wipe();
  }
}
