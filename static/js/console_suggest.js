/** Suggested replies above the composer (E8): from the shop's own words, put into the box, sent by the agent alone. */

import { get, post } from "./console_api.js";
import { h, iconButton, words } from "./console_dom.js";
import { Draft, FROM } from "./console_draft.js";
import { filled } from "./console_quick.js";

const OFF = "suggest:off";
const SETTLE = 150;
const AGAIN = 1200; // an index was being built
const TRIES = 6;

export class Suggest {
  constructor({ shop, store, composer, nickname }) {
    Object.assign(this, { shop, store, composer, nickname });
    this.found = { seq: null, results: [] };
    this.key = "";
    this.used = null;
    this.list = h("div.suggest-list");
    this.draft = new Draft({ shop, onuse: () => this.insertDraft() });
    this.strip = h("section.suggest", { hidden: true, "aria-label": gettext("Suggested replies") }, this.list, this.draft.node);
    this.button = iconButton("bot", gettext("Suggested replies"), () => this.#toggle(), { "aria-pressed": String(!this.isOff) });
    composer.form.before(this.strip);
    composer.fileButton.after(this.button);
    composer.ondelivered = (body, row) => this.#sent(body, row);
    composer.text.addEventListener("input", () => this.#render());
    for (const name of ["event", "talk", "rows"]) store.on(name, () => this.#look());
  }

  get isOff() {
    return Boolean(localStorage.getItem(OFF));
  }

  /** Put a reply into the box, in place of an earlier one; nothing is sent. */
  insert(place) {
    const reply = this.strip.hidden ? null : this.found.results[place];
    if (reply) this.#put(reply.text, reply.source);
  }

  /** The same with what the language model has written, once it is whole. */
  insertDraft() {
    if (!this.strip.hidden && this.draft.isDone) this.#put(this.draft.text, "model");
  }

  #put(words, source) {
    const { row, text } = this.composer;
    text.value = this.#filled(words);
    this.used = { session: row.id, seq: this.found.seq, source, text: text.value.trim() };
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The names of this talk put in, as they will be sent. */
  #filled(words) {
    return filled(words, { buyer: this.composer.row?.buyer.nickname, agent: this.nickname });
  }

  #toggle() {
    if (this.isOff) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    this.button.setAttribute("aria-pressed", !this.isOff);
    this.key = "";
    this.#look();
  }

  /** The buyer's newest message that nobody has answered, where one may answer it. */
  #look() {
    const row = this.store.rows.get(this.store.selected);
    const talk = row && this.store.talks.get(row.conversation);
    const sides = (talk?.events() ?? []).filter((event) => event.session === row.id && ["buyer", "agent"].includes(event.message?.sender.kind));
    const last = sides.at(-1);
    const asks = !this.isOff && row && this.store.isMine(row) && this.composer.canWrite && last?.message.sender.kind === "buyer" && last.message.kind === "text";
    const key = asks ? `${row.id}:${last.seq}` : "";
    if (key === this.key) return;
    this.key = key;
    this.draft.stop();
    this.#show({ seq: null, results: [] });
    clearTimeout(this.timer);
    if (key) this.timer = setTimeout(() => this.#ask(row.id, key), SETTLE);
  }

  async #ask(session, key, left = TRIES) {
    let found;
    try {
      found = await get(`shops/${this.shop}/sessions/${session}/suggestions`);
    } catch {
      return; // help that does not come is no reason to disturb
    }
    if (key !== this.key) return;
    if (left === TRIES || !this.#isUsing(session, found.seq)) this.#show(found); // what was chosen meanwhile stays in its place
    if (found.results.length && this.offered !== key) {
      this.offered = key;
      post(`shops/${this.shop}/sessions/${session}/suggestions`, { seq: found.seq, outcome: "offered" }).catch(() => {});
    }
    if (found.writes && (found.ready || !left) && !this.composer.text.value) this.draft.ask(session, found.seq);
    if (!found.ready && left) this.timer = setTimeout(() => this.#ask(session, key, left - 1), AGAIN);
  }

  #isUsing(session, seq) {
    return this.used?.session === session && this.used.seq === seq;
  }

  #show(found) {
    this.found = found;
    this.list.replaceChildren(...found.results.map((reply, place) => this.#option(reply, place)));
    this.#render();
  }

  #option(reply, place) {
    const name = words(gettext("Use this reply, from: %(source)s"), { source: FROM[reply.source] });
    const about = h("span.suggest-from", {}, `${FROM[reply.source]}${reply.title ? ` · ${reply.title}` : ""}`);
    const text = this.#filled(reply.text);
    return h("button.suggest-one", { type: "button", title: text, "aria-description": name, "aria-keyshortcuts": `Alt+${place + 1}`, onclick: () => this.insert(place) }, about, h("span.suggest-text", {}, text));
  }

  /** Out of the way while the agent writes something else. */
  #render() {
    const { value } = this.composer.text;
    this.strip.hidden = !this.found.results.length || Boolean(value && value.trim() !== this.used?.text);
    if (this.strip.hidden && !this.draft.isDone) this.draft.stop(); // the agent writes: nobody waits for it
  }

  #sent(body, row) {
    const { used } = this;
    this.used = null;
    if (!used || used.session !== row.id || body.kind !== "text") return;
    const written = body.original?.text ?? body.text;
    const outcome = written.trim() === used.text ? "sent" : "changed";
    post(`shops/${this.shop}/sessions/${row.id}/suggestions`, { seq: used.seq, outcome, source: used.source }).catch(() => {});
  }
}
