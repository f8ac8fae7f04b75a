/* Everything that a hand can do on the canvas, by keyboard. The page's help lists these keys. */

import { tenth } from "./places.js";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const stepOf = (event) => (event.altKey ? 0.1 : event.shiftKey ? 5 : 1);

export function listen(design, canvas, deeds) {
  canvas.paper.addEventListener("focusin", (event) => {
    const frame = event.target.closest(".piece");
    if (frame) design.choose(frame.dataset.id);
  });

  canvas.paper.addEventListener("keydown", (event) => {
    const { piece } = design;
    if (!piece || !event.target.closest(".piece")) return;
    const way = WAYS[event.key];
    if (way) move(piece, canvas.isMirrored ? [-way[0], way[1]] : way, event);
    else if (!act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  function move(piece, [across, down], event) {
    const step = stepOf(event);
    const isResizing = event.ctrlKey || event.metaKey;
    const [start, length] = isResizing ? ["width", "height"] : ["x", "y"];
    design.change(`${isResizing ? "size" : "move"} ${piece.id}`, () => {
      design.fit(piece, { [start]: tenth(piece[start] + across * step), [length]: tenth(piece[length] + down * step) });
    });
    deeds.told(canvas.placeOf(piece));
  }

  /** A frame that is put elsewhere among the others loses the focus, and gets it back. */
  function raise(steps) {
    deeds.raise(steps);
    canvas.focus();
  }

  function act(event) {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === "Delete" || event.key === "Backspace") deeds.remove();
    else if (isCommand && event.key.toLowerCase() === "d") deeds.duplicate();
    else if (!isCommand && (event.key === "]" || event.key === "}" || event.key === "PageUp")) raise(event.shiftKey ? Infinity : 1);
    else if (!isCommand && (event.key === "[" || event.key === "{" || event.key === "PageDown")) raise(event.shiftKey ? -Infinity : -1);
    else if (event.key === "Enter") deeds.edit();
    else if (event.key === "Escape") deeds.leave();
    else return false;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "s") deeds.save();
    // In a field these belong to what is being typed.
    else if (event.target.closest("textarea, input:not([type=checkbox], [type=radio], [type=color])")) return;
    else if (key === "z" && !event.shiftKey) deeds.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) deeds.redo();
    else return;
    event.preventDefault();
  });
}
