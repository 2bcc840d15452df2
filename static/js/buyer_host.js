/** The storefront's page around the frame: one port, handed over by an allowed site's own window (docs/widget.md). */

const TEXT = (value, limit) => typeof value === "string" && value.length <= limit;
const CHECKS = {
  start: ({ identity, entry, visitor = "" }) => TEXT(identity, 4000) && isEntry(entry) && TEXT(visitor, 64),
  shown: ({ on }) => typeof on === "boolean",
  shutdown: () => true,
};

function isEntry(entry) {
  if (typeof entry !== "object" || entry === null) return false;
  return Object.entries(entry).every(([name, value]) => ["kind", "ref", "landing"].includes(name) && TEXT(value, 64));
}

export class Host {
  /** The host of this page, or null where nobody frames it. */
  static around({ hosts }) {
    return hosts && window.parent !== window ? new Host(hosts) : null;
  }

  constructor(hosts) {
    this.hosts = hosts;
    this.port = null;
    this.shown = false;
    this.onstart = this.onshown = this.onshutdown = () => {};
    this.started = new Promise((resolve) => (this.begin = resolve));
    addEventListener("message", (event) => this.#greet(event));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) this.close();
    });
  }

  unread(count) {
    this.#post({ type: "unread", count });
  }

  /** The buyer has written here: on the next page the storefront listens for an answer. */
  talked() {
    this.#post({ type: "talked" });
  }

  /** Let the storefront's own site keep a visitor's secret (null: forget it): a frame may be denied every storage. */
  keep(key) {
    this.#post({ type: "keep", key });
  }

  close() {
    this.#post({ type: "close" });
  }

  /** Ask for a fresh identity; answers the next start. */
  renew() {
    this.started = new Promise((resolve) => (this.begin = resolve));
    this.#post({ type: "renew" });
    return this.started;
  }

  #greet({ source, origin, data, ports }) {
    if (this.port || source !== window.parent || !this.hosts.includes(origin)) return;
    if (data?.sellerchat !== 1 || data.type !== "hello" || ports.length !== 1) return;
    [this.port] = ports;
    this.port.onmessage = (event) => this.#take(event.data);
    this.#post({ type: "ready" });
  }

  #take(message) {
    if (typeof message !== "object" || message === null || !Object.hasOwn(CHECKS, message.type)) return;
    if (!CHECKS[message.type](message)) return;
    if (message.type === "start" && this.begin) {
      this.begin(message);
      this.begin = null;
    } else if (message.type === "start") this.onstart(message);
    else if (message.type === "shown") {
      this.shown = message.on;
      this.onshown();
    } else {
      this.onshutdown();
      this.#post({ type: "bye" });
    }
  }

  #post(message) {
    this.port?.postMessage(message);
  }
}
