/* The agenda made quicker: filters without a reload, stars, the reader's own zone, and the present. */

const root = document.documentElement;
const language = root.lang;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const STAR = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M11.525 2.295a.53.53 0 0 1 .95 0l2.31 4.679a2.123 2.123 0 0 0 1.595 1.16l5.166.756a.53.53 0 0 1 .294.904l-3.736 3.638a2.123 2.123 0 0 0-.611 1.878l.882 5.14a.53.53 0 0 1-.771.56l-4.618-2.428a2.122 2.122 0 0 0-1.973 0L6.396 21.01a.53.53 0 0 1-.77-.56l.881-5.139a2.122 2.122 0 0 0-.611-1.879L2.16 9.795a.53.53 0 0 1 .294-.906l5.165-.755a2.122 2.122 0 0 0 1.597-1.16z"/></svg>';

let programme = document.getElementById("programme");
const form = document.querySelector(".agenda-filters");
const head = document.querySelector(".agenda-head");

/** What a browser keeps for us; a browser that keeps nothing is asked again each time. */
function kept(key, value) {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(key) ?? "null");
    localStorage.setItem(key, JSON.stringify(value));
  } catch { /* Storage is closed to us: the page works without. */ }
  return null;
}

const starsKey = () => `stars:${programme.dataset.event}`;
const stars = () => new Set(kept(starsKey()) ?? []);
const sessions = () => [...programme.querySelectorAll(".s")];

/* Stars */

function addStars() {
  const starred = stars();
  for (const entry of sessions()) {
    if (entry.matches(".pause") || entry.querySelector(".star")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "star";
    button.innerHTML = STAR;
    button.setAttribute("aria-label", `${programme.dataset.star}: ${entry.querySelector("h3").textContent.trim()}`);
    button.setAttribute("aria-pressed", String(starred.has(entry.id)));
    entry.append(button);
  }
}

function toggleStar(button) {
  const starred = stars();
  const id = button.closest(".s").id;
  if (!starred.delete(id)) starred.add(id);
  kept(starsKey(), [...starred]);
  button.setAttribute("aria-pressed", String(starred.has(id)));
  showStarred();
}

/** With the star filter on, only starred sessions and the breaks between them stay. */
function showStarred() {
  const only = kept("stars-only") === true;
  const starred = stars();
  let found = 0;
  for (const entry of sessions()) {
    const stays = !only || entry.matches(".pause") || starred.has(entry.id);
    entry.hidden = !stays;
    if (stays && !entry.matches(".pause")) found += 1;
  }
  for (const slot of programme.querySelectorAll(".slot")) slot.hidden = !slot.querySelector(".s:not([hidden])");
  let none = programme.querySelector(".none-starred");
  if (only && !found && !none) {
    none = document.createElement("p");
    none.className = "empty none-starred";
    none.textContent = programme.dataset.none;
    programme.querySelector(".day-line")?.after(none);
  } else if (!(only && !found)) none?.remove();
}

/* Zones */

const formatters = new Map();

function clock(instant, timeZone, weekday = false) {
  const key = `${timeZone} ${weekday}`;
  if (!formatters.has(key)) {
    formatters.set(key, new Intl.DateTimeFormat(language, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(weekday ? { weekday: "short" } : {}) }));
  }
  return formatters.get(key).format(instant);
}

const zonesDiffer = () => [...programme.querySelectorAll("time")].some((time) => clock(new Date(time.dateTime), own) !== clock(new Date(time.dateTime), programme.dataset.zone));

function showZone() {
  const yours = kept("zone") === "own" && zonesDiffer();
  for (const time of programme.querySelectorAll("time")) {
    time.dataset.venue ??= time.textContent;
    const instant = new Date(time.dateTime);
    const otherDay = instant.toLocaleDateString("en", { timeZone: own }) !== instant.toLocaleDateString("en", { timeZone: programme.dataset.zone });
    time.textContent = yours ? clock(instant, own, otherDay && !time.closest(".tick")) : time.dataset.venue;
  }
  for (const slot of programme.querySelectorAll(".slot-time b")) {
    slot.dataset.venue ??= slot.textContent;
    const first = slot.closest(".slot").querySelector("time");
    slot.textContent = yours ? first.textContent : slot.dataset.venue;
  }
  const words = programme.querySelector(".zone-words");
  if (words) words.textContent = yours ? `${programme.dataset.yours} (${own.split("/").at(-1).replaceAll("_", " ")})` : programme.dataset.venue;
}

/* The present */

