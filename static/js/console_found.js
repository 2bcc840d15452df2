/** What a search has found, in the opened conversation: the message comes into view, the words are marked.
 *
 * The marks are the browser's own highlights (CSS.highlights): nothing in the messages themselves changes.
 */

import { h } from "./console_dom.js";

const NEAR = 7; // characters
const PAGES = 20; // read upwards at most, to reach an old message

export class Found {
  constructor({ stream }) {
    this.stream = stream;
    this.words = "";
    new MutationObserver(() => this.words && this.#soon()).observe(stream.node, { childList: true, subtree: true });
  }

  /** Mark these words wherever they stand; empty: nowhere. */
  mark(words) {
    this.words = words.toLowerCase();
    this.#soon();
  }

  /** Bring one message into view. */
  async reveal(seq) {
    const { stream } = this;
    const { talk } = stream;
    for (let page = 0; page < PAGES && talk && talk === stream.talk && !this.#node(seq) && talk.hasEarlier; page += 1) {
      await stream.up();
    }
    if (talk === stream.talk) this.#node(seq)?.scrollIntoView({ block: "center" });
  }

  #node(seq) {
    return this.stream.node.querySelector(`[data-seq="${Number(seq)}"]`);
  }

  #soon() {
    if (this.waiting || !globalThis.CSS?.highlights) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      const ranges = this.words ? [...this.#ranges()] : [];
      if (ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
      else CSS.highlights.delete("found");
    });
  }

  *#ranges() {
    const walk = document.createTreeWalker(this.stream.node, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      const text = node.data.toLowerCase();
      if (text.length !== node.data.length || !node.parentElement.closest(".said")) continue;
      for (let at = text.indexOf(this.words); at >= 0; at = text.indexOf(this.words, at + this.words.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + this.words.length);
        yield range;
      }
    }
  }
}

/** A line with the words around a hit, which begins so near to it that a narrow row shows the hit. */
export function excerpt({ before, hit, after }) {
  const near = before.length > NEAR ? `…${before.slice(-NEAR)}` : before;
  return [near, h("mark", {}, hit), after];
}

/** A text in pieces with the searched words marked, or null where it does not hold them. */
export function markedIn(text, words) {
  const at = words ? text.toLowerCase().indexOf(words.toLowerCase()) : -1;
  const end = at + words.length;
  return at < 0 ? null : [text.slice(0, at), h("mark", {}, text.slice(at, end)), text.slice(end)];
}
