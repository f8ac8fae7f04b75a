/* Pictures for elements: sent to the server, which makes them anew, and chosen among those that are there. */

import { Refused, ask } from "./asking.js";
import { say } from "./words.js";

export class Pictures {
  constructor(design, root, told) {
    Object.assign(this, { design, root, told });
    this.address = root.dataset.pictures;
    this.file = root.querySelector("input[type=file]");
    this.state = root.querySelector("[data-picture-state]");
    this.shown = root.querySelector("img");
    this.file.addEventListener("change", () => this.#send());
    for (const name of ["change", "choose", "turn"]) design.addEventListener(name, () => this.draw());
  }

  draw() {
    const { piece } = this.design;
    if (piece?.kind !== "image") return;
    this.shown.hidden = !piece.image;
    const address = `${this.address}/${piece.image}`;
    if (piece.image && this.shown.getAttribute("src") !== address) this.shown.src = address;
  }

  async #send() {
    const [file] = this.file.files;
    const { piece } = this.design;
    if (!file || !piece) return;
    this.#say(say("sending"), false);
    const body = new FormData();
    body.append("file", file);
    try {
      const found = await ask(this.address, body);
      this.design.change("", () => {
        piece.image = found.id;
        // As wide as it was, as high as the picture wants, where there is room.
        this.design.fit(piece, { height: (piece.width * found.height) / found.width });
      });
      this.#say("", false);
      this.told(say("sent"));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#say(error.message, true);
    }
    this.file.value = "";
  }

  #say(sentence, isWrong) {
    this.state.textContent = sentence;
    this.state.classList.toggle("is-wrong", isWrong);
  }
}
