/** Messages that the server has not confirmed yet: kept in IndexedDB, so they survive the tab, and sent in order.
 *
 * `deliver(entry)` resolves when the server committed `entry.body`, or throws an error; one with `retryable: true`
 * is tried again with the same key, any other turns the entry "failed" until the user retries or discards it.
 * Entries of one lane go one after the other, lanes side by side. `onchange(entries)` follows every change.
 * An entry: {id, lane, body, file, show, state: "waiting"|"sending"|"failed", error: {code, detail, until}|null, at, order}.
 */

import { backoff } from "./live.js";

const AT_ONCE = 8;

/** A random UUID; `crypto.randomUUID` exists in secure contexts only, plain HTTP in a local network is none. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Outbox {
  constructor({ name, deliver, onchange = () => {} }) {
    Object.assign(this, { name, deliver, onchange });
    this.all = new Map();
    this.busy = new Set();
    this.waits = new Map();
    this.failures = new Map();
    this.store = new Store(name);
    this.closed = false;
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`outbox:${name}`) : null;
    if (this.channel) this.channel.onmessage = () => this.#load();
    this.ready = this.#load();
  }

  /** Queue a message body and answer its entry; `file` and `show` (for display) are kept beside it, not sent. */
  add(body, { lane = "", file = null, show = null } = {}) {
    const id = body.client_msg_id ?? uuid();
    const entry = {
      id, lane, file, show, body: { ...body, client_msg_id: id }, state: "waiting", error: null,
      at: new Date().toISOString(), order: Math.max(Date.now(), this.#highest + 1),
    };
    this.all.set(id, entry);
    this.#save(entry).then(() => this.flush(lane));
    this.#changed();
    return entry;
  }

  /** Change the body of an entry before it is sent, for example with the number of its uploaded file. */
  async update(id, body) {
    const entry = this.all.get(id);
    if (!entry) return;
    entry.body = { ...entry.body, ...body };
    await this.#save(entry);
  }

  retry(id) {
    const entry = this.all.get(id);
    if (!entry || entry.state !== "failed") return;
    Object.assign(entry, { state: "waiting", error: null });
    this.#save(entry).then(() => this.flush(entry.lane));
    this.#changed();
  }

  discard(id) {
    if (this.all.delete(id)) this.#changed();
    this.store.remove(id).then(() => this.channel?.postMessage("changed"));
  }

  /** All unsent messages in their order. */
  entries() {
    return [...this.all.values()].sort((a, b) => a.order - b.order);
  }

  /** Try now, without waiting for the backoff: on a new connection, or for one lane. */
  flush(only = null) {
    if (this.closed) return;
    const lanes = only === null ? new Set([...this.all.values()].map((entry) => entry.lane)) : [only];
    for (const lane of lanes) {
      if (only === null) this.failures.delete(lane);
      this.waits.get(lane)?.();
      this.#run(lane);
    }
  }

  close() {
    this.closed = true;
    this.channel?.close();
    for (const wake of this.waits.values()) wake();
  }

  get #highest() {
    return Math.max(0, ...[...this.all.values()].map((entry) => entry.order));
  }

  async #load() {
    const stored = await this.store.all();
    if (!stored) return;
    const known = new Set(stored.map((entry) => entry.id));
    for (const entry of this.all.values()) {
      if (entry.saved && entry.state !== "sending" && !known.has(entry.id)) this.all.delete(entry.id);
    }
    for (const entry of stored) {
      const mine = this.all.get(entry.id);
      if (mine?.state === "sending") continue;
      // "sending" in the store is a tab that died or another that is at work: the lock tells them apart.
      this.all.set(entry.id, { ...entry, state: entry.state === "failed" ? "failed" : "waiting", saved: true });
    }
    this.#changed();
    this.flush();
  }

  #next(lane) {
    return this.entries().find((entry) => entry.lane === lane && entry.state === "waiting");
  }

  async #run(lane) {
    if (this.busy.has(lane) || this.busy.size >= AT_ONCE) return;
    this.busy.add(lane);
    try {
      await this.ready;
      while (!this.closed && this.#next(lane)) {
        const delay = await alone(`outbox:${this.name}:${lane}`, () => this.#send(lane));
        if (delay) await this.#pause(lane, delay);
      }
    } finally {
      this.busy.delete(lane);
    }
    const waiting = this.entries().find((entry) => entry.state === "waiting" && !this.busy.has(entry.lane));
    if (waiting && !this.closed) this.#run(waiting.lane);
  }

  /** Send the first entry of a lane; answers how long to wait before the next try (0: none). */
  async #send(lane) {
    const entry = this.#next(lane);
    if (!entry) return 0;
    if (entry.saved && (await this.store.has(entry.id)) === false) {
      this.all.delete(entry.id); // another tab has sent it
      this.#changed();
      return 0;
    }
    entry.state = "sending";
    this.#changed();
    try {
      await this.deliver(entry);
    } catch (error) {
      return this.#failed(entry, error);
    }
    this.failures.delete(lane);
    this.all.delete(entry.id);
    await this.store.remove(entry.id);
    this.channel?.postMessage("changed");
    this.#changed();
    return 0;
  }

  async #failed(entry, error) {
    if (!this.all.has(entry.id)) return 0; // discarded meanwhile
    if (error.retryable) {
      entry.state = "waiting";
      this.#changed();
      const failures = this.failures.get(entry.lane) ?? 0;
      this.failures.set(entry.lane, failures + 1);
      return Math.max(backoff(failures), (error.retry_after ?? 0) * 1000);
    }
    if (!error.code) console.error(error);
    Object.assign(entry, { state: "failed", error: { code: error.code ?? "failed", detail: error.detail ?? "", until: error.until ?? null } });
    await this.#save(entry);
    this.#changed();
    return 0;
  }

  #pause(lane, delay) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waits.delete(lane);
        resolve();
      };
      const timer = setTimeout(wake, delay);
      this.waits.set(lane, wake);
    });
  }

  async #save(entry) {
    const { saved, ...plain } = entry;
    if (await this.store.put(plain)) {
      entry.saved = true;
      this.channel?.postMessage("changed");
    }
  }

  #changed() {
    this.onchange(this.entries());
  }
}

