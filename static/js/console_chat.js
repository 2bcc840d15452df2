/** The chat window: its header with the verbs, the stream, the composer; one conversation at a time. */

import { get, post } from "./console_api.js";
import { entryLine } from "./console_cards.js";
import { askClose, askColleague } from "./console_dialogs.js";
import { greetedOnly } from "./console_hints.js";
import { explain, fullTime, h, icon, once, setText, shortTime, stopwatch, toast, words } from "./console_dom.js";

const RECALL = 120_000;

const REASONS = {
  agent: gettext("Closed by the agent"),
  buyer_silent: gettext("Closed: the buyer was silent"),
  shop_silent: gettext("Closed: the shop did not reply"),
};

export class Chat {
  constructor({ shop, store, sync, stream, composer, notes, nickname, lead, canInvite, onshow }) {
    Object.assign(this, { shop, store, sync, stream, composer, notes, nickname, lead, canInvite, onshow });
    stream.tools = { recallable: (event) => this.#recallable(event), onrecall: (event, button) => this.#recall(event, button) };
    stream.onearlier = () => notes.earlier();
    this.head = document.getElementById("chat-head");
    this.none = document.getElementById("chat-none");
    this.#buildHead();
    store.on("rows", (changed) => changed.has(store.selected) && this.renderHead());
    store.on("talk", (talk) => {
      if (talk === this.talk) stream.renderReceipts();
    });
    store.on("event", ({ talk, event }) => talk === this.talk && stream.append(event));
    store.on("reset", (conversation) => conversation === this.talk?.conversation && this.open(store.selected));
    store.on("lost", () => this.#lost());
    setInterval(() => this.#tick(), 1000);
  }

  get row() {
    return this.store.rows.get(this.store.selected);
  }

  /** Open a session; a later call wins over an earlier one that is still loading. */
  async open(id, { focus = true } = {}) {
    const row = this.store.rows.get(id);
    if (!row) return;
    this.store.select(id);
    this.store.touch(id);
    this.none.hidden = true;
    this.talk = null;
    this.stream.clear();
    this.composer.show(row, { focus });
    this.renderHead();
    this.onshow(row);
    try {
      const talk = await this.sync.talkOf(row);
      if (this.store.selected !== id) return;
      this.talk = talk;
      this.stream.show(talk, this.row ?? row);
      this.renderHead();
      this.notes.show(talk);
      this.stream.seen();
    } catch (error) {
      if (this.store.selected === id && error.status !== 401) this.leave(); // signed out: `again` follows
      explain(error);
    }
  }

  /** Open anew what could not be read while nobody was signed in. */
  again() {
    if (this.row && !this.talk) this.open(this.row.id);
  }

  /** Show no conversation. */
  leave() {
    this.store.select(null);
    this.talk = null;
    this.head.hidden = true;
    this.none.hidden = false;
    this.stream.clear();
    this.composer.hide();
    this.onshow(null);
  }

  /** Do one of the verbs; the answer is the row. */
  async act(verb, body, { button = null, id = this.store.selected } = {}) {
    return once(button, async () => {
      const row = await post(`shops/${this.shop}/sessions/${id}/${verb}`, body).catch((error) => this.#refused(error));
      if (row?.id) this.store.put(row, { history: row.state === "closed" });
      return row;
    });
  }

  async take(id, button) {
    this.store.tell("taking", id);
    const row = await this.act("take", {}, { button, id });
    if (!row) {
      this.store.tell("missed", id);
      return this.sync.refreshRow(id);
    }
    toast(words(gettext("You are now talking to %(name)s."), { name: row.buyer.nickname }));
    return this.open(id);
  }

  /** A lead takes a colleague's conversation (C26); the colleague's desk says so at once. */
  async takeOver() {
    const { row } = this;
    const taken = await this.act("transfer", { member: this.store.me }, { button: this.overButton });
    if (!taken) return void this.sync.refreshRow(row.id);
    toast(words(gettext("You are now talking to %(name)s."), { name: row.buyer.nickname }), "ok", () => this.#undo("transfer", row.id));
    this.renderHead();
    this.composer.focus();
  }

  async give(id, verb = "assign") {
    const row = this.store.rows.get(id);
    const { member, reason } = await askColleague({
      shop: this.shop,
      me: verb === "transfer" ? this.store.me : null,
      withReason: verb === "transfer",
      title: verb === "transfer" ? gettext("Transfer the conversation") : gettext("Assign to…"),
    });
    if (!member || !row) return;
    this.handing = id;
    const answer = await this.act(verb, reason ? { member: member.id, reason } : { member: member.id }, { id });
    this.handing = null;
    if (!answer) return void this.sync.refreshRow(id);
    toast(words(gettext("%(buyer)s is now with %(agent)s."), { buyer: row.buyer.nickname, agent: member.nickname }), "ok", verb === "transfer" ? () => this.#undo("transfer", id) : null);
    if (member.id === this.store.me) return;
    if (this.store.selected === id) this.leave();
    this.sync.forget(id);
  }

  async close() {
    const { row } = this;
    if (!this.store.isMine(row)) return;
    const topic = get(`shops/${this.shop}/sessions/${row.id}/topic`).catch(() => null);
    const answer = await askClose(row, this.store.now(), topic, greetedOnly(this.talk, row));
    if (answer === null) return;
    const closed = await this.act("close", answer, { id: row.id });
    if (closed) toast(words(gettext("The conversation with %(name)s is closed."), { name: row.buyer.nickname }), "ok", () => this.#undo("close", row.id));
    else this.sync.refreshRow(row.id);
  }

  /** Take a close or a transfer back; the answer is the row, which is ours again. */
  async #undo(what, id) {
    const row = await this.act("undo", { what }, { id });
    if (row) this.open(id);
  }

  async #recall(event, button) {
    await this.act("recall", { seq: event.seq }, { button, id: event.session });
  }

  /** How long an own message can still be recalled, in milliseconds. */
  #recallable({ at, message }) {
    if (message.sender.kind !== "agent" || message.sender.name !== this.nickname) return 0;
    return RECALL - (this.store.now() - Date.parse(at));
  }

  noReply() {
    const { row } = this;
    if (this.store.isMine(row)) this.act("no-reply-needed", { on: !row.no_reply_needed }, { button: this.noReplyButton });
  }

  /** Mark or unmark, with a note why if given; for some seconds it can be as it was before (C21). */
  async mark({ marked = !this.row?.marked, note = "", button = this.markButton } = {}) {
    const { row } = this;
    if (!row) return;
    const done = await this.act("mark", { marked, ...(note ? { note } : {}) }, { button, id: row.id });
    const before = row.marked && row.mark_note ? { marked: true, note: row.mark_note } : { marked: row.marked };
    if (done) toast(marked ? gettext("Marked.") : gettext("No longer marked."), "ok", () => this.act("mark", before, { id: row.id }));
  }

  renderHead() {
    const { row } = this;
    if (!row) return;
    this.head.hidden = false;
    const isMine = this.store.isMine(row);
    setText(this.avatar, [...(row.buyer.nickname || "?")][0]);
    setText(this.name, row.buyer.nickname);
    setText(this.uid, row.buyer.uid);
    setText(this.state, this.#stateWords(row));
    this.markButton.setAttribute("aria-pressed", row.marked);
    this.markButton.classList.toggle("on", row.marked);
    this.markLabel.textContent = row.marked ? gettext("Unmark") : gettext("Mark");
    this.markButton.hidden = row.state === "queued" || (row.state === "assigned" && !isMine);
    this.transferButton.hidden = !isMine;
    this.noReplyButton.hidden = !isMine || (!row.waiting_since && !row.no_reply_needed);
    this.noReplyButton.setAttribute("aria-pressed", Boolean(row.no_reply_needed));
    this.noReplyButton.classList.toggle("on", Boolean(row.no_reply_needed));
    this.closeButton.hidden = !isMine;
    this.inviteButton.hidden = !this.canInvite || !isMine || row.invited || Boolean(row.rating);
    this.invited.hidden = !row.invited || Boolean(row.rating);
    this.rating.hidden = !row.rating;
    if (row.rating) setText(this.rating, `${"★".repeat(row.rating.stars)}${"☆".repeat(5 - row.rating.stars)}`);
    this.rating.setAttribute("aria-label", row.rating ? words(ngettext("Rated %(n)s star", "Rated %(n)s stars", row.rating.stars), { n: row.rating.stars }) : "");
    this.overButton.hidden = !this.#mayTakeOver(row);
    this.takeButton.hidden = this.assignButton.hidden = row.state !== "queued";
    this.#renderEntry();
    this.composer.renderState(row);
    this.#tick();
  }

  #buildHead() {
    this.avatar = h("span.avatar", { "aria-hidden": "true" });
    this.name = h("h2.chat-name");
    this.uid = h("span.chat-uid.muted");
    this.state = h("span.chat-state.muted");
    this.timer = h("span.timer", { role: "timer", hidden: true });
    this.invited = h("span.badge.ok", { hidden: true }, gettext("Rating invitation sent"));
    this.rating = h("span.stars", { role: "img", hidden: true });
    this.entry = h("p.chat-entry", { hidden: true });
    const id = () => this.store.selected;
    this.markLabel = h("span", {}, gettext("Mark"));
    this.markButton = h("button.small", { type: "button", onclick: () => this.mark() }, icon("flag"), this.markLabel);
    this.inviteButton = h("button.small", { type: "button", onclick: () => this.#invite() }, icon("star"), gettext("Invite rating"));
    this.transferButton = h("button.small", { type: "button", "aria-haspopup": "dialog", onclick: () => this.give(id(), "transfer") }, icon("transfer"), gettext("Transfer"));
    this.noReplyButton = h("button.small", { type: "button", hidden: true, onclick: () => this.noReply() }, gettext("No reply needed"));
    this.noteButton = h("button.small", { type: "button", "aria-haspopup": "dialog", onclick: () => this.notes.ask(id()) }, gettext("Note"));
    this.closeButton = h("button.small", { type: "button", "aria-haspopup": "dialog", onclick: () => this.close() }, icon("check"), gettext("Close"));
    this.takeButton = h("button.small.primary", { type: "button", onclick: () => this.take(id(), this.takeButton) }, gettext("Assign to me"));
    this.assignButton = h("button.small", { type: "button", "aria-haspopup": "dialog", onclick: () => this.give(id()) }, gettext("Assign to…"));
    this.overButton = h("button.small.primary", { type: "button", hidden: true, onclick: () => this.takeOver() }, gettext("Take over"));
    const verbs = h("div.chat-verbs", {}, this.invited, this.rating, this.markButton, this.noteButton, this.noReplyButton, this.inviteButton, this.transferButton, this.closeButton, this.takeButton, this.assignButton, this.overButton);
    const names = h("div.chat-names", {}, h("div.row", {}, this.name, this.timer), h("p.chat-sub", {}, this.state, this.uid));
    this.head.append(this.avatar, names, verbs, this.entry);
  }

  #mayTakeOver(row) {
    return this.lead && row.state === "assigned" && !this.store.isMine(row);
  }

  #renderEntry() {
    const line = this.talk?.entry && this.talk.session === this.row.id ? entryLine(this.talk.entry) : null;
    this.entry.hidden = !line;
    if (!line) return;
    const [from, what, state, landing] = line;
    const badges = [state, landing].filter(Boolean).map((label) => h("span.badge", {}, label));
    this.entry.replaceChildren(...(from ? [h("span.muted", {}, from)] : []), ...(what ? [h("b", {}, what)] : []), ...badges);
  }

  #stateWords(row) {
    if (row.state === "queued") return gettext("Waiting for an agent");
    if (row.state === "closed") return `${REASONS[row.close_reason] ?? gettext("Closed")} · ${fullTime(row.closed_at)}`;
    if (this.store.isMine(row)) return words(gettext("With you, started %(at)s"), { at: shortTime(row.started_at) });
    return row.assignee ? words(gettext("With %(agent)s"), { agent: row.assignee.nickname }) : gettext("In progress");
  }

  async #invite() {
    const row = await this.act("invite-rating", {}, { button: this.inviteButton });
    if (row) toast(gettext("Rating invitation sent"));
  }

  /** Whoever comes second in a race (B7) may not see the session any more: "not found" says nothing to people. */
  #refused(error) {
    if (error.status !== 404) throw error;
    throw Object.assign(error, { detail: gettext("A colleague was quicker: this conversation is with somebody else now.") });
  }

  #lost() {
    const { row } = this;
    if (!row) return;
    if (this.handing !== row.id) toast(words(gettext("The conversation with %(name)s is no longer yours."), { name: row.buyer.nickname }), "warn");
    this.leave();
  }

  #tick() {
    const { row } = this;
    const runs = Boolean(row?.timer_at) && row.state === "assigned";
    this.timer.hidden = !runs;
    if (!runs) return;
    const waited = this.store.now() - Date.parse(row.timer_at);
    setText(this.timer, stopwatch(waited));
    this.timer.title = gettext("The buyer has been waiting this long");
    this.timer.setAttribute("aria-label", words(gettext("Waiting for a reply: %(time)s"), { time: stopwatch(waited) }));
    this.timer.className = `timer ${waited > 600_000 ? "wait-long" : waited > 180_000 ? "wait-late" : "wait-soon"}`;
    this.composer.renderState(row);
  }
}
