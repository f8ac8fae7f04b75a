/* Names of Korea and Japan in Latin letters: by the rule, and as people who bear them mostly write them. */

export const HANGUL = /[\uac00-\ud7a3]/;
export const KANA = /[\u3041-\u3096\u30a1-\u30fa]/;

const [FIRST_SYLLABLE, VOWELS_EACH, FINALS_EACH] = [0xac00, 21, 28];
// The Revised Romanization of 2000, by the places of initials, vowels and finals in Unicode (the Hangul syllables' section 3.12).
const INITIALS = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h".split(",");
const VOWELS = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i".split(",");
const FINALS = ",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t".split(",");
// On passports: 성 is Sung, 영 Young, 수 Soo, 우 Woo, 희 Hee, 경 Kyung.
const USUAL = { g: "k", eo: "u", yeo: "you", u: "oo", ui: "ee" };
// Family names follow no rule.
const FAMILY = {
  김: ["kim"], 이: ["lee", "yi", "rhee"], 박: ["park", "pak"], 최: ["choi"], 정: ["chung"], 조: ["cho"], 임: ["lim", "rim"], 오: ["oh"], 윤: ["yoon"],
  신: ["shin"], 안: ["ahn"], 유: ["yoo", "ryu"], 류: ["yoo", "yu"], 노: ["roh", "noh"], 허: ["huh"], 서: ["suh"], 백: ["paik"], 부: ["boo"], 변: ["byun"],
};

/** Under which words a name in Hangul is found: from each of its syllables on, as given names have no blank before them. */
export function korean(word) {
  const syllables = [...word].filter((letter) => HANGUL.test(letter)).map(readSyllable);
  const found = syllables.flatMap((_syllable, place) => [0, 1].map((way) => syllables.slice(place).map((one) => one[way]).join("")));
  return [...found, ...syllables[0], ...(FAMILY[word[0]] ?? [])];
}

function readSyllable(letter) {
  const place = letter.charCodeAt(0) - FIRST_SYLLABLE;
  const final = FINALS[place % FINALS_EACH];
  const vowel = VOWELS[Math.floor(place / FINALS_EACH) % VOWELS_EACH];
  const initial = INITIALS[Math.floor(place / FINALS_EACH / VOWELS_EACH)];
  const usual = vowel === "u" && !initial ? "woo" : (USUAL[vowel] ?? vowel);
  return [initial + vowel + final, (USUAL[initial] ?? initial) + usual + final];
}

const ROWS = {
  "": "あいうえお", k: "かきくけこ", g: "がぎぐげご", s: "さしすせそ", z: "ざじずぜぞ", t: "たちつてと", d: "だぢづでど", n: "なにぬねの",
  h: "はひふへほ", b: "ばびぶべぼ", p: "ぱぴぷぺぽ", m: "まみむめも", r: "らりるれろ",
};
// Hepburn's spellings, which are those of passports.
const SOUNDS = new Map([
  ...Object.entries(ROWS).flatMap(([consonant, row]) => [...row].map((kana, place) => [kana, consonant + "aiueo"[place]])),
  ...Object.entries({ し: "shi", じ: "ji", ち: "chi", ぢ: "ji", つ: "tsu", づ: "zu", ふ: "fu", や: "ya", ゆ: "yu", よ: "yo", わ: "wa", ゐ: "i", ゑ: "e", を: "o", ん: "n", ゔ: "vu" }),
]);
const GLIDES = { ゃ: "a", ゅ: "u", ょ: "o" };
const SMALL = { ぁ: "a", ぃ: "i", ぅ: "u", ぇ: "e", ぉ: "o" };

/** Under which words a name in kana is found: as it is spelt, and with long vowels written short. */
export function japanese(word) {
  const runs = word.match(/[\u3041-\u3096\u30a1-\u30fa\u30fc]+/g) ?? [];
  return runs.flatMap((run) => {
    const whole = romaji(run);
    return [whole, whole.replace(/o[ou]/g, "o").replace(/uu/g, "u")];
  });
}

function romaji(run) {
  let [made, isDouble] = ["", false];
  for (const letter of run) {
    const kana = letter >= "ァ" && letter <= "ヶ" ? String.fromCharCode(letter.charCodeAt(0) - 0x60) : letter;
    if (kana === "っ") { isDouble = true; continue; }
    if (GLIDES[kana]) made = made.replace(/(sh|ch|j)i$/, "$1").replace(/i$/, "y") + GLIDES[kana];
    else if (SMALL[kana]) made = made.replace(/[aiueo]$/, "") + SMALL[kana];
    else made += doubled(SOUNDS.get(kana) ?? "", isDouble);
    isDouble = false;
  }
  return made;
}

const doubled = (sound, isDouble) => (isDouble && /^[^aiueon]/.test(sound) ? (sound.startsWith("ch") ? "t" : sound[0]) + sound : sound);
