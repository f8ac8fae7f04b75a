/* What a volunteer chooses for this device, kept in it: where, which way, how bright, how loud, hands-free. */

const KEPT = "eventsys-door-";

export class Settings {
  /** `onChange(way)` hears of another place or direction. */
  constructor({ answer, onChange }) {
    this.part = (name) => document.querySelector(`[data-${name}]`);
    this.way = { point: "entrance", direction: "in" };
    this.onChange = onChange;
    this.toggle("bright", (isOn) => this.brighten(isOn));
    this.toggle("quiet", (isOn) => { answer.isQuiet = isOn; });
    this.toggle("free", (isOn) => { answer.isHandsFree = isOn; });
    this.part("point").addEventListener("change", (event) => {
      localStorage.setItem(`${KEPT}point:${this.slug}`, event.target.value);
      this.go({ point: event.target.value });
    });
    for (const radio of document.querySelectorAll("[data-direction]")) {
      radio.addEventListener("change", () => this.go({ direction: radio.value }));
    }
  }

  /** Take what the server told of this device: its points, and the one used last. */
  take(door) {
    const allowed = door.device.points ?? null;
    const points = door.points.filter((point) => !allowed || allowed.includes(point.key));
    this.slug = door.event.slug;
    this.points = points;
    const wanted = this.way.isChosen ? this.way.point : localStorage.getItem(`${KEPT}point:${this.slug}`);
    const point = (points.find(({ key }) => key === wanted) ?? points[0])?.key ?? "entrance";
    this.part("point").replaceChildren(...points.map(({ key, name }) => new Option(name, key, false, key === point)));
    this.part("desk-name").textContent = door.device.name;
    this.go({ point });
  }

  go(change) {
    this.way = { ...this.way, ...change };
    const point = this.points?.find(({ key }) => key === this.way.point);
    const isTwoWay = point?.is_two_way !== false;
    this.part("direction-field").hidden = !isTwoWay;
    // Nobody leaves lunch: where people pass one way, that way is in.
    if (!isTwoWay && this.way.direction === "out") {
      this.way.direction = "in";
      this.part("direction").checked = true;
    }
    this.onChange(this.way);
  }

  toggle(name, apply) {
    const box = this.part(name);
    box.checked = localStorage.getItem(KEPT + name) === "1";
    apply(box.checked);
    box.addEventListener("change", () => {
      localStorage.setItem(KEPT + name, box.checked ? "1" : "");
      apply(box.checked);
    });
  }

  brighten(isBright) {
    if (isBright) document.documentElement.dataset.appearance = "light";
    else delete document.documentElement.dataset.appearance;
  }
}
