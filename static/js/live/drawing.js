/* Figures into the page: numbers, meters, the curve, and one sentence about the queue. */

const WORTH_A_QUEUE = 5;

export class Drawing {
  constructor(root, { labels, zone }) {
    this.root = root;
    this.labels = labels;
    this.words = Object.fromEntries([...root.querySelectorAll("[data-words] > div")].map((pair) => [pair.children[0].textContent, pair.children[1].textContent]));
    this.language = document.documentElement.lang;
    this.clock = new Intl.DateTimeFormat(this.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    this.number = new Intl.NumberFormat(this.language);
    this.waiting = this.part("[data-live-word=waiting]").textContent;
  }

  part(selector) { return this.root.querySelector(selector); }
  time(seconds) { return this.clock.format(new Date(seconds * 1000)); }
  say(state) {
    for (const word of this.root.querySelectorAll("[data-live-word]")) word.hidden = word.dataset.liveWord !== state;
    this.part("[data-live-word=waiting]").textContent = this.waiting.replace("{time}", this.part("[data-at]").textContent);
    this.part("[data-live-state]").dataset.liveState = state;
  }

  show(figures) {
    if (!figures.drawing) return;
    this.part("[data-at]").textContent = this.time(Date.parse(figures.at) / 1000);
    for (const name of ["came", "expected"]) this.part(`[data-figure=${name}]`).textContent = this.number.format(figures[name]);
    const entrance = figures.points.find((point) => point.key === "entrance");
    const came = Math.max(figures.came, entrance?.came ?? 0);
    this.part("[data-figure=came]").textContent = this.number.format(came);
    const meter = this.part("[data-meter=came]");
    meter.max = Math.max(1, figures.expected);
    meter.value = came;
    this.curve(figures);
    this.queue(figures.queue);
    for (const name of ["points", "sectors", "sessions", "modes", "types"]) this.lines(name, figures[name]);
    this.table("doors", figures.doors.map((door) => [[door.device, this.labels.points[door.point] ?? ""], bars(door.minutes), this.number.format(sum(door.minutes))]));
    this.table("refused", figures.refused.map(([outcome, number]) => [[this.labels.outcomes[outcome] ?? outcome, ""], null, this.number.format(number)]));
  }

  curve({ drawing, queue }) {
    for (const name of ["came", "area", "usual"]) this.part(`path[data-${name}]`).setAttribute("d", drawing[name]);
    this.part("[data-goal]").setAttribute("y1", drawing.goal);
    this.part("[data-goal]").setAttribute("y2", drawing.goal);
    this.part("[data-ticks]").replaceChildren(...drawing.ticks.map((tick) => element("span", "", this.time(tick))));
    this.part("[data-usual-words]").textContent = queue.events ? this.fill("usual_known", { events: queue.events }) : this.words.usual_unknown;
  }

  queue(queue) {
    const coming = Math.round(sum(queue.arrivals.slice(0, 6)));
    const line = this.part("[data-queue]");
    const key = sum(queue.arrivals) < 1 ? "queue_none" : !queue.desks ? "queue_no_desk" : queue.wait > WORTH_A_QUEUE ? "queue_long" : "queue_calm";
    line.hidden = false;
    line.dataset.kind = key;
    line.textContent = this.fill(key, {
      coming, desks: queue.desks, needed: queue.needed, people: queue.people, wait: Math.max(1, Math.ceil(queue.wait)),
      time: this.time(Date.now() / 1000 + queue.in_minutes * 60),
    });
  }

  /** Lines of expected against present, or of inside against the seats of a room. */
  lines(name, lines) {
    const isPoint = name === "points";
    this.table(name, lines.map((line) => {
      const [now, most] = isPoint ? [line.in, line.seats] : [line.came, line.expected];
      const label = this.labels[name][line.key] ?? line.key;
      const isFull = isPoint && most !== null && now >= most;
      const share = most ? Object.assign(element("meter", "", ""), { min: 0, max: most, value: now }) : null;
      share?.setAttribute("aria-label", label);
      return [[label, ""], share, [this.number.format(now), most === null ? "" : ` / ${this.number.format(most)}`, isFull ? this.words.full : ""]];
    }));
  }

  table(name, rows) {
    const section = this.part(`[data-part=${name}]`);
    section.hidden = rows.length === 0;
    section.querySelector("tbody").replaceChildren(...rows.map(([[label, aside], middle, last]) => {
      const row = document.createElement("tr");
      const head = element("th", "", label);
      head.scope = "row";
      if (aside) head.append(" ", element("span", "soft", aside));
      const number = element("td", "num", "");
      const [value, rest, full] = Array.isArray(last) ? last : [last, "", ""];
      number.append(element("b", "", value), rest);
      if (full) number.append(" ", element("strong", "live-full", full));
      const cell = element("td", "", "");
      if (middle) cell.append(middle);
      row.append(head, cell, number);
      return row;
    }));
  }

  fill(key, places) { return this.words[key].replace(/\{(\w+)\}/g, (_whole, name) => places[name]); }
}

/** Fifteen minutes as bars, with the numbers for who does not see them. */
function bars(minutes) {
  const top = Math.max(1, ...minutes);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${minutes.length * 8} 24`);
  svg.setAttribute("class", "live-bars");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", minutes.join(" "));
  minutes.forEach((number, place) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = number ? Math.max(2, (number / top) * 24) : 0.5;
    for (const [key, value] of Object.entries({ x: place * 8, y: 24 - height, width: 6, height })) bar.setAttribute(key, value);
    svg.append(bar);
  });
  return svg;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
