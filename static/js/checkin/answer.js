/* The answer: the whole screen says it in colour, shape, words and sound, and the name is as large as it fits. */

import { play } from "./sound.js";
import { say } from "./words.js";

const TONES = {
  admitted: "good", left: "good",
  already_in: "attention", too_early: "attention", too_late: "attention", wrong_point: "attention", kept: "attention",
};
const SHOWN_FOR = 2600;
const LARGEST = { narrow: 76, wide: 128 };
const SMALLEST = 19;

export const toneOf = (outcome) => TONES[outcome] ?? "bad";

export class Answer {
  constructor(root, { onUndo }) {
    this.root = root;
    this.panel = root.querySelector("[data-answer]");
    this.said = root.querySelector("[data-said]");
    this.part = (name) => this.panel.querySelector(`[data-${name}]`);
    this.part("next").addEventListener("click", () => this.hide());
    this.part("undo").addEventListener("click", () => onUndo(this.shown));
    this.panel.querySelector(".answer-main").addEventListener("click", () => this.hide());
    addEventListener("resize", () => this.fit());
  }

  /** Draw what the door said of `scan`; good news goes away by itself, everything else waits for the next scan. */
  show(scan, result, { place, isQuiet }) {
    const tone = toneOf(result.outcome);
    const person = result.attendee;
    this.shown = { scan, result };
    this.panel.dataset.tone = tone;
    this.panel.dataset.outcome = result.outcome;
    this.part("word").textContent = result.message;
    this.part("person").textContent = person?.name ?? "";
    this.part("organisation").textContent = person ? person.organisation : say("code", { code: scan.code.slice(-8) });
    this.part("answer-place").textContent = place;
    this.part("undo").hidden = !["admitted", "left"].includes(result.outcome);
    this.fill("tags", person ? [person.sector_label, person.type_label] : [], "span");
    this.fill("notes", person?.notes ?? [], "li");
    this.root.dataset.state = "answered";
    this.panel.hidden = false;
    this.panel.classList.remove("is-new");
    void this.panel.offsetWidth;
    this.panel.classList.add("is-new");
    this.fit();
    this.announce([result.message, person?.name, person?.organisation, ...(person?.notes ?? [])]);
    play(tone, { isQuiet });
    clearTimeout(this.timer);
    const hasNotes = Boolean(person?.notes?.length);
    if (tone === "good" && !hasNotes) this.timer = setTimeout(() => this.hide(), SHOWN_FOR);
  }

  hide() {
    clearTimeout(this.timer);
    if (this.panel.hidden) return;
    const hadFocus = this.panel.contains(document.activeElement);
    this.panel.hidden = true;
    this.root.dataset.state = "ready";
    if (hadFocus) this.root.focus({ preventScroll: true });
  }

  get isShown() { return !this.panel.hidden; }

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
    const main = this.panel.querySelector(".answer-main");
    let [low, high] = [SMALLEST, innerWidth < 960 ? LARGEST.narrow : LARGEST.wide];
    name.classList.remove("is-broken");
    while (high - low > 1) {
      const middle = (low + high) / 2;
      name.style.fontSize = `${middle}px`;
      const fits = name.scrollWidth <= name.clientWidth && main.scrollHeight <= main.clientHeight && name.offsetHeight <= middle * 3.6;
      if (fits) low = middle; else high = middle;
    }
    name.style.fontSize = `${low}px`;
    name.classList.toggle("is-broken", name.scrollWidth > name.clientWidth);
  }
}

/** What is shown of a scan that waits for the network: it was not judged, so nobody is welcomed. */
export function keptAnswer(scan, unsent, { reason = "kept", name = "" } = {}) {
  return {
    id: scan.id, outcome: "kept", message: say(reason, { n: unsent }), first: null,
    attendee: { name: name || say("code", { code: scan.code.slice(-8) }), organisation: "", notes: [] },
  };
}
