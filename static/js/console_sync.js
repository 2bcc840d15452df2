/** Keeps the store equal to the server: the first lists, the socket's frames, and what the socket lost. */

import { get, stopReading } from "./console_api.js";
import { Live, socketUrl } from "./live.js";
import { Log } from "./log.js";
import { Talk } from "./console_talk.js";

const HELD_TALKS = 12;
const FIRST = 50;
const PAGE = 200;
const QUEUE_PAGES = 2;
const MANY = 5;
const TRIES = 3;

export class Sync {
  constructor({ shop, store, lead, onstate, onframe }) {
    Object.assign(this, { shop, store, lead, onstate, onframe });
    this.path = `shops/${shop}`;
    this.waiting = new Set();
    this.asking = new Set(); // per request under way: the sessions that the socket told of meanwhile
    this.desk = this.#deskLog(store.desk);
    this.live = new Live({
      url: socketUrl(`/ws/agent/${shop}/`),
      hello: () => ({ type: "resume", desk: this.store.desk, cursors: this.#cursors() }),
      onframe: (frame) => this.#take(frame),
      onstate: (state, code) => onstate(state, code),
    });
  }

  /** Read the lists, in `sort`'s order what is seen first; the rest by what no message moves to an earlier page.
   *
   * The desk cursor is older than what they show; going over the same changes again is harmless.
   */
  async loadLists(sort = "latest") {
    await Promise.all([this.#loadFirst(sort), this.loadQueue()]);
    this.store.ready = true;
    this.store.tell("loaded");
  }

  async #loadFirst(sort) {
    let isAll = true;
    for await (const row of this.pages({ list: "open", sort, limit: FIRST }, 1, (goesOn) => (isAll = !goesOn))) this.store.put(row);
    if (!isAll || this.store.ready) await this.loadOpen();
  }

  /** Read all own open sessions; whatever the server does not name any more is gone. */
  async loadOpen() {
    const before = new Set(this.store.open().map((row) => row.id));
    for await (const row of this.pages({ list: "open", sort: "latest" })) {
      before.delete(row.id);
      this.store.put(row);
    }
    for (const id of before) await this.refreshRow(id);
  }

  async loadQueue() {
    const before = new Set(this.store.queued().map((row) => row.id));
    const query = { list: "unassigned", sort: "waiting" };
    for await (const row of this.pages(query, QUEUE_PAGES, (goesOn) => (this.store.queueGoesOn = goesOn))) {
      before.delete(row.id);
      this.store.put(row);
    }
    for (const id of before) if (this.store.rows.get(id)?.state === "queued") this.store.drop(id);
  }

  async *pages(query, limit = Infinity, onend = () => {}) {
    let cursor = "";
    for (let page = 0; page < limit && cursor !== null; page += 1) {
      const [answer, told] = await this.#ask("sessions", { ...query, limit: query.limit ?? PAGE, cursor });
      for (const row of answer.results) {
        if (told.has(row.id)) this.refreshRow(row.id);
        else yield row;
      }
      cursor = answer.next;
    }
    onend(cursor !== null);
  }

  #ask(path, query) {
    return this.#hearing(() => get(`${this.path}/${path}`, query));
  }

  /** Ask, and listen to the socket meanwhile: an answer may be older than what the socket said before it came. */
  async #hearing(ask) {
    const told = new Set();
    this.asking.add(told);
    try {
      return [await ask(), told];
    } finally {
      this.asking.delete(told);
    }
  }

  /** Take rows that an answer brought; of whom the socket told meanwhile the newest is asked for. */
  async take(ask, rowsOf, how = {}) {
    const [answer, told] = await this.#hearing(ask);
    for (const row of rowsOf(answer)) {
      if (told.has(row.id)) this.refreshRow(row.id);
      else this.store.put(row, how);
    }
    return answer;
  }

  /** Open a conversation: from memory if it is held and whole, else from the server. */
  async talkOf(row) {
    let talk = this.store.talks.get(row.conversation);
    if (talk?.loaded) {
      this.store.talks.delete(row.conversation); // put it at the end: the oldest unused one goes first
      this.store.talks.set(row.conversation, talk);
      if (talk.session !== row.id) await talk.turnTo(row.id);
      talk.head(row.last_seq);
      return talk;
    }
    talk?.stop();
    talk = new Talk({
      shop: this.shop,
      row,
      onevent: (held, event) => this.store.tell("event", { talk: held, event }),
      onchange: (held) => this.store.tell("talk", held),
      onreset: (held) => this.#takeReset({ conversation: held.conversation }),
    });
    this.store.talks.set(row.conversation, talk);
    try {
      await this.take(() => talk.load(row.last_seq), (facts) => [facts.session]);
    } catch (error) {
      this.store.talks.delete(row.conversation);
      throw error;
    }
    this.#forgetOld();
    return talk;
  }

  /** Take a session that stands in no list here, a colleague's too, and select it; false if it is not ours to see. */
  async lookAt(id) {
    try {
      await this.take(() => get(`${this.path}/sessions/${id}`), (facts) => {
        this.store.select(id);
        return [facts.session];
      });
      return true;
    } catch (error) {
      if (error.status === 404 || error.status === 403) return false;
      throw error;
    }
  }

  /** Ask for one row again: the server decides whether it is still ours to see. */
  async refreshRow(id) {
    if (this.waiting.has(id)) return;
    this.waiting.add(id);
    try {
      let [facts, told] = await this.#ask(`sessions/${id}`);
      for (let tries = 1; told.has(id) && tries < TRIES; tries += 1) [facts, told] = await this.#ask(`sessions/${id}`);
      this.store.put(facts.session);
    } catch (error) {
      if (error.status === 404 || error.status === 403) this.#gone(id);
    } finally {
      this.waiting.delete(id);
    }
  }

  #deskLog(last) {
    return new Log({
      last,
      fetch: async (after) => {
        const page = await get(`${this.path}/desk/events`, { after });
        if (page.reset) this.#reset(page.last_seq);
        return page;
      },
      apply: (event) => this.#applyDesk(event),
    });
  }

