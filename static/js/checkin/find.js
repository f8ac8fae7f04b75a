/* Finding a person by name or code, for badges forgotten at the hotel: on the device, or by the server where no people are kept. */

import { isPassed, toneOf } from "./answer.js";
import { NoNetwork } from "./api.js";
import { PASSED } from "./books.js";
import { fullCode, isSurelyCode, shortCode } from "./codes.js";
import { part } from "./latest.js";
import { MOST, NameIndex } from "./search.js";
import { say } from "./words.js";

// The server is asked when fingers rest; the device answers at each key.
const PAUSE = 180;

export class Finder {
  /** `door()` is the open Door; `onScan({code, personId, name})` lets somebody in; `way()` is {point, direction}; `onMore(id)` shows a person. */
  constructor(dialog, { door, onScan, way }) {
    Object.assign(this, { dialog, door, onScan, way, onMore: null, index: new NameIndex() });
    this.words = dialog.querySelector("input");
    this.list = dialog.querySelector("[data-found]");
    this.status = dialog.querySelector("[data-find-status]");
    this.words.addEventListener("input", () => this.typed());
    dialog.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    dialog.addEventListener("close", () => this.empty());
  }

  /** Keep the names searchable as they are now; laid down in slices, so that no scan waits. */
  know(people) { return this.index.take(people); }

  /** Forget all names. */
  forget() {
    this.index.forget();
    this.empty();
  }

  get isHere() { return this.index.isReady && this.door().people.size > 0; }

  open() {
    this.empty();
    this.words.focus();
  }

  empty() {
    this.words.value = "";
    this.clear();
  }

  clear(words = "") {
    this.status.textContent = words;
    this.list.replaceChildren();
  }

  typed() {
    clearTimeout(this.timer);
    if (this.isHere) this.look();
    else this.timer = setTimeout(() => this.look(), PAUSE);
  }

  submit() {
    const typed = this.words.value.trim();
    const buttons = this.list.querySelectorAll("[data-take]");
    if (isSurelyCode(typed)) this.take({ code: fullCode(typed) ?? shortCode(typed) });
    // One answer to one question: Enter leads to it, a second one lets in.
    else if (buttons.length) buttons[0].focus();
    else this.look();
  }

  take(who) {
    this.dialog.close();
    this.onScan(who);
  }

  async look() {
    const asked = this.words.value.trim();
    clearTimeout(this.timer);
    if (!asked) { this.clear(); return; }
    if (this.isHere) {
      const foresee = this.door().foresight(this.way());
      this.draw(this.index.find(asked).map((found) => this.known(found, foresee(found.person.id))), asked);
      return;
    }
    try {
      const { people } = await this.door().call(`search?${new URLSearchParams({ q: asked, point: this.way().point })}`);
      if (asked === this.words.value.trim()) this.draw(people.map((person) => ({ ...person, id: person.registration, verdict: person.refusal })), asked);
    } catch (error) {
      this.clear(error instanceof NoNetwork || !error.message ? say("no_search") : error.message);
      this.offerCode(asked);
    }
  }

  /** A person of the device's own list in the shape of the server's. */
  known({ person, name, organisation }, verdict) {
    const state = person.state ?? "confirmed";
    return {
      ...person, state, verdict, marks: { name, organisation }, sector_label: say(`sector.${person.sector}`), state_label: say(`state.${state}`),
      is_inside: this.door().isInside(person.id, this.way().point), hasTicket: person.codes?.length !== 0,
    };
  }

  /** What stands beside a name: nothing for whom the rules let pass, else the answer that a scan would get. */
  stateOf({ verdict, is_inside, state, state_label }) {
    if (verdict) return isPassed(verdict.outcome) ? "" : verdict.message;
    return is_inside ? say("already") : state === "confirmed" ? "" : state_label;
  }

  draw(people, asked) {
    const lines = people.map((person) => this.line(person));
    const told = people.length < MOST ? "found" : "found_most";
    this.status.textContent = people.length ? say(told, { n: people.length }) : say("nobody");
    this.list.replaceChildren(...lines);
    this.offerCode(asked, people.length > 0 && !isSurelyCode(asked));
  }

  /** A short code may be made of letters alone, like a name: after those who are called so, the code comes last. */
  offerCode(asked, isRatherName = false) {
    const code = fullCode(asked) ?? shortCode(asked);
    if (!code) return;
    const line = part("li", "found-code", "");
    const button = part("button", isRatherName ? "button quiet" : "button", say("as_code", { code: code.slice(-8) }));
    button.type = "button";
    button.dataset.take = "";
    button.addEventListener("click", () => this.take({ code }));
    line.append(button);
    if (isRatherName) this.list.append(line);
    else this.list.prepend(line);
  }

  line(person) {
    const line = document.createElement("li");
    const who = part("div", "found-who", "");
    const words = part("span", "found-words", "");
    words.append(...marked(person.organisation ?? "", person.marks?.organisation));
    if (person.organisation && person.sector_label) words.append(" · ");
    words.append(person.sector_label ?? "");
    const name = part("strong", "found-name", "");
    name.dir = "auto";
    name.append(...marked(person.name, person.marks?.name));
    const state = this.stateOf(person);
    who.append(name, words);
    if (state) who.append(part("span", `found-state ${person.verdict ? toneOf(person.verdict.outcome) : ""}`, state));
    line.append(who, ...this.deeds(person, state));
    return line;
  }

  deeds(person, state) {
    const deeds = part("div", "found-deeds", "");
    const more = (words, className) => this.deed(words, className, person, () => { this.dialog.close(); this.onMore(person.id); });
    const isRefused = person.verdict && !PASSED.has(person.verdict.outcome);
    // Whom the rules refuse nobody lets in: a desk helps them, and whoever only scans sends them to one.
    const helps = isRefused && this.onMore ? more(say("help"), "button primary") : null;
    if (this.onMore && !helps) deeds.append(more(say("more"), "button quiet"));
    if (!helps && (person.code === null || person.hasTicket === false)) return [part("span", "found-state", say("no_ticket")), deeds];
    const words = isRefused ? "to_desk" : this.way().direction === "out" ? "let_out" : "admit";
    const take = helps ?? this.deed(say(words), state ? "button" : "button primary", person,
      () => this.take({ code: person.code ?? "", personId: person.id, name: person.name }));
    take.dataset.take = "";
    deeds.append(take);
    return [deeds];
  }

  deed(label, className, person, act) {
    const button = Object.assign(part("button", className, label), { type: "button" });
    button.setAttribute("aria-label", `${label}: ${person.name}`);
    button.addEventListener("click", act);
    return button;
  }
}

/** A text with the parts that were asked for marked. */
function marked(text, parts = []) {
  const pieces = [];
  let at = 0;
  for (const [from, to] of parts) {
    pieces.push(text.slice(at, from), part("mark", "", text.slice(from, to)));
    at = to;
  }
  return [...pieces, text.slice(at)].filter((piece) => piece !== "");
}
