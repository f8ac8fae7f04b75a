/* Names as one looks for them: folded to Latin letters as the server folds them, and by how they sound or are spelt elsewhere. */

import { HANGUL, japanese, KANA, korean } from "./readings.js";

let anyAscii = null;

/** Have the table of all scripts ready (half a megabyte, loaded once); false where it cannot be had. Names in plain ASCII are
 *  folded without it, others by their accents alone. */
export async function loadScripts() {
  try {
    anyAscii ??= (await import("../../vendor/any-ascii/any-ascii.js")).default;
    return true;
  } catch {
    return false;
  }
}

// What Python calls combining (canonical class other than 0), for the scripts in which names are written.
const MARKS = /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u093c\u094d\u09bc\u09cd\u0a3c\u0a4d\u0abc\u0acd\u0b3c\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u0e38-\u0e3a\u0e48-\u0e4b\u1ab0-\u1abd\u1dc0-\u1dff\u20d0-\u20dc\u20e1\u3099\u309a\ufe20-\ufe2f]/g;
// eslint-disable-next-line no-control-regex -- ASCII is what is meant.
const ASCII = /^[\x00-\x7f]*$/;

/** Words folded for search as `eventsys.kernel.text.search_key` does: accents off, Latin letters, lower case, one blank between words. */
export function searchKey(text) {
  let folded = text;
  if (!ASCII.test(text)) {
    const bare = text.normalize("NFKD").replace(MARKS, "");
    folded = anyAscii ? anyAscii(bare) : bare;
  }
  return folded.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

const GREEK = /[\u0370-\u03ff]/;
const IDEOGRAPHS = /[\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]/;
// Scripts that leave vowels out, or in Latin letters lose them.
const ABJAD = /[\u0590-\u07bf\u0e00-\u0eff]/;

// Modern Greek as passports write it (ELOT 743), where letter by letter gives another word: ου is "ou", not "oy".
const PAIRS = [
  [/^μπ/g, "b"], [/^ντ/g, "d"], [/γγ/g, "ng"], [/γχ/g, "nch"], [/γξ/g, "nx"], [/ου/g, "ou"],
  [/([αεη])υ(?=[θκξπσςτφχψ]|$)/g, "$1f"], [/([αεη])υ/g, "$1v"], [/η/g, "i"],
];

/** The words of a text under which it is found: `plain` spellings, the first as on the server, and whether vowels are missing. */
export function spellings(text) {
  if (ASCII.test(text)) return text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).map((word) => ({ plain: [word], isAbjad: false }));
  return text.normalize("NFKC").split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean).flatMap(ofWord);
}

// Given names and the words of organisations repeat; of a crowd most words are folded already.
const kept = { words: new Map(), sounds: new Map() };
const MOST_KEPT = 50_000;

/** Names are words too: they go with the people. */
export function forgetWords() {
  for (const known of Object.values(kept)) known.clear();
}

function remember(known, word, make) {
  let made = known.get(word);
  if (made === undefined) {
    made = make(word);
    if (known.size >= MOST_KEPT) known.clear();
    known.set(word, made);
  }
  return made;
}

const ofWord = (word) => (anyAscii ? remember(kept.words, word, folds) : folds(word));

function folds(word) {
  const folded = searchKey(word).split(" ").filter(Boolean);
  if (GREEK.test(word)) folded.length = Math.min(1, folded.length);
  const plain = new Set(folded.length === 1 ? folded : []);
  if (GREEK.test(word)) plain.add(searchKey(inPassport(word)));
  if (KANA.test(word)) for (const reading of japanese(word)) plain.add(reading);
  if (IDEOGRAPHS.test(word)) for (const tail of tails(word)) plain.add(tail);
  if (HANGUL.test(word)) for (const reading of korean(word)) plain.add(reading);
  const own = { plain: [...plain].filter(Boolean), isAbjad: ABJAD.test(word) };
  if (folded.length < 2) return [own];
  return [...folded.map((part) => ({ plain: [part], isAbjad: own.isAbjad })), ...(own.plain.length ? [own] : [])];
}

function inPassport(word) {
  let text = word.toLowerCase().normalize("NFD").replace(/[\u0300\u0301\u0342\u0313\u0314\u0345]/g, "");
  // A dialysis keeps two vowels apart.
  text = text.replace(/υ\u0308/g, "y").replace(/ι\u0308/g, "i").normalize("NFC");
  for (const [letters, latin] of PAIRS) text = text.replace(letters, latin);
  return text;
}

/** Without blanks between words a given name begins anywhere: 王小明 is found by wang, xiaoming and ming. */
function tails(word) {
  const syllables = [...word].map((letter) => searchKey(letter).replaceAll(" ", ""));
  const found = syllables.map((_syllable, place) => syllables.slice(place).join(""));
  return [...found, syllables[0]];
}

const SOUNDS = [
  [/^[ck]hr/g, "hr"], [/schtsch|shch|chtch|stsch|szcz|sch|sh|sz/g, "s"], [/dzh|dsch|dj/g, "J"], [/tsch|tch|cz|ch/g, "C"],
  [/kh/g, "h"], [/ph/g, "f"], [/th/g, "t"], [/gh/g, "g"], [/zh|z/g, "s"], [/x/g, "ks"], [/ck|c|q/g, "k"], [/w/g, "v"],
  [/ou|oy|oo/g, "u"], [/ai/g, "e"], [/ae/g, "a"], [/oe/g, "o"], [/ue/g, "u"], [/[yj]/g, "i"], [/[eoi]i+/g, "i"], [/ie/g, "i"], [/(.)\1+/g, "$1"],
];

/** A folded word as several languages and alphabets would write the same sound: Müller, Mueller and Muller are one. */
export function sound(word) {
  return remember(kept.sounds, word, hear);
}

function hear(word) {
  let heard = word;
  for (const [letters, one] of SOUNDS) heard = heard.replace(letters, one);
  return heard.toLowerCase();
}

/** The consonants of a word, as Arabic and Hebrew write it. */
export function bones(word) {
  return sound(word).replace(/[aeiou]/g, "").replace(/(.)\1+/g, "$1");
}
