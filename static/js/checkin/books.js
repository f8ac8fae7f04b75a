/* What this device knows: who is expected, who passed, by the server's word and by its own scans, sent or not. */

import { bookDay, doorDay, instant, isFull, judge, told } from "./judging.js";

export const PASSED = new Set(["admitted", "left", "already_in"]);

export class Books {
  event = null;
  device = null;
  points = [];
  conditions = [];
  people = new Map();
  /** Whether the people are known at all: before the first snapshot nobody can be judged. */
  isFilled = false;

  #byCode = new Map();
  /** Own scans by person: Map of person id → Map of scan id → passage. */
  #own = new Map();
  /** Passages that were taken back here, of which the server's word on people does not know yet: person, point, instant. */
  #struck = new Set();
  /** How many are inside by point and day, as long as nothing changes: of 20,000 nobody counts at each key typed. */
  #insides = new Map();

  /** Take what a device is told of itself and how it is to judge. */
  take({ event, device, points, conditions }) {
    this.event = event;
    this.device = device;
    this.conditions = conditions;
    this.#insides.clear();
    this.points = points.map((point) => ({ ...point, opens: instant(point.opens_at), closes: instant(point.closes_at) }));
  }

  place(key) { return this.points.find((point) => point.key === key) ?? null; }

  /** Everybody anew. */
  fill(people) {
    this.people.clear();
    this.#byCode.clear();
    this.change(people, []);
    this.isFilled = true;
  }

  change(people, removed) {
    this.#insides.clear();
    for (const id of [...removed, ...people.map((person) => person.id)]) this.#forget(id);
    for (const person of people) {
      this.people.set(person.id, person);
      for (const code of person.replaced) this.#byCode.set(code, { id: person.id, isReplaced: true });
      for (const code of person.codes) this.#byCode.set(code, { id: person.id, isReplaced: false });
    }
  }

  #forget(id) {
    const known = this.people.get(id);
    if (!known) return;
    for (const code of [...known.codes, ...known.replaced]) if (this.#byCode.get(code)?.id === id) this.#byCode.delete(code);
    this.people.delete(id);
  }

  empty() {
    this.fill([]);
    this.isFilled = false;
    this.#own.clear();
  }

  /** Whom a hashed code belongs to: {person, isReplaced}, or null. */
  byCode(hash) {
    const found = this.#byCode.get(hash);
    return found ? { person: this.people.get(found.id), isReplaced: found.isReplaced } : null;
  }

  byId(id) {
    const person = this.people.get(id);
    // Without a ticket there is nothing to let in.
    return person?.codes.length ? { person, isReplaced: false } : null;
  }

