/* One person at the desk: who they are, how they stand, and what can be done for them. */

import { NoNetwork } from "./api.js";
import { PASSED } from "./books.js";
import { newId } from "./ids.js";
import { part } from "./latest.js";
import { timeOf } from "./wording.js";
import { say } from "./words.js";

// What puts somebody right by a seat on site, where one is left.
const TAKES_SEAT = new Set(["seat", "restore", "on_site"]);
const FOLDED = ["correct", "note", "watch", "reissue"];

export class Person {
  constructor(sheet, desk, { onNew }) {
    Object.assign(this, { sheet, desk, onNew, person: null, refused: null });
    this.part = (name) => sheet.querySelector(`[data-desk-${name}]`);
    this.acts = Object.fromEntries([...sheet.querySelectorAll("form[data-desk-act]")].map((form) => [form.dataset.deskAct, form]));
    for (const [what, form] of Object.entries(this.acts)) {
      form.addEventListener("submit", (event) => { event.preventDefault(); this.send(what, form); });
      form.querySelector("[data-desk-fold]").addEventListener("click", () => this.fold());
    }
  }

  /** `refused` is the line of a refused scan, where that is why they are here. */
  async open(id, refused = null) {
    Object.assign(this, { person: null, refused });
    this.tell("");
    this.wrong("");
    const sketch = this.sketch(id);
    this.draw(sketch ?? { name: refused?.person.name ?? "…" }, { isAsking: true });
    if (!this.sheet.open) this.desk.open(this.sheet);
    this.sheet.querySelector("h2").focus();
    try {
      this.draw((await this.desk.call(`people/${id}?${new URLSearchParams({ point: this.desk.point })}`)).person);
    } catch (error) {
      const isHere = sketch && error instanceof NoNetwork;
      if (isHere) this.draw(sketch);
      this.wrong(isHere ? say("desk.sketch") : error instanceof NoNetwork ? say("desk.no_network_act") : error.message || say("desk.ended"));
    }
  }

  forget() {
    this.refused = null;
    for (const form of Object.values(this.acts)) form.reset();
    this.draw({ name: "" });
  }

  /** What this device knows of somebody, to be seen at once and without a network; null where it knows nobody. */
  sketch(id) {
    const one = this.desk.door.people.get(id);
    if (!one) return null;
    const labels = { state_label: say(`state.${one.state}`), mode_label: say(`desk.mode_${one.mode}`), type_label: say(`type.${one.type}`), sector_label: one.sector ? say(`sector.${one.sector}`) : "" };
    const verdict = this.desk.door.foresight({ point: this.desk.point, direction: "in" })(id);
    const refusal = verdict && !PASSED.has(verdict.outcome) ? { ...verdict, advice: "" } : null;
    const may = one.state === "confirmed" && one.codes.length ? ["admit"] : [];
    const is_inside = this.desk.door.isInside(id, this.desk.point);
    const watch = one.watch === null ? null : { words: one.watch, by: "", arrived_at: null };
    return { ...one, ...labels, notes: one.notes.join("\n"), refusal, may, is_inside, watch, remedies: [], companions: [] };
  }

  /** While the server is asked, nothing is offered that would move from under the finger when it answers. */
  draw(told, { isAsking = false } = {}) {
    // An answer that comes after the end names nobody any more.
    const person = this.desk.door.network === "ended" ? { name: "…" } : told;
    const title = this.sheet.querySelector("h2");
    title.textContent = person.name;
    title.dir = "auto";
    this.fold();
    this.person = person.id || person.registration ? person : null;
    const isKnown = this.person !== null;
    const against = this.refused?.message ?? person.refusal?.message ?? "";
    this.part("against").textContent = against;
    this.part("facts").replaceChildren(...(isKnown ? this.facts(person) : []));
    const notes = (person.notes ?? "").split("\n").filter(Boolean);
    this.part("notes").replaceChildren(...notes.map((note) => part("li", "", note)));
    this.part("notes").hidden = notes.length === 0;
    this.part("first").replaceChildren(...(isKnown && !isAsking ? this.first(person) : []));
    this.part("acts").replaceChildren(...(isKnown && !isAsking ? this.others(person) : []));
  }

  facts(person) {
    const watch = person.watch && [person.watch.words, person.watch.by].filter(Boolean).join(" · ");
    const rows = [
      ["desk.state", person.state_label], ["desk.mode", person.mode_label], ["desk.organisation", person.organisation],
      ["desk.kind", [person.type_label, person.sector_label].filter(Boolean).join(" · ")], ["desk.code", person.code_spoken],
      ["desk.here", person.first_at ? this.came(person.first_at) : say(person.is_inside ? "already" : "desk.not_in")], ["desk.badge", person.badge_words],
      ["desk.accompanies", person.accompanies?.name], ["desk.companions", person.companions.map((one) => one.name).join(", ")],
      ["desk.waited", person.watch && !person.watch.arrived_at ? watch || "✓" : ""],
    ];
    return rows.filter(([_key, words]) => words).map(([key, words]) => {
      const row = document.createElement("div");
      const value = part("dd", key === "desk.code" ? "num" : "", "");
      // Its own direction for the words, the page's for where they stand.
      value.append(part("bdi", "", words));
      row.append(part("dt", "", say(key)), value);
      return row;
    });
  }

