/** The client's half of the delivery contract: every event once, in order, whatever the socket lost.
 *
 * `fetch(last)` answers a page {results, last_seq} of what follows `last`, oldest first; `apply(event)` shows one. A page
 * with `reset` says that some of it was removed: `reset(firstSeq)` takes away what is shown below that number.
 */

import { backoff } from "./live.js";

const PATIENCE = 200;

export class Log {
  #last;

  constructor({ last = 0, fetch, apply, reset = () => {} }) {
    this.#last = last;
    this.fetch = fetch;
    this.apply = apply;
    this.reset = reset;
    this.known = last;
    this.held = new Map();
    this.running = false;
    this.stopped = false;
  }

  /** The number of the newest event applied. */
  get last() {
    return this.#last;
  }

  /** Take an event that the socket brought. */
  push(event) {
    if (event.seq <= this.#last || this.stopped) return;
    this.held.set(event.seq, event);
    this.#drain();
    if (this.held.size) this.#expect();
  }

  /** Take the conversation's newest number, as beats and answers tell it. */
  head(seq) {
    this.known = Math.max(this.known, seq);
    if (this.known > this.#last) this.#expect();
  }

  /** Ask the server what is new, for the time when no socket tells. */
  async poll() {
    if (this.running || this.stopped) return;
    await this.#page().catch(() => {}); // the next poll tries again
    if (this.#isBehind) this.#expect();
  }

  /** Go on from another place, after a page was read anew. */
  restart(last) {
    this.#last = last;
    this.known = Math.max(this.known, last);
    this.#drain();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  #drain() {
    for (const seq of this.held.keys()) if (seq <= this.#last) this.held.delete(seq);
    while (this.held.has(this.#last + 1)) {
      const event = this.held.get(this.#last + 1);
      this.held.delete(event.seq);
      this.#show(event);
    }
  }

  #show(event) {
    this.#last = event.seq;
    try {
      this.apply(event);
    } catch (error) {
      // One event that cannot be shown must not stop those after it.
      console.error("event not shown", event.seq, error);
    }
  }

  get #isBehind() {
    return this.held.size > 0 || this.known > this.#last;
  }

  #expect() {
    if (this.timer || this.running || this.stopped) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.#catchUp();
    }, PATIENCE);
  }

  async #catchUp() {
    if (this.running) return;
    this.running = true;
    let failures = 0;
    while (this.#isBehind && !this.stopped) {
      try {
        failures = (await this.#page()) ? 0 : failures + 1;
      } catch (error) {
        if (error.retryable === false) break;
        failures += 1;
      }
      if (failures) await new Promise((resolve) => setTimeout(resolve, backoff(failures)));
    }
    this.running = false;
  }

  /** Read one page; true if it brought us forward. */
  async #page() {
    const before = this.#last;
    const told = this.known;
    const page = await this.fetch(before);
    // A row may name a number above what its reader may see: unless more was told meanwhile, the page has the last word.
    this.known = this.known === told ? (page.last_seq ?? told) : Math.max(this.known, page.last_seq ?? 0);
    if (page.reset && page.first_seq - 1 > this.#last) {
      this.#last = page.first_seq - 1;
      this.reset(page.first_seq);
    }
    // The socket may have brought some of these meanwhile; what the page skips does not exist any more (retention).
    for (const event of page.results) if (event.seq > this.#last) this.#show(event);
    this.#drain();
    return this.#last > before || !this.#isBehind;
  }
}
