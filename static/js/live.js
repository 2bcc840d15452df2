/** One socket that comes back by itself (docs/wire.md, "Sockets").
 *
 * Frames that arrive are a bell only: whoever needs them all asks log.js. State goes to `onstate(state, code)`:
 * "connecting", "online" (the server answered the first frame), "offline" (will come back), "closed" (will not).
 */

const FINAL = new Set([4400, 4401, 4403]);
const RETRYABLE = new Set(["busy", "throttled", "internal", "offline", "timeout", "draining"]);
const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const SILENCE = 50_000;
const HANDSHAKE = 10_000;
const ANSWER = 20_000;

/** Full jitter between 0.5 s and a bound that doubles up to 30 s: a restarted server is not met by all at once. */
export function backoff(failures) {
  const bound = Math.min(LONGEST_DELAY, 2 * FIRST_DELAY * 2 ** failures);
  return FIRST_DELAY + Math.random() * (bound - FIRST_DELAY);
}

/** What a request is rejected with: `retryable` means that the same body with the same key may be sent again. */
export class WireError extends Error {
  constructor(code, detail = "", more = {}) {
    super(detail || code);
    Object.assign(this, more, { code, detail, retryable: more.retryable ?? RETRYABLE.has(code) });
  }
}

/** The socket's address on this origin. */
export function socketUrl(path) {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}?lang=${document.documentElement.lang}`;
}

export class Live {
  constructor({ url, hello, onframe, onstate = () => {} }) {
    Object.assign(this, { url, hello, onframe, onstate });
    this.state = null;
    this.pending = new Map();
    this.failures = 0;
    this.count = 0;
    this.socket = null;
    this.finished = false;
    this.onVisible = () => document.visibilityState === "visible" && this.wake();
    this.onOnline = () => this.wake();
    // Browsers keep a dead socket "open" for minutes after the network went; the event is the earlier sign.
    this.onOffline = () => this.#drop(0);
    addEventListener("online", this.onOnline);
    addEventListener("offline", this.onOffline);
    addEventListener("pageshow", this.onOnline);
    document.addEventListener("visibilitychange", this.onVisible);
    // Every second: after a sleep this is what notices first that the socket is dead.
    this.watch = setInterval(() => this.#isSilent() && this.wake(), 1_000);
    this.#connect();
  }

  /** Send a frame and wait for its answer: the ok frame, or a WireError. */
  request(frame) {
    if (this.state !== "online") return Promise.reject(new WireError("offline"));
    const id = String(++this.count);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id, (p) => p.reject(new WireError("timeout"))), ANSWER);
      this.pending.set(id, { resolve, reject, timer });
      if (!this.send({ ...frame, id })) this.#settle(id, (p) => p.reject(new WireError("offline")));
    });
  }

  /** Send a frame that has no answer; false when there is no connection. */
  send(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Connect at once if the socket is gone or has been silent for too long. */
  wake() {
    if (this.finished) return;
    if (this.socket && this.#isSilent()) this.#drop(4408);
    if (!this.socket) this.#connect();
  }

  /** Connect again after "closed", for example with a new token. */
  open() {
    this.finished = false;
    this.failures = 0;
    this.#drop(0);
    this.wake();
  }

  /** End for good and stop listening to the window. */
  close() {
    clearInterval(this.watch);
    removeEventListener("online", this.onOnline);
    removeEventListener("offline", this.onOffline);
    removeEventListener("pageshow", this.onOnline);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.finished = true;
    this.#drop(1000);
  }

  #isSilent() {
    if (!this.socket) return false;
    const limit = this.socket.readyState === WebSocket.OPEN ? SILENCE : HANDSHAKE;
    return Date.now() - this.heard > limit;
  }

  #connect() {
    clearTimeout(this.timer);
    this.heard = Date.now();
    this.#tell("connecting");
    let socket;
    try {
      socket = new WebSocket(this.url);
    } catch {
      this.#lost(0);
      return;
    }
    this.socket = socket;
    // A socket that was dropped may still speak: only the current one is heard.
    const current = (handler) => (event) => this.socket === socket && handler(event);
    socket.onopen = current(() => {
      this.heard = Date.now();
      this.send(this.hello());
    });
    socket.onmessage = current((event) => this.#take(event.data));
    socket.onclose = current((event) => this.#lost(event.code));
  }

  #take(text) {
    this.heard = Date.now();
    const frame = JSON.parse(text);
    // Answered here and never by a timer: browsers throttle timers of background tabs.
    if (frame.type === "beat") this.send({ type: "beat", n: frame.n });
    if (frame.type !== "error") {
      this.failures = 0;
      this.#tell("online");
    }
    if (frame.id !== undefined && this.pending.has(String(frame.id))) {
      this.#settle(String(frame.id), (p) =>
        frame.type === "ok" ? p.resolve(frame) : p.reject(new WireError(frame.code, frame.detail, rest(frame))),
      );
      return;
    }
    this.onframe(frame);
  }

  #settle(id, how) {
    const waiting = this.pending.get(id);
    if (!waiting) return;
    this.pending.delete(id);
    clearTimeout(waiting.timer);
    how(waiting);
  }

  #drop(code) {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    try {
      socket.close();
    } catch {
      // Safari throws when the handshake is not over; the browser ends it then.
    }
    this.#lost(code);
  }

  #lost(code) {
    this.socket = null;
    for (const id of [...this.pending.keys()]) this.#settle(id, (p) => p.reject(new WireError("offline")));
    if (this.finished || FINAL.has(code)) {
      this.finished = true;
      this.#tell("closed", code);
      return;
    }
    this.#tell("offline", code);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake(), backoff(this.failures++));
  }

  #tell(state, code = null) {
    if (state === this.state) return;
    this.state = state;
    this.onstate(state, code);
  }
}

function rest({ type, id, code, detail, retryable, ...more }) {
  return more;
}
