/* The kiosk's words in all its languages: changing one must not load the page anew, which would end the full screen. */

const spoken = new Map([...document.querySelectorAll("[data-spoken]")].map((list) => [list.lang, {
  direction: list.dir,
  words: new Map([...list.children].map((pair) => [pair.children[0].textContent, pair.children[1].textContent])),
}]));

const own = document.documentElement.lang;
let current = own;

export const language = () => current;

/** A sentence by its key, with its {places} filled. */
export function say(key, places = {}) {
  const words = spoken.get(current)?.words.get(key) ?? "";
  return words.replace(/\{(\w+)\}/g, (_whole, name) => places[name] ?? "");
}

/** Speak another language, or that of the house again. What the page says by a key is said anew. */
export function speak(tag = own) {
  if (!spoken.has(tag)) return;
  current = tag;
  document.documentElement.lang = tag;
  document.documentElement.dir = spoken.get(tag).direction;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === tag));
}
