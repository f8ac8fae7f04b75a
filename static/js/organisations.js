/* Organisations suggested while somebody types: a combobox with a list (ARIA 1.2, list autocomplete). Any other name
   may be written; without script the field is a plain one. */

const LEAST = 2;
const PAUSE = 150;
let made = 0;

/** What a select calls one of its values; empty where it has none such. */
function wordOf(select, value) {
  return value ? ([...(select?.options ?? [])].find((option) => option.value === value)?.text ?? "") : "";
}

class Suggesting {
  constructor(input) {
    this.input = input;
    this.found = [];
    this.active = -1;
    this.number = ++made;
    this.build();
    this.listen();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  build() {
    const { input } = this;
    const around = document.createElement("div");
    around.className = "suggestions";
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${this.number}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.dataset.suggestions);
    this.list.hidden = true;
    this.said = document.createElement("span");
    this.said.className = "unseen";
    this.said.setAttribute("role", "status");
    around.append(this.list, this.said);
    input.after(around);
    const said = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
  }

  listen() {
    const { input, list } = this;
    // Also while letters are composed: keyboards of phones compose every word.
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.close());
    // The focus stays in the field: on a phone the keyboard would fold away under the finger.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...list.children].indexOf(option));
    });
  }

  typed() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    const words = this.input.value.trim();
    if (words.length < LEAST) {
      this.close();
      return;
    }
    this.waiting = setTimeout(() => this.ask(words), PAUSE);
  }

  async ask(words) {
    this.asking = new AbortController();
    const address = new URL(this.input.dataset.organisations, location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: this.asking.signal, credentials: "omit" });
      const found = answer.ok ? (await answer.json()).organisations : [];
      // Whoever has gone on to the next field is not called back.
      if (document.activeElement === this.input) this.show(found);
    } catch (error) {
      // An answer given up for a newer question is no reason to give that up too.
      if (error.name !== "AbortError") this.close();
    }
  }

  show(found) {
    this.found = found;
    this.activate(-1);
    this.list.replaceChildren(...found.map((one, position) => this.option(one, position)));
    this.open(found.length > 0);
    if (this.isOpen) this.list.scrollIntoView({ block: "nearest" });
    const { some, none } = this.input.dataset;
    this.said.textContent = (found.length ? (some ?? "#").replace("#", found.length) : none) ?? "";
  }

  option(one, position) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${position}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(one.name);
    const more = [one.short_name, wordOf(this.select("country"), one.country) || one.country, wordOf(this.select("sector"), one.sector)];
    const below = document.createElement("small");
    below.textContent = more.filter(Boolean).join(" · ");
    if (below.textContent) option.append(below);
    return option;
  }

  select(name) {
    const found = this.input.form?.elements.namedItem(name);
    return found instanceof HTMLSelectElement ? found : null;
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.found.length) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (!this.isOpen) this.open(true);
      if (!event.altKey) this.move(step);
    } else if (event.key === "Enter" && this.isOpen && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
      this.activate(-1);
    }
  }

  /** Around the list and, between its ends, through the field itself. */
  move(step) {
    const places = this.found.length + 1;
    this.activate(((this.active + 1 + step + places) % places) - 1);
  }

  activate(position) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = position;
    const option = this.list.children[position];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  close() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.activate(-1);
    this.open(false);
    this.said.textContent = "";
  }

  choose(position) {
    const one = this.found[position];
    this.close();
    this.found = [];
    this.input.value = one.name;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    const filled = ["country", "sector"].map((name) => this.fill(this.select(name), one[name])).filter(Boolean);
    if (filled.length) this.said.textContent = (this.input.dataset.filled ?? "#").replace("#", filled.join(", "));
  }

  /** Set what nobody has chosen yet, and give the name of the field where that was done. */
  fill(select, value) {
    if (!select || select.value || !wordOf(select, value)) return "";
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    return select.labels[0]?.firstChild.textContent.trim() ?? "";
  }
}

for (const input of document.querySelectorAll("input[data-organisations]")) new Suggesting(input);
