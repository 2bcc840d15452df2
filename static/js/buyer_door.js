/** How the buyer comes in: by the identity in the address or from the page around, or as a visitor without one. */

import { kept } from "./buyer_dom.js";

export class Door {
  /** `page` says which shop it is; `host` is the page around, or null. */
  constructor({ page, api, host }) {
    Object.assign(this, { page, api, host });
    this.memory = kept("sessionStorage");
    this.lasting = kept("localStorage");
    this.entered = null;
  }

  get #key() {
    return `buyer:${this.page.id}`;
  }

  /** Answer what the server says on entry; null where the chat must be opened from the shop again. */
  async enter() {
    if (this.host) return this.come(await this.host.started);
    const given = new URLSearchParams(location.hash.slice(1));
    const remembered = this.memory.get(this.#key) ?? this.entered;
    if (!given.has("identity") && !given.has("kind")) {
      if (remembered) return this.#accept(remembered);
      return this.come({ identity: "", entry: { kind: "shop" } });
    }
    const entry = { kind: given.get("kind") ?? "product", ref: given.get("ref") ?? "" };
    if (given.has("landing")) entry.landing = given.get("landing");
    const entered = await this.come({ identity: given.get("identity") ?? "", entry });
    // The identity is a secret and short-lived: not for the history, not for a copied address.
    history.replaceState(null, "", location.pathname + location.search);
    return entered;
  }

  /** Come in again, since the token has ended: by a fresh identity from the page around, or by the visitor's own secret. */
  again() {
    this.memory.set(this.#key, null); // the token has ended: nothing to come back to
    if (this.host) return this.host.renew().then((given) => this.come(given));
    const visitor = this.entered?.anonymous && this.page.anonymous;
    return visitor ? this.come({ identity: "", entry: { kind: "shop" } }) : Promise.resolve(null);
  }

  async come({ identity, entry, visitor: key = "" }) {
    if (!identity && !this.page.anonymous) return null;
    const visitor = { keep: this.host ? "page" : "cookie", ...(key && { key }) };
    const tail = identity.slice(-20);
    let entered;
    try {
      entered = await this.api.entry({ shop: this.page.id, entry, visitor, ...(identity && { identity }) });
    } catch (error) {
      // The page around was rendered long ago and its identity has ended; the token that it brought has not.
      const before = this.memory.get(this.#key);
      if (error.status !== 401 || !tail || before?.by !== tail) throw error;
      return this.#accept(before);
    }
    this.host?.keep(entered.visitor);
    return this.#accept({ ...entered, visitor: null, by: tail, anonymous: !identity });
  }

  forget() {
    this.memory.set(this.#key, null);
  }

  /** The buyer signed out: nothing of this person stays. */
  leave() {
    this.forget();
    if (this.entered) this.lasting.set(`draft:${this.entered.conversation}`, null);
  }

  #accept(entered) {
    this.api.token = entered.token;
    this.entered = entered;
    this.memory.set(this.#key, entered);
    return entered;
  }
}
