/** Two languages in one talk (C12): the switch, the live translation under the composer, received messages in ours.
 *
 * Nothing here holds a message back: without an engine, or with a slow one, the agent is told and sends the original.
 */

import { patch, post, get } from "./console_api.js";
import { explain, h, icon, iconButton, openDialog, setText, toast, words } from "./console_dom.js";
import { Received } from "./console_translated.js";

const PAUSE = 450;
const LIMIT = 2000;
const NAMES = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" });

export class Translate {
  constructor({ shop, store, composer, stream }) {
    Object.assign(this, { shop, store, composer });
    this.row = null;
    this.state = null;
    this.known = new Map(); // session → its state as last seen: whoever comes back to it sends by that at once
    this.draft = { text: "", state: "idle", result: "" };
    this.declined = new Set();
    this.sending = new Set(); // sessions with a message on its way through the engine
    this.received = new Received({ store, stream, ask: (seqs, turn) => this.#askReceived(seqs, turn), onfailed: () => this.render() });
    this.text = composer.text;
    this.#build();
    composer.interpreter = (body) => this.#takes(body);
    this.text.addEventListener("input", () => this.#typed());
    store.on("event", ({ talk, event }) => this.#isNew(talk, event) && this.#loadSoon());
  }

  get isOn() {
    return Boolean(this.state?.on) && this.state.ours !== this.state.theirs;
  }

  /** Another conversation is looked at, or none. */
  show(row) {
    if (row?.id === this.row?.id) return;
    this.row = row;
    this.state = null;
    this.#forgetDraft();
    this.received.stop();
    const known = this.known.get(row?.id);
    if (known) this.#took(known);
    else this.render();
    if (row) this.#load();
  }

  render() {
    const { state } = this;
    this.button.setAttribute("aria-pressed", Boolean(state?.on));
    this.button.hidden = !state;
    const offers = state && !state.on && state.engine && state.detected && state.detected !== state.ours;
    this.offer.hidden = !offers || this.declined.has(this.row?.id) || !this.composer.canWrite;
    if (offers) setText(this.offerWords, words(gettext("The buyer writes %(language)s."), { language: NAMES.of(state.detected) }));
    this.bar.hidden = !state?.on;
    if (!state?.on) return;
    this.#fill(this.ours, state.ours);
    this.#fill(this.theirs, state.theirs);
    this.unread.hidden = !this.received.failed;
    this.#renderDraft();
  }

  /** Whether the buyer's words in this conversation may tell a language that is not known yet, or no longer ours. */
  #isNew(talk, { message }) {
    const { state } = this;
    if (message?.sender.kind !== "buyer" || message.kind !== "text") return false;
    if (talk.conversation !== this.row?.conversation || !state) return false;
    return !state.detected || (state.engine && !state.on && state.detected === state.ours);
  }

  #loadSoon() {
    clearTimeout(this.loading);
    this.loading = setTimeout(() => this.#load(), PAUSE);
  }

  async #load() {
    const { row } = this;
    if (!row) return;
    const state = await get(`shops/${this.shop}/sessions/${row.id}/translation`).catch(() => null);
    if (this.row !== row || !state) return;
    this.#took(state);
  }

  #took(state) {
    this.state = state;
    this.known.set(this.row.id, state);
    if (this.isOn) this.received.start(this.row, state.ours);
    else this.received.stop();
    this.render();
    this.#typed(0);
  }

  async #set(change) {
    if (change.on && !this.state.engine) return explainSetup();
    const { row } = this;
    if (this.state.on) Object.assign(this.state, change); // what is sent meanwhile goes by the new choice already
    try {
      const state = await patch(`shops/${this.shop}/sessions/${row.id}/translation`, change);
      if (this.row === row) this.#took(state);
    } catch (error) {
      explain(error);
      if (this.row === row) this.#load();
    }
  }

  // ---- the draft

  #typed(pause = PAUSE) {
    clearTimeout(this.timer);
    if (!this.isOn) return;
    const text = this.text.value.trim();
    if (!text) return this.#forgetDraft();
    if (this.#isAsked(text)) return;
    this.timer = setTimeout(() => this.#translation(text).catch(() => {}), pause);
  }

  #forgetDraft() {
    clearTimeout(this.timer);
    this.draft = { text: "", state: "idle", result: "" };
    this.#renderDraft();
  }

  /** Answer the translation of a text; whoever asks for the same one twice waits for the same answer. */
  #translation(text) {
    if (this.#isAsked(text)) return this.draft.promise;
    const { ours, theirs } = this.state;
    const draft = { text, ours, theirs, state: "busy", result: this.draft.result };
    draft.promise = post(`shops/${this.shop}/sessions/${this.row.id}/translate`, { text, from: ours, to: theirs }).then(
      ({ text: result }) => {
        Object.assign(draft, { state: "done", result });
        this.#renderDraft();
        return result;
      },
      (error) => {
        Object.assign(draft, { state: "failed", result: "", error });
        this.#renderDraft();
        throw error;
      },
    );
    this.draft = draft;
    this.#renderDraft();
    return draft.promise;
  }

