/* How a browser becomes a device of an event, and finds again that it is one. */

import { call, Ended, Refused } from "./api.js";
import { devices, unsentOf, Vault, wipeEnded } from "./vault.js";

export class NoDevice extends Error {
  /** `unsent` scans wait here for the event `slug` until the browser is paired again or they are thrown away. */
  constructor({ slug = null, title = "", unsent = 0, isEnded = false } = {}) {
    super("this browser is no device of the event");
    Object.assign(this, { slug, title, unsent, isEnded });
  }
}

/** The vault of a device of this browser, opened: {vault, device, secret}. Without a network too, unless `token` is new.

    Throws NoDevice; with a token also Ended and NoNetwork. */
export async function begin({ slug, token }) {
  await wipeEnded((device) => Date.now() + (device.offset ?? 0));
  const given = token ?? formerToken(slug);
  if (given) return await holder(given) ?? taken(given, slug);
  const known = await devicesOf(slug);
  const [found = null] = known.filter((device) => device.hasSecret);
  if (!found) throw await nobody(known[0], slug);
  const vault = await Vault.of(found.event);
  try {
    const { secret, ...device } = await vault.device();
    return { vault, device, secret };
  } catch {
    // Sealed under a key that is gone: nobody can read it any more.
    await vault.wipe();
    throw await nobody(found, slug);
  }
}

const devicesOf = async (slug) => (await devices()).filter((device) => !slug || device.slug === slug);

/** The device that holds this token already: its link is opened again, perhaps without a network. */
async function holder(token) {
  for (const { event } of (await devices()).filter((device) => device.hasSecret)) {
    const vault = await Vault.of(event);
    const { secret, ...device } = await vault.device().catch(() => null) ?? {};
    if (secret?.token === token) return { vault, device, secret };
  }
  return null;
}

/** A link that has ended may be the one of a device that was wiped here: what it left unsent is told. */
async function taken(token, slug) {
  try {
    return await take(token);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    const left = (await devicesOf(slug)).find((device) => !device.hasSecret);
    throw left ? await nobody(left, slug) : error;
  }
}

async function nobody(device, slug) {
  if (!device) return new NoDevice({ slug });
  return new NoDevice({ slug: device.slug, title: device.title, isEnded: true, unsent: await unsentOf(device.event) });
}

/** Keep a token as this browser's device of its event. Scans that an earlier one left behind are sent with it. */
async function take(token) {
  const told = await call("/api/v1/checkin/device", { token });
  let vault = await Vault.of(told.event.id);
  const before = await vault.device().catch(() => null);
  if (before?.secret?.token === token) return { vault, device: before, secret: before.secret };
  // Codes are hashed under the token: who was known by another cannot be found by this one. Older tabs are told first.
  tell(vault.event, { hasEnded: true, mark: vault.mark });
  await vault.wipe();
  vault = await Vault.of(told.event.id);
  const device = { slug: told.event.slug, title: told.event.title, expires_at: told.device.expires_at, offset: before?.offset ?? 0 };
  const secret = { token, told, cursor: null, heard: {} };
  await vault.saveDevice(device, secret);
  return { vault, device, secret };
}

/** The token for an organiser's QR and the PIN beside it. Throws Refused with a sentence to show. */
export async function pair(pairing, pin, version) {
  const { token } = await call("/api/v1/checkin/pairing", { body: { pairing, pin, version } });
  return token;
}

/** The token of a device of the person who signed in. */
export async function become({ url, csrf, name }) {
  const body = new FormData();
  body.set("csrf_token", csrf);
  body.set("name", name);
  const response = await fetch(url, { method: "POST", body, credentials: "same-origin", redirect: "error" });
  if (!response.ok) throw new Refused(response.status, "");
  return (await response.json()).token;
}

/** Throw the unsent scans of an event away, here and in other tabs. */
export async function discard(slug) {
  for (const { event } of (await devices()).filter((device) => device.slug === slug)) {
    await (await Vault.of(event)).discard();
    tell(event, { areScansGone: true });
  }
}

/** The channel between the tabs of an event's device; null where the browser has none. */
export function channelOf(event) {
  return globalThis.BroadcastChannel ? new BroadcastChannel(`eventsys-door-${event}`) : null;
}

function tell(event, news) {
  const channel = channelOf(event);
  channel?.postMessage(news);
  channel?.close();
}

/** The token that earlier editions kept in the open; it is taken from there for good. */
function formerToken(slug) {
  const place = `eventsys-door:${slug}`;
  const token = slug && localStorage.getItem(place);
  if (token) localStorage.removeItem(place);
  return token;
}
