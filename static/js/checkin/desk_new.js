/* Somebody new at the desk, with as few fields as will do: a walk-in, a companion, or who comes instead of somebody. */

import { NoNetwork } from "./api.js";
import { newId } from "./ids.js";
import { timeOf } from "./wording.js";
import { say } from "./words.js";

const MOST_SUGGESTED = 400;
const FIELDS = ["first_name", "last_name", "organisation", "email", "sector", "country"];

export class Newcomer {
  constructor(sheet, desk, { onDone }) {
    Object.assign(this, { sheet, desk, onDone, form: sheet.querySelector("form"), asked: null, id: null });
    this.part = (name) => sheet.querySelector(`[data-desk-${name}]`);
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.part("wait-yes").addEventListener("click", () => this.send({ may_wait: true }));
    this.part("try").addEventListener("click", () => this.send());
    desk.door.addEventListener("network", () => { if (sheet.open) this.tellSeats(); });
    // What was typed and not registered is nowhere else.
    addEventListener("beforeunload", (event) => { if (this.isKept) { event.preventDefault(); event.returnValue = say("desk.leave"); } });
  }

  field(name) { return this.form.elements.namedItem(name); }

  /** `what` is walk_in, companion or swap; `of` the person it is about. A form that failed is found as it was left. */
  async open(what, of = null) {
    if (!this.isKept || what !== this.what || of?.registration !== this.of?.registration) this.begin(what, of);
    this.show();
    await this.ask();
  }

  /** Only what was sent off and not registered stays as it was typed: it is nowhere else. */
  forget() {
    if (!this.isKept && this.what) this.begin(this.what, null);
    document.querySelector("#desk-organisations").replaceChildren();
  }

  show() {
    this.desk.open(this.sheet);
    this.field("first_name").focus();
    this.suggest();
    this.tellSeats();
  }

  /** What a desk without a network kept and the server would not take, as it was typed, under the same id. */
  async reopen({ id, scan, deed }) {
    const { body, message, code } = deed;
    this.begin(body.accompanies ? "companion" : "walk_in", body.accompanies ? { registration: body.accompanies, name: "" } : null);
    Object.assign(this, { id, cameAt: scan.at, isKept: true });
    this.show();
    await this.ask();
    for (const name of [...FIELDS, "type"]) if (body[name] !== undefined) this.field(name).value = body[name];
    for (const box of this.form.querySelectorAll("[name=day]")) box.checked = body.days.includes(box.value);
    this.field("accepts").checked = code !== "notice_changed";
    this.refuse({ message, code });
  }

  /** Know the form before the network goes. */
  async prepare() {
    const kept = this.desk.door.deskForm;
    if (!this.asked && kept) Object.assign(this, { asked: kept.form, askedAt: kept.at });
    try { await this.hear(); } catch (error) { if (!(error instanceof NoNetwork)) console.warn("the desk's form is not known", error.message); }
  }

  async hear() {
    this.asked = await this.desk.call("form");
    this.askedAt = this.desk.door.clock().toISOString();
    await this.desk.door.keepDeskForm(this.asked);
  }

  begin(what, of) {
    Object.assign(this, { what, of, id: newId(), cameAt: null, isKept: false });
    this.form.reset();
    const places = { name: of?.name ?? "" };
    this.sheet.querySelector("h2").textContent = say(`desk.${what}`, places);
    this.part("about").textContent = of ? say(`desk.${what}_about`, places) : "";
    this.part("about").hidden = !of;
    this.tellSeats();
    this.part("type-field").hidden = what !== "walk_in";
    for (const fold of this.sheet.querySelectorAll("details")) fold.open = false;
    this.wrong("");
  }

  /** What is asked and shown here; a form that was asked for before does without a network. */
  async ask() {
    try {
      await this.hear();
    } catch (error) {
      if (!(error instanceof NoNetwork)) { this.wrong(error.message || say("desk.ended")); return; }
    }
    this.tellSeats();
    if (this.asked) this.draw(this.asked);
  }

  draw(asked) {
    // Made safe by the server, as on the public form.
    this.part("notice").innerHTML = asked.notice;
    this.choices("type", asked.types, "participant");
    this.choices("sector", asked.sectors);
    this.choices("country", asked.countries);
    this.days(asked.days);
  }

  get isAway() { return this.desk.door.network === "gone"; }

  /** Whether somebody can be kept until the network is back: sealed, and under a notice that was shown. */
  get mayKeep() { return this.what !== "swap" && this.desk.door.keeps && Boolean(this.asked); }

  get isFull() {
    const { left = null, days = [] } = this.asked ?? {};
    return this.what !== "swap" && (left === 0 || days.some((day) => day.is_today && day.is_full));
  }

  get mayWait() { return this.what === "walk_in" && Boolean(this.asked?.may_wait); }

