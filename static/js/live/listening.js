/* Server-sent events by fetch, because EventSource cannot carry a device's token; it comes back by itself. */

const LONGEST_PAUSE = 30_000;
// The server says something every 15 seconds; a line that is silent for longer is dead, though nothing closed it.
const SILENCE = 40_000;

export class Ended extends Error {}

/** Hear what `ask(options)` resolves to, a response, until the page closes. `onState` is told "live" or "waiting"; a refused token ends it. */
export async function listen({ ask, onFigures, onState, onEnd = () => {} }) {
  let pause = 1000;
  for (;;) {
    try {
      await hear(ask, (figures) => { pause = 1000; onState("live"); onFigures(figures); });
    } catch (error) {
      if (error instanceof Ended) return onEnd();
      onState("waiting");
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    }
    await wait(pause);
  }
}

/** What `deed` resolves to, tried again for as long as it throws what `isDeaf` takes for a missing network. */
export async function untilHeard(deed, { isDeaf, onWait }) {
  for (let pause = 1000; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    try {
      return await deed();
    } catch (error) {
      if (!isDeaf(error)) throw error;
      onWait();
      await wait(pause);
    }
  }
}

async function hear(ask, onFigures) {
  const control = new AbortController();
  const response = await ask({ headers: { Accept: "text/event-stream" }, signal: control.signal });
  if ([401, 403, 404].includes(response.status)) throw new Ended();
  if (!response.ok || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new Error(`status ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await within(SILENCE, reader.read(), control);
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) tell(block, onFigures);
  }
}

function tell(block, onFigures) {
  const data = block.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
  if (data) onFigures(JSON.parse(data));
}

async function within(milliseconds, promise, control) {
  const timer = setTimeout(() => control.abort(), milliseconds);
  try { return await promise; } finally { clearTimeout(timer); }
}

const wait = (milliseconds) => new Promise((resolve) => {
  const timer = setTimeout(resolve, milliseconds);
  addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
});
