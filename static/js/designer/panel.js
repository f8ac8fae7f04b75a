/* The properties of the chosen element: fields that the server drew, shown where its kind has them. */

import { contrast, groundOf } from "./colours.js";
import { say } from "./words.js";

const PLACES = new Set(["x", "y", "width", "height"]);
const ENOUGH = 4.5;
// From 18 points on, or 14 in bold, letters read at less (WCAG 2.2, 1.4.3).
const ENOUGH_WHEN_LARGE = 3;

export class Panel {
  constructor(design, canvas, root) {
    this.design = design;
    this.canvas = canvas;
    this.root = root;
    this.controls = [...root.querySelectorAll("[data-field]")];
    for (const name of ["change", "choose", "turn"]) design.addEventListener(name, () => this.draw());
    root.addEventListener("input", (event) => this.#take(event.target));
    root.addEventListener("change", (event) => {
      this.#take(event.target);
      design.settle();
      this.draw({ isWhole: true });
    });
    root.addEventListener("click", (event) => this.#insert(event.target.closest("[data-insert]")));
  }

  focus() { this.controls.find((control) => control.offsetParent && !PLACES.has(control.dataset.field))?.focus(); }

  draw({ isWhole = false } = {}) {
    const { piece } = this.design;
    this.root.querySelector("[data-nothing]").hidden = Boolean(piece);
    this.root.querySelector("[data-something]").hidden = !piece;
    if (!piece) return;
    const { fields } = this.design.facts.kinds[piece.kind];
    this.root.querySelector("[data-kind]").textContent = this.canvas.nameOf(piece);
    for (const part of this.root.querySelectorAll("[data-for]")) {
      part.hidden = !part.dataset.for.split(" ").some((name) => fields.includes(name)) || this.#isIdle(part, piece);
    }
    for (const control of this.controls) {
      if (fields.includes(control.dataset.field) && (isWhole || control !== document.activeElement)) this.#fill(control, piece);
    }
    this.#sayContrast(piece);
  }

  /** A bar takes its colour from the sector or type, unless it has one of its own. */
  #isIdle(part, piece) {
    return piece.kind === "bar" && part.dataset.for === "colour" && piece.by !== "colour";
  }

  #fill(control, piece) {
    const value = piece[control.dataset.field] ?? "";
    if (control.type === "checkbox") control.checked = control.dataset.none === undefined ? value : value === "";
    else if (control.type === "radio") control.checked = control.value === String(value);
    else if (control.type === "color") control.value = value || "#ffffff";
    else if (control.dataset.pieces !== undefined) this.#fillPieces(control, piece, value);
    else control.value = value;
    for (const option of control.options ?? []) if (option.dataset.only) option.hidden = option.disabled = option.dataset.only !== piece.kind;
  }

  /** Which other text of this side it follows: a select of those that it can. */
  #fillPieces(control, piece, value) {
    const others = this.design.leaders(piece);
    control.replaceChildren(new Option(control.dataset.pieces, ""), ...others.map((other) => new Option(this.canvas.nameOf(other), other.id)));
    control.value = others.some((other) => other.id === value) ? value : "";
  }

  #take(control) {
    const name = control.dataset.field;
    const { piece } = this.design;
    if (!name || !piece) return;
    const value = this.#valueOf(control);
    if (value === undefined) return;
    this.design.change(`field ${name} ${piece.id}`, () => {
      if (PLACES.has(name)) this.design.fit(piece, { [name]: value });
      else piece[name] = value;
    });
  }

  #valueOf(control) {
    if (control.dataset.none !== undefined) return control.checked ? "" : "#ffffff";
    if (control.type === "checkbox") return control.checked;
    if (control.type === "radio") return control.checked ? control.value : undefined;
    if (control.dataset.number !== undefined || control.type === "number") {
      const value = Number.parseFloat(control.value);
      const { badInput, rangeUnderflow, rangeOverflow } = control.validity;
      return Number.isFinite(value) && !badInput && !rangeUnderflow && !rangeOverflow ? value : undefined;
    }
    return control.value;
  }

  /** A placeholder goes where the caret stands in the text. */
  #insert(button) {
    if (!button) return;
    const area = this.controls.find((control) => control.dataset.field === button.closest("[data-for]").dataset.for.split(" ")[0]);
    area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    this.#take(area);
  }

  #sayContrast(piece) {
    const line = this.root.querySelector("[data-contrast]");
    const hasInk = piece.colour && ["text", "code", "mark", "agenda", "sessions", "programme", "consent"].includes(piece.kind);
    const ground = hasInk ? groundOf(piece, this.design.pieces) : null;
    line.hidden = !hasInk;
    if (!hasInk) return;
    if (!ground) { line.textContent = say("contrast_unknown"); line.classList.remove("is-poor"); return; }
    const ratio = contrast(piece.colour, ground);
    const isLarge = piece.kind === "mark" || piece.size >= 18 || (piece.size >= 14 && piece.weight === 700);
    const isPoor = ratio < (isLarge ? ENOUGH_WHEN_LARGE : ENOUGH);
    line.classList.toggle("is-poor", isPoor);
    line.textContent = say(isPoor ? "contrast_poor" : "contrast_good", { ratio: ratio.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 }) });
  }
}
