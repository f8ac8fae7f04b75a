/* The paper: its format, the labels of a sheet and how they lie on it, and which side is on the table. */

const SVG = "http://www.w3.org/2000/svg";

export class Formats {
  constructor(design, root) {
    this.design = design;
    this.root = root;
    this.choice = root.querySelector("[data-format]");
    this.sheet = root.querySelector("[data-sheet]");
    this.sides = root.querySelector("[data-sides]");
    this.known = root.querySelector("[data-known-sheet]");
    for (const name of ["change", "turn"]) design.addEventListener(name, () => this.draw());
    this.choice.addEventListener("change", () => this.#reform(this.choice.value));
    this.known.addEventListener("change", () => {
      const found = design.facts.sheets[this.known.value];
      if (found) design.reform(design.content.format, found);
    });
    this.sheet.addEventListener("change", (event) => this.#take(event.target));
    this.sides.addEventListener("click", (event) => {
      const button = event.target.closest("[data-side]");
      if (button) design.turn(button.dataset.side);
    });
  }

  #reform(format) {
    const { is_sheet: isSheet } = this.design.facts.formats[format];
    this.design.reform(format, isSheet ? Object.values(this.design.facts.sheets)[0] : null);
  }

  #take(control) {
    const name = control.dataset.sheetField;
    if (!name) return;
    const value = name === "paper" ? control.value : Number.parseFloat(control.value);
    if (name !== "paper" && (!Number.isFinite(value) || control.validity.rangeUnderflow || control.validity.rangeOverflow)) return;
    this.design.reform(this.design.content.format, { ...this.design.content.sheet, [name]: value });
  }

  draw() {
    const { content, form } = this.design;
    this.choice.value = content.format;
    for (const button of this.sides.querySelectorAll("[data-side]")) {
      button.parentElement.hidden = !form.sides.includes(button.dataset.side);
      button.setAttribute("aria-pressed", String(button.dataset.side === this.design.side));
      const count = content.sides[button.dataset.side]?.length ?? 0;
      button.querySelector("[data-count]").textContent = count || "";
    }
    this.sides.hidden = form.sides.length < 2;
    this.sheet.hidden = !content.sheet;
    if (content.sheet) this.#drawSheet(content.sheet);
  }

  #drawSheet(sheet) {
    for (const control of this.sheet.querySelectorAll("[data-sheet-field]")) {
      if (control !== document.activeElement) control.value = sheet[control.dataset.sheetField];
    }
    const alike = Object.entries(this.design.facts.sheets).find(([, known]) => Object.keys(known).every((name) => known[name] === sheet[name]));
    this.known.value = alike?.[0] ?? "";
    const [width, height] = this.design.facts.papers[sheet.paper];
    const picture = this.sheet.querySelector("svg");
    picture.setAttribute("viewBox", `-2 -2 ${width + 4} ${height + 4}`);
    picture.replaceChildren(rectangle("page", 0, 0, width, height));
    let isOff = false;
    for (let row = 0; row < sheet.rows; row += 1) {
      for (let column = 0; column < sheet.columns; column += 1) {
        const x = sheet.left + column * (sheet.label_width + sheet.column_gap);
        const y = sheet.top + row * (sheet.label_height + sheet.row_gap);
        const isOut = x + sheet.label_width > width + 0.05 || y + sheet.label_height > height + 0.05;
        isOff ||= isOut;
        picture.append(rectangle(isOut ? "label is-out" : "label", x, y, sheet.label_width, sheet.label_height));
      }
    }
    this.sheet.querySelector("[data-off]").hidden = !isOff;
  }
}

function rectangle(kind, x, y, width, height) {
  const found = document.createElementNS(SVG, "rect");
  found.setAttribute("class", kind);
  for (const [name, value] of Object.entries({ x, y, width, height })) found.setAttribute(name, value);
  return found;
}
