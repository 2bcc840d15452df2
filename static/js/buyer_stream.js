/** The message list: rows in the order of the log, unsent messages below, earlier pages above. */

import { showVerdict } from "./buyer_answer.js";
import { el, fill, icon, moment, sameDay } from "./buyer_dom.js";
import { eventRow, fail, mark, progress, unsentRow } from "./buyer_rows.js";

const PAUSE = 5 * 60_000;
const RUN = 2 * 60_000;
const NEAR = 120;

export class Stream {
  /** `tools`: {shop, onpick, onopen, renew(seq, id), onretry, ondiscard}. */
  constructor(tools) {
    this.tools = tools;
    this.scroller = document.getElementById("stream");
    this.rows = document.getElementById("rows");
    this.unsent = document.getElementById("unsent");
    this.newest = document.getElementById("newest");
    this.receipts = { delivered: 0, read: 0 };
    this.fresh = 0;
    this.welcome = null;
    this.newest.addEventListener("click", () => this.toEnd());
    this.scroller.addEventListener("scroll", () => this.isAtEnd && this.#seen(), { passive: true });
    // Pictures, the keyboard and the panels change the height: whoever read the end goes on reading it.
    this.wasAtEnd = true;
    const grown = new ResizeObserver(() => this.wasAtEnd && this.toEnd());
    for (const node of [this.scroller, this.rows, this.unsent]) grown.observe(node);
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.wasAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    return this.wasAtEnd;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.wasAtEnd = true;
    this.#seen();
  }

  /** Add the newest event at the end; answers its row or null. */
  append(event) {
    const stay = this.isAtEnd;
    const mine = event.message?.sender.kind === "buyer";
    const row = this.#build(event);
    if (mine) this.#settle(event.message.client_msg_id);
    if (!row) return null;
    this.rows.append(row);
    this.#stamp(row);
    if (stay || mine) this.toEnd();
    else if (event.message) this.#count();
    return row;
  }

  /** Put an earlier page above, without moving what is being read. */
  prepend(events) {
    const built = events.map((event) => this.#build(event)).filter(Boolean);
    const first = this.rows.firstElementChild;
    const before = this.scroller.scrollHeight;
    const at = this.scroller.scrollTop;
    this.rows.prepend(...built);
    for (const row of built) this.#stamp(row);
    if (first) this.#stamp(first);
    this.scroller.scrollTop = at + (this.scroller.scrollHeight - before);
    return built;
  }

  /** Drop what the shop keeps no longer. */
  forget(firstSeq) {
    for (const row of this.rows.querySelectorAll(":scope > [data-seq]")) if (Number(row.dataset.seq) < firstSeq) row.remove();
  }

  /** The shop's greeting and its common questions, before the first message of a session. */
  greet(row) {
    this.welcome?.remove();
    this.welcome = row;
    if (!row) return;
    this.rows.append(row);
    this.toEnd();
  }

  /** Draw the unsent messages anew; rows that stay are kept, so that focus and pictures stay too. */
  showUnsent(entries, online) {
    const keys = new Set(entries.map((entry) => entry.id));
    for (const row of [...this.unsent.children]) if (!keys.has(row.dataset.key)) this.#drop(row);
    for (const entry of entries) {
      if (this.rows.querySelector(`[data-sent="${entry.id}"]`)) continue; // committed; the answer is on its way
      let row = this.#waiting(entry.id);
      if (!row) {
        row = unsentRow(entry, this.tools);
        this.unsent.append(row);
        this.toEnd();
      }
      mark(row, entry.state === "waiting" && online ? "sending" : entry.state);
      fail(row, entry.state === "failed" ? entry.error : null);
    }
  }

  /** The buyer said whether an answer helped. */
  judged({ seq, solved }) {
    showVerdict(this.rows.querySelector(`[data-seq="${seq}"]`), solved, this.tools);
  }

  showProgress(id, part) {
    const row = this.#waiting(id);
    if (row) progress(row, part);
  }

  /** Mark own messages with what the shop has received and read. */
  showReceipts(receipts) {
    this.receipts = receipts;
    for (const row of this.rows.querySelectorAll(".row.mine")) this.#mark(row);
  }

  /** The agent took a message back: a line stands in its place. */
  recall({ at, session, data }) {
    const row = this.rows.querySelector(`[data-seq="${data.seq}"]`);
    const message = { kind: "recalled", created_at: row?.dataset.at ?? at, data: {}, sender: { kind: "agent", name: data.agent } };
    row?.replaceWith(this.#build({ seq: data.seq, at, session, message }));
  }

  #build(event) {
    const renew = () => this.tools.renew(event.seq);
    const row = eventRow(event, { ...this.tools, renew });
    if (!row) return null;
    if (event.message?.client_msg_id) row.dataset.sent = event.message.client_msg_id;
    this.#mark(row);
    return row;
  }

  #mark(row) {
    const seq = Number(row.dataset.seq);
    const { delivered, read } = this.receipts;
    if (row.classList.contains("mine")) mark(row, seq <= read ? "read" : seq <= delivered ? "delivered" : "sent");
  }

  #waiting(key) {
    return this.unsent.querySelector(`[data-key="${key}"]`);
  }

  #settle(key) {
    const row = key && this.#waiting(key);
    if (row) this.#drop(row);
  }

  #drop(row) {
    if (row.contains(document.activeElement)) document.getElementById("text").focus();
    row.querySelector(".uploading")?.free();
    row.remove();
  }

  /** Show time and day where the talk paused, and the speaker once for several messages in a row. */
  #stamp(row) {
    const before = row.previousElementSibling;
    const at = row.dataset.at;
    if (!at) return;
    const past = before?.dataset.at;
    const wait = past ? new Date(at) - new Date(past) : Infinity;
    const due = row.classList.contains("divider") || (wait > PAUSE && !before?.classList.contains("divider")) || (past && !sameDay(at, past));
    row.querySelector(":scope > .stamp")?.remove();
    if (due) row.prepend(el("time", { class: "stamp", datetime: at }, moment(at)));
    row.classList.toggle("again", !due && wait < RUN && Boolean(row.dataset.who) && before?.dataset.who === row.dataset.who);
  }

  #count() {
    this.fresh += 1;
    const words = ngettext("%(count)s new message", "%(count)s new messages", this.fresh);
    this.newest.replaceChildren(icon("down"), fill(words, { count: this.fresh }));
    this.newest.hidden = false;
  }

  #seen() {
    this.fresh = 0;
    this.newest.hidden = true;
  }
}
