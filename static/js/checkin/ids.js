/* Ids that a device makes for what it asks: asked again under one, the server does nothing twice. */

/** A UUID also where the page came without HTTPS, as to a desk in a hall. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