  came(at) {
    return say("desk.here_since", { time: timeOf(at, this.desk.door.event.timezone) });
  }

  /** What helps now stands first and large: remedies of the refusal, letting in, the badge. */
  first(person) {
    const remedies = (this.refused?.remedies ?? person.remedies).filter(({ how }) => this.refused || how !== "current_code");
    const takesSeat = remedies.some(({ how }) => TAKES_SEAT.has(how));
    const isFull = takesSeat && person.left === 0;
    const deeds = takesSeat && person.left !== null ? [part("p", "desk-advice", say(isFull ? "desk.none_left" : "desk.left", { n: person.left }))] : [];
    deeds.push(...remedies.map(({ how, label }) => this.button(isFull ? "button quiet" : "button primary", label, () => this.unfoldSolve(how, label))));
    if (person.refusal?.advice && !remedies.length) deeds.push(part("p", "desk-advice", person.refusal.advice));
    if (person.may.includes("admit") && !person.refusal && !person.is_inside) deeds.push(this.button(remedies.length ? "button quiet" : "button primary", say("desk.admit"), () => this.admit()));
    if (person.may.includes("badge") && person.mode === "onsite") deeds.push(this.button(person.is_inside && !person.badge.printed_at ? "button primary" : "button quiet", say("desk.print"), () => this.print()));
    if (this.refused) deeds.push(this.button("button quiet", say("desk.close"), () => this.unfold("close")));
    return deeds;
  }

  others(person) {
    // Whoever is inside already is waited for no more.
    const deeds = FOLDED.filter((what) => person.may.includes(what) && !(what === "watch" && person.is_inside)).map((what) => this.button("button quiet", say(`desk.${what}`), () => this.unfold(what)));
    for (const what of ["companion", "swap"]) {
      if (person.may.includes(what)) deeds.push(this.button("button quiet", say(`desk.${what}_open`), () => { this.sheet.close(); this.onNew(what, person); }));
    }
    if (person.registration && person.watch && !person.watch.arrived_at) deeds.push(this.button("button quiet", say("desk.unwatch"), () => this.unwatch()));
    return deeds;
  }

  button(className, label, act) {
    const button = Object.assign(part("button", className, label), { type: "button" });
    button.addEventListener("click", act);
    return button;
  }

  unfold(what) {
    this.fold();
    const form = this.acts[what];
    form.reset();
    const values = { correct: this.person, note: this.person, watch: this.person.watch ?? {} }[what] ?? {};
    for (const field of form.elements) if (field.name && values[field.name] !== undefined) field.value = values[field.name];
    this.id = newId();
    form.hidden = false;
    this.part("acts").hidden = true;
    this.part("first").hidden = true;
    (form.querySelector("input, textarea") ?? form.querySelector("button")).focus();
  }

  unfoldSolve(how, label) {
    this.unfold("solve");
    this.how = how;
    this.part("how").textContent = label;
  }

  fold() {
    for (const form of Object.values(this.acts)) form.hidden = true;
    this.part("acts").hidden = false;
    this.part("first").hidden = false;
  }

  async send(what, form) {
    const values = Object.fromEntries(new FormData(form));
    const sent = { id: this.id, point: this.desk.point, ...values };
    const { registration } = this.person;
    await this.attempt(async () => {
      if (what === "solve") return this.helped(await this.desk.call(`people/${registration}/solve`, { ...sent, how: this.how, scan: this.refused?.scan }));
      if (what === "close") {
        await this.desk.call(`exceptions/${encodeURIComponent(this.refused.scan)}/close`, sent);
        this.refused = null;
        this.draw(this.person);
        return this.tell(say("desk.closed"));
      }
      const path = { correct: "details", note: "notes" }[what] ?? what;
      const { person } = await this.desk.call(`people/${registration}/${path}`, sent);
      this.draw(person);
      this.desk.door.sync?.();
      return this.tell({ reissue: say("desk.reissued", { code: person.code_spoken }), watch: say("desk.watched") }[what] ?? say("desk.done"));
    });
  }

  helped({ person, result, badge }) {
    this.refused = null;
    this.draw(person);
    if (!result) return;
    if (badge) this.sheet.close();
    this.desk.present(this.id, result, badge);
  }

  async unwatch() {
    await this.attempt(async () => {
      this.draw((await this.desk.call(`people/${this.person.registration}/watch`, { id: newId(), off: true })).person);
      this.tell(say("desk.unwatched"));
    });
  }

  async admit() {
    this.sheet.close();
    const who = this.person.code ? { code: this.person.code } : { personId: this.person.id };
    const { scan, result } = await this.desk.door.scan({ ...who, point: this.desk.point, direction: "in" });
    this.desk.tell(scan, result);
  }

  async print() {
    await this.attempt(async () => this.tell(await this.desk.printBadge(this.person.registration)));
  }

  /** Do something; what goes wrong is said where it was asked for, and what was typed stays. */
  async attempt(act) {
    this.wrong("");
    this.tell("");
    try {
      await act();
    } catch (error) {
      this.wrong(error instanceof NoNetwork ? say("desk.no_network_act") : error.message || say("desk.ended"));
    }
  }

  wrong(words) { this.part("wrong").textContent = words; }
  tell(words) { this.part("said").textContent = words; }
}
