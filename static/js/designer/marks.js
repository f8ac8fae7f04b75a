/* The marks of an access element: letters in a shape, for a tag or for an answer; a row of fields each. */

const MOST = 8;

export class Marks {
  constructor(design, root) {
    this.design = design;
    this.root = root;
    this.rows = root.querySelector("[data-rows]");
    this.template = root.querySelector("template");
    this.more = root.querySelector("[data-more]");
    for (const name of ["change", "choose", "turn"]) design.addEventListener(name, () => this.draw());
    root.addEventListener("input", (event) => this.#take(event.target));
    root.addEventListener("click", (event) => this.#press(event.target.closest("button")));
  }

  get marks() { return this.design.piece?.marks ?? []; }

  draw() {
    const { piece } = this.design;
    if (piece?.kind !== "access") return;
    // Whoever is typing in a row goes on in it.
    if (this.rows.children.length !== this.marks.length || this.shown !== piece.id) {
      this.rows.replaceChildren(...this.marks.map((_mark, number) => this.#row(number)));
      this.shown = piece.id;
    }
    this.marks.forEach((mark, number) => this.#fill(this.rows.children[number], mark));
    this.more.disabled = this.marks.length >= MOST;
  }

  #row(number) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    for (const part of row.querySelectorAll("[id]")) part.id += `-${number}`;
    for (const part of row.querySelectorAll("[for]")) part.htmlFor += `-${number}`;
    return row;
  }

  #fill(row, mark) {
    for (const control of row.querySelectorAll("[data-mark]")) {
      if (control !== document.activeElement) control.value = mark[control.dataset.mark] ?? "";
    }
    row.querySelector("[data-answer]").hidden = !mark.question;
    row.querySelector("[data-tag]").hidden = Boolean(mark.question);
  }

  #take(control) {
    const name = control.dataset.mark;
    if (!name) return;
    const number = [...this.rows.children].indexOf(control.closest("li"));
    this.design.change(`mark ${number} ${name} ${this.design.chosen}`, () => {
      const mark = this.marks[number];
      mark[name] = control.value;
      if (name === "question") Object.assign(mark, control.value ? { tag: "" } : { answer: "" });
    });
  }

  #press(button) {
    if (!button) return;
    const number = [...this.rows.children].indexOf(button.closest("li"));
    if (button === this.more) {
      this.design.change("", () => this.marks.push({ letters: "VIP", label: "", shape: "circle", tag: "vip", question: "", answer: "" }));
      this.rows.lastElementChild?.querySelector("input").focus();
    } else if (number >= 0) {
      this.shown = "";
      this.design.change("", () => this.marks.splice(number, 1));
      this.more.focus();
    }
  }
}
