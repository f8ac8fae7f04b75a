/* How well an ink reads on its ground (WCAG 2.2, contrast ratio): what stands right beneath an element, else the paper. */

const PAPER = "#ffffff";

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour beneath the middle of `piece`; null where only the print tells: a picture, or the colour of a sector. */
export function groundOf(piece, pieces) {
  const [x, y] = [piece.x + piece.width / 2, piece.y + piece.height / 2];
  const beneath = pieces.slice(0, pieces.indexOf(piece)).reverse().find((other) =>
    other.x <= x && x <= other.x + other.width && other.y <= y && y <= other.y + other.height
    && (other.kind === "bar" || other.kind === "image" || (other.kind === "box" && other.fill)));
  if (!beneath) return PAPER;
  if (beneath.kind === "box") return beneath.fill;
  return beneath.kind === "bar" && beneath.by === "colour" ? beneath.colour : null;
}