  /** Enter an own scan that passed, or what became of it. */
  note({ id, personId, point, direction, at }) {
    if (!this.#own.has(personId)) this.#own.set(personId, new Map());
    const passage = { id, point, direction, at: instant(at), order: this.#own.get(personId).size + 10, device: this.device.name };
    this.#own.get(personId).set(id, passage);
    this.#insides.clear();
  }

  strike(id) {
    for (const passages of this.#own.values()) if (passages.delete(id)) this.#insides.clear();
  }

  /** Believe the server no more, or again, that somebody passed in this scan, which was taken back. */
  doubt({ personId, point, at }, { isOver = false } = {}) {
    const mark = `${personId} ${point} ${instant(at)}`;
    if (isOver) this.#struck.delete(mark);
    else this.#struck.add(mark);
    this.#insides.clear();
  }

  /** What this device would tell a scan: {outcome, first}. Nothing is entered. */
  judge(who, { id, point, direction, at }) {
    const [place, when] = [this.place(point), instant(at)];
    const holder = who && this.#holder(who);
    const day = bookDay(null, when, this.event);
    const refusal = judge(this.conditions, direction, { holder, place, event_id: this.event.id, at: when, day });
    if (refusal) return { outcome: refusal, first: null };
    const before = this.#book(who.person, place, when);
    const stand = told(before.filter((passage) => passage.at <= when), place.repeats);
    if (isFull(place.seats, direction, place.seats === null ? 0 : this.#inside(place, when), stand.isInside)) {
      return { outcome: "full", first: null };
    }
    const own = { id, point, direction, at: when, order: Infinity, device: this.device.name };
    const { outcome, first } = told([...before, own], place.repeats).answered.find((passage) => passage.id === id);
    return { outcome, first: first && { at: new Date(first.at).toISOString(), device: first.device } };
  }

  #holder({ person, isReplaced }) {
    return { event_id: this.event.id, state: person.state, mode: person.mode, type: person.type, is_replaced: isReplaced, days: person.days, sessions: person.sessions };
  }

  /** The passages of a person in the book of `when` at a point: the server's, and our own that it may not know yet. */
  #book(person, place, when) {
    const day = bookDay(place, when, this.event);
    const passages = [...this.#known(person, place), ...this.#ownAt(person.id, place.key)];
    return passages.filter((passage) => bookDay(place, passage.at, this.event) === day);
  }

  #ownAt(personId, point) {
    const own = this.#own.get(personId);
    return own ? [...own.values()].filter((passage) => passage.point === point) : [];
  }

  /** The server tells when somebody was first let in and how they stand: enough to judge what comes after. */
  #known(person, place) {
    const stand = person.in[place.key];
    if (!stand) return [];
    const [first, last] = [instant(stand.first_at), instant(stand.last_at ?? stand.first_at)];
    if (this.#struck.has(`${person.id} ${place.key} ${first}`)) return [];
    const device = stand.device ?? "";
    const passages = [{ id: "first", at: first, order: 0, direction: "in", device }];
    if (!stand.is_inside || last > first) {
      passages.push({ id: "last", at: last, order: 1, direction: stand.is_inside ? "in" : "out", device });
    }
    return passages;
  }

  /** Whether this device itself let somebody in, of which the server's word on them may not know yet. */
  hasPassedHere(personId) {
    return [...(this.#own.get(personId)?.values() ?? [])].some((passage) => passage.direction === "in");
  }

  /** How a person stands at a point today: {first, isInside, lastAt}. */
  stand(person, place, when) { return told(this.#book(person, place, when), place.repeats); }

  #inside(place, when) {
    const book = `${place.key} ${bookDay(place, when, this.event)}`;
    if (!this.#insides.has(book)) {
      let inside = 0;
      for (const person of this.#movedAt(place)) if (this.stand(person, place, when).isInside) inside += 1;
      this.#insides.set(book, inside);
    }
    return this.#insides.get(book);
  }

  *#movedAt(place) {
    for (const person of this.people.values()) {
      if (person.in[place.key] || this.#own.get(person.id)?.size) yield person;
    }
  }

  /** {in, came, expected, seats} at a point on the day that doors show. */
  counts(key, now) {
    const place = this.place(key);
    let [expected, came, inside] = [0, 0, 0];
    for (const { state, mode } of this.people.values()) if (state === "confirmed" && mode === "onsite") expected += 1;
    if (place) {
      const shown = this.#shown(now);
      for (const person of this.#movedAt(place)) {
        const { first, isInside } = this.stand(person, place, shown);
        if (first) came += 1;
        if (isInside) inside += 1;
      }
    }
    return { in: inside, came, expected, seats: place?.seats ?? null };
  }

  /** An instant of the day that doors show: now, or where the event is not on, its first or its last. */
  #shown(now) {
    const day = doorDay(now, this.event);
    const last = instant(this.event.ends_at) - 1;
    return [now, instant(this.event.starts_at), last].find((at) => bookDay(null, at, this.event) === day) ?? now;
  }
}

/** A person of a snapshot as pages know them: `in` by point as {first_at, is_inside, device, last_at}. */
export function asKnown(person, desks = []) {
  const stands = Object.entries(person.in).map(([point, stand]) => {
    if (!Array.isArray(stand)) return [point, stand];
    const [first_at, isInside, desk, last_at] = stand;
    return [point, { first_at, is_inside: Boolean(isInside), device: desks[desk] ?? "", last_at: last_at ?? first_at }];
  });
  return { ...person, in: Object.fromEntries(stands) };
}
