/* The page itself, kept for the day without a network: its service worker, and when a newer one takes over. */

const WORKER = "/checkin/worker.js";

/** Have the page kept. A newer edition takes over now, while the page has only begun, or at the next beginning. */
export async function keepShell() {
  if (!navigator.serviceWorker) return;
  try {
    const registration = await navigator.serviceWorker.register(WORKER, { scope: "/checkin/", updateViaCache: "none" });
    // What the browser had to throw away is fetched again.
    (registration.active ?? registration.waiting ?? registration.installing)?.postMessage({ kind: "fill" });
    registration.waiting?.postMessage({ kind: "take-over" });
  } catch (error) {
    console.warn("the page could not be kept for later", error.name);
  }
}

/** Throw the kept page away with everything else. */
export async function dropShell() {
  if (!globalThis.caches) return;
  for (const name of await caches.keys()) if (name.startsWith("eventsys-door-")) await caches.delete(name);
}
