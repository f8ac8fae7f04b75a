/* Finding a person by name or code, for badges forgotten at the hotel. */

import { NoNetwork } from "./api.js";
import { part } from "./latest.js";
import { say } from "./words.js";

const PAUSE = 180;
// What is printed under a QR: no blanks, and a figure among the letters unless it is a whole code.
const CODE = /^(EV1:|(?=[0-9A-Z-]*[0-9])[0-9A-Z-]{6,10}$)/i;

export class Finder {
  constructor(dialog, { search, onCode, direction }) {
    Object.assign(this, { dialog, search, onCode, direction });
    this.words = dialog.querySelector("input");
    this.list = dialog.querySelector("[data-found]");
    this.status = dialog.querySelector("[data-find-status]");
    this.words.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.look(), PAUSE); });
    dialog.querySelector("form").addEventListener("submit", (event) => this.submit(event));
    dialog.addEventListener("close", () => this.empty());
  }

  open() {
    this.empty();
    this.dialog.showModal();
    this.words.focus();
  }

  empty() {
    this.words.value = "";
    this.status.textContent = "";
    this.list.replaceChildren();
  }

  submit(event) {
    event.preventDefault();
    const typed = this.words.value.trim();
    if (CODE.test(typed)) this.take(typed, "");
    else this.look();
  }

  take(code, name) {
    this.dialog.close();
    this.onCode(code, name);
  }

  async look() {
    const asked = this.words.value.trim();
    clearTimeout(this.timer);
    if (!asked) { this.list.replaceChildren(); this.status.textContent = ""; return; }
    try {
      const people = await this.search(asked);
      if (asked === this.words.value.trim()) this.draw(people);
    } catch (error) {
      this.list.replaceChildren();
      this.status.textContent = error instanceof NoNetwork ? say("no_search") : error.message || say("ended");
    }
  }

  draw(people) {
    this.status.textContent = people.length ? say("found", { n: people.length }) : say("nobody");
    this.list.replaceChildren(...people.map((person) => this.line(person)));
  }

  line(person) {
    const line = document.createElement("li");
    const who = part("div", "found-who", "");
    const state = person.is_inside ? say("already") : person.state === "confirmed" ? "" : person.state_label;
    who.append(part("strong", "found-name", person.name), part("span", "found-words", [person.organisation, person.sector_label].filter(Boolean).join(" · ")));
    if (state) who.append(part("span", "found-state", state));
    line.append(who);
    if (person.code) {
      const label = this.direction() === "out" ? say("let_out") : say("admit");
      const button = part("button", state ? "button quiet" : "button", label);
      button.type = "button";
      button.setAttribute("aria-label", `${label}: ${person.name}`);
      button.addEventListener("click", () => this.take(person.code, person.name));
      line.append(button);
    } else {
      line.append(part("span", "found-state", say("no_ticket")));
    }
    return line;
  }
}
