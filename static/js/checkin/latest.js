/* The last scans of this device, newest first, each with what became of it since. */

import { isPassed, toneOf } from "./answer.js";
import { say, whoOf } from "./words.js";

const MOST = 30;

export class Latest {
  /** The zone of the event, whose time the other desks are told in too. */
  zone = undefined;

  constructor({ onUndo }) {
    this.lists = [...document.querySelectorAll("[data-latest]")];
    this.empty = [...document.querySelectorAll("[data-latest-empty]")];
    this.onUndo = onUndo;
    this.entries = [];
  }

  /** Add a scan, or tell what it was answered since. */
  note(scan, result) {
    const known = this.find(scan.id);
    if (known) known.result = { ...result, attendee: result.attendee ?? known.result.attendee };
    else this.entries.unshift({ scan, result, isUndone: false });
    this.entries.length = Math.min(this.entries.length, MOST);
    this.draw();
  }

  forget() {
    this.entries = [];
    this.draw();
  }

  find(id) { return this.entries.find((entry) => entry.scan.id === id); }

  undone(id) {
    const entry = this.find(id);
    if (entry) entry.isUndone = true;
    this.draw();
  }

  draw() {
    for (const list of this.lists) list.replaceChildren(...this.entries.map((entry) => this.line(entry)));
    for (const words of this.empty) words.hidden = this.entries.length > 0;
  }

  line({ scan, result, isUndone }) {
    const line = document.createElement("li");
    line.className = `scan-line ${toneOf(result.outcome)}`;
    line.classList.toggle("is-undone", isUndone);
    const time = new Date(scan.at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: this.zone,
    });
    const words = [isUndone ? say("undone") : result.message, result.isLocal ? say("local") : ""].filter(Boolean).join(" · ");
    line.append(part("span", "scan-time num", time), part("span", "scan-name", whoOf(scan, result)), part("span", "scan-word", words));
    if (!isUndone && isPassed(result.outcome)) {
      const button = part("button", "button quiet small", say("undo"));
      button.type = "button";
      button.setAttribute("aria-label", `${say("undo")}: ${result.attendee?.name ?? ""}`);
      button.addEventListener("click", () => this.onUndo({ scan, result }));
      line.append(button);
    }
    return line;
  }
}

export function part(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
