/* Which device this browser is: its token stays in this browser's storage, and leaves it in no address. */

import { call, Refused } from "./api.js";

const place = (slug) => `eventsys-door:${slug}`;

/** The token kept for an event, or null. */
export function keptToken(slug) {
  return localStorage.getItem(place(slug));
}

export function forgetToken(slug) {
  localStorage.removeItem(place(slug));
}

/** Take the token that a device's link carries behind its #, and wipe it from the address and the history. */
export async function openByLink() {
  const token = decodeURIComponent(location.hash.slice(1));
  const slug = new URLSearchParams(location.search).get("event");
  if (!token) return slug && keptToken(slug) ? about(keptToken(slug)) : null;
  const told = await about(token);
  localStorage.setItem(place(told.event.slug), token);
  history.replaceState(null, "", `${location.pathname}?event=${encodeURIComponent(told.event.slug)}`);
  return told;
}

/** What the server tells a device of itself. */
export async function about(token) {
  return { token, ...(await call("/api/v1/checkin/device", { token })) };
}

/** Become a device of the person who signed in. */
export async function become({ url, csrf, name, slug }) {
  const body = new FormData();
  body.set("csrf_token", csrf);
  body.set("name", name);
  const response = await fetch(url, { method: "POST", body, credentials: "same-origin", redirect: "error" });
  if (!response.ok) throw new Refused(response.status, "");
  const { token } = await response.json();
  localStorage.setItem(place(slug), token);
  return about(token);
}
