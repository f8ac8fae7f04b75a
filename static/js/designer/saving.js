/* Saving is said, never silent: a state beside the button, a question where somebody else saved in the meantime, and a
   warning before the page is left with something unsaved. */

import { ask } from "./asking.js";
import { say } from "./words.js";

export class Saving {
  #isBusy = false;

  constructor(design, form, told) {
    Object.assign(this, { design, form, told });
    this.state = form.querySelector("[data-state]");
    this.wrong = form.querySelector("[data-wrong]");
    this.conflict = document.querySelector("[data-conflict]");
    this.button = form.querySelector("[data-save]");
    this.name = form.elements.name;
    this.savedName = this.name.value;
    for (const event of ["change", "keep"]) design.addEventListener(event, () => this.draw());
    this.name.addEventListener("input", () => this.draw());
    form.addEventListener("submit", (event) => this.#submit(event));
    this.conflict.addEventListener("close", () => {
      if (this.conflict.returnValue === "overwrite") this.save({ isForced: true });
      if (this.conflict.returnValue === "copy") this.save({ isCopy: true });
      this.conflict.returnValue = "";
    });
    window.addEventListener("beforeunload", (event) => { if (this.isUnsaved && !this.isLeaving) event.preventDefault(); });
    this.draw();
  }

  get isUnsaved() { return this.design.isUnsaved || this.name.value !== this.savedName; }

  draw() {
    this.state.textContent = say(this.#isBusy ? "saving" : this.isUnsaved ? "unsaved" : "saved");
    this.form.classList.toggle("is-unsaved", this.isUnsaved);
  }

  /** Other buttons of the form (the PDF) post it as it stands. */
  #submit(event) {
    this.form.elements.design.value = JSON.stringify(this.design.document);
    if (event.submitter && event.submitter !== this.button) return this.#wake(event.submitter);
    // Before the page's own listener marks the form as sent: this one is sent as often as somebody likes.
    event.preventDefault();
    this.save();
  }

  /** What opens in another tab leaves this form as it was. */
  #wake(button) {
    setTimeout(() => {
      delete this.form.dataset.sent;
      button.removeAttribute("aria-busy");
    }, 500);
  }

  async save({ isForced = false, isCopy = false } = {}) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#refuse("");
    this.draw();
    const name = this.name.value;
    const [text, design] = [JSON.stringify(this.design.content), this.design.document];
    try {
      const said = await ask(this.form.action, {
        name, design, seen: isForced ? "" : this.form.elements.seen.value, copy: isCopy,
      });
      this.#isBusy = false;
      if (isCopy) return this.#follow(said.url);
      this.form.elements.seen.value = said.seen;
      this.savedName = name;
      this.design.keep(text);
      this.told(say("saved"));
    } catch (error) {
      this.#isBusy = false;
      this.draw();
      if (error.code === "design_changed") this.#ask(error.message);
      else this.#refuse(error.message);
    }
  }

  #ask(sentence) {
    this.conflict.querySelector("[data-sentence]").textContent = sentence;
    this.conflict.showModal();
  }

  #follow(url) {
    this.isLeaving = true;
    location.assign(url);
  }

  #refuse(sentence) {
    this.wrong.hidden = !sentence;
    this.wrong.querySelector("p").textContent = sentence;
    if (sentence) this.wrong.focus();
  }
}
