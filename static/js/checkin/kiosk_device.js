/* The kiosk as a device: its token, its pairing, and the sign of life it gives. It keeps no person, so it has no vault. */

import { call, Ended } from "./api.js";

const PLACE = "eventsys-kiosk";
const EVERY = 30_000;

export class NotAKiosk extends Error {}

/** Take what the address carries behind its #, and wipe it from there: {secret} of a code, or {token} of a link. */
export function broughtAlong() {
  const brought = decodeURIComponent(location.hash.slice(1));
  if (!brought) return {};
  history.replaceState(null, "", location.pathname);
  return brought.startsWith("pair-") ? { secret: brought.slice("pair-".length) } : { token: brought };
}

export class Kiosk {
  /** The kiosk that this browser is, or becomes by `token`; null where it is none. Throws Ended, NoNetwork, NotAKiosk. */
  static async open(token = localStorage.getItem(PLACE)) {
    if (!token) return null;
    try {
      return new Kiosk(token, await call("/api/v1/checkin/device", { token }));
    } catch (error) {
      if (error instanceof Ended) localStorage.removeItem(PLACE);
      throw error;
    }
  }

  /** Become a kiosk by an organiser's code and the PIN beside it. Throws Refused with a sentence. */
  static async pair(secret, pin, version) {
    const told = await call("/api/v1/checkin/pairing", { body: { pairing: secret, pin, version } });
    return new Kiosk(told.token, told);
  }

  constructor(token, { event, device }) {
    if (!device.may.includes("serve")) throw new NotAKiosk();
    Object.assign(this, { token, event, device });
    localStorage.setItem(PLACE, token);
  }

  /** Ask the kiosk's own door, in the language of whoever stands there. */
  async ask(what, body, language) {
    try {
      return await call(`/api/v1/events/${this.event.slug}/checkin/kiosk/${what}?lang=${language}`, { token: this.token, body });
    } catch (error) {
      if (error instanceof Ended) this.forget();
      throw error;
    }
  }

  forget() { localStorage.removeItem(PLACE); }

  /** Tell the server every half minute that this kiosk is there; `onHeard(error)` hears each answer, or what went wrong. */
  keepInTouch(version, onHeard) {
    const tell = async () => {
      const battery = await navigator.getBattery?.().catch(() => null);
      const told = { unsent: 0, version, clock: new Date().toISOString() };
      if (battery) Object.assign(told, { battery: Math.round(battery.level * 100), is_charging: battery.charging });
      try {
        await call(`/api/v1/events/${this.event.slug}/checkin/contact`, { token: this.token, body: told });
        onHeard(null);
      } catch (error) {
        if (error instanceof Ended) this.forget();
        onHeard(error);
        if (error instanceof Ended) return;
      }
      this.next = setTimeout(tell, EVERY);
    };
    this.tellNow = () => { clearTimeout(this.next); tell(); };
    addEventListener("online", this.tellNow);
    tell();
  }
}
