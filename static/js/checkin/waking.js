/* A desk's screen stays on: the lock is lost whenever the page is hidden, and taken again when it is back. */

let lock = null;
let isWanted = false;

/** Keep the screen on from now on; without the means for it nothing happens. */
export function keepAwake() {
  isWanted = true;
  take();
}

export function letSleep() {
  isWanted = false;
  lock?.release().catch(() => {});
  lock = null;
}

async function take() {
  if (!isWanted || document.hidden || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock?.request("screen") ?? null;
  } catch {
    // A phone that saves its battery refuses; it is asked again when the page comes back.
  }
}

document.addEventListener("visibilitychange", take);
addEventListener("pageshow", take);
