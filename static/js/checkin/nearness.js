/* How many slips of the fingers lie between what was typed and a word: a letter more, less, another, or two swapped. */

/** The slips that words of this length are forgiven. */
export const forgiven = (length) => (length < 4 ? 0 : length < 8 ? 1 : 2);

/** The letters of a word as bits, to dismiss most words without comparing them. */
export function lettersOf(word) {
  let bits = 0;
  for (let place = 0; place < word.length; place++) {
    const code = word.charCodeAt(place);
    bits |= 1 << (code >= 97 ? code - 97 : 26 + (code & 3));
  }
  return bits;
}

export function countBits(bits) {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

const FAR = 9;
const LONGEST = 40;
let [before, last, row] = [0, 1, 2].map(() => new Uint8Array(LONGEST + 1));

/** Slips between `typed` and the nearest beginning of `word`, at most `most`; more than that is FAR. The whole word counts
 *  as less than a beginning: `{slips, isWhole}`. (Damerau and Levenshtein, neighbours swapped once.) */
export function slips(typed, word, most, found) {
  const wide = Math.min(word.length, typed.length + most, LONGEST);
  const high = typed.length;
  found.slips = FAR;
  found.isWhole = false;
  if (high > LONGEST || wide < high - most) return found;
  for (let x = 0; x <= wide; x++) last[x] = x;
  for (let y = 1; y <= high; y++) {
    const [from, to] = [Math.max(1, y - most), Math.min(wide, y + most)];
    row.fill(FAR);
    row[0] = y;
    let least = from > 1 ? FAR : y;
    const letter = typed.charCodeAt(y - 1);
    for (let x = from; x <= to; x++) {
      const other = word.charCodeAt(x - 1);
      let cost = last[x - 1] + (letter === other ? 0 : 1);
      if (last[x] + 1 < cost) cost = last[x] + 1;
      if (row[x - 1] + 1 < cost) cost = row[x - 1] + 1;
      if (y > 1 && x > 1 && letter === word.charCodeAt(x - 2) && typed.charCodeAt(y - 2) === other && before[x - 2] + 1 < cost) cost = before[x - 2] + 1;
      row[x] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return found;
    [before, last, row] = [last, row, before];
  }
  for (let x = Math.max(0, high - most); x <= wide; x++) if (last[x] < found.slips) found.slips = last[x];
  if (wide === word.length && last[wide] <= most) { found.isWhole = true; found.slips = last[wide]; }
  if (found.slips > most) found.slips = FAR;
  return found;
}
