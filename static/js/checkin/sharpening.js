/* A badge out of focus made readable: what differs from its surroundings is made to differ more. */

// Pixels around, and how much more: half a module of our codes as a camera sees them at arm's length.
const AROUND = 4;
const MORE = 3;

/** Grey and sharpened in place (an unsharp mask over a box blur). */
export function sharpen(frame) {
  const { data, width, height } = frame;
  const grey = new Float32Array(width * height);
  for (let place = 0; place < grey.length; place++) grey[place] = data[place * 4] * 0.3 + data[place * 4 + 1] * 0.6 + data[place * 4 + 2] * 0.1;
  const wide = new Float32Array(grey.length);
  for (let y = 0; y < height; y++) slide(grey, wide, y * width, 1, width);
  const soft = new Float32Array(grey.length);
  for (let x = 0; x < width; x++) slide(wide, soft, x, width, height);
  for (let place = 0; place < grey.length; place++) {
    const value = grey[place] + MORE * (grey[place] - soft[place]);
    // The array is clamped: darker than black is black.
    data[place * 4] = data[place * 4 + 1] = data[place * 4 + 2] = value;
  }
  return frame;
}

/** The mean around each value of one line of `count` values, `step` apart. */
function slide(from, to, start, step, count) {
  const at = (n) => from[start + Math.min(count - 1, Math.max(0, n)) * step];
  let sum = 0;
  for (let n = -AROUND; n <= AROUND; n++) sum += at(n);
  for (let n = 0; n < count; n++) {
    to[start + n * step] = sum / (2 * AROUND + 1);
    sum += at(n + AROUND + 1) - at(n - AROUND);
  }
}
