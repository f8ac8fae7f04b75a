/* Frames read for QR codes: most of them quickly, every few with more patience for what is small, blurred, dim or inverted. */

import { sharpen } from "./sharpening.js";
import { prepareZXingModule, readBarcodes } from "../../vendor/zxing/reader/index.js";

const QUICK = { formats: ["QRCode"], tryHarder: false, tryRotate: false, tryInvert: false, tryDownscale: true, maxNumberOfSymbols: 1 };
const PATIENT = { ...QUICK, tryHarder: true, tryRotate: true, tryInvert: true };

/** The looks at a camera, one a frame in turn. `share` is how much of the frame's middle is looked at, `wide` its width in pixels,
 *  `isSharpened` for badges out of focus. */
export const LOOKS = [
  { share: 1, wide: 960, how: QUICK },
  { share: 1, wide: 640, how: PATIENT },
  { share: 1, wide: 960, how: QUICK },
  { share: 0.5, wide: 960, how: { ...PATIENT, tryInvert: false } },
  { share: 1, wide: 960, how: QUICK, isSharpened: true },
  { share: 1, wide: 1280, how: { ...PATIENT, binarizer: "GlobalHistogram" } },
];

/** Take the compiled reader: a page may compile WebAssembly where its policy allows it, its worker only use it. */
export function prepare(reader) {
  const instantiateWasm = (imports, receive) => {
    WebAssembly.instantiate(reader, imports).then((instance) => receive(instance, reader));
    return {};
  };
  return prepareZXingModule({ overrides: { instantiateWasm }, fireImmediately: true });
}

/** What a frame (ImageData) says, or an empty text, and how light it is. */
export async function decode(frame, look) {
  const light = lightOf(frame.data);
  const [found] = await readBarcodes(LOOKS[look].isSharpened ? sharpen(frame) : frame, LOOKS[look].how);
  return { text: found?.text ?? "", light };
}

/** How light a frame is, 0 to 255, from a few hundred of its pixels. */
function lightOf(pixels) {
  const step = 4 * Math.max(1, Math.floor(pixels.length / 4 / 400));
  let [sum, counted] = [0, 0];
  for (let place = 0; place < pixels.length; place += step) {
    sum += pixels[place] * 0.3 + pixels[place + 1] * 0.6 + pixels[place + 2] * 0.1;
    counted += 1;
  }
  return sum / counted;
}
