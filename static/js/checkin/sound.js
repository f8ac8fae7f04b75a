/* What a volunteer hears and feels: rising for yes, level for attention, low for no. */

const NOTES = {
  good: { kind: "sine", notes: [[880, 0, .09], [1319, .1, .16]], shake: [60] },
  attention: { kind: "triangle", notes: [[587, 0, .14], [587, .2, .14]], shake: [70, 60, 70] },
  bad: { kind: "square", notes: [[156, 0, .42]], shake: [350] },
};

let context = null;

/** Browsers let a page sound only after a press; call this from one. */
export function unlock() {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!context && Context) context = new Context();
  context?.resume().catch(() => {});
}

/** Play the sound of a tone and shake the phone. */
export function play(tone, { isQuiet = false } = {}) {
  const { kind, notes, shake } = NOTES[tone];
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
  loudness.gain.linearRampToValueAtTime(kind === "square" ? .18 : .35, start + .01);
  loudness.gain.setTargetAtTime(0, start + lasting - .03, .02);
  source.connect(loudness).connect(context.destination);
  source.start(start);
  source.stop(start + lasting + .1);
}
