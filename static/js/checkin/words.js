/* The page's own words, written by the server in the reader's language. */

const words = new Map(
  [...document.querySelectorAll("[data-words] > div")].map((pair) => [pair.children[0].textContent, pair.children[1].textContent]),
);

/** A sentence by its key, with its {places} filled. */
export function say(key, places = {}) {
  return (words.get(key) ?? "").replace(/\{(\w+)\}/g, (_whole, name) => places[name] ?? "");
}


/** The name of a scan's person, or its code where nobody is known by it. */
export function whoOf(scan, result) {
  return result?.attendee?.name || say("code", { code: String(scan?.code ?? "").slice(-8) });
}
