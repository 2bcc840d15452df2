/** Received messages in one's own language: under each of the buyer's texts, for as long as the switch is on. */

import { h } from "./console_dom.js";

const AT_ONCE = 20;

export class Received {
  constructor({ store, stream, ask, onfailed }) {
    Object.assign(this, { store, stream, ask, onfailed });
    this.failed = false;
    this.turn = null; // which session is read in which language; a new one for every change
    this.watch = new MutationObserver(() => this.#soon());
  }

  start(row, language) {
    if (this.turn?.row.id === row.id && this.turn.language === language) return;
    this.stop();
    this.turn = { row, language };
    this.watch.observe(this.stream.node, { childList: true });
    this.#soon();
  }

  stop() {
    this.watch.disconnect();
    this.turn = null;
    this.failed = false;
    for (const node of this.stream.node.querySelectorAll(".translated.received")) node.remove();
    for (const node of this.stream.node.querySelectorAll("[data-translated]")) delete node.dataset.translated;
  }

  /** Ask again for what failed. */
  again() {
    this.failed = false;
    this.onfailed();
    this.#soon();
  }

  #soon() {
    if (this.planned || this.failed) return;
    this.planned = true;
    queueMicrotask(() => {
      this.planned = false;
      this.#run();
    });
  }

  async #run() {
    if (this.running || !this.turn) return;
    this.running = true;
    const { turn } = this;
    try {
      for (let nodes = this.#next(); nodes.length && this.turn === turn; nodes = this.#next()) {
        const found = await this.ask(nodes.map((node) => Number(node.dataset.seq)), turn);
        if (this.turn === turn) this.#put(nodes, new Map(found.map(({ seq, text }) => [String(seq), text])));
      }
    } catch {
      if (this.turn === turn) this.failed = true;
      this.onfailed();
    } finally {
      this.running = false;
      if (this.turn !== turn) this.#soon(); // what was asked for meanwhile waits until here
    }
  }

  /** The newest ones first: they are the ones that are looked at. */
  #next() {
    const nodes = this.stream.node.querySelectorAll(".message.theirs[data-kind=text][data-seq]:not([data-translated])");
    return [...nodes].slice(-AT_ONCE);
  }

  #put(nodes, found) {
    const wasAtEnd = this.stream.atEnd;
    for (const node of nodes) {
      node.dataset.translated = this.turn.language;
      const text = found.get(node.dataset.seq);
      if (text) node.querySelector(".bubble").append(h("p.translated.received", { lang: this.turn.language }, text));
    }
    if (wasAtEnd) this.stream.toEnd();
  }
}
