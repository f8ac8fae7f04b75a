/* Whom a volunteer means, from what is kept on the device: any order of words, any script, a slip of the fingers forgiven. */

import { bones, forgetWords, loadScripts, sound, spellings } from "./folding.js";
import { countBits, forgiven, lettersOf, slips } from "./nearness.js";
import { Words } from "./wordbook.js";

export const MOST = 12;
// What a way of being meant costs: exact, the beginning, as it sounds, its consonants, a slip, two. Organisations a little more.
const COST = { exact: 0, beginning: 4, sound: 8, soundBeginning: 10, bones: 12, slip: 16, slipBeginning: 18, perSlip: 8, organisation: 1 };
const NOBODY = 255;
// Exact, a beginning, a sound, a slip: what is dearer comes after all that is cheaper.
const WAYS = [COST.beginning, COST.sound, COST.slip, NOBODY];
// Work is laid down after this many milliseconds, so that no frame and no scan waits for it.
const SLICE = 6;

export class NameIndex {
  constructor() { this.empty(); this.turn = 0; this.isFolded = false; }

  empty() {
    this.people = [];
    this.slots = new Map();
    this.spelt = new Words();
    this.heard = new Words();
    this.boned = new Words();
    this.gone = 0;
    this.isReady = false;
  }

  /** Forget everybody, those too who are being laid down. */
  forget() {
    this.turn += 1;
    this.empty();
    forgetWords();
  }

  /** Take everybody of `people` (a Map by id, or a list, of `{id, name, organisation, state}`), in slices. What is known and unchanged is kept. */
  async take(people) {
    const turn = ++this.turn;
    const isFolded = await loadScripts();
    if (turn !== this.turn) return;
    if (this.gone * 4 > this.people.length || (isFolded && !this.isFolded)) this.empty();
    this.isFolded = isFolded;
    const present = new Set();
    let until = performance.now() + SLICE;
    for (const person of [...people.values()]) {
      present.add(person.id);
      this.put(person);
      if (performance.now() < until) continue;
      await breath();
      if (turn !== this.turn) return;
      until = performance.now() + SLICE;
    }
    for (const id of [...this.slots.keys()]) if (!present.has(id)) this.drop(id);
    this.isReady = true;
  }

  put(person) {
    const slot = this.slots.get(person.id);
    const known = slot === undefined ? null : this.people[slot];
    if (known && known.name === person.name && known.organisation === person.organisation) { this.people[slot] = person; return; }
    if (known) this.drop(person.id);
    const place = this.people.push(person) - 1;
    this.slots.set(person.id, place);
    this.spell(person.name, place * 2, true);
    this.spell(person.organisation ?? "", place * 2 + 1, false);
  }

  drop(id) {
    this.people[this.slots.get(id)] = null;
    this.slots.delete(id);
    this.gone += 1;
  }

  spell(text, bearer, isName) {
    const words = spellings(text);
    const seen = new Set();
    const add = (word, isAbjad) => {
      if (!word || seen.has(word)) return;
      seen.add(word);
      this.spelt.add(word, bearer);
      this.heard.add(sound(word), bearer);
      // One letter is v, w and the vowels o and u.
      if (isAbjad) for (const bone of new Set([bones(word), bones(word).replaceAll("v", "")])) this.boned.add(bone, bearer);
    };
    for (const { plain, isAbjad } of words) for (const word of plain) add(word, isAbjad);
    if (!isName) return;
    // Vanderberg is van der Berg, Jeanpierre is Jean-Pierre, Abdullah is Abd Allah.
    const isTied = /[^\p{L}\p{N}\p{M}\s]/u.test(text);
    const first = words.map(({ plain }) => plain[0] ?? "");
    for (let n = 1; n < first.length; n++) {
      if (isTied || first[n - 1].length <= 3 || first[n].length <= 3) add(first[n - 1] + first[n], words[n].isAbjad);
      if (n > 1 && first[n - 2].length <= 3) add(first[n - 2] + first[n - 1] + first[n], words[n].isAbjad);
    }
  }

  /** The people meant by `text`, most likely first: `{person, name, organisation}` with the parts to mark as `[from, to]`. */
  find(text, most = MOST) {
    const asked = askedWords(text);
    if (!asked.length) return [];
    const direct = asked.map((word) => this.directly(word));
    let found = this.best(direct, most);
    if (found.length < most && asked.some((word) => forgiven(word.length))) {
      found = this.best(asked.map((word, n) => this.withSlips(word, direct[n])), most);
    }
    if (!found.length && asked.length > 1) {
      const joined = asked.join("");
      found = this.best([this.withSlips(joined, this.directly(joined))], most);
    }
    return found.map((person) => ({ person, name: marked(person.name, asked), organisation: marked(person.organisation ?? "", asked) }));
  }

