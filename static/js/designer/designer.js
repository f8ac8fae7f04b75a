/* The designer of badges: puts its parts together. Without script the page is a form with the design as JSON. */

import { carry } from "./asking.js";
import { Canvas } from "./canvas.js";
import { Design } from "./design.js";
import * as dragging from "./dragging.js";
import { Formats } from "./formats.js";
import * as keys from "./keys.js";
import { Marks } from "./marks.js";
import { Panel } from "./panel.js";
import { Pictures } from "./picture.js";
import { Pieces } from "./pieces.js";
import { Preview } from "./preview.js";
import { Saving } from "./saving.js";
import { say } from "./words.js";

const root = document.querySelector("[data-designer]");
const form = root.querySelector("form[data-design-form]");
const find = (name) => root.querySelector(`[data-${name}]`);
const LULL = 400;
const ZOOMS = [1, 1.5, 2, 3];

carry(form.elements.csrf_token.value);
const design = new Design(JSON.parse(form.elements.design.value), JSON.parse(root.dataset.facts));
const canvas = new Canvas(design, find("paper"));
const snapping = { lines: true, grid: false };

/* What happened is said once the hand rests: ten steps of an arrow key are one sentence. */
let pause;
function told(sentence) {
  clearTimeout(pause);
  pause = setTimeout(() => { find("said").textContent = sentence; }, LULL);
}

function step(way, word) {
  if (way === "undo" ? !design.canUndo : !design.canRedo) return;
  const isOnCanvas = Boolean(document.activeElement?.closest(".piece"));
  design[way]();
  if (isOnCanvas) canvas.focus();
  told(say(word));
}

const deeds = {
  told,
  remove() {
    if (!design.piece) return;
    const name = canvas.nameOf(design.piece);
    const isOnCanvas = Boolean(document.activeElement?.closest(".piece, [data-tools]"));
    design.remove();
    told(say("removed", { name }));
    if (!isOnCanvas) return;
    if (design.chosen) canvas.focus();
    else find("add").focus();
  },
  duplicate() {
    design.duplicate();
    canvas.focus();
    if (design.piece) told(say("duplicated", { name: canvas.nameOf(design.piece) }));
  },
  raise(steps) {
    if (!design.piece) return;
    design.raise(design.chosen, steps);
    const number = design.pieces.indexOf(design.piece) + 1;
    told(say("raised", { name: canvas.nameOf(design.piece), number, count: design.pieces.length }));
  },
  undo() { step("undo", "undone"); },
  redo() { step("redo", "redone"); },
  edit() { panel.focus(); },
  leave() { design.choose(null); find("add").focus(); },
  save() { saving.save(); },
};

dragging.listen(design, canvas, snapping);
keys.listen(design, canvas, deeds);
const panel = new Panel(design, canvas, find("panel"));
const pieces = new Pieces(design, canvas, find("list"), deeds);
const formats = new Formats(design, root);
const saving = new Saving(design, form, told);
const preview = new Preview(design, { root });
const marks = new Marks(design, find("marks"));
const pictures = new Pictures(design, find("pictures"), told);

/* The tools above the canvas */
const tools = {
  undo: deeds.undo,
  redo: deeds.redo,
  duplicate: deeds.duplicate,
  remove: deeds.remove,
  front: () => { deeds.raise(1); canvas.draw(); },
  back: () => { deeds.raise(-1); canvas.draw(); },
};
root.addEventListener("click", (event) => tools[event.target.closest("[data-tool]")?.dataset.tool]?.());

find("add").addEventListener("change", (event) => {
  const kind = event.target.value;
  event.target.value = "";
  if (!kind) return;
  const piece = design.add(kind);
  canvas.focus();
  told(say("added", { name: canvas.nameOf(piece) }));
});

find("zoom").addEventListener("change", (event) => {
  canvas.zoom = ZOOMS.find((zoom) => String(zoom) === event.target.value) ?? 1;
  canvas.draw();
});
find("grid").addEventListener("change", (event) => {
  snapping.grid = event.target.checked;
  canvas.paper.classList.toggle("has-grid", snapping.grid);
});
find("snap").addEventListener("change", (event) => { snapping.lines = event.target.checked; });

function drawTools() {
  find("tool='undo'").disabled = !design.canUndo;
  find("tool='redo'").disabled = !design.canRedo;
  for (const name of ["duplicate", "remove", "front", "back"]) find(`tool='${name}'`).disabled = !design.piece;
  // A scanner must not have to choose between two codes.
  if (design.piece?.kind === "qr") find("tool='duplicate'").disabled = true;
  for (const option of find("add").options) if (option.value === "qr") option.disabled = design.hasCode;
  form.elements.design.value = JSON.stringify(design.document, null, 1);
}
for (const name of ["change", "choose", "turn"]) design.addEventListener(name, drawTools);
// Letters inside a field are undone by the field; a design once more is undone here.
design.addEventListener("turn", () => told(say(`side_${design.side}`)));

for (const part of root.querySelectorAll("[data-scripted]")) part.hidden = false;
for (const part of root.querySelectorAll("[data-plain]")) part.hidden = true;
for (const part of [canvas, panel, pieces, formats, marks, pictures, preview]) part.draw();
drawTools();
