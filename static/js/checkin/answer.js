/* The answer: the whole screen says it in colour, shape, words and sound, and the name is as large as it fits. */

import { play, speak } from "./sound.js";
import { whoOf, say } from "./words.js";

const TONES = {
  admitted: "good", left: "good",
  already_in: "attention", too_early: "attention", too_late: "attention", wrong_point: "attention", wrong_day: "attention",
  not_signed_up: "attention", full: "attention", kept: "attention",
};
// Milliseconds until an answer goes by itself, at a desk and hands-free; 0 waits for the next scan.
const SHOWN_FOR = { desk: { good: 2600, attention: 0, bad: 0 }, free: { good: 2600, attention: 4500, bad: 6000 } };
const LONGER_FOR_NOTES = 4000;
const LARGEST = { narrow: 76, wide: 128 };
const SMALLEST = 19;

export const toneOf = (outcome) => TONES[outcome] ?? "bad";
export const isPassed = (outcome) => ["admitted", "left"].includes(outcome);

export class Answer extends EventTarget {
  isQuiet = false;
  isHandsFree = false;
  /** Whether an organiser lets this desk decide otherwise, and what then happens. */
  onException = null;

  constructor(root, { onUndo, placeOf }) {
    super();
    Object.assign(this, { root, placeOf });
    this.panel = root.querySelector("[data-answer]");
    this.said = root.querySelector("[data-said]");
    this.main = this.panel.querySelector(".answer-main");
    this.behind = [...root.querySelectorAll("[data-behind]")];
    this.part = (name) => this.panel.querySelector(`[data-${name}]`);
    this.part("next").addEventListener("click", () => this.hide());
    this.part("undo").addEventListener("click", () => onUndo(this.shown));
    this.part("exception").addEventListener("click", () => this.onException?.(this.shown));
    this.main.addEventListener("click", () => this.hide());
    addEventListener("resize", () => this.fit());
  }

  /** Draw what the door said of `scan`; the next one takes its place at once. */
  show(scan, result) {
    const tone = toneOf(result.outcome);
    const person = result.attendee;
    this.shown = { scan, result };
    Object.assign(this.panel.dataset, { tone, outcome: result.outcome ?? "unreadable" });
    this.part("word").textContent = result.message;
    this.part("person").textContent = person?.name ?? "";
    this.part("organisation").textContent = person ? person.organisation ?? "" : whoOf(scan, null);
    this.part("answer-place").textContent = this.placeOf(scan.point);
    this.part("local").hidden = !result.isLocal;
    this.part("undo").hidden = !isPassed(result.outcome);
    this.part("exception").hidden = !this.onException || isPassed(result.outcome) || result.outcome === "kept" || !person;
    this.fill("tags", person ? [person.sector_label, person.type === "participant" ? "" : person.type_label] : [], "span");
    if (person?.type !== "participant") this.part("tags").lastElementChild?.classList.toggle("is-strong", Boolean(person?.type_label));
    this.fill("notes", person?.notes ?? [], "li");
    this.open();
    this.announce([result.message, person?.name, person?.organisation, ...(person?.notes ?? []), result.isLocal ? say("local") : ""]);
    play(tone, this);
    if (this.isHandsFree && !this.isQuiet) speak(result.message);
    const lasts = SHOWN_FOR[this.isHandsFree ? "free" : "desk"][tone];
    const hasNotes = Boolean(person?.notes?.length);
    clearTimeout(this.timer);
    if (lasts && (this.isHandsFree || !hasNotes)) this.timer = setTimeout(() => this.hide(), lasts + (hasNotes ? LONGER_FOR_NOTES : 0));
  }

  open() {
    if (this.panel.hidden) this.focused = document.activeElement;
    this.root.dataset.state = "answered";
    this.panel.hidden = false;
    // What the answer covers cannot be reached by Tab either.
    for (const part of this.behind) part.inert = true;
    this.panel.classList.remove("is-new");
    void this.panel.offsetWidth;
    this.panel.classList.add("is-new");
    this.fit();
  }

  hide() {
    clearTimeout(this.timer);
    if (this.panel.hidden) return;
    const hadFocus = this.panel.contains(document.activeElement) || document.activeElement === document.body;
    this.panel.hidden = true;
    for (const part of this.behind) part.inert = false;
    this.root.dataset.state = "ready";
    if (hadFocus) (this.root.contains(this.focused) ? this.focused : this.root).focus({ preventScroll: true });
    this.dispatchEvent(new Event("gone"));
  }

  /** Forget whom it was about, on the screen and for those who hear it. */
  forget() {
    this.hide();
    this.shown = null;
    for (const name of ["word", "person", "organisation"]) this.part(name).textContent = "";
    for (const name of ["tags", "notes"]) this.fill(name, []);
    this.announce([]);
  }

  fill(name, texts, tag) {
    const kept = texts.filter(Boolean).map((text) => Object.assign(document.createElement(tag), { textContent: text }));
    this.part(name).replaceChildren(...kept);
    this.part(name).hidden = kept.length === 0;
  }

  /** The same words twice in a row are said twice: a screen reader hears only what changes. */
  announce(parts) {
    this.said.textContent = "";
    requestAnimationFrame(() => { this.said.textContent = parts.filter(Boolean).join(". "); });
  }

  /** The largest size at which the name stays inside the screen, its longest word unbroken. */
  fit() {
    const name = this.part("person");
    if (this.panel.hidden || !name.textContent) return;
    let [low, high] = [SMALLEST, innerWidth < 960 ? LARGEST.narrow : LARGEST.wide];
    name.classList.remove("is-broken");
    while (high - low > 1) {
      const middle = (low + high) / 2;
      name.style.fontSize = `${middle}px`;
      const fits = name.scrollWidth <= name.clientWidth && this.main.scrollHeight <= this.main.clientHeight && name.offsetHeight <= middle * 3.6;
      if (fits) low = middle; else high = middle;
    }
    name.style.fontSize = `${low}px`;
    name.classList.toggle("is-broken", name.scrollWidth > name.clientWidth);
  }
}
