/** What colleagues tell each other: private notes, reasons, marks; between the messages, never on the buyer's page. */

import { get, post } from "./console_api.js";
import { clockTime, fullTime, h, icon, once, openDialog, words } from "./console_dom.js";

const REASONS = {
  abuse: gettext("Abuse"),
  malicious_rating: gettext("Malicious rating"),
  spam: gettext("Spam"),
  other: gettext("Other"),
};

const LINES = {
  mark: gettext("%(who)s marked this: %(text)s"),
  transfer: gettext("%(who)s handed this over: %(text)s"),
  no_reply: gettext("%(who)s: no reply needed"),
  muted: gettext("%(who)s muted the buyer until %(until)s"),
  unmuted: gettext("%(who)s lets the buyer write again"),
  report: gettext("%(who)s reported the buyer: %(text)s"),
};

export class Notes {
  constructor({ shop, store, stream }) {
    Object.assign(this, { shop, store, stream });
    this.byId = new Map();
    store.on("note", (note) => note.conversation === this.talk?.conversation && this.#take([note]));
    stream.onshown = () => this.#place();
  }

  /** Read the notes of what the stream shows, from its first number on. */
  async show(talk) {
    this.talk = talk;
    this.byId.clear();
    this.from = talk.first;
    await this.#read({ low: talk.first - 1 }).catch(() => {}); // the talk matters more
  }

  /** Older messages were read: their notes come with them. */
  async earlier() {
    if (!this.talk || this.talk.first >= this.from) return;
    const high = this.from - 2;
    this.from = this.talk.first;
    await this.#read({ low: this.from - 1, high }).catch(() => {});
  }

  ask(session) {
    const text = h("textarea", { rows: 4, maxlength: 1000, required: true, "aria-label": gettext("Private note") });
    const button = h("button.primary", { type: "submit" }, gettext("Save"));
    const form = h(
      "form.stack", {
        onsubmit: async (event) => {
          event.preventDefault();
          const note = await once(button, () => post(`shops/${this.shop}/sessions/${session}/notes`, { text: text.value }));
          if (!note) return;
          this.#take([note]);
          dialog.close();
        },
        onkeydown: (event) => event.key === "Enter" && event.ctrlKey && form.requestSubmit(),
      },
      h("p.muted", {}, gettext("Colleagues see it between the messages, the buyer never does.")),
      text,
      h("div.actions", {}, h("button", { type: "button", onclick: () => dialog.close() }, gettext("Cancel")), button),
    );
    const dialog = openDialog(gettext("Private note"), form);
  }

  async #read(query) {
    const { talk } = this;
    const page = await get(`shops/${this.shop}/sessions/${talk.session}/notes`, query);
    if (talk === this.talk) this.#take(page.results);
  }

  #take(notes) {
    for (const note of notes) this.byId.set(note.id, note);
    this.#place();
  }

  /** Put every note behind the number it follows, where that is shown. */
  #place() {
    if (!this.talk || this.stream.talk !== this.talk) return;
    const { node } = this.stream;
    const wasAtEnd = this.stream.atEnd;
    node.querySelectorAll("[data-note]").forEach((old) => old.remove());
    const shown = [...node.querySelectorAll("[data-seq]")];
    for (const note of [...this.byId.values()].sort((a, b) => a.id - b.id)) {
      const before = shown.findLast((one) => Number(one.dataset.seq) <= note.after_seq);
      if (!before) continue;
      let last = before;
      while (last.nextElementSibling?.dataset.note) last = last.nextElementSibling;
      last.after(noteNode(note));
    }
    if (wasAtEnd) this.stream.toEnd();
  }
}

function noteNode(note) {
  const time = h("time", { datetime: note.at, title: fullTime(note.at) }, clockTime(note.at));
  const who = note.author.nickname;
  if (note.kind !== "note") {
    const text = note.kind === "report" ? (REASONS[note.text] ?? note.text) : note.text;
    const values = { who, text, until: note.until ? fullTime(note.until) : "" };
    return h("p.line.aside", { "data-note": note.id }, words(LINES[note.kind] ?? "%(text)s", values), time);
  }
  return h(
    "div.note", { "data-note": note.id },
    h("p.meta", {}, icon("person"), h("b", {}, words(gettext("Private note by %(who)s"), { who })), time),
    h("p.said", {}, note.text),
  );
}
