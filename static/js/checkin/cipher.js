/* Sealing what lies in the browser's database, and hashing codes as the server did. */

// Only pages of a secure context (HTTPS, or localhost) have it; a hall's plain http does not.
const subtle = globalThis.crypto?.subtle;
export const canSeal = Boolean(subtle);

const text = new TextEncoder();
const letters = new TextDecoder();

/** A key of this browser that no script can read out, not even ours. */
export const newKey = () => subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/** `value` as JSON under a key; `label` says what it is, so that no sealed thing passes for another. */
export async function seal(key, value, label) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(label) }, key, text.encode(JSON.stringify(value)));
  return { iv, data };
}

/** What was sealed. Throws where the key or the label is another. */
export async function unseal(key, { iv, data }, label) {
  const opened = await subtle.decrypt({ name: "AES-GCM", iv, additionalData: text.encode(label) }, key, data);
  return JSON.parse(letters.decode(opened));
}

/** A function that hashes folded codes as eventsys/checkin/queries/snapshot.py does, with a key made from the token. */
export async function codeHasher(token) {
  const way = { name: "HMAC", hash: "SHA-256" };
  const master = await subtle.importKey("raw", text.encode(token), way, false, ["sign"]);
  const made = await subtle.sign("HMAC", master, text.encode("eventsys codes"));
  const key = await subtle.importKey("raw", made, way, false, ["sign"]);
  return async (code) => {
    const digest = new Uint8Array(await subtle.sign("HMAC", key, text.encode(code)), 0, 12);
    return btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_");
  };
}

/** A code as it was issued, however it was typed: case, blanks, hyphens and the look-alikes I, L and O. */
export function folded(code) {
  const kept = [...[...code].slice(0, 60).join("").toUpperCase()].filter((letter) => /[\p{L}\p{N}:]/u.test(letter)).join("");
  return kept.replace(/[IL]/g, "1").replaceAll("O", "0");
}
