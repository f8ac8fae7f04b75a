/* The sentences of the door where no server says them: eventsys/checkin/wording.py wrote them into the page. */

import { instant, localDay } from "./judging.js";
import { say } from "./words.js";

const language = () => document.documentElement.lang || "en";

/** What the screen says of an outcome. `first`, `place`, `person` and `at` are asked by the outcomes that need them. */
export function sentence(outcome, { timezone, first = null, place = null, point = "", person = null, at = null }) {
  if (outcome === "already_in" && first) {
    return say("outcome.already_in_since", { time: timeOf(first.at, timezone), device: first.device });
  }
  if (outcome === "not_confirmed") return say(`outcome.not_confirmed.${person.state}`);
  const types = (place?.types ?? []).map((type) => say(`type.${type}`)).join(", ");
  const when = { too_early: place?.opens_at, too_late: place?.closes_at }[outcome];
  return say(`outcome.${outcome}`, { point: place?.name ?? point, types, when: when ? whenOf(when, at, timezone) : "" });
}

/** Whom the screen shows, in the shape of the server's answer. */
export function attendee(person) {
  const { name, organisation, sector, mode, type, notes } = person;
  const labels = { sector_label: sector ? say(`sector.${sector}`) : "", type_label: say(`type.${type}`) };
  return { name, organisation, sector: sector ?? "", mode, type, notes, ...labels };
}

export function timeOf(at, timezone) {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Date(at).toLocaleTimeString(language(), { ...parts, timeZone: timezone });
}

/** The time alone on the day of the scan, with its day otherwise. */
function whenOf(moment, at, timezone) {
  const time = timeOf(moment, timezone);
  if (localDay(instant(moment), timezone) === localDay(instant(at), timezone)) return time;
  const day = new Date(moment).toLocaleDateString(language(), { weekday: "short", day: "numeric", month: "long", timeZone: timezone });
  return `${day}, ${time}`;
}
