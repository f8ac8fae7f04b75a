/* Elements are moved and resized with mouse, pen or finger. */

import { drawn, inside, lines, resized, tenth } from "./places.js";

// So far a hand may tremble before a press becomes a drag.
const TREMBLE = 3;
const REACH = 6;

export function listen(design, canvas, snapping) {
  let held;

  canvas.paper.addEventListener("pointerdown", (event) => {
    const frame = event.target.closest(".piece");
    if (event.button !== 0 || !event.isPrimary) return;
    if (!frame) return design.choose(null);
    design.choose(frame.dataset.id);
    frame.focus({ preventScroll: true });
    const { piece } = design;
    held = {
      id: piece.id, frame, edges: event.target.dataset.edges ?? "", from: [event.clientX, event.clientY],
      box: { x: piece.x, y: piece.y, width: piece.width, height: piece.height }, isMoving: false,
      targets: lines(design.size, design.pieces.filter((other) => other !== piece)),
    };
    frame.setPointerCapture(event.pointerId);
    // Not before the capture: a finger on an element moves it, and the page does not scroll away beneath.
    event.preventDefault();
  });

  canvas.paper.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [right, down] = [event.clientX - held.from[0], event.clientY - held.from[1]];
    if (!held.isMoving && Math.hypot(right, down) < TREMBLE) return;
    if (!held.isMoving) design.settle();
    held.isMoving = true;
    held.frame.classList.add("is-held");
    move(held, canvas.across(right), canvas.down(down), event.altKey);
  });

  function move(hold, right, down, isFree) {
    const piece = design.pieces.find((one) => one.id === hold.id);
    if (!piece) return;
    const least = design.least(piece);
    // The compass is that of the page; a badge read from the right has its beginning in the east.
    const edges = canvas.isMirrored ? hold.edges.replace(/[ew]/, (edge) => (edge === "e" ? "w" : "e")) : hold.edges;
    const at = (across, along) => edges
      ? resized(hold.box, edges, across, along, design.size, least)
      : inside({ ...hold.box, x: hold.box.x + across, y: hold.box.y + along }, design.size, least);
    let box = at(right, down);
    let found = { steps: [0, 0], guides: [] };
    if (!isFree) {
      if (snapping.grid) box = at(toGrid(hold.box, edges, "x", right), toGrid(hold.box, edges, "y", down));
      else if (snapping.lines) {
        found = drawn(box, edges, hold.targets, REACH / canvas.scale);
        box = at(right + found.steps[0], down + found.steps[1]);
      }
    }
    design.change(`drag ${hold.id}`, () => Object.assign(piece, box));
    canvas.show(found.guides);
  }

  const release = () => {
    if (!held) return;
    held.frame.classList.remove("is-held");
    held = undefined;
    design.settle();
    canvas.show([]);
  };
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.paper.addEventListener(name, release);
}

/** A step that ends where the moved edge meets the millimetres of the grid. */
function toGrid(box, edges, axis, step) {
  const [length, last] = axis === "x" ? ["width", "e"] : ["height", "s"];
  const edge = box[axis] + (edges.includes(last) ? box[length] : 0);
  return tenth(Math.round(edge + step) - edge);
}
