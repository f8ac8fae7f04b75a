/* The desk beside the scanner: somebody new, one person whole, those who were refused. Everything goes to the server:
   a seat is given by nobody else, so without a network who comes anew is kept and nothing is promised. */

import { NoNetwork } from "./api.js";
import { Kept } from "./desk_kept.js";
import { Newcomer } from "./desk_new.js";
import { Person } from "./desk_person.js";
import { newId } from "./ids.js";
import { part } from "./latest.js";
import { say } from "./words.js";

const dialogs = (name) => document.querySelector(`dialog#${name}`);

/** What the sheets share: the door's server, the point, the answer, and the printing of badges. */
class Desk {
  constructor({ door, open, present, point }) {
    Object.assign(this, { door, open, tell: present, way: point });
  }

  get point() { return this.way().point; }

  call(path, body) { return this.door.call(`desk/${path}`, body ? { body, within: 10_000 } : { within: 8000 }); }

  /** Who was helped is answered like a scan; where something went wrong with the badge, it is said below the name. */
  present(id, result, badge) {
    const notes = badge?.state === "failed" ? [badge.message] : [];
    const attendee = result.attendee && { ...result.attendee, notes: [...(result.attendee.notes ?? []), ...notes] };
    this.tell({ id, code: "", point: this.point, at: this.door.clock().toISOString() }, { ...result, attendee });
    this.door.sync?.();
  }

  async printBadge(number) {
    if (!this.door.device.has_printer) return this.openBadge(`badge/${number}.pdf`);
    return (await this.door.call("print", { body: { registration: number, request_id: newId() } })).message;
  }

  /** The browser's own print: the sheet has the badge's size, the device's token stays out of every address. */
  async openBadge(path) {
    const tab = window.open("", "_blank");
    try {
      const file = await this.door.file(path);
      const url = URL.createObjectURL(file);
      if (tab) tab.location.replace(url); else location.assign(url);
      return say("desk.printing");
    } catch (error) {
      tab?.close();
      throw error;
    }
  }
}

class Refused {
  constructor(desk, person) {
    Object.assign(this, { desk, person, sheet: dialogs("desk-refused") });
    this.list = this.sheet.querySelector("[data-desk-list]");
    this.said = this.sheet.querySelector("[data-desk-said]");
    this.badge = document.querySelector("[data-desk-refused]");
  }

  forget() { this.list.replaceChildren(); }

  async load() {
    const { exceptions } = await this.desk.call("exceptions");
    this.badge.textContent = exceptions.length;
    this.badge.hidden = exceptions.length === 0;
    return exceptions;
  }

  async open() {
    this.list.replaceChildren();
    this.said.textContent = "";
    this.desk.open(this.sheet);
    try {
      const found = await this.load();
      this.said.textContent = found.length ? say("desk.some", { n: found.length }) : say("desk.nobody");
      this.list.replaceChildren(...found.map((one) => this.line(one)));
    } catch (error) {
      this.said.textContent = (!(error instanceof NoNetwork) && error.message) || say("desk.no_network_act");
    }
  }

  line(one) {
    const line = document.createElement("li");
    const who = part("div", "found-who", "");
    const name = part("strong", "found-name", one.person.name);
    name.dir = "auto";
    who.append(name, part("span", "found-state", one.message), part("span", "found-words num", `${one.time} · ${one.point_name} · ${one.device}`));
    const button = part("button", "button", say("desk.help"));
    button.type = "button";
    button.setAttribute("aria-label", `${say("desk.help")}: ${one.person.name}`);
    button.addEventListener("click", () => { this.sheet.close(); this.person.open(one.person.registration, one); });
    line.append(who, button);
    return line;
  }
}

/** Open the desk for a device that may help. `open(dialog)` shows a sheet, `point()` says where this device scans. */
export function mount(given) {
  const desk = new Desk(given);
  const menu = dialogs("desk");
  const newcomer = new Newcomer(dialogs("desk-new"), desk, { onDone: (id) => person.open(id) });
  newcomer.prepare();
  const person = new Person(dialogs("desk-person"), desk, { onNew: (what, one) => newcomer.open(what, one) });
  const refused = new Refused(desk, person);
  const kept = new Kept(dialogs("desk-kept"), desk, { onOpen: (entry) => newcomer.reopen(entry) });
  const ways = { new: () => newcomer.open("walk_in"), kept: () => kept.open(), find: () => document.querySelector("[data-open='find']").click(), refused: () => refused.open() };
  for (const button of menu.querySelectorAll("[data-desk-go]")) {
    button.addEventListener("click", () => { menu.close(); ways[button.dataset.deskGo](); });
  }
  for (const button of document.querySelectorAll("[data-desk-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  return {
    open() {
      desk.open(menu);
      menu.querySelector("[data-desk-go]").focus();
      refused.load().catch(() => { /* The number is missing without a network, the way to the list is not. */ });
    },
    person: (id) => person.open(id),
    /** The device has ended: names go. */
    forget() { for (const sheet of [newcomer, person, refused, kept]) sheet.forget(); },
    /** Somebody was refused here, or is in already: their sheet, with what can be done about this very scan. */
    async exception({ scan }) {
      given.answer.hide();
      const id = given.door.whose(scan.id);
      try {
        const one = (await refused.load()).find((line) => line.scan === scan.id);
        if (one) return person.open(one.person.registration, one);
      } catch { /* The list and the sheet say that there is no network. */ }
      return id ? person.open(id) : refused.open();
    },
  };
}
