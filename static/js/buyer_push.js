/** Told of answers after leaving (C25): offered calmly once the buyer has written, never at load; off in the menu. */

import { el, icon, kept } from "./buyer_dom.js";
import { askPermission, permission, subscription, worker } from "./notices.js";

const memory = kept("localStorage");

export class Push {
  /** `toast(words)` says how it went. */
  constructor({ api, toast }) {
    Object.assign(this, { api, toast, key: null });
    this.place = document.getElementById("push-offer");
    this.button = document.querySelector("[data-action=push]");
  }

  /** A conversation is open: a buyer who said yes before is subscribed again, as browsers forget and keys change. */
  async start(conversation) {
    this.key = `push:${conversation}`;
    if (!this.#isPossible) return;
    this.button.hidden = false;
    this.#render();
    if (this.isOn) await this.#subscribe().catch(() => {});
  }

  get isOn() {
    return memory.get(this.key) === "on" && permission() === "granted";
  }

  /** Offer it in a row, unless the buyer has answered before. */
  offer() {
    if (!this.key || !this.#isPossible || memory.get(this.key) || permission() === "denied" || this.place.firstChild) return;
    const put = (kept) => {
      memory.set(this.key, kept);
      this.place.replaceChildren();
      document.getElementById("text").focus({ preventScroll: true });
    };
    this.place.append(el(
      "div", { class: "push-offer", role: "group", "aria-label": gettext("Be told of the answer") },
      icon("bell"),
      el("p", {}, gettext("Be told here when the shop answers, even after you leave?")),
      el("button", { type: "button", class: "small-pill", onclick: () => this.switch(true) }, gettext("Tell me")),
      el("button", { type: "button", class: "tool away", "aria-label": gettext("Not now"), onclick: () => put("later") }, icon("cross"))));
  }

  /** From a click only: browsers ask people then. */
  async switch(on = !this.isOn) {
    this.place.replaceChildren();
    try {
      const done = on ? await this.#on() : await this.#off();
      if (done) this.toast(done);
    } catch {
      this.toast(gettext("That did not work. Please try again."));
    }
    this.#render();
  }

  async #on() {
    const answer = await askPermission();
    memory.set(this.key, answer === "granted" ? "on" : "later");
    if (answer !== "granted") return gettext("Your browser does not allow notifications here.");
    if (await this.#subscribe()) return gettext("You will be told when the shop answers.");
    memory.set(this.key, "later");
    return gettext("This browser can't be reached after you leave.");
  }

  /** The browser's subscription stays: other shops' chats may use it too. */
  async #off() {
    memory.set(this.key, "later");
    const registration = await worker("/c/sw.js");
    const found = await registration?.pushManager?.getSubscription();
    if (found) await this.api.post("push/forget", { endpoint: found.endpoint });
    return gettext("You will not be told any more.");
  }

  async #subscribe() {
    const { push_key: key } = await this.api.pushKey();
    const body = await subscription(await worker("/c/sw.js"), key);
    if (body) await this.api.post("push", body);
    return Boolean(body);
  }

  /** In a frame the page around belongs to somebody else, whose visitors we don't ask. */
  get #isPossible() {
    return window.top === window && Boolean(navigator.serviceWorker) && "PushManager" in globalThis && permission() !== "unsupported";
  }

  #render() {
    this.button.setAttribute("aria-pressed", String(this.isOn));
  }
}
