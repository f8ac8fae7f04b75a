/* Who may pass and what scans mean beside one another, as the server judges: eventsys/checkin/rules, line by line.

   The conditions are data of the server's, which the snapshot carries; tests/checkin/vectors.json holds both to one law. */

const OPERATIONS = {
  missing: (fact) => fact === null || fact === undefined,
  present: (fact) => (Array.isArray(fact) ? fact.length > 0 : Boolean(fact)),
  absent: (fact) => (Array.isArray(fact) ? fact.length === 0 : !fact),
  is: (fact, word) => fact === word,
  differs: (fact, operand) => fact !== operand,
  lacks: (facts, operand) => !facts.includes(operand),
  before: (fact, operand) => instant(fact) < instant(operand),
};

/** Milliseconds of an instant, given as such or in ISO 8601. */
export const instant = (at) => (typeof at === "number" ? at : Date.parse(at));

/** What refuses a scan, or null where only the person's other scans decide.

    `given`: {holder, place, event_id, at, day}, the local day of the scan, for which a point of a day takes its own;
    `conditions` as in the snapshot. Throws where a condition asks what this page does not know: then nobody is judged. */
export function judge(conditions, direction, given) {
  const facts = { ...given, day: given.place?.day ?? given.day };
  for (const [outcome, way, tests] of conditions) {
    if ((way === null || way === direction) && tests.every((test) => holds(test, facts))) return outcome;
  }
  return null;
}

function holds([operation, fact, ...operand], facts) {
  const check = OPERATIONS[operation];
  if (!check) throw new RangeError(`a condition asks “${operation}”, which this page does not know`);
  const against = operation === "is" ? operand : operand.map((name) => read(facts, name));
  return check(read(facts, fact), ...against);
}

function read(facts, name) {
  return name.split(".").reduce((found, part) => found?.[part], facts);
}

/** The passages of one person, point and day, each with its `outcome` and `first`, and how the person stands.

    A passage is {id, at (milliseconds), order, direction, device}. The instants alone decide; `order` breaks a tie. */
export function told(passages, repeats = "daily") {
  let first = null;
  let [isInside, lastAt] = [false, null];
  const answered = [...passages].sort((a, b) => a.at - b.at || a.order - b.order).map((passage) => {
    const outcome = step(passage.direction, isInside, repeats);
    if (outcome === "admitted") first ??= { at: passage.at, device: passage.device };
    if (outcome !== "already_in") [isInside, lastAt] = [outcome === "admitted", passage.at];
    return { ...passage, outcome, first };
  });
  return { answered, first, isInside, lastAt };
}

function step(direction, isInside, repeats) {
  if (direction === "out") return "left";
  return isInside && repeats !== "always" ? "already_in" : "admitted";
}

/** Whether one more is too many, where `inside` are in and this one is or is not among them. */
export function isFull(seats, direction, inside, isInside) {
  return seats !== null && seats !== undefined && direction === "in" && !isInside && inside >= seats;
}

const calendars = new Map();
const days = new Map();
const QUARTER = 15 * 60_000;

/** The day of an instant in a zone: 2026-12-03. */
export function localDay(at, timezone) {
  // Zones are whole quarters of an hour apart, so a quarter lies within one day; working one out takes long.
  const quarter = `${timezone} ${Math.floor(instant(at) / QUARTER)}`;
  if (!days.has(quarter)) days.set(quarter, workedOut(instant(at), timezone));
  return days.get(quarter);
}

function workedOut(at, timezone) {
  if (!calendars.has(timezone)) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit" };
    calendars.set(timezone, new Intl.DateTimeFormat("en-CA", { ...parts, timeZone: timezone, calendar: "gregory" }));
  }
  const found = calendars.get(timezone).formatToParts(at);
  const part = (type) => found.find((one) => one.type === type).value;
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}

/** The day of the books that have none: the event may move, and no scan is of this day. */
const EVER = "0001-01-01";

/** The day in whose books a scan is entered: its local day, or EVER where one passes once in all. */
export function bookDay(place, at, { timezone }) {
  return place?.repeats === "once" ? EVER : localDay(at, timezone);
}

/** The day whose arrivals a door shows: today during the event, its first day before, its last day after. */
export function doorDay(now, { starts_at, ends_at, timezone }) {
  const [first, last, today] = [starts_at, instant(ends_at) - 1, now].map((at) => localDay(at, timezone));
  const shown = today < last ? today : last;
  return shown > first ? shown : first;
}
