/* The picture beneath the frames, drawn by the server as it prints: anew after a short pause, for a face of choice. */

import { ask } from "./asking.js";
import { say } from "./words.js";

const PAUSE = 350;

export class Preview {
  #asking;
  #waiting;
  #drawn = "";

  constructor(design, page) {
    this.design = design;
    this.address = page.root.dataset.preview;
    this.picture = page.root.querySelector("[data-picture]");
    this.state = page.root.querySelector("[data-drawn]");
    this.warnings = page.root.querySelector("[data-warnings]");
    this.face = page.root.querySelector("[data-face]");
    this.who = page.root.querySelector("[data-who]");
    this.number = 0;
    this.face.addEventListener("change", () => { this.number = 0; this.draw(); });
    page.root.querySelector("[data-step='-1']").addEventListener("click", () => this.#walk(-1));
    page.root.querySelector("[data-step='1']").addEventListener("click", () => this.#walk(1));
    design.addEventListener("change", () => this.soon());
    design.addEventListener("turn", () => this.draw());
  }

  /** Wait until nothing has changed for a moment. */
  soon() {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.draw(), PAUSE);
  }

  async draw() {
    clearTimeout(this.#waiting);
    const wish = { design: this.design.document, side: this.design.side, face: this.face.value, number: this.number };
    const text = JSON.stringify(wish);
    this.#asking?.abort();
    if (text === this.#drawn) return this.#rest();
    this.#asking = new AbortController();
    this.picture.parentElement.classList.add("is-old");
    this.state.textContent = say("drawing");
    try {
      const said = await ask(this.address, wish, { signal: this.#asking.signal });
      this.#drawn = text;
      await this.#show(said);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.state.textContent = say("not_drawn");
      this.#warn([error.message], "is-refused");
    }
  }

  #walk(step) {
    this.face.value = "person";
    this.number = Math.max(0, this.number + step);
    this.draw();
  }

  async #show(said) {
    this.picture.src = said.picture;
    await this.picture.decode().catch(() => {});
    this.number = said.number;
    this.who.textContent = said.who;
    this.picture.alt = say("picture", { who: said.who });
    this.#warn(said.warnings, "");
    this.#rest();
  }

  #rest() {
    this.picture.parentElement.classList.remove("is-old");
    this.state.textContent = say("drawn");
  }

  #warn(sentences, kind) {
    const list = this.warnings.querySelector("ul");
    list.replaceChildren(...sentences.map((sentence) => {
      const item = document.createElement("li");
      item.textContent = sentence;
      return item;
    }));
    this.warnings.classList.toggle("is-refused", kind === "is-refused");
    this.warnings.hidden = sentences.length === 0;
  }
}