  #isAsked(text) {
    const { draft, state } = this;
    return draft.text === text && draft.ours === state.ours && draft.theirs === state.theirs && draft.state !== "failed";
  }

  #renderDraft() {
    const { state, result, error } = this.draft;
    this.preview.className = `translate-preview ${state}`;
    this.preview.lang = this.state?.theirs ?? "";
    const isSame = this.state?.on && !this.isOn;
    const idle = isSame ? gettext("Both languages are the same: choose the buyer's.") : gettext("What the buyer will read appears here.");
    const empty = state === "busy" ? gettext("Translating…") : idle;
    const told = error?.code === "offline" ? gettext("No connection.") : error?.detail || gettext("That did not work. Please try again.");
    setText(this.preview, state === "failed" ? told : result || empty);
    this.again.hidden = this.plain.hidden = state !== "failed";
  }

  /** The composer is about to send: true if it goes out translated, once the translation is there. */
  #takes({ kind, text }) {
    if (!this.isOn || kind !== "text") return false;
    this.#sendTranslated(text);
    return true;
  }

  async #sendTranslated(text) {
    const { row, state } = this;
    if (this.sending.has(row.id)) return;
    this.sending.add(row.id);
    try {
      const result = await this.#translation(text);
      if ([...result].length > LIMIT) throw new RangeError();
      const original = { text, from: state.ours, to: state.theirs };
      this.composer.deliver(result === text ? { kind: "text", text } : { kind: "text", text: result, original }, row);
      if (this.row?.id === row.id) this.#forgetDraft();
    } catch (error) {
      if (this.row?.id !== row.id) return void toast(words(gettext("Your message to %(name)s could not be translated. It is kept in that conversation."), { name: row.buyer.nickname }), "warn");
      if (error instanceof RangeError) Object.assign(this.draft, { state: "failed", error: { detail: words(gettext("A message has at most %(n)s characters."), { n: LIMIT }) } });
      this.#renderDraft();
    } finally {
      this.sending.delete(row.id);
    }
  }

  #sendPlain() {
    const text = this.text.value.trim();
    if (text) this.composer.deliver({ kind: "text", text });
    this.#forgetDraft();
    this.text.focus();
  }

  async #askReceived(seqs, { row, language }) {
    const page = await post(`shops/${this.shop}/sessions/${row.id}/translate-messages`, { seqs, to: language });
    return page.results;
  }

  // ---- what one sees

  #build() {
    const form = this.text.closest("form");
    this.button = iconButton("translate", gettext("Translate"), () => this.#set({ on: !this.state.on }), { "aria-pressed": "false", hidden: true });
    form.querySelector(".composer-tools .primary").before(this.button);
    this.offerWords = h("span");
    this.offer = h(
      "div.translate-offer.notice.row", { hidden: true }, this.offerWords,
      h("button.small", { type: "button", onclick: () => this.#set({ on: true }) }, gettext("Translate")),
      iconButton("close", gettext("Not here"), () => this.#decline()),
    );
    form.before(this.offer);
    const choose = (name, label) => h("select", { "aria-label": label, onchange: (event) => this.#set({ on: true, [name]: event.target.value }) });
    this.ours = choose("ours", gettext("I write"));
    this.theirs = choose("theirs", gettext("The buyer reads"));
    this.preview = h("p.translate-preview", { role: "status" });
    this.again = h("button.small", { type: "button", hidden: true, onclick: () => this.#typed(0) }, gettext("Try again"));
    this.plain = h("button.small", { type: "button", hidden: true, onclick: () => this.#sendPlain() }, gettext("Send the original"));
    this.unread = h("button.small", { type: "button", hidden: true, onclick: () => this.received.again() }, icon("retry"), gettext("Some messages could not be translated"));
    this.bar = h(
      "div.translate", { hidden: true, role: "group", "aria-label": gettext("Translation") },
      h("div.row", {}, icon("translate"), this.ours, h("span", { "aria-hidden": "true" }, "→"), this.theirs, this.unread, iconButton("close", gettext("Switch translation off"), () => this.#set({ on: false }))),
      h("div.row", {}, this.preview, this.again, this.plain),
    );
    form.append(this.bar);
  }

  #decline() {
    this.declined.add(this.row.id);
    this.render();
  }

  #fill(select, chosen) {
    if (!select.options.length) {
      select.append(...this.state.languages.map((code) => h("option", { value: code }, NAMES.of(code))));
    }
    select.value = chosen;
  }
}

/** What to do where no engine is set up. */
function explainSetup() {
  const example = "TRANSLATE_ENGINE=libretranslate\nTRANSLATE_URL=http://localhost:5000";
  openDialog(
    gettext("Translation is not set up yet"),
    h(
      "div.stack", {},
      h("p", {}, gettext("It needs a translation engine: a LibreTranslate server, DeepL, or a server that speaks the OpenAI protocol.")),
      h("p", {}, gettext("Whoever runs this server sets these variables and starts it again:")),
      h("pre.code", { tabIndex: 0 }, example),
      h("p.muted", {}, gettext("Keys, models and the time limit are described in the README, under TRANSLATE_ENGINE.")),
    ),
  );
}
