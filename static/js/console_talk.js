/** One conversation as this window holds it: a stretch of its events without holes, read upwards in pages. */

import { get } from "./console_api.js";
import { Log } from "./log.js";

const PAGE = 50;

export class Talk {
  constructor({ shop, row, onevent, onchange, onreset }) {
    Object.assign(this, { conversation: row.conversation, session: row.id, onevent, onchange, onreset });
    this.path = () => `shops/${shop}/sessions/${this.session}`;
    this.bySeq = new Map();
    this.receipts = { buyer: { delivered: 0, read: 0 }, shop: { delivered: 0, read: 0 } };
    this.entry = null;
    this.first = 0;
    this.firstSeq = 1;
    this.loaded = false;
    this.log = null;
    this.early = [];
  }

  get last() {
    return this.log?.last ?? 0;
  }

  events() {
    return [...this.bySeq.keys()].sort((a, b) => a - b).map((seq) => this.bySeq.get(seq));
  }

  has(clientMessageId) {
    for (const event of this.bySeq.values()) if (event.message?.client_msg_id === clientMessageId) return true;
    return false;
  }

  /** Read the session's facts and the newest page, then follow the log from there. */
  async load(lastSeq) {
    const [facts, page] = await Promise.all([
      get(this.path()),
      get(`${this.path()}/events`, { before: lastSeq + 1, limit: PAGE }),
    ]);
    this.entry = facts.entry;
    this.#receive(facts.receipts);
    this.#keep(page.results);
    this.first = page.results[0]?.seq ?? lastSeq + 1;
    this.firstSeq = page.first_seq ?? 1;
    const last = page.results.at(-1)?.seq ?? lastSeq;
    this.log?.stop();
    this.log = new Log({
      last,
      fetch: (after) => this.#fetch(after),
      apply: (event) => this.#apply(event),
      reset: () => this.onreset(this),
    });
    this.loaded = true;
    this.early.splice(0).forEach((event) => this.log.push(event));
    this.log.head(page.last_seq ?? last);
    this.onchange(this);
    return facts;
  }

  /** Another session of the same line is looked at: its own entry, the same events. */
  async turnTo(session) {
    this.session = session;
    const facts = await get(this.path());
    this.entry = facts.entry;
    this.#receive(facts.receipts);
    this.onchange(this);
    return facts;
  }

  get hasEarlier() {
    return this.loaded && this.first > this.firstSeq && !this.isAtStart;
  }

  /** Whether what came before the first event here was removed (retention). */
  get isCut() {
    return this.loaded && this.firstSeq > 1 && !this.hasEarlier;
  }

  /** Read one page upwards. */
  async earlier() {
    if (this.reading || !this.hasEarlier) return [];
    this.reading = true;
    try {
      const page = await get(`${this.path()}/events`, { before: this.first, limit: PAGE });
      this.#keep(page.results);
      this.isAtStart = page.results.length === 0;
      this.first = page.results[0]?.seq ?? this.first;
      return page.results;
    } finally {
      this.reading = false;
    }
  }

  push(event) {
    if (this.log) this.log.push(event);
    else this.early.push(event);
  }

  head(seq) {
    this.log?.head(seq);
  }

  /** Take how far either side has received and read; positions only grow. */
  receive(receipts) {
    this.#receive(receipts);
    this.onchange(this);
  }

  /** Addresses of pictures live for minutes; the same event brings a fresh one. */
  async refresh(seq) {
    const page = await get(`${this.path()}/events`, { after: seq - 1, limit: 1 });
    const fresh = page.results.find((event) => event.seq === seq);
    if (fresh) this.bySeq.set(seq, fresh);
    return fresh;
  }

  stop() {
    this.log?.stop();
  }

  #receive(receipts) {
    for (const side of ["buyer", "shop"]) {
      for (const what of ["delivered", "read"]) {
        this.receipts[side][what] = Math.max(this.receipts[side][what], receipts?.[side]?.[what] ?? 0);
      }
    }
  }

  async #fetch(after) {
    const page = await get(`${this.path()}/events`, { after, limit: 200 });
    this.#receive(page.receipts);
    return page;
  }

  #keep(events) {
    for (const event of events) this.bySeq.set(event.seq, event);
  }

  /** A recalled message is gone from here too; a page read later says so itself. */
  #blank(seq) {
    const event = this.bySeq.get(seq);
    if (event) this.bySeq.set(seq, { ...event, message: { ...event.message, kind: "recalled", text: "", data: {}, attachment: null } });
  }

  #apply(event) {
    this.bySeq.set(event.seq, event);
    if (event.kind === "message.recalled") this.#blank(event.data.seq);
    this.onevent(this, event);
  }
}
