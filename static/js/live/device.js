/* A wall of its own: a screen that was paired as a device, and asks with its token. */

import { Ended, NoNetwork } from "../checkin/api.js";
import { Door, NoDevice } from "../checkin/door.js";
import { Drawing } from "./drawing.js";
import { listen, untilHeard } from "./listening.js";

/** Show the figures from the first answer on, or say why there are none. */
export async function openWall(root) {
  const tell = (part) => { for (const one of root.querySelectorAll("[data-wall]")) one.hidden = one.dataset.wall !== part; };
  try {
    const door = await Door.open({});
    const { figures, words } = await untilHeard(() => door.call("live"), { isDeaf: (error) => error instanceof NoNetwork, onWait: () => tell("away") });
    root.querySelector("[data-title]").textContent = words.title;
    const drawing = new Drawing(root, { labels: words, zone: words.timezone });
    drawing.show(figures);
    tell("figures");
    door.addEventListener("ended", () => tell("ended"));
    const ask = (options) => door.ask("live/stream", options);
    return await listen({ ask, onFigures: (found) => drawing.show(found), onState: (state) => drawing.say(state), onEnd: () => tell("ended") });
  } catch (error) {
    // A browser that nobody paired is no fault: the page says what to do, and the console stays quiet.
    if (error instanceof NoDevice && !error.isEnded) return tell("unpaired");
    if (error instanceof NoDevice || error instanceof Ended) return tell("ended");
    tell("failed");
    throw error;
  }
}
