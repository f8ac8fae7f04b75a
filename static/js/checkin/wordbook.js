/* The words of a crowd, each once, with who bears it. */

import { lettersOf } from "./nearness.js";

/** Words and who bears them, those of one first letter together. */
export class Words {
  constructor() { this.places = new Map(); this.texts = []; this.letters = new Int32Array(1024); this.bearers = []; this.begun = new Map(); }

  add(text, bearer) {
    let place = this.places.get(text);
    if (place === undefined) {
      place = this.texts.push(text) - 1;
      this.places.set(text, place);
      if (place === this.letters.length) { const more = new Int32Array(place * 2); more.set(this.letters); this.letters = more; }
      this.letters[place] = lettersOf(text);
      this.bearers.push([]);
      const first = text.charCodeAt(0);
      if (this.begun.has(first)) this.begun.get(first).push(place); else this.begun.set(first, [place]);
    }
    this.bearers[place].push(bearer);
  }
}

