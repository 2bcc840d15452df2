/** What the desk notices for the agent: a buyer whose need is unclear (C13), an answer that was only a greeting (C18). */

import { h, setText } from "./console_dom.js";

const HELP = gettext("How can I help you?");
const SENTENCES = {
  emoji: HELP,
  image: HELP,
  video: HELP,
  product_card: gettext("What would you like to know about this product?"),
  order_card: gettext("What would you like to know about this order?"),
};

const GREETINGS = "hi|hello|hey|there|dear|good (?:morning|afternoon|evening)|welcome|您好|你好|嗨|哈喽|早上好|上午好|下午好|晚上好|欢迎光临|亲爱的|亲|在的|在";
const GREETING = new RegExp(`^(?:(?:${GREETINGS})[\\s,.!?，。！？~～、]*)+$`, "iu");
const LONGEST = 40;

function said(talk, row) {
  const sides = new Set(["buyer", "agent"]);
  return (talk?.events() ?? []).filter((event) => event.session === row.id && sides.has(event.message?.sender.kind) && event.message.kind !== "recalled").map((event) => event.message);
}

/** The sentence that asks back, where all the buyer sent since the last answer are pictures, emoji or cards; else "". */
export function questionFor(messages) {
  const since = messages.slice(messages.findLastIndex((message) => message.sender.kind === "agent") + 1);
  const isUnclear = since.length > 0 && since.every((message) => message.kind in SENTENCES);
  return isUnclear ? SENTENCES[since.at(-1).kind] : "";
}

/** Whether the agents have said something, and nothing but greetings. */
export function isOnlyGreeting(messages) {
  const ours = messages.filter((message) => message.sender.kind === "agent");
  return ours.length > 0 && ours.every(({ kind, text }) => kind === "text" && text.length <= LONGEST && GREETING.test(text.trim()));
}

export const greetedOnly = (talk, row) => isOnlyGreeting(said(talk, row));

/** The line above the composer. */
export class Hints {
  constructor({ store, composer }) {
    Object.assign(this, { store, composer });
    this.ask = h("button.small", { type: "button", onclick: () => this.propose() });
    this.question = h("div.hint.row", { hidden: true }, h("span.muted", {}, gettext("The buyer's need is unclear. Ask in one click:")), this.ask);
    this.greeting = h("p.hint.muted", { role: "status", hidden: true }, gettext("Only a greeting so far: the buyer still waits for an answer."));
    composer.form.before(this.question, this.greeting);
    composer.text.addEventListener("input", () => this.render());
    for (const name of ["event", "talk", "rows"]) store.on(name, () => this.render());
  }

  render() {
    const row = this.store.rows.get(this.store.selected);
    const speaks = row && this.store.isMine(row) && this.composer.canWrite && !this.composer.text.value;
    const messages = speaks ? said(this.store.talks.get(row.conversation), row) : [];
    this.sentence = questionFor(messages);
    this.question.hidden = !this.sentence;
    setText(this.ask, this.sentence);
    this.greeting.hidden = messages.at(-1)?.sender.kind !== "agent" || !isOnlyGreeting(messages);
  }

  /** Send the sentence, as if the agent had written it. */
  propose() {
    if (!this.sentence || this.composer.text.value) return;
    this.composer.text.value = this.sentence;
    this.composer.send();
    this.composer.focus();
  }
}
