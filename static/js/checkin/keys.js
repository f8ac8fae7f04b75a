/* Handheld scanners: they type a code faster than fingers and end it with Enter, wherever the focus is. */

const SHORTEST = 6;
const PAUSE = 120;

/** Call `onCode` for each burst of keys that ends in Enter, unless it goes into a field, whose form sees to it. */
export function listen(onCode) {
  let typed = "";
  let lastAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const isBurst = event.timeStamp - lastAt < PAUSE;
    if (event.key === "Enter" && isBurst && typed.length >= SHORTEST) {
      // The focused button would take the Enter for a press.
      event.preventDefault();
      event.stopPropagation();
      onCode(typed);
      typed = "";
    } else if (event.key.length === 1) {
      typed = isBurst ? typed + event.key : event.key;
      lastAt = event.timeStamp;
    }
  }, { capture: true });
}

function isField(element) {
  return element instanceof Element && element.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
}
