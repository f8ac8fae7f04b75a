/* The side at scale: the server's picture beneath, a frame over each element, guides while something is drawn to them.

   Positions are set as properties of style objects, which the Content-Security-Policy allows; x counts from where the
   badge begins to be read. */

import { say } from "./words.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
// Below this many pixels there is no room for a handle in the middle of an edge.
const ROOM = 76;
const LEAST_SCALE = 1;

export class Canvas {
  constructor(design, paper) {
    this.design = design;
    this.paper = paper;
    this.scroller = paper.parentElement;
    this.layer = paper.querySelector("[data-pieces]");
    this.isMirrored = design.facts.direction === "rtl";
    this.zoom = 1;
    this.frames = new Map();
    this.guides = [];
    this.handles = HANDLES.map((edges) => {
      const handle = document.createElement("span");
      handle.className = `handle is-${edges}`;
      handle.dataset.edges = edges;
      return handle;
    });
    paper.dir = design.facts.direction;
    for (const name of ["change", "choose", "turn"]) design.addEventListener(name, () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  /** Millimetres of this many pixels across, counted the way the badge is read. */
  across(pixels) { return (this.isMirrored ? -pixels : pixels) / this.scale; }
  down(pixels) { return pixels / this.scale; }

  draw() {
    const { width, height } = this.design.size;
    const style = getComputedStyle(this.scroller);
    const room = this.scroller.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
    const fitting = Math.min(room / width, (window.innerHeight * 0.74) / height);
    this.scale = Math.max(LEAST_SCALE, fitting * this.zoom);
    this.paper.style.inlineSize = `${width * this.scale}px`;
    this.paper.style.blockSize = `${height * this.scale}px`;
    this.paper.style.setProperty("--grid", `${5 * this.scale}px`);
    this.#drawFrames();
    this.#drawGuides();
  }

  /** The frame of the chosen element takes the focus, where there is one. */
  focus() { this.frames.get(this.design.chosen)?.focus({ preventScroll: true }); }

  show(guides) {
    this.guides = guides;
    this.#drawGuides();
  }

  #drawFrames() {
    const { pieces } = this.design;
    const known = new Set(pieces.map((piece) => piece.id));
    for (const [id, frame] of this.frames) {
      if (known.has(id)) continue;
      frame.remove();
      this.frames.delete(id);
    }
    pieces.forEach((piece, number) => this.#drawFrame(piece, number));
    const frame = this.frames.get(this.design.chosen);
    for (const handle of this.handles) {
      const isMiddle = handle.dataset.edges.length === 1;
      const length = "ns".includes(handle.dataset.edges) ? "width" : "height";
      handle.hidden = isMiddle && (this.design.piece?.[length] ?? 0) * this.scale < ROOM;
    }
    if (frame) frame.append(...this.handles);
    else for (const handle of this.handles) handle.remove();
  }

  #drawFrame(piece, number) {
    let frame = this.frames.get(piece.id);
    if (!frame) {
      frame = document.createElement("div");
      frame.className = "piece";
      frame.tabIndex = 0;
      frame.dataset.id = piece.id;
      // The buttons that choose are those of the list, large enough for any finger; here are the things themselves.
      frame.setAttribute("role", "group");
      this.frames.set(piece.id, frame);
    }
    // Moving a frame in the page would take the focus from it; only those out of place are moved.
    if (this.layer.children[number] !== frame) this.layer.insertBefore(frame, this.layer.children[number] ?? null);
    const isChosen = piece.id === this.design.chosen;
    frame.classList.toggle("is-thin", Math.min(piece.width, piece.height) * this.scale < 12);
    frame.classList.toggle("is-chosen", isChosen);
    frame.setAttribute("aria-current", String(isChosen));
    frame.setAttribute("aria-label", `${number + 1}, ${this.nameOf(piece)}: ${this.placeOf(piece)}`);
    frame.style.insetInlineStart = `${piece.x * this.scale}px`;
    frame.style.insetBlockStart = `${piece.y * this.scale}px`;
    frame.style.inlineSize = `${piece.width * this.scale}px`;
    frame.style.blockSize = `${piece.height * this.scale}px`;
  }

  #drawGuides() {
    for (const line of this.paper.querySelectorAll(".guide")) line.remove();
    for (const { axis, at } of this.guides) {
      const line = document.createElement("i");
      line.className = `guide ${axis ? "is-across" : "is-down"}`;
      line.style[axis ? "insetBlockStart" : "insetInlineStart"] = `${at * this.scale}px`;
      this.paper.append(line);
    }
  }

  /** "text “{name}”": what an element is, in a few words. */
  nameOf(piece) {
    const text = (piece.text || piece.heading || piece.alt || "").replaceAll("\n", " ").trim();
    const kind = say(`kind_${piece.kind}`);
    return text ? say("named", { kind, text: text.length > 40 ? `${text.slice(0, 39)}…` : text }) : kind;
  }

  placeOf({ x, y, width, height }) {
    return say("place", { x: number(x), y: number(y), width: number(width), height: number(height) });
  }
}

const number = (value) => value.toLocaleString(document.documentElement.lang);