  /** Before a letter is typed: how many places are left, and what becomes of somebody without a network. */
  tellSeats() {
    const left = this.what === "swap" ? null : this.asked?.left ?? null;
    const time = this.askedAt ? timeOf(this.askedAt, this.desk.door.event.timezone) : "";
    const words = this.isAway
      ? [say(this.mayKeep ? "desk.away" : this.what === "swap" ? "desk.no_network_act" : "desk.away_unkept"), left === null ? "" : say("desk.left_then", { n: left, time })]
      : [this.isFull ? say(this.mayWait ? "desk.full_wait" : "desk.full_now") : left === null ? "" : say("desk.left", { n: left })];
    const seats = this.part("seats");
    seats.textContent = words.filter(Boolean).join(" ");
    seats.classList.toggle("is-grave", this.isAway || this.isFull);
    const deed = this.what === "swap" ? "swap_do" : this.isAway && this.mayKeep ? "keep" : !this.isAway && this.isFull && this.mayWait ? "register_or_wait" : "register";
    this.part("submit").textContent = say(`desk.${deed}`);
  }

  choices(name, wanted, chosen = "") {
    const select = this.field(name);
    if (select.options.length > 1) return;
    select.append(...wanted.map(({ key, label }) => new Option(label, key, key === chosen, key === chosen)));
  }

  days(offered) {
    const around = this.part("days");
    around.hidden = offered.length === 0;
    if (around.querySelector("input")) return;
    for (const day of offered) {
      const label = document.createElement("label");
      label.className = "choice";
      const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "day", value: day.key, defaultChecked: day.is_today, disabled: day.is_full });
      label.append(box, ` ${day.label}${day.is_full ? ` (${say("desk.full")})` : ""}`);
      around.append(label);
    }
  }

  /** The organisations of this event, the most frequent first, completed by the browser itself. */
  suggest() {
    const counted = new Map();
    for (const { organisation } of this.desk.door.people.values()) if (organisation) counted.set(organisation, (counted.get(organisation) ?? 0) + 1);
    const known = [...counted].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0])).slice(0, MOST_SUGGESTED);
    document.querySelector("#desk-organisations").replaceChildren(...known.map(([name]) => Object.assign(document.createElement("option"), { value: name })));
  }

  wrong(words, field = null) {
    this.part("wrong").textContent = words;
    this.part("wait").hidden = true;
    for (const one of this.form.elements) one.removeAttribute?.("aria-invalid");
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
  }

  body(more) {
    const given = Object.fromEntries(FIELDS.map((name) => [name, this.field(name).value]));
    const days = [...this.form.querySelectorAll("[name=day]:checked")].map((box) => box.value);
    const type = this.what === "walk_in" ? { type: this.field("type").value } : {};
    const about = this.what === "companion" ? { accompanies: this.of.registration } : {};
    const kept = this.cameAt ? { came_at: this.cameAt } : {};
    const waits = !this.isAway && this.isFull && this.mayWait ? { may_wait: true } : {};
    return { id: this.id, ...given, ...type, ...about, ...kept, ...waits, days, notice: this.asked?.notice_hash ?? "", point: this.desk.point, ...more };
  }

  async send(more = {}) {
    if (this.isSending) return;
    if (!this.field("first_name").value.trim() && !this.field("last_name").value.trim()) return this.wrong(say("desk.name"), this.field("first_name"));
    if (!this.field("accepts").checked) return this.wrong(say("desk.notice"), this.field("accepts"));
    this.isSending = true;
    this.isKept = true;
    this.part("submit").setAttribute("aria-busy", "true");
    try {
      if (!this.asked) await this.ask();
      const path = this.what === "swap" ? `people/${this.of.registration}/swap` : "walk-ins";
      if (this.isAway && this.mayKeep) await this.keep(path);
      else await this.done(await this.desk.call(path, this.body(more)));
    } catch (error) {
      if (error instanceof NoNetwork && this.mayKeep) await this.keep("walk-ins");
      else await this.failed(error);
    } finally {
      this.isSending = false;
      this.part("submit").removeAttribute("aria-busy");
    }
  }

  /** Nobody is registered now: they are let in by eye, and their seat is asked for when the network is back. */
  async keep(path) {
    const [name, organisation] = [[this.field("first_name").value, this.field("last_name").value].join(" ").trim(), this.field("organisation").value];
    const { scan, result } = await this.desk.door.keepNewcomer({ path: `desk/${path}`, body: this.body({}), name, organisation });
    this.leave();
    this.desk.tell(scan, result);
  }

  leave() {
    this.isKept = false;
    this.begin(this.what, this.of);
    this.sheet.close();
  }

  async done({ person, result, badge }) {
    const { id } = this;
    if (this.cameAt) await this.desk.door.dropKept(id);
    this.leave();
    // Where no printer is near, the next step is the browser's print: it stands on the sheet of whom it is for.
    if (!badge || !result) this.onDone(person.registration);
    if (result) this.desk.present(id, result, badge);
  }

  async failed(error) {
    if (error instanceof NoNetwork) return this.wrong(say("desk.no_network"));
    if (error.code === "notice_changed") { this.field("accepts").checked = false; await this.ask(); }
    return this.refuse(error);
  }

  refuse(error) {
    const isFull = ["no_seat_at_the_door", "seats_gone"].includes(error.code);
    const field = { address_unusable: "email", already_registered: "email" }[error.code];
    if (field) this.part("more").open = true;
    this.wrong(error.message || say("desk.ended"), field ? this.field(field) : null);
    this.part("wait").hidden = !(isFull && this.what === "walk_in" && this.asked?.may_wait);
    if (isFull) this.part("try").focus();
  }
}
