/* The design that is being drawn: its elements, which of them is chosen, what was done and can be undone. */

import { carried, inside } from "./places.js";

const MOST_STEPS = 200;

/** Tells `change` (what is drawn differs), `choose` (another element, or none) and `turn` (another side). */
export class Design extends EventTarget {
  #past = [];
  #coming = [];
  #last = "";
  #saved;

  /** `content` is the document of docs/badge-design.md; `facts` what the server knows of formats and kinds. */
  constructor(content, facts) {
    super();
    this.content = content;
    this.facts = facts;
    this.side = "front";
    this.chosen = null;
    this.#saved = JSON.stringify(content);
  }

  get form() { return this.facts.formats[this.content.format]; }
  get sides() { return this.form.sides; }
  get pieces() { return (this.content.sides[this.side] ??= []); }
  get piece() { return this.pieces.find((piece) => piece.id === this.chosen) ?? null; }
  get isUnsaved() { return JSON.stringify(this.content) !== this.#saved; }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#coming.length > 0; }
  get count() { return this.sides.reduce((sum, side) => sum + (this.content.sides[side]?.length ?? 0), 0); }

  get size() {
    const { sheet } = this.content;
    return sheet ? { width: sheet.label_width, height: sheet.label_height } : { width: this.form.width, height: this.form.height };
  }

  /** The document as it may be sent: a text follows only one that is above it and comes before it. What was moved away
      and back again follows as before, so nothing is forgotten here. */
  get document() {
    const found = structuredClone(this.content);
    for (const pieces of Object.values(found.sides)) {
      pieces.forEach((piece, number) => { if (piece.follows && !leaders(pieces, number).some(({ id }) => id === piece.follows)) piece.follows = ""; });
    }
    return found;
  }

  /** The texts that an element of this side may follow. */
  leaders(piece) { return leaders(this.pieces, this.pieces.indexOf(piece)); }
  get hasCode() { return this.pieces.some(({ kind }) => kind === "qr"); }

  least(piece) { return this.facts.kinds[piece.kind]?.least ?? [1, 1]; }
  fit(piece, box) {
    const { x, y, width, height } = piece;
    Object.assign(piece, inside({ x, y, width, height, ...box }, this.size, this.least(piece)));
    // A line may lack one of the two, not both.
    if (!piece.width && !piece.height) piece.width = 1;
  }

  choose(id, { isNew = false } = {}) {
    if (this.chosen === id && !isNew) return;
    this.chosen = id;
    this.#last = "";
    this.dispatchEvent(new Event("choose"));
  }

  turn(side) {
    if (!this.sides.includes(side) || side === this.side) return;
    this.side = side;
    this.chosen = null;
    this.#last = "";
    this.dispatchEvent(new Event("turn"));
  }

  /** Do something to the content. Deeds of one name that follow each other are undone as one. */
  change(name, deed) {
    const before = JSON.stringify(this.content);
    deed(this.content);
    if (JSON.stringify(this.content) === before) return;
    if (name !== this.#last || !name) {
      this.#past.push({ content: before, side: this.side, chosen: this.chosen });
      if (this.#past.length > MOST_STEPS) this.#past.shift();
    }
    this.#coming = [];
    this.#last = name;
    this.#tell();
  }

  /** The next deed is undone by itself, whatever its name. */
  settle() { this.#last = ""; }

  undo() { this.#go(this.#past, this.#coming); }
  redo() { this.#go(this.#coming, this.#past); }

  #go(from, to) {
    const step = from.pop();
    if (!step) return;
    to.push({ content: JSON.stringify(this.content), side: this.side, chosen: this.chosen });
    this.content = JSON.parse(step.content);
    this.side = this.sides.includes(step.side) ? step.side : "front";
    this.chosen = this.pieces.some((piece) => piece.id === step.chosen) ? step.chosen : null;
    this.#last = "";
    this.#tell("turn");
  }

  /** What is saved now; `text` is the JSON that was sent, for somebody may have gone on drawing. */
  keep(text) {
    this.#saved = text;
    this.#tell("keep");
  }

  #tell(also) {
    if (also) this.dispatchEvent(new Event(also));
    this.dispatchEvent(new Event("change"));
  }

  /* Deeds on elements */

  /** A new element in the middle of what is free of others' centres, chosen at once. */
  add(kind) {
    const piece = { ...structuredClone(this.facts.kinds[kind].new), id: this.#newId(kind) };
    const { width, height } = this.size;
    this.fit(piece, { x: Math.max(0, (width - piece.width) / 2), y: Math.max(0, (height - piece.height) / 2) });
    while (this.pieces.some((other) => other.x === piece.x && other.y === piece.y)) {
      const before = piece.y;
      this.fit(piece, { x: piece.x + 2, y: piece.y + 2 });
      if (piece.y === before) break;
    }
    this.change("", () => this.pieces.push(piece));
    this.choose(piece.id, { isNew: true });
    return piece;
  }

  duplicate() {
    if (!this.piece || this.piece.kind === "qr") return;
    const copy = { ...structuredClone(this.piece), id: this.#newId(this.piece.kind) };
    this.fit(copy, { x: copy.x + 3, y: copy.y + 3 });
    const at = this.pieces.indexOf(this.piece) + 1;
    this.change("", () => this.pieces.splice(at, 0, copy));
    this.choose(copy.id);
  }

  remove() {
    if (!this.piece) return;
    const at = this.pieces.indexOf(this.piece);
    this.change("", () => this.pieces.splice(at, 1));
    this.choose(this.pieces[Math.min(at, this.pieces.length - 1)]?.id ?? null);
  }

  /** Bring an element nearer to the front (+1) or further back (-1); Infinity goes all the way. */
  raise(id, steps) {
    const from = this.pieces.findIndex((piece) => piece.id === id);
    const to = Math.max(0, Math.min(this.pieces.length - 1, from + steps));
    if (from < 0 || from === to) return;
    this.change("", () => this.pieces.splice(to, 0, ...this.pieces.splice(from, 1)));
  }

  /** Another format: what stands on sides that it has keeps its proportions. */
  reform(format, sheet) {
    const before = this.size;
    this.change("", (content) => {
      content.format = format;
      if (sheet) content.sheet = structuredClone(sheet);
      else delete content.sheet;
      for (const side of Object.keys(content.sides)) {
        if (!this.sides.includes(side)) delete content.sides[side];
      }
      for (const side of this.sides) {
        content.sides[side] = (content.sides[side] ?? []).map((piece) => {
          const moved = carried(piece, before, this.size);
          this.fit(moved, moved);
          return moved;
        });
      }
      if (!this.sides.includes(this.side)) this.side = "front";
    });
    this.dispatchEvent(new Event("turn"));
  }

  #newId(kind) {
    const taken = new Set(Object.values(this.content.sides).flat().map((piece) => piece.id));
    for (let number = 1; ; number += 1) if (!taken.has(`${kind}-${number}`)) return `${kind}-${number}`;
  }
}

const leaders = (pieces, number) => pieces.slice(0, number).filter(({ kind, y }) => kind === "text" && y <= pieces[number].y);