/** Run `work` while no other tab runs under the same name; without Web Locks the server's keys make doubles harmless. */
async function alone(name, work) {
  let begun = false;
  const once = () => {
    begun = true;
    return work();
  };
  try {
    return await (navigator.locks ? navigator.locks.request(name, once) : once());
  } catch (error) {
    if (begun) throw error;
    return work(); // a frame in another site's page may be denied every lock
  }
}

/** The entries of one outbox in IndexedDB; every call answers null where the browser gives us none. */
class Store {
  constructor(name) {
    this.name = name;
    this.database = this.#open();
  }

  #open() {
    return new Promise((resolve) => {
      try {
        const request = indexedDB.open("outbox", 1);
        request.onupgradeneeded = () => {
          request.result.createObjectStore("entries", { keyPath: ["outbox", "id"] });
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = request.onblocked = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
  }

  async #ask(mode, question) {
    const database = await this.database;
    if (!database) return null;
    return new Promise((resolve) => {
      try {
        const transaction = database.transaction("entries", mode);
        const request = question(transaction.objectStore("entries"));
        transaction.oncomplete = () => resolve({ result: request.result });
        transaction.onerror = transaction.onabort = () => resolve(null);
      } catch {
        resolve(null);
      }
    });
  }

  async all() {
    const range = IDBKeyRange.bound([this.name, ""], [this.name, "\uffff"]);
    return (await this.#ask("readonly", (entries) => entries.getAll(range)))?.result ?? null;
  }

  async has(id) {
    const answer = await this.#ask("readonly", (entries) => entries.count([this.name, id]));
    return answer ? answer.result > 0 : null;
  }

  put(entry) {
    return this.#ask("readwrite", (entries) => entries.put({ ...entry, outbox: this.name }));
  }

  remove(id) {
    return this.#ask("readwrite", (entries) => entries.delete([this.name, id]));
  }
}
