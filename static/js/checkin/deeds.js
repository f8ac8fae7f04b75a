/* Who came anew while there was no network: kept sealed like a scan, sent when it is back, and what became of each.

   Only the server gives seats, so until then nothing is promised. It finds a deed that is sent again by its id. */

import { Refused } from "./api.js";
import { PASSED } from "./books.js";
import { say } from "./words.js";

// These the server answers alike however often it is asked; after anything else it is asked again.
const FINAL = [400, 404, 409, 410, 422];
const LONG = 15_000;

export class Newcomers {
  /** `inside` is the Door from inside. */
  constructor(inside) { this.inside = inside; }

  /** What is kept and not done, the oldest first: {id, state: "waiting" | "refused", scan, deed}. */
  get all() {
    return this.inside.unsent.all.filter(({ deed }) => deed).sort((a, b) => a.scan.at.localeCompare(b.scan.at));
  }

  /** Keep what `path` is to be asked with `body` for somebody who stands here now; resolves to {scan, result} to show. */
  async keep({ path, body, name, organisation }) {
    const { inside } = this;
    const at = body.came_at ?? new Date(inside.clock.now()).toISOString();
    const scan = { id: body.id, code: "", point: body.point, direction: "in", at };
    const deed = { path, body: { ...body, came_at: at }, name, organisation };
    const known = inside.unsent.find(body.id);
    const entry = { ...known, id: body.id, state: "waiting", scan, deed, personId: null, outcome: null, told: "kept", askedAt: Date.now() };
    if (known) await inside.unsent.change([entry]);
    else await inside.unsent.keep(entry);
    inside.sync.hurry();
    const attendee = { name, organisation, notes: [say("desk.kept_how")] };
    return { scan, result: { id: body.id, outcome: "kept", message: say("desk.kept"), attendee, first: null, isLocal: true } };
  }

  /** Somebody was helped otherwise, or will not be: it is kept no more. */
  async drop(id) {
    const entry = this.inside.unsent.find(id);
    if (entry) await this.inside.unsent.change([{ ...entry, state: "done" }]);
  }

  /** Send what waits, one after the other; `ask(path, options)` asks the server. */
  async send(ask) {
    for (const entry of this.inside.unsent.due().deeds) await this.#sendOne(entry, ask);
  }

  async #sendOne(entry, ask) {
    try {
      const answer = await ask(entry.deed.path, { body: entry.deed.body, within: LONG });
      await this.#done(entry, answer);
    } catch (error) {
      if (!(error instanceof Refused) || !FINAL.includes(error.status)) throw error;
      await this.#refused(entry, error);
    }
  }

  async #done(entry, { person, result, badge }) {
    const told = result ?? { id: entry.id, outcome: "not_confirmed", message: say("desk.waits", { name: person.name }), attendee: person, first: null };
    const trouble = !PASSED.has(told.outcome) ? told.message : badge?.state === "failed" ? badge.message : "";
    // The notice first: should the page die in between, the deed is sent again and answered the same.
    if (trouble) await this.#note(entry, trouble);
    await this.inside.unsent.change([{ ...entry, state: "done" }]);
    this.inside.tell("later", { scan: entry.scan, told: null, result: told });
  }

  /** Nobody was registered: what was typed stays, to be put right or thrown away by somebody. */
  async #refused(entry, { message, code }) {
    await this.#note(entry, message);
    await this.inside.unsent.change([{ ...entry, state: "refused", deed: { ...entry.deed, message, code } }]);
    this.inside.tell("later", { scan: entry.scan, told: null, result: this.#result(entry, message) });
  }

  async #note(entry, message) {
    await this.inside.notices.note("deed", { scan: entry.scan, told: "kept", result: this.#result(entry, message) });
  }

  #result({ id, deed }, message) {
    return { id, outcome: "refused", message, attendee: { name: deed.name, organisation: deed.organisation, notes: [] }, first: null };
  }
}
