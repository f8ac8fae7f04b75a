/* How a browser becomes the device of a door: as the person who signed in, by a device's link, or by an organiser's QR and PIN. */

import { Ended, NoNetwork, Refused } from "./api.js";
import { Door, NoDevice } from "./door.js";
import { say } from "./words.js";

const PAIR = "pair-";

export class Beginning {
  /** `onOpen(door)` once there is one and somebody pressed the button (or the page was only reloaded); `onEnded(told)` where there is none any more. */
  constructor(root, { onOpen, onEnded }) {
    Object.assign(this, { root, onOpen, onEnded, door: null, secret: null });
    this.form = root.querySelector("[data-start]");
    this.part = (name) => this.form.querySelector(`[data-${name}]`);
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.begin(); });
  }

  /** Find out which device this is. */
  arrive() {
    this.arrived = this.lookAround();
    return this.arrived;
  }

  async lookAround() {
    const asked = decodeURIComponent(location.hash.slice(1));
    const slug = this.root.dataset.slug || new URLSearchParams(location.search).get("event") || null;
    if (asked.startsWith(PAIR)) this.askPin(asked.slice(PAIR.length));
    else await this.find(slug, asked || null);
    this.root.dataset.state = this.root.dataset.state === "waiting" ? "here" : this.root.dataset.state;
  }

  async find(slug, token) {
    try {
      await this.take(await Door.open({ slug, token }));
      if (this.door && sessionStorage.getItem(runningOf(this.door.event.slug))) await this.start();
    } catch (error) {
      if (error instanceof NoDevice && error.isEnded) this.onEnded(error);
      else if (error instanceof NoDevice) this.lack();
      else if (error instanceof Ended) this.onEnded({ slug, unsent: 0 });
      else if (error instanceof NoNetwork) this.tell(say("offline_first"));
      else throw error;
    }
  }

  /** Who signed in becomes a device by naming the desk; anybody else needs a link. */
  lack() {
    if (this.root.dataset.become) return;
    this.part("begin").hidden = true;
    this.part("event-name").textContent = say("no_link");
  }

  askPin(secret) {
    this.secret = secret;
    this.part("pin-field").hidden = false;
    this.part("event-name").textContent = say("pairing");
    this.part("pin").required = true;
    this.part("pin").focus();
  }

  async begin() {
    this.tell("");
    this.form.ariaBusy = "true";
    this.part("begin").disabled = true;
    try {
      // Whoever is quicker than the page meant the device of this link, not a new one.
      await this.arrived;
      if (this.root.dataset.state === "ready") return;
      if (!this.door) await this.take(await this.become());
      await this.start();
    } catch (error) {
      this.refuse(error);
    } finally {
      this.form.ariaBusy = null;
      this.part("begin").disabled = false;
    }
  }

  become() {
    if (this.secret) return Door.pair(this.secret, this.part("pin").value.replace(/\D/g, ""));
    const { become: url, csrf, slug } = this.root.dataset;
    return Door.become({ url, csrf, slug, name: this.form.elements.name.value });
  }

  refuse(error) {
    this.tell(error instanceof NoNetwork ? say("offline_first") : (error instanceof Refused || error instanceof Ended) && error.message ? error.message : say("not_begun"));
    if (!this.secret) return;
    this.part("pin").value = "";
    this.part("pin").setAttribute("aria-invalid", "true");
    this.part("pin").focus();
  }

  tell(words) { this.part("start-wrong").textContent = words; }

  /** The token leaves the address and the history; the event stays, so that the page can be reloaded. */
  async take(door) {
    // A screen that only shows figures has a page of its own, which finds the device that this browser is now.
    if (door.device.role === "wall") { location.replace("/checkin/wall"); return; }
    this.door = door;
    this.secret = null;
    if (!this.root.dataset.slug) history.replaceState(null, "", `${location.pathname}?event=${encodeURIComponent(door.event.slug)}`);
    this.part("event-name").textContent = door.event.title;
    document.querySelector("[data-event-title]").textContent = `: ${door.event.title}`;
    this.part("pin-field").hidden = true;
    this.part("pin").required = false;
    const name = this.part("name-field");
    if (name) { name.hidden = true; name.querySelector("input").required = false; }
  }

  async start() {
    if (!this.door) return;
    sessionStorage.setItem(runningOf(this.door.event.slug), "1");
    this.form.hidden = true;
    this.root.dataset.state = "ready";
    this.root.focus({ preventScroll: true });
    await this.onOpen(this.door);
  }

  /** A fresh beginning after the end: the next reload asks again. */
  static stop(slug) { sessionStorage.removeItem(runningOf(slug)); }
}

const runningOf = (slug) => `eventsys-door-running:${slug}`;
