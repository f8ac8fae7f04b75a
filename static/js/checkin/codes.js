/* Codes as they arrive from fingers and handhelds: folded like on the server, and told apart from names. */

const LOOKALIKES = { I: "1", L: "1", O: "0" };
const FULL = /EV1:[0-9A-HJKMNP-TV-Z]{24}/;
const SHORT = /^[0-9A-HJKMNP-TV-Z]{6,8}$/;

/** Fold what was typed for a readable code, as `eventsys.kernel.tokens.as_typed` does: case, blanks, hyphens, I, L and O. */
export function asTyped(text) {
  return text.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}:]/gu, "").replace(/[ILO]/g, (letter) => LOOKALIKES[letter]);
}

/** The code of a badge somewhere in what came, without what a scanner sends before and after it, or null. */
export function fullCode(text) {
  return asTyped(text).match(FULL)?.[0] ?? null;
}

/** What may be the short code under a QR, folded, or null. */
export function shortCode(text) {
  const folded = asTyped(text);
  return SHORT.test(folded) ? folded : null;
}

/** Whether it is a code rather than a name: names hold no figures. */
export function isSurelyCode(text) {
  return fullCode(text) !== null || (/\d/.test(text) && shortCode(text) !== null);
}
