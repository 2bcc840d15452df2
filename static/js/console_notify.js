/** Notifications of the console (C11): which news are worth a notice, a sound, a number on the tab. */

import { get, post } from "./console_api.js";
import { Badge } from "./console_badge.js";
import { NoticeCard } from "./console_notice_card.js";
import { askPermission, permission, show, Sound, subscription, unsubscribe, worker } from "./notices.js";
import { veil } from "./veil.js";

const QUIET = 1200;
const BODIES = {
  message: gettext("New message"),
  assigned: gettext("A new conversation is yours"),
  handed: gettext("A colleague has handed this conversation to you"),
};

const LASTS = 60_000; // ms that a window is believed to be looked at

export class Notifier {
  constructor({ shop, store, self, onopen }) {
    Object.assign(this, { shop, store, self, onopen });
    this.choices = { desktop: true, sound: true, badge: true, push: true, preview: false };
    this.mine = null;
    this.taking = new Set();
    this.soundAt = 0;
    this.sound = new Sound();
    this.badge = new Badge();
    this.desks = new Desks(store.me, () => this.#looked());
    this.card = new NoticeCard({ allow: () => this.allow(), test: () => this.sound.allow()?.then(() => this.sound.play()) });
    store.on("rows", () => this.#compare());
    store.on("loaded", () => this.#compare());
    store.on("taking", (id) => this.taking.add(id));
    store.on("missed", (id) => this.taking.delete(id));
    store.on("arrived", ({ event }) => event.message?.sender.kind === "buyer" && this.#arrived(event));
    store.on("unread", (count) => this.badge.show(this.choices.badge ? count : 0));
    navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.type === "open" && this.#open(data.hash));
    document.querySelector("form[action*=logout]")?.addEventListener("submit", (event) => this.#leave(event));
    this.ready = this.#start();
  }

  /** Ask for everything the browser wants to be asked for, in one click. */
  async allow() {
    await this.sound.allow();
    const answer = await askPermission();
    if (answer !== "granted") return answer;
    this.sound.play();
    await this.#subscribe();
    return answer;
  }

  async #start() {
    const choices = await get(`shops/${this.shop}/notifications`).catch(() => null);
    if (choices) this.choices = choices;
    this.badge.show(this.choices.badge ? this.store.counts().unread : 0);
    this.registration = await worker("/desk/sw.js");
    this.registration?.active?.postMessage({ type: "shell" });
    if (permission() === "granted") await this.#subscribe();
    else if (this.choices.desktop) this.card.offer();
  }

  async #subscribe() {
    const wanted = this.choices.push && this.choices.push_key;
    const body = wanted ? await subscription(this.registration, this.choices.push_key) : null;
    if (body) await post(`shops/${this.shop}/push`, body).catch(() => {});
  }

  /** Signing out ends the pushes to this browser too. */
  async #leave(event) {
    if (this.left || !this.registration) return;
    event.preventDefault();
    this.left = true;
    const form = event.target;
    const endpoint = await Promise.race([unsubscribe(this.registration), new Promise((done) => setTimeout(done, 1500, null))]);
    if (endpoint) await post(`shops/${this.shop}/push/forget`, { endpoint }).catch(() => {});
    form.submit();
  }

  /** Sessions that have become ours since the last look. The first lists are no news. */
  #compare() {
    if (!this.store.ready) return;
    const now = new Map(this.store.open().map((row) => [row.id, row]));
    const before = this.mine;
    this.mine = new Set(now.keys());
    if (!before) return;
    for (const [id, row] of now) {
      if (before.has(id) || this.taking.delete(id)) continue;
      this.#assigned(row);
    }
  }

  async #assigned(row) {
    const kind = await this.#kindOf(row.id);
    const handed = kind === "manual" || kind === "transfer";
    if (!handed && this.#declines()) return;
    this.#tell(row, handed ? "handed" : "assigned");
  }

  async #arrived(event) {
    const row = this.store.rows.get(event.session);
    if (!this.store.isMine(row)) return;
    // What came by itself to somebody who does not accept stays silent until it is answered.
    if (this.#declines() && row.last_sender === "buyer" && !["manual", "transfer"].includes(await this.#kindOf(row.id))) return;
    this.#tell(row, "message", event.message);
  }

  #declines() {
    return this.self.state?.accepting === false;
  }

  async #kindOf(id) {
    const facts = await get(`shops/${this.shop}/sessions/${id}`).catch(() => null);
    return facts?.assignments.at(-1)?.kind ?? "auto";
  }

  #tell(row, kind, message = null) {
    if (!this.desks.isLeader || this.desks.looksAt(row.id)) return;
    if (this.choices.sound && Date.now() - this.soundAt > QUIET) {
      this.soundAt = Date.now();
      if (!this.sound.play()) this.card.silent();
    }
    if (!this.choices.desktop || this.desks.isLooked) return;
    const text = this.choices.preview && message?.text ? veil(message.text).slice(0, 80) : BODIES[kind];
    const url = `/desk/${this.shop}/#session=${row.id}`;
    const onclick = () => {
      window.focus();
      this.onopen(row.id);
    };
    show(this.registration, row.buyer.nickname, { body: text, tag: `session-${row.id}`, url, onclick });
  }

  #open(hash) {
    const id = Number(hash.match(/^#session=(\d+)/)?.[1]);
    if (id) this.onopen(id);
  }

  #looked() {
    return { looking: document.visibilityState === "visible" && document.hasFocus(), session: this.store.selected };
  }
}

/** The open consoles of one person in this browser: one of them speaks, and none while another is looked at. */
class Desks {
  constructor(me, look) {
    this.look = look;
    this.others = new Map();
    this.id = `${Date.now()}-${Math.random()}`;
    this.isLeader = !navigator.locks;
    navigator.locks?.request(`notices:${me}`, () => {
      this.isLeader = true;
      return new Promise(() => {}); // until this window goes
    });
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`notices:${me}`) : null;
    if (this.channel) this.channel.onmessage = ({ data }) => this.others.set(data.id, { ...data, at: Date.now() });
    const say = () => this.channel?.postMessage({ id: this.id, ...this.look() });
    for (const name of ["focus", "blur", "click", "keyup"]) addEventListener(name, () => setTimeout(say));
    document.addEventListener("visibilitychange", say);
    setInterval(() => this.look().looking && say(), LASTS / 3);
    addEventListener("pagehide", () => this.channel?.postMessage({ id: this.id, looking: false }));
  }

  get isLooked() {
    return this.#all().some(({ looking }) => looking);
  }

  looksAt(session) {
    return this.#all().some((desk) => desk.looking && desk.session === session);
  }

  #all() {
    for (const [id, { at }] of this.others) if (at < Date.now() - LASTS) this.others.delete(id); // it was killed
    return [this.look(), ...this.others.values()];
  }
}