  #reset(last) {
    this.desk.restart(last);
    this.store.desk = last;
    this.loadLists().catch((error) => console.error(error));
  }

  #applyDesk(event) {
    this.store.desk = event.seq;
    this.#heard(event.session);
    if (event.row) this.store.put(event.row, { history: event.row.state === "closed" });
    else if (event.session) this.#lost(event.session);
    if (event.note) this.store.tell("note", event.note);
    if (event.member) this.store.tell("member", event.member);
    if (event.kind === "rules.changed") this.#rulesChanged();
  }

  /** Due times of every session may be others now, and what I may choose: what is read again is the server's. */
  #rulesChanged() {
    this.store.tell("rules");
    if (this.store.ready) this.loadLists().catch((error) => console.error(error));
  }

  #heard(id) {
    for (const told of this.asking) told.add(id);
  }

  /** Not ours any more; what is only looked at is asked for: a lead looks on, whoever has it by now. */
  #lost(id) {
    const row = this.store.rows.get(id);
    const looksOn = this.store.selected === id && row && (this.store.isForeign(row) || (this.lead && row.state !== "assigned"));
    if (looksOn) this.refreshRow(id);
    else this.#gone(id);
  }

  #gone(id) {
    if (this.store.selected === id) this.store.tell("lost", id);
    this.forget(id);
  }

  /** Hold nothing of a session that is somebody else's now, and ask for nothing more. */
  forget(id) {
    stopReading(id);
    const conversation = this.store.rows.get(id)?.conversation;
    const talk = this.store.talks.get(conversation);
    if (talk?.session === id) {
      talk.stop();
      this.store.talks.delete(conversation);
    }
    this.store.drop(id);
  }

  #take(frame) {
    const take = {
      event: () => this.#takeEvent(frame),
      desk: () => this.desk.push(frame),
      receipt: () => this.store.talks.get(frame.conversation)?.receive(frame),
      row: () => this.#takeRow(frame.row),
      resumed: () => this.#resumed(frame),
      beat: () => this.#takeBeat(frame),
      reset: () => this.#takeReset(frame),
    }[frame.type];
    if (take) take();
    this.onframe(frame);
  }

  #takeRow(row) {
    this.#heard(row.id);
    this.store.patch(row);
  }

  #takeEvent({ type, conversation, row, ...event }) {
    if (row) this.#heard(row.id);
    const known = row ? this.store.patch({ ...row, last_seq: Math.max(event.seq, row.last_seq ?? 0) }) : true;
    if (!known && row.state) this.store.put(row);
    else if (!known) this.refreshRow(row.id);
    this.store.talks.get(conversation)?.push(event);
    this.store.tell("arrived", { conversation, event });
  }

  /** After a sleep: of what waits unassigned no position tells, so that list is read again. */
  #resumed(frame) {
    this.#reconcile(frame);
    if (this.store.ready) this.loadQueue().catch(() => {});
  }

  #takeBeat(frame) {
    this.store.clock = Date.parse(frame.now) - Date.now();
    this.#reconcile(frame);
  }

  #takeReset(frame) {
    if (frame.conversation) {
      this.store.talks.get(frame.conversation)?.stop();
      this.store.talks.delete(frame.conversation);
      this.store.tell("reset", frame.conversation);
    } else this.#reset(Number(frame.desk) || this.store.desk);
  }

  /**
   * Compare what the server says of all own open sessions with what we show (delivery contract, 4).
   * Positions may have been read before a frame that came ahead of them, so what differs is asked for.
   */
  #reconcile({ heads, desk }) {
    if (desk !== undefined) this.desk.head(desk);
    if (!heads || !this.store.ready) return;
    const stale = [];
    const named = new Set();
    for (const [key, [lastSeq, unread]] of Object.entries(heads)) {
      const conversation = Number(key);
      named.add(conversation);
      this.store.talks.get(conversation)?.head(lastSeq);
      const row = this.store.ofConversation(conversation);
      if (!row) stale.push(null);
      else if (row.last_seq < lastSeq || (row.last_seq === lastSeq && row.unread !== unread)) stale.push(row.id);
    }
    for (const row of this.store.open()) if (!named.has(row.conversation)) stale.push(row.id);
    if (stale.length > MANY || stale.includes(null)) this.loadOpen().catch(() => {});
    else stale.forEach((id) => this.refreshRow(id));
  }

  #cursors() {
    const cursors = {};
    for (const [conversation, talk] of this.store.talks) if (talk.loaded) cursors[conversation] = talk.last;
    return cursors;
  }

  #forgetOld() {
    const open = this.store.rows.get(this.store.selected)?.conversation;
    for (const [conversation, talk] of this.store.talks) {
      if (this.store.talks.size <= HELD_TALKS) return;
      if (conversation === open) continue;
      talk.stop();
      this.store.talks.delete(conversation);
    }
  }
}
