/** Which buyers sound upset (E9): asked for while somebody looks, when those who wait have said something new. */

import { get } from "./console_api.js";
import { waits } from "./console_store.js";

const EVERY = 8_000;
const SOON = 500;

export class Moods {
  constructor({ shop, store }) {
    Object.assign(this, { shop, store, known: "", askedAt: 0 });
    store.on("rows", () => this.#soon());
    store.on("loaded", () => this.#soon());
    document.addEventListener("visibilitychange", () => this.#soon());
  }

  /** What the answer depends on: who waits, and how far they have written. */
  #said() {
    const waiting = this.store.open().filter((row) => waits(row));
    return waiting.map((row) => `${row.id}:${row.last_seq}`).sort().join(" ");
  }

  #soon() {
    if (this.timer || document.visibilityState !== "visible") return;
    const wait = Math.max(SOON, this.askedAt + EVERY - Date.now());
    this.timer = setTimeout(() => this.#ask(), wait);
  }

  async #ask() {
    const said = this.#said();
    if (said !== this.known) {
      this.askedAt = Date.now();
      const answer = said ? await get(`shops/${this.shop}/sessions/upset`).catch(() => null) : { upset: [] };
      if (answer) this.#take(new Set(answer.upset), said);
    }
    this.timer = null;
    if (this.#said() !== this.known) this.#soon();
  }

  #take(upset, said) {
    const before = this.store.upset;
    this.store.upset = upset;
    this.known = said;
    for (const id of upset) if (!before.has(id)) this.store.touch(id);
    for (const id of before) if (!upset.has(id)) this.store.touch(id);
  }
}
