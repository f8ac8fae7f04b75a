/* What a volunteer hears and feels: rising for yes, level for attention, low for no; in hands-free mode louder, and said in words. */

const NOTES = {
  good: { kind: "sine", notes: [[880, 0, .09], [1319, .1, .16]], shake: [60] },
  attention: { kind: "triangle", notes: [[587, 0, .14], [587, .2, .14]], shake: [70, 60, 70] },
  bad: { kind: "square", notes: [[156, 0, .42]], shake: [350] },
};
// Over a foyer: two octaves at once and longer, shaped like a call: "ta-daa", "uh-oh", "no no no".
const CALLS = {
  good: { kind: "triangle", notes: [[784, 0, .12], [1568, 0, .12], [1047, .14, .34], [2093, .14, .34]], shake: [120] },
  attention: { kind: "triangle", notes: [[784, 0, .2], [1568, 0, .2], [622, .26, .34], [1245, .26, .34]], shake: [120, 80, 120] },
  bad: { kind: "sawtooth", notes: [[196, 0, .18], [392, 0, .18], [196, .24, .18], [392, .24, .18], [147, .48, .4], [294, .48, .4]], shake: [250, 100, 250] },
};

let context = null;

/** Browsers let a page sound only after a press; call this from one. */
export function unlock() {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!context && Context) context = new Context();
  context?.resume().catch(() => {});
}

/** Play the sound of a tone and shake the phone; `isHandsFree` plays it for the whole foyer. */
export function play(tone, { isQuiet = false, isHandsFree = false } = {}) {
  const { kind, notes, shake } = (isHandsFree ? CALLS : NOTES)[tone];
  navigator.vibrate?.(shake);
  if (isQuiet || context?.state !== "running") return;
  for (const [pitch, after, lasting] of notes) note(kind, pitch, context.currentTime + after, lasting);
}

function note(kind, pitch, start, lasting) {
  const source = context.createOscillator();
  const loudness = context.createGain();
  source.type = kind;
  source.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(kind === "sine" || kind === "triangle" ? .35 : .18, start + .01);
  loudness.gain.setTargetAtTime(0, start + lasting - .03, .02);
  source.connect(loudness).connect(context.destination);
  source.start(start);
  source.stop(start + lasting + .1);
}

/** Say a sentence aloud in the page's language, where this device has a voice for it; the next sentence interrupts. */
export function speak(sentence) {
  const language = document.documentElement.lang || "en";
  // Only a voice of the device itself: others send what they say to a server, and say nothing in a hall without a network.
  const voice = window.speechSynthesis?.getVoices().find((one) => one.localService && one.lang.slice(0, 2) === language.slice(0, 2));
  if (!voice) return;
  speechSynthesis.cancel();
  speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(sentence), { voice, lang: voice.lang, rate: 1.1 }));
}
