/* Handheld scanners: keyboards that type faster than fingers, set up for any layout, with Enter, Tab or nothing behind the code. */

import { fullCode, shortCode } from "./codes.js";

const SHORTEST = 6;
// Keys further apart belong to another code. A handheld takes a hundredth of this; fingers in a hurry, typing a code with no
// field before them, may have it.
const PAUSE = 400;
// A handheld that sends nothing behind the code is done after this silence.
const SILENCE = 60;
const SHIFTED = { Digit1: "!", Semicolon: ":", Minus: "_" };
const PLAIN = { Semicolon: ";", Minus: "-", Space: " ", Slash: "/", Period: ".", Comma: "," };

/** Call `onCode(code)` for each burst of keys that is a code. In a field only the whole code of a badge counts, and is taken out
 *  of it again; everything else typed there is the field's. */
export function listen(onCode) {
  let burst = null;

  function end(event) {
    const code = burst && codeOf(burst);
    if (code) {
      if (burst.field) { burst.field.value = burst.before; burst.field.dispatchEvent(new Event("input", { bubbles: true })); }
      // The focused button would take the Enter for a press, and Tab would wander off.
      event?.preventDefault();
      event?.stopPropagation();
      onCode(code);
    }
    clearTimeout(burst?.silence);
    burst = null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isFast = burst && event.timeStamp - burst.lastAt < PAUSE;
    if (event.key === "Enter" || event.key === "Tab") { if (isFast) end(event); else burst = null; return; }
    if (event.key.length !== 1) return;
    if (!isFast) { clearTimeout(burst?.silence); burst = begun(event.target); }
    burst.typed += event.key;
    burst.pressed += pressed(event);
    burst.lastAt = event.timeStamp;
    clearTimeout(burst.silence);
    burst.silence = setTimeout(() => { if (burst && wholeOf(burst)) end(); }, SILENCE);
  }, { capture: true });
}

function begun(target) {
  const field = isField(target) ? target : null;
  return { typed: "", pressed: "", field, before: field?.value ?? "", lastAt: 0 };
}

/** A handheld presses the keys of a US keyboard; under another layout they give other letters, so the keys themselves are read too. */
function pressed({ code, shiftKey, key }) {
  if (code.startsWith("Key")) return code.slice(3);
  if (shiftKey && SHIFTED[code]) return SHIFTED[code];
  if (code.startsWith("Digit")) return code.slice(5);
  return PLAIN[code] ?? key;
}

const wholeOf = ({ typed, pressed: keys }) => fullCode(typed) ?? fullCode(keys);

function codeOf(burst) {
  const whole = wholeOf(burst);
  if (whole || burst.field) return whole;
  const { typed } = burst;
  // What is no code of ours is judged all the same: somebody held a foreign badge before the handheld.
  return shortCode(typed) ?? (typed.length >= SHORTEST ? typed.trim() : null);
}

function isField(element) {
  return element instanceof Element && element.matches("input:not([type=radio], [type=checkbox], [type=range]), textarea, [contenteditable]");
}
