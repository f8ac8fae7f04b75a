/* Who was typed in without a network and is not registered yet: what waits, and what the server would not take. */

import { part } from "./latest.js";
import { timeOf } from "./wording.js";
import { say } from "./words.js";

export class Kept {
  /** `onOpen(entry)` shows the form as it was typed. */
  constructor(sheet, desk, { onOpen }) {
    Object.assign(this, { sheet, desk, onOpen });
    this.list = sheet.querySelector("[data-desk-list]");
    this.said = sheet.querySelector("[data-desk-said]");
    this.way = document.querySelector("[data-desk-go='kept']");
    this.badge = this.way.querySelector("[data-desk-kept]");
    desk.door.addEventListener("unsent", () => this.count());
    this.count();
  }

  count() {
    const kept = this.desk.door.kept;
    this.way.hidden = kept.length === 0;
    this.badge.textContent = kept.length;
    if (this.sheet.open) this.draw();
  }

  forget() { this.list.replaceChildren(); }

  open() {
    this.draw();
    this.desk.open(this.sheet);
  }

  draw() {
    const kept = this.desk.door.kept;
    this.said.textContent = kept.length ? "" : say("desk.kept_none");
    this.list.replaceChildren(...kept.map((entry) => this.line(entry)));
  }

  line(entry) {
    const { scan, state, deed } = entry;
    const line = document.createElement("li");
    const who = part("div", "found-who", "");
    const name = part("strong", "found-name", deed.name);
    name.dir = "auto";
    const words = [timeOf(scan.at, this.desk.door.event.timezone), deed.organisation].filter(Boolean).join(" · ");
    who.append(name, part("span", "found-state", state === "refused" ? deed.message : say("desk.kept_waits")), part("span", "found-words num", words));
    line.append(who);
    if (state === "refused") line.append(this.deeds(entry));
    return line;
  }

  deeds(entry) {
    const deeds = part("div", "found-deeds", "");
    const open = this.button("button", say("desk.kept_open"), entry, () => { this.sheet.close(); this.onOpen(entry); });
    const drop = this.button("button quiet", say("desk.kept_drop"), entry, () => {
      // Nobody else has this name: it takes two presses.
      if (!drop.classList.replace("quiet", "grave")) return this.desk.door.dropKept(entry.id);
      drop.textContent = say("desk.kept_drop_sure");
      return drop.removeAttribute("aria-label");
    });
    deeds.append(drop, open);
    return deeds;
  }

  button(className, label, { deed }, act) {
    const button = Object.assign(part("button", className, label), { type: "button" });
    button.setAttribute("aria-label", `${label}: ${deed.name}`);
    button.addEventListener("click", act);
    return button;
  }
}
