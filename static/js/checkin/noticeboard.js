/* What somebody must read: answers that came later and were other than this desk said. One at a time, kept until understood. */

import { isPassed } from "./answer.js";
import { say, whoOf } from "./words.js";

export class Noticeboard {
  /** `onRead(id)` hears which notice somebody understood. */
  constructor(root, { onRead }) {
    this.panel = root.querySelector("[data-notices]");
    this.part = (name) => this.panel.querySelector(`[data-${name}]`);
    this.mark = root.querySelector("[data-answer-notices]");
    this.list = [];
    this.part("notice-read").addEventListener("click", () => {
      const [first] = this.list;
      if (!first) return;
      onRead(first.id);
      this.draw(this.list.slice(1));
      if (this.panel.hidden) root.focus({ preventScroll: true });
    });
  }

  /** Show the notices that nobody has read, the oldest first. */
  draw(list) {
    this.list = list;
    const [first] = list;
    this.panel.hidden = !first;
    this.mark.hidden = !first;
    this.mark.textContent = first ? say("to_read", { n: list.length }) : "";
    const words = first ? wordsOf(first) : "";
    if (this.part("notice-words").textContent !== words) this.part("notice-words").textContent = words;
    this.part("notice-count").textContent = list.length > 1 ? say("one_of", { n: list.length }) : "";
  }
}

/** `told` is the outcome that this desk gave, null where it gave none. */
function wordsOf({ kind, scan, told, result }) {
  const places = { name: whoOf(scan, result), message: result?.message ?? "" };
  if (kind === "unreadable") return say("unreadable", places);
  if (kind === "deed") return say("deed", places);
  const letIn = told && isPassed(told);
  if (kind === "corrected") return say(letIn && !isPassed(result.outcome) ? "corrected_in" : "corrected", places);
  return say(letIn && !isPassed(result.outcome) ? "later_in" : "later", places);
}
