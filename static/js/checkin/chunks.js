/* Which people are sealed together: in hundreds, so that one who passes does not mean to seal everybody anew. */

const SIZE = 100;

export class Chunks {
  #of = new Map();
  #members = new Map();

  /** From what the vault held: Map of chunk → people. */
  constructor(kept = new Map()) {
    for (const [chunk, people] of kept) {
      this.#members.set(chunk, new Set(people.map((person) => person.id)));
      for (const person of people) this.#of.set(person.id, chunk);
    }
  }

  /** Place people and take others out; returns Map of chunk → its people, for each chunk that this touches. */
  place(people, removed, known) {
    const touched = new Set();
    for (const id of removed) if (this.#of.has(id)) touched.add(this.#remove(id));
    for (const { id } of people) touched.add(this.#of.get(id) ?? this.#add(id));
    return new Map([...touched].map((chunk) => [chunk, [...this.#members.get(chunk)].map((id) => known.get(id))]));
  }

  #remove(id) {
    const chunk = this.#of.get(id);
    this.#of.delete(id);
    this.#members.get(chunk).delete(id);
    return chunk;
  }

  #add(id) {
    const last = Math.max(0, ...this.#members.keys());
    const chunk = (this.#members.get(last)?.size ?? 0) < SIZE ? last : last + 1;
    if (!this.#members.has(chunk)) this.#members.set(chunk, new Set());
    this.#members.get(chunk).add(id);
    this.#of.set(id, chunk);
    return chunk;
  }
}
