/* The elements of a side as a list, the first beneath the others: chosen, moved up and down, also by keyboard. */

import { say } from "./words.js";

export class Pieces {
  constructor(design, canvas, list, deeds) {
    Object.assign(this, { design, canvas, list, deeds });
    for (const name of ["change", "choose", "turn"]) design.addEventListener(name, () => this.draw());
    list.addEventListener("click", (event) => this.#press(event.target.closest("button")));
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  draw() {
    const focused = document.activeElement?.closest?.("[data-list] li")?.dataset.id;
    const act = document.activeElement?.dataset?.act;
    this.list.replaceChildren(...this.design.pieces.map((piece, number) => this.#row(piece, number)));
    this.list.hidden = this.design.pieces.length === 0;
    this.list.parentElement.querySelector("[data-empty]").hidden = this.design.pieces.length > 0;
    if (focused) this.#focus(focused, act);
  }

  #focus(id, act) {
    const row = [...this.list.children].find((one) => one.dataset.id === id);
    const button = row?.querySelector(`[data-act="${act}"]:not(:disabled)`) ?? row?.querySelector("[data-act=choose]");
    button?.focus({ preventScroll: true });
  }

  #row(piece, number) {
    const row = document.createElement("li");
    row.dataset.id = piece.id;
    const choose = this.#button("choose", this.canvas.nameOf(piece));
    choose.setAttribute("aria-pressed", String(piece.id === this.design.chosen));
    const name = { name: this.canvas.nameOf(piece) };
    const back = this.#sign("back", "chevron-up", say("back_of", name), number === 0);
    const front = this.#sign("front", "chevron-down", say("front_of", name), number === this.design.pieces.length - 1);
    row.append(choose, back, front);
    return row;
  }

  #button(act, text) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.act = act;
    button.textContent = text;
    return button;
  }

  /** A button with a picture of the page's own, named for who does not see it. */
  #sign(act, sign, name, isOff) {
    const button = this.#button(act, "");
    button.append(document.querySelector(`[data-sign="${sign}"]`).firstElementChild.cloneNode(true));
    button.setAttribute("aria-label", name);
    button.title = name;
    button.disabled = isOff;
    return button;
  }

  #press(button) {
    const id = button?.closest("li")?.dataset.id;
    if (!id) return;
    if (button.dataset.act === "choose") this.design.choose(id);
    else this.#raise(id, button.dataset.act === "front" ? 1 : -1);
  }

  #key(event) {
    const id = event.target.closest("li")?.dataset.id;
    if (!id) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && event.altKey) this.#raise(id, step);
    else if (step) this.#focus([...this.list.children].at((this.#at(id) + step) % this.list.children.length).dataset.id, "choose");
    else if (event.key === "Delete") { this.design.choose(id); this.deeds.remove(); this.#focus(this.design.chosen, "choose"); }
    else return;
    event.preventDefault();
  }

  #at(id) { return this.design.pieces.findIndex((piece) => piece.id === id); }

  #raise(id, steps) {
    this.design.raise(id, steps);
    const piece = this.design.pieces[this.#at(id)];
    this.deeds.told(say("raised", { name: this.canvas.nameOf(piece), number: this.#at(id) + 1, count: this.design.pieces.length }));
  }
}