  /** What each person costs for one word without a slip: by slot, NOBODY where it is not theirs. */
  directly(word) {
    const own = new Uint8Array(this.people.length).fill(NOBODY);
    this.begin(this.spelt, word, own, COST.exact, COST.beginning);
    this.begin(this.heard, sound(word), own, COST.sound, COST.soundBeginning);
    if (word.length > 2 && bones(word).length > 1) this.begin(this.boned, bones(word), own, COST.bones, COST.bones + 1);
    return own;
  }

  begin(words, wanted, own, exact, beginning) {
    for (const place of words.begun.get(wanted.charCodeAt(0)) ?? []) {
      const text = words.texts[place];
      if (text.startsWith(wanted)) charge(own, words.bearers[place], text.length === wanted.length ? exact : beginning);
    }
  }

  withSlips(word, own) {
    this.slip(this.spelt, word, own, 0);
    this.slip(this.heard, sound(word), own, 2);
    return own;
  }

  slip(words, wanted, own, more) {
    const most = forgiven(wanted.length);
    if (!most) return;
    const [letters, known] = [lettersOf(wanted), words.letters];
    const near = { slips: 0, isWhole: false };
    for (let place = 0; place < words.texts.length; place++) {
      // A letter that the word has not is a slip each: that dismisses nearly all of them.
      if (countBits(letters & ~known[place]) > most || words.texts[place].length + most < wanted.length) continue;
      if (slips(wanted, words.texts[place], most, near).slips > most) continue;
      charge(own, words.bearers[place], (near.isWhole ? COST.slip : COST.slipBeginning) + more + (near.slips - 1) * COST.perSlip);
    }
  }

  /** Those whom all words mean: how exactly first, then who is confirmed, then the rest. */
  best(costs, most) {
    const chosen = [];
    const isBefore = (a, b) => a.way - b.way || a.state - b.state || a.total - b.total || (this.people[a.slot].name < this.people[b.slot].name ? -1 : 1);
    for (let slot = 0; slot < this.people.length; slot++) {
      let [total, dearest] = [0, 0];
      for (const own of costs) { total += own[slot]; if (own[slot] > dearest) dearest = own[slot]; }
      if (dearest === NOBODY || !this.people[slot]) continue;
      const way = WAYS.findIndex((cost) => dearest < cost);
      const one = { slot, way, state: (this.people[slot].state ?? "confirmed") === "confirmed" ? 0 : 1, total };
      if (chosen.length === most && isBefore(one, chosen[most - 1]) > 0) continue;
      let at = chosen.length;
      while (at && isBefore(one, chosen[at - 1]) < 0) at -= 1;
      chosen.splice(at, 0, one);
      if (chosen.length > most) chosen.pop();
    }
    return chosen.map(({ slot }) => this.people[slot]);
  }
}

function charge(own, bearers, cost) {
  for (const bearer of bearers) {
    const dear = cost + (bearer & 1) * COST.organisation;
    if (dear < own[bearer >> 1]) own[bearer >> 1] = dear;
  }
}

/** What was typed, as folded words; a word of another script asks by its usual Latin spelling. */
function askedWords(text) {
  return spellings(text.slice(0, 80)).map(({ plain }) => plain[plain.length > 1 && !/[\u3400-\u9fff\uac00-\ud7a3]/.test(text) ? 1 : 0]).filter(Boolean).slice(0, 8);
}

/** Which parts of a text answer the words asked for. */
function marked(text, asked) {
  const parts = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const folded = spellings(match[0]).flatMap(({ plain }) => plain);
    const near = { slips: 0, isWhole: false };
    for (const word of asked) {
      const begun = folded.find((one) => one.startsWith(word));
      const isMeant = begun || folded.some((one) => sound(one).startsWith(sound(word)) || (forgiven(word.length) && slips(word, one, forgiven(word.length), near).slips <= 2));
      if (!isMeant) continue;
      const letters = begun && begun.length === match[0].length ? word.length : match[0].length;
      parts.push([match.index, match.index + letters]);
      break;
    }
  }
  return parts;
}

/** Let the page draw and scan before going on. */
function breath() {
  return new Promise((go) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { channel.port1.close(); go(); };
    channel.port2.postMessage(null);
  });
}
