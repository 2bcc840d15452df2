/** What the desk knows: rows by id, the desk cursor, the logs of opened conversations. Lists are derived from it. */

const COUNTERS = [
  "last_seq", "last_message_at", "last_message_text", "last_sender", "unread", "waiting_since", "timer_at",
  "closes_at", "expires_at", "read_only_at", "answer_by",
];

const UPSET_AHEAD = 3_600_000; // in "answer these first" a buyer who sounds upset has waited an hour more

export const FILTERS = {
  all: () => true,
  unread: (row) => row.unread > 0,
  unreplied: (row) => waits(row),
  expiring: (row, now) => waits(row) && Boolean(row.expires_at) && Date.parse(row.expires_at) <= now,
  marked: (row) => row.marked,
};

/** A buyer waits for a human, and nobody said that no reply is needed. */
export const waits = (row) => Boolean(row.waiting_since) && !row.no_reply_needed;

/** Those who wait come first, longest first; then the others by their newest message. */
export function byWaiting(a, b) {
  const [left, right] = [waits(a) ? a.waiting_since : "9", waits(b) ? b.waiting_since : "9"];
  return left === right ? byLatest(a, b) : left < right ? -1 : 1;
}

/** Answer these first: what would be late for the response rate next, then whoever waits (chat/urgency.py has the rule). */
export function byUrgency(now, upset = new Set()) {
  const ahead = (row) => (upset.has(row.id) ? UPSET_AHEAD : 0);
  const due = (row) => (row.answer_by && Date.parse(row.answer_by) > now ? Date.parse(row.answer_by) - ahead(row) : Infinity);
  const since = (row) => (waits(row) ? Date.parse(row.waiting_since) - ahead(row) : Infinity);
  return (a, b) => {
    const [left, right] = due(a) === due(b) ? [since(a), since(b)] : [due(a), due(b)];
    return left === right ? byLatest(a, b) : left < right ? -1 : 1;
  };
}

export function byLatest(a, b) {
  if (a.last_message_at === b.last_message_at) return b.id - a.id;
  return a.last_message_at < b.last_message_at ? 1 : -1;
}

export function byQueue(a, b) {
  return a.queued_at === b.queued_at ? a.id - b.id : a.queued_at < b.queued_at ? -1 : 1;
}

export class Store extends EventTarget {
  constructor({ me, desk }) {
    super();
    this.me = me;
    this.desk = desk;
    this.clock = 0;
    this.rows = new Map();
    this.history = new Set();
    this.historyOpen = false; // the history list was looked at in this window
    this.queueGoesOn = false; // more wait than are held here
    this.talks = new Map();
    this.upset = new Set(); // sessions whose buyers sound so: a hint that is asked for (console_moods.js)
    this.ready = false;
    this.selected = null;
    this.dirty = new Set();
  }

  /** The server's time, as the last beat told it. */
  now() {
    return Date.now() + this.clock;
  }

  isMine(row) {
    return row?.state === "assigned" && row.assignee?.id === this.me;
  }

  isReadOnly(row) {
    return Boolean(row.read_only_at) && Date.parse(row.read_only_at) <= this.now();
  }

  open() {
    return [...this.rows.values()].filter((row) => this.isMine(row));
  }

  queued() {
    return [...this.rows.values()].filter((row) => row.state === "queued");
  }

  closed() {
    return [...this.history].map((id) => this.rows.get(id)).filter((row) => row?.state === "closed");
  }

  counts() {
    const counts = { unassigned: 0 };
    const now = this.now();
    for (const name of Object.keys(FILTERS)) counts[name] = 0;
    for (const row of this.rows.values()) {
      if (row.state === "queued") counts.unassigned += 1;
      if (!this.isMine(row)) continue;
      for (const [name, test] of Object.entries(FILTERS)) if (test(row, now)) counts[name] += 1;
    }
    return counts;
  }

  ofConversation(conversation) {
    return this.open().find((row) => row.conversation === conversation);
  }

  /** The session of a closed one's buyer that is open by now, if this agent can see it. */
  newerThan(row) {
    if (row.state !== "closed") return null;
    const isOpen = (other) => other.conversation === row.conversation && (other.state === "queued" || this.isMine(other));
    return [...this.rows.values()].find(isOpen) ?? null;
  }

  /** Take a whole row. What a newer event has told already is not set back by an older list. */
  put(row, { history = false } = {}) {
    const old = this.rows.get(row.id);
    const whole = { ...row };
    if (old && old.last_seq > row.last_seq && old.state === row.state) {
      for (const name of COUNTERS) whole[name] = old[name];
    }
    if (whole.state === "closed" && (history || this.isMine(old))) this.history.add(row.id);
    if (this.isForeign(whole) && row.id !== this.selected) return this.drop(row.id);
    this.rows.set(row.id, whole);
    this.touch(row.id);
  }

  /** Take the changed fields of a row; false if the row is not known here. */
  patch(fields) {
    const old = this.rows.get(fields.id);
    if (!old) return false;
    if (fields.last_seq !== undefined && fields.last_seq < old.last_seq) return true;
    this.rows.set(fields.id, { ...old, ...fields });
    this.touch(fields.id);
    return true;
  }

  drop(id) {
    this.history.delete(id);
    if (this.rows.delete(id)) this.touch(id);
  }

  /** Tell the views once per frame, however many rows have changed. */
  touch(id) {
    this.dirty.add(id);
    if (this.telling) return;
    this.telling = true;
    queueMicrotask(() => {
      this.telling = false;
      const changed = this.dirty;
      this.dirty = new Set();
      this.dispatchEvent(new CustomEvent("rows", { detail: changed }));
    });
  }

  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  on(name, listener) {
    this.addEventListener(name, (event) => listener(event.detail));
  }

  /** Look at a session, or at none; a colleague's goes with the look. */
  select(id) {
    const old = this.rows.get(this.selected);
    this.selected = id;
    if (old && old.id !== id && this.isForeign(old)) this.drop(old.id);
    else if (old) this.touch(old.id);
  }

  /** Everything as plain data, for tests and for comparing two windows. */
  snapshot() {
    const talk = this.talks.get(this.rows.get(this.selected)?.conversation);
    return {
      desk: this.desk,
      rows: this.#listed().sort((a, b) => a.id - b.id).map((row) => ({ ...row })),
      conversation: talk?.conversation ?? null,
      events: talk ? talk.events() : [],
    };
  }

  /** What stands in the lists, and what is opened; other closed sessions are only kept in case. */
  #listed() {
    const inHistory = (row) => this.historyOpen && this.history.has(row.id);
    const rows = [...this.rows.values()].filter((row) => row.state !== "closed" || row.id === this.selected || inHistory(row));
    // The end of the line moves on after the close, and nobody tells: what a closed row says of it means nothing.
    return rows.map((row) => (row.state === "closed" ? { ...row, last_seq: null } : row));
  }

  /** Not in any list here: it stays only while it is looked at. */
  isForeign(row) {
    return row.state === "bot" || (row.state === "assigned" && !this.isMine(row));
  }
}
