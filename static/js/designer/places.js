/* Where elements stand: millimetres inside a side, drawn to edges, centres and a grid. Nothing here knows the page.

   A box is {x, y, width, height}; a side {width, height}; `least` the smallest [width, height] of its kind. */

// Millimetres of a code, quiet zone included, that a phone reads at arm's length.
const SCANS_WELL = 20;
const AXES = [["x", "width"], ["y", "height"]];

export const tenth = (mm) => Math.round(mm * 10) / 10;
const between = (least, value, most) => Math.max(least, Math.min(value, Math.max(least, most)));

/** The box at whole tenths, no smaller than its kind allows and wholly inside its side. */
export function inside(box, side, least = [0, 0]) {
  const found = { ...box };
  AXES.forEach(([start, length], axis) => {
    found[length] = tenth(between(least[axis], box[length], side[length]));
    found[start] = tenth(between(0, box[start], side[length] - found[length]));
  });
  return found;
}

/** The box with the edges named by compass letters ("se", "n") moved; what is opposite stays where it is. */
export function resized(box, edges, across, down, side, least = [0, 0]) {
  const found = { ...box };
  const ends = [["w", "e", across], ["n", "s", down]];
  AXES.forEach(([start, length], axis) => {
    const [first, last, step] = ends[axis];
    const end = box[start] + box[length];
    if (edges.includes(last)) found[length] = between(least[axis], box[length] + step, side[length] - box[start]);
    if (edges.includes(first)) {
      found[start] = between(0, box[start] + step, end - least[axis]);
      found[length] = end - found[start];
    }
    found[start] = tenth(found[start]);
    found[length] = tenth(found[length]);
  });
  return found;
}

/** What edges and centres are drawn to: the side's own and those of its other elements; [across, down]. */
export function lines(side, others) {
  return AXES.map(([start, length]) => {
    const found = new Set([0, tenth(side[length] / 2), side[length]]);
    for (const other of others) {
      for (const at of [other[start], other[start] + other[length] / 2, other[start] + other[length]]) found.add(tenth(at));
    }
    return [...found];
  });
}

/** How far a box must still go to the nearest line within `reach`, and the lines it then touches.

    `edges` says what moves: "" the whole box, else the compass letters of its edges. */
export function drawn(box, edges, targets, reach) {
  const steps = [0, 0];
  const guides = [];
  AXES.forEach(([start, length], axis) => {
    const [first, last] = axis ? ["n", "s"] : ["w", "e"];
    const points = [];
    if (!edges || edges.includes(first)) points.push(box[start]);
    if (!edges) points.push(box[start] + box[length] / 2);
    if (!edges || edges.includes(last)) points.push(box[start] + box[length]);
    let best = reach;
    for (const target of targets[axis]) {
      for (const point of points) {
        const step = target - point;
        if (Math.abs(step) < Math.abs(best) || (Math.abs(step) === Math.abs(best) && best === reach)) best = step;
      }
    }
    if (Math.abs(best) < reach) steps[axis] = best;
    for (const target of targets[axis]) {
      if (points.some((point) => Math.abs(point + steps[axis] - target) < 0.06)) guides.push({ axis, at: target });
    }
  });
  return { steps, guides };
}

/** The same elements on a side of another size: places in proportion, letters by the smaller of the two. */
export function carried(piece, from, to) {
  const [wide, high] = [to.width / from.width, to.height / from.height];
  const found = { ...piece };
  for (const name of ["x", "width"]) found[name] = tenth(piece[name] * wide);
  for (const name of ["y", "height"]) found[name] = tenth(piece[name] * high);
  if (piece.kind === "qr") found.width = found.height = tenth(Math.max(SCANS_WELL, Math.min(piece.width, piece.height) * Math.min(wide, high)));
  if ("size" in piece) found.size = Math.max(4, Math.round(piece.size * Math.min(wide, high) * 2) / 2);
  return found;
}
