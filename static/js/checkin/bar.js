/* What is always to be seen: where this desk scans, how many are inside, what is unsent, whether there is a network. */

import { say } from "./words.js";

export class Bar {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-${name}]`);
    this.hintKey = "hold";
  }

  /** Draw the state of a `door` at the point of `way`, and how far people of it are inside. */
  draw(door, way) {
    const counts = door.counts(way.point);
    const place = door.points.find((point) => point.key === way.point)?.name ?? "";
    this.part("point-name").textContent = place;
    this.part("way-mark").hidden = way.direction !== "out";
    // How many people this device knows: until the first have come it cannot judge alone.
    this.root.dataset.known = door.people.size;
    this.part("counts").hidden = false;
    this.part("in").textContent = counts.in;
    this.part("expected").textContent = counts.seats ?? counts.expected;
    this.part("unsent").textContent = door.unsent;
    this.part("unsent-line").classList.toggle("is-waiting", door.unsent > 0);
    const isGone = door.network === "gone";
    this.part("net").hidden = !isGone;
    this.root.dataset.network = door.network;
    this.part("answer-figures").textContent = `${say("inside_n", { n: counts.in })} · ${say("unsent_n", { n: door.unsent })}`;
    this.hint();
  }

  /** What the camera's view says; without a key, what it said. */
  hint(key = this.hintKey) {
    this.hintKey = key;
    const words = say(key);
    if (this.part("hint").textContent !== words) this.part("hint").textContent = words;
  }
}
