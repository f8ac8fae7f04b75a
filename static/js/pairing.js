/* The sheet of pairing codes: says when a phone has come, and takes its code off the page. Without script one looks again. */

const EVERY = 2000;
const sheet = document.querySelector("[data-pairings]");
const waiting = () => [...sheet.querySelectorAll("[data-state=waiting]")];

function show(card, { state, words }) {
  if (state === card.dataset.state) return;
  card.dataset.state = state;
  card.querySelector("[data-state-words]").textContent = words;
  card.querySelector("[data-code]").remove();
  if (state === "paired") card.querySelector("[data-again]")?.remove();
}

async function look() {
  try {
    const response = await fetch(sheet.dataset.pairings, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!response.ok) return;
    const { devices } = await response.json();
    for (const card of waiting()) if (devices[card.dataset.device]) show(card, devices[card.dataset.device]);
  } catch {
    // The next look may find the network again.
  }
}

async function keepLooking() {
  if (!document.hidden) await look();
  if (waiting().length) setTimeout(keepLooking, EVERY);
}

if (sheet && waiting().length) keepLooking();
