/* The page's own words, written by the server in the reader's language. */

const words = new Map(
  [...document.querySelectorAll("[data-words] > div")].map((pair) => [pair.children[0].textContent, pair.children[1].textContent]),
);

/** A sentence by its key, with its {places} filled. */
export function say(key, places = {}) {
  return (words.get(key) ?? "").replace(/\{(\w+)\}/g, (_whole, name) => places[name] ?? "");
}
