/** A reply that the language model writes while one looks (E8): marked as such, its sources named, never sent by itself. */

import { postLines } from "./console_api.js";
import { h, icon, setText, words } from "./console_dom.js";

export const FROM = { faq: gettext("Knowledge base"), quick: gettext("Quick reply"), earlier: gettext("Well-rated answer") };

export class Draft {
  constructor({ shop, onuse }) {
    this.shop = shop;
    this.text = "";
    this.isDone = false;
    this.asked = null;
    this.said = h("span.draft-text");
    this.from = h("span.draft-sources");
    this.use = h("button.draft-use", { type: "button", "aria-keyshortcuts": "Alt+4", "aria-description": gettext("Use this reply, written by the language model"), onclick: onuse },
      h("span.draft-mark", {}, icon("bot"), gettext("Written by the language model: check it before sending")), this.said, this.from);
    this.problem = h("span");
    this.failed = h("p.draft-failed", { role: "status", hidden: true }, this.problem,
      h("button.small.quiet", { type: "button", onclick: () => this.ask(...this.asked) }, gettext("Try again")));
    this.node = h("div.draft", { hidden: true }, this.use, this.failed);
  }

  /** Let the model write for a buyer's message; what it writes is shown as it comes. */
  async ask(session, seq) {
    this.stop();
    const running = new AbortController();
    Object.assign(this, { running, asked: [session, seq] });
    try {
      await postLines(`shops/${this.shop}/sessions/${session}/suggestions/draft`, { seq }, { signal: running.signal, online: (line) => this.running === running && this.#take(line) });
      if (this.running === running && !this.isDone && this.failed.hidden) this.#fail("");
    } catch (error) {
      if (this.running !== running) return;
      if (error.status === 409) this.stop(); // somebody was quicker: nothing to write any more
      else this.#fail(error.detail);
    }
  }

  /** End the writing and show nothing; the call to the model ends with it. */
  stop() {
    this.running?.abort();
    Object.assign(this, { running: null, text: "", isDone: false });
    setText(this.said, "");
    this.node.hidden = true;
  }

  #take(line) {
    if (line.type === "sources") this.#begin(line.sources);
    else if (line.type === "text") setText(this.said, (this.text += line.text));
    else if (line.type === "failed") this.#fail(line.detail);
    else if (line.empty) this.stop(); // the sources say nothing to this
    else if (line.type === "done") this.#settle();
  }

  #begin(sources) {
    const named = sources.map(({ source, title }) => (title ? `${FROM[source]} · ${title}` : FROM[source]));
    setText(this.from, words(gettext("From: %(sources)s"), { sources: named.join(" / ") }));
    setText(this.said, gettext("Writing…"));
    this.use.disabled = true;
    this.use.setAttribute("aria-busy", "true");
    this.use.hidden = false;
    this.failed.hidden = true;
    this.node.hidden = false;
  }

  #settle() {
    this.text = this.text.trim();
    this.isDone = Boolean(this.text);
    this.use.disabled = false;
    this.use.removeAttribute("aria-busy");
    if (!this.isDone) this.stop();
  }

  /** What was half written is not offered: nobody knows what it would have said. */
  #fail(detail) {
    this.running = null;
    setText(this.problem, detail || gettext("The language model did not answer as it should."));
    this.use.hidden = true;
    this.failed.hidden = false;
    this.node.hidden = false;
  }
}
