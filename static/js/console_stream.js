/** The message stream: earlier sessions above their separators, pages upwards, ticks, what is not sent yet. */

import { explain, h, icon, setText, words } from "./console_dom.js";
import { eventNode, fillTick, pendingNode, sessionHead } from "./console_message.js";
import { Posters } from "./console_posters.js";

const NEAR = 90;

export class Stream {
  constructor({ store, outbox, progress, onseen }) {
    Object.assign(this, { store, outbox, progress, onseen });
    this.node = document.getElementById("stream");
    this.frame = document.getElementById("stream-frame");
    this.typingNode = document.getElementById("typing");
    this.upNode = document.getElementById("jump-unread");
    this.downNode = document.getElementById("jump-newest");
    this.pendingNode = h("div.pendings");
    this.posters = new Posters();
    this.talk = null;
    this.below = 0;
    this.onshown = () => {};
    this.tools = { recallable: () => 0, onrecall: () => {} };
    this.node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.upNode.addEventListener("click", () => this.#jumpUnread());
    this.downNode.addEventListener("click", () => this.toEnd());
    // A picture that arrives makes the stream longer; who was at the end stays there.
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.node);
  }

  /** Show a conversation from its newest message, or from the first unread one. */
  show(talk, row) {
    this.talk = talk;
    this.below = 0;
    this.typing(false);
    const unread = this.#firstUnread(row);
    this.node.replaceChildren(...this.#cut(talk), ...this.#nodes(talk.events(), unread), this.pendingNode);
    this.frame.hidden = false;
    this.renderPending();
    this.renderReceipts();
    this.toEnd();
    const divider = this.node.querySelector(".unread-line");
    const isAbove = divider && divider.getBoundingClientRect().top < this.node.getBoundingClientRect().top;
    this.upNode.hidden = !isAbove;
    if (isAbove) {
      const text = words(ngettext("%(n)s new message", "%(n)s new messages", row.unread), { n: row.unread });
      this.upNode.replaceChildren(icon("up"), text);
    }
    this.#renderDown();
  }

  clear() {
    this.talk = null;
    this.frame.hidden = true;
    this.node.replaceChildren();
  }

  /** A new event at the end. */
  append(event) {
    const wasAtEnd = this.atEnd;
    this.#dropConfirmed(event);
    if (event.kind === "message.recalled") this.redraw(event.data.seq);
    this.pendingNode.before(...this.#nodes([event], 0, true));
    this.renderReceipts();
    if (wasAtEnd || (event.message && event.message.sender.kind !== "buyer")) this.toEnd();
    else if (event.kind === "message") this.below += 1;
    this.#renderDown();
    if (event.message?.sender.kind === "buyer") this.typing(false);
    this.seen();
  }

  /** Draw one event again: what it says has changed. */
  redraw(seq) {
    const event = this.talk?.bySeq.get(seq);
    const node = this.node.querySelector(`[data-seq="${seq}"]`);
    if (event && node) node.replaceWith(eventNode(event, { ...this.tools, onstale: (stale) => this.#refresh(stale) }));
  }

  renderPending() {
    const row = this.store.rows.get(this.store.selected);
    const wasAtEnd = this.atEnd;
    const waiting = this.outbox.entries().filter((entry) => entry.body.session === row?.id && !this.talk?.has(entry.id));
    this.posters.keep(new Set(this.outbox.entries().map((entry) => entry.id)));
    this.pendingNode.replaceChildren(
      ...waiting.map((entry) =>
        pendingNode(entry, {
          poster: entry.file ? this.posters.of(entry) : null,
          progress: this.progress.get(entry.id),
          onretry: () => this.outbox.retry(entry.id),
          ondiscard: () => this.outbox.discard(entry.id),
        }),
      ),
    );
    if (wasAtEnd) this.toEnd();
  }

  renderReceipts() {
    if (!this.talk) return;
    for (const node of this.node.querySelectorAll(".message.ours[data-seq]")) fillTick(node, Number(node.dataset.seq), this.talk.receipts);
  }

  typing(on, name = "") {
    clearTimeout(this.typingTimer);
    setText(this.typingNode, on ? words(gettext("%(name)s is typing…"), { name }) : "");
    if (on) this.typingTimer = setTimeout(() => this.typing(false), 6000);
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
    this.below = 0;
    this.#renderDown();
  }

  get atEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR;
  }

  /** What stands on the screen of a window that is looked at has been seen. */
  seen() {
    if (this.talk && this.atEnd && document.visibilityState === "visible" && document.hasFocus()) this.onseen(this.talk);
  }

  #nodes(events, unreadSeq = 0, isFollowing = false) {
    const nodes = [];
    let session = isFollowing ? this.lastSession : null;
    for (const event of events) {
      if (session !== event.session && event.kind !== "session.opened") nodes.push(this.#head(event));
      session = event.session;
      if (event.seq === unreadSeq) nodes.push(h("p.unread-line", {}, gettext("New messages")));
      nodes.push(eventNode(event, { ...this.tools, onstale: (stale) => this.#refresh(stale) }));
    }
    if (events.length && !this.readingUp) this.lastSession = session;
    return nodes;
  }

  /** Say above the first event that there were others. */
  #cut(talk) {
    return talk.isCut ? [h("p.line", {}, gettext("Earlier messages were removed."))] : [];
  }

  #head(event) {
    const head = sessionHead(event);
    head.dataset.guess = event.session;
    return head;
  }

  #firstUnread(row) {
    if (!row.unread) return 0;
    const fromBuyer = this.talk.events().filter((event) => event.session === row.id && event.message?.sender.kind === "buyer");
    return fromBuyer.at(-row.unread)?.seq ?? fromBuyer[0]?.seq ?? 0;
  }

  async #scrolled() {
    if (this.atEnd) {
      this.below = 0;
      this.#renderDown();
      this.seen();
    }
    if (this.node.scrollTop <= NEAR) await this.up();
  }

  /** Read one page upwards; whoever asks while one is read waits for it. */
  up() {
    if (!this.readingUp && this.talk?.hasEarlier) this.readingUp = this.#readUp();
    return this.readingUp;
  }

  async #readUp() {
    const { talk } = this;
    this.node.setAttribute("aria-busy", "true");
    try {
      const events = await talk.earlier();
      if (talk === this.talk && events.length) {
        this.#prepend(events);
        this.onearlier?.();
      }
    } catch (error) {
      explain(error);
    } finally {
      this.readingUp = null;
      this.node.removeAttribute("aria-busy");
    }
  }

  /** Put a page above without moving what the agent is reading. */
  #prepend(events) {
    const height = this.node.scrollHeight;
    const first = this.node.firstElementChild;
    if (first?.dataset.guess === String(events.at(-1).session)) first.remove();
    this.node.prepend(...this.#cut(this.talk), ...this.#nodes(events));
    this.node.scrollTop += this.node.scrollHeight - height;
    this.renderReceipts();
    this.onshown();
  }

  #dropConfirmed(event) {
    const key = event.message?.client_msg_id;
    if (key) this.pendingNode.querySelector(`[data-pending="${CSS.escape(key)}"]`)?.remove();
  }

  async #refresh(event) {
    const fresh = await this.talk?.refresh(event.seq).catch(() => null);
    const node = this.node.querySelector(`[data-seq="${event.seq}"]`);
    if (fresh && node) node.replaceWith(eventNode(fresh, { onstale: () => {} }));
    this.renderReceipts();
  }

  #jumpUnread() {
    this.node.querySelector(".unread-line")?.scrollIntoView({ block: "start" });
    this.upNode.hidden = true;
  }

  #renderDown() {
    this.downNode.hidden = this.atEnd;
    const text = this.below ? words(ngettext("%(n)s new message", "%(n)s new messages", this.below), { n: this.below }) : gettext("To the newest");
    this.downNode.replaceChildren(icon("down"), text);
  }
}

