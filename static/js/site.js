/* Times in the reader's own zone, beside the venue's, where the two differ. */

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
// Plain English is American to browsers; our dates are said as in Europe.
const language = document.documentElement.lang.replace(/^en$/, "en-GB");

/** What clocks show in a zone at an instant, to compare two zones. */
function shown(instant, timeZone) {
  return new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short", timeStyle: "short" }).format(instant);
}

/** The place of a zone: Europe/Paris is Paris. */
export function placeOf(zone) {
  return zone.split("/").at(-1).replaceAll("_", " ");
}

for (const line of document.querySelectorAll("[data-own-zone]")) {
  const start = new Date(line.dataset.start);
  const end = new Date(line.dataset.end);
  if (shown(start, own) === shown(start, line.dataset.ownZone)) continue;
  const words = new Intl.DateTimeFormat(language, { timeZone: own, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  line.textContent = `${words.formatRange(start, end)}, ${line.dataset.words} (${placeOf(own)})`;
  line.hidden = false;
}