function showPresent() {
  const now = Date.now();
  let running = false;
  for (const entry of sessions()) {
    const [start, end] = [...entry.querySelectorAll(".s-when time")].map((time) => Date.parse(time.dateTime));
    const isNow = start <= now && now < end && !entry.matches(".off");
    running ||= isNow;
    entry.classList.toggle("is-now", isNow);
    entry.classList.toggle("is-past", end <= now);
    const line = entry.querySelector(".s-what");
    const said = line.querySelector(".state");
    if (isNow && !said) {
      const word = document.createElement("span");
      word.className = "state live";
      word.textContent = programme.dataset.now;
      line.prepend(word);
    } else if (!isNow) said?.remove();
  }
  drawLine(now);
}

/** The line stands between the two labels that enclose the present, as far down as the time between them has passed. */
function drawLine(now) {
  const table = programme.querySelector(".timetable");
  const ticks = [...(table?.querySelectorAll(".tick") ?? [])];
  const times = ticks.map((tick) => Date.parse(tick.querySelector("time").dateTime));
  const at = times.findLastIndex((time) => time <= now);
  let line = table?.querySelector(".now-line");
  if (at < 0 || at >= ticks.length - 1) { line?.remove(); return; }
  if (!line) {
    line = document.createElement("div");
    line.className = "now-line";
    line.setAttribute("aria-hidden", "true");
    line.append(document.createElement("b"));
    table.append(line);
  }
  const [top, bottom] = [ticks[at].offsetTop, ticks[at + 1].offsetTop];
  line.style.insetBlockStart = `${top + ((now - times[at]) / (times[at + 1] - times[at])) * (bottom - top)}px`;
  line.firstChild.textContent = clock(new Date(now), kept("zone") === "own" ? own : programme.dataset.zone);
}

/* Filters without a reload */

let asked = 0;
let waiting = 0;

async function show(address, replace = true) {
  const number = ++asked;
  programme.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("programme");
    if (number !== asked) return;
    if (!answer.ok || !found) { location.assign(address); return; }
    programme.replaceWith(found);
    programme = found;
    if (replace) history.replaceState(null, "", address);
    for (const link of page.querySelectorAll(".days a")) {
      const mine = [...document.querySelectorAll(".days a")].find((one) => one.textContent === link.textContent);
      mine?.setAttribute("href", link.getAttribute("href"));
    }
    dress();
  } catch { if (number === asked) location.assign(address); }
}

function wished() {
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) values.set(name, value);
  const query = values.toString();
  return location.pathname + (query ? `?${query}` : "");
}

form?.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); show(wished()); });
form?.addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => show(wished()), event.target.matches("input") ? 250 : 0);
});

/* Switches: starred only, and whose time */

function addSwitch(host, label, isOn, press, sign = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  button.innerHTML = sign;
  button.append(label);
  button.setAttribute("aria-pressed", String(isOn()));
  button.addEventListener("click", () => { press(); button.setAttribute("aria-pressed", String(isOn())); });
  host.append(button);
}

function addSwitches() {
  const host = document.createElement("div");
  host.className = "switches";
  if (form || sessions().length > 3) addSwitch(host, programme.dataset.starred, () => kept("stars-only") === true, () => { kept("stars-only", kept("stars-only") !== true); showStarred(); }, STAR);
  if (zonesDiffer()) addSwitch(host, programme.dataset.yours, () => kept("zone") === "own", () => { kept("zone", kept("zone") === "own" ? "venue" : "own"); showZone(); drawLine(Date.now()); });
  if (form) form.querySelector(".apply").before(host);
  else head.querySelector(".agenda-tools")?.prepend(host);
}

/** On the day itself a button leads to what is on, or to what is next. */
function addJump() {
  const host = programme.querySelector(".day-line [role='status']");
  const present = () => programme.querySelector(".s.is-now:not(.pause)") ?? programme.querySelector(".s.is-now") ?? programme.querySelector(".s:not(.is-past)");
  if (!host || !programme.querySelector(".s.is-past") || !present()) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button text jump";
  button.textContent = programme.dataset.jump;
  button.addEventListener("click", () => {
    const entry = present();
    entry.scrollIntoView({ block: "center" });
    entry.querySelector("h3 a").focus({ preventScroll: true });
  });
  host.before(button);
}

function dress() {
  addStars();
  showZone();
  showStarred();
  showPresent();
  addJump();
}

if (programme) {
  addSwitches();
  dress();
  programme.ownerDocument.addEventListener("click", (event) => {
    const star = event.target.closest?.(".star");
    if (star) toggleStar(star);
  });
  setInterval(showPresent, 20_000);
  window.addEventListener("resize", () => drawLine(Date.now()));
  document.fonts?.ready.then(() => drawLine(Date.now()));
}
