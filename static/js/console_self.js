/** Who I am here: presence, accepting, capacity, load; my reception data; the connection; my other shops. */

import { get, patch } from "./console_api.js";
import { askCapacity } from "./console_dialogs.js";
import { h, once, setText, toast, words } from "./console_dom.js";

const SHOPS_EVERY = 20_000;
const FIGURES_EVERY = 60_000;
const UNSENT_AFTER = 1_200;

const CONNECTION = {
  online: gettext("Online"),
  connecting: gettext("Reconnecting…"),
  offline: gettext("Offline"),
  closed: gettext("Disconnected"),
};

export class Self {
  constructor({ shop, store, outbox }) {
    Object.assign(this, { shop, store, outbox });
    this.state = null;
    this.connection = "connecting";
    this.accepting = document.getElementById("accepting");
    this.capacity = document.getElementById("capacity");
    this.switcher = document.getElementById("switcher-button");
    this.shops = document.getElementById("switcher-list");
    this.accepting.addEventListener("click", () => this.#toggleAccepting());
    this.capacity.addEventListener("click", () => this.state && askCapacity(this.state, (n, button) => this.#saveCapacity(n, button)));
    this.#listenSwitcher();
    store.on("rows", () => this.render());
    store.on("rules", () => this.loadPresence());
    store.on("member", (member) => (member.id === store.me ? this.#tookState(member) : this.#othersChanged()));
    setInterval(() => document.visibilityState === "visible" && this.loadShops(), SHOPS_EVERY);
    setInterval(() => document.visibilityState === "visible" && this.loadFigures(), FIGURES_EVERY);
  }

  async load() {
    await Promise.all([this.loadPresence(), this.loadShops(), this.loadFigures()]);
  }

  async loadPresence() {
    this.state = await get(`shops/${this.shop}/presence`).catch(() => this.state);
    this.render();
  }

  /** Take my own state as an action answered it. */
  take(state) {
    this.state = state;
    this.render();
  }

  async loadShops() {
    const me = await get("me").catch(() => null);
    if (!me) return;
    this.mine = me.shops.filter((shop) => shop.im_permission);
    this.#renderShops();
  }

  async loadFigures() {
    const figures = await get(`shops/${this.shop}/analytics/reception`).catch(() => null);
    if (figures) this.#renderFigures(figures);
  }

  /** Tell how the connection is; with unsent messages their number. */
  connected(state) {
    this.connection = state;
    this.renderConnection();
  }

  renderConnection() {
    const node = document.getElementById("connection");
    const entries = this.outbox().entries();
    // A message that is on its way is not worth a word, for as long as one usually takes.
    const late = (entry) => this.connection !== "online" || entry.state === "failed" || Date.now() - Date.parse(entry.at) > UNSENT_AFTER;
    const unsent = entries.filter(late).length;
    clearTimeout(this.soon);
    if (unsent < entries.length) this.soon = setTimeout(() => this.renderConnection(), UNSENT_AFTER);
    const isFine = this.connection === "online" && unsent === 0;
    const text = [CONNECTION[this.connection] ?? this.connection];
    if (unsent) text.push(words(ngettext("%(n)s unsent", "%(n)s unsent", unsent), { n: unsent }));
    node.className = `connection ${isFine ? "online" : unsent && this.connection === "online" ? "unsent" : this.connection === "closed" ? "offline" : this.connection}`;
    const tone = isFine ? "ok" : this.connection === "connecting" || this.connection === "online" ? "warn" : "danger";
    const label = text.join(" · ");
    if (node.dataset.label === label) return;
    node.dataset.label = label;
    node.replaceChildren(h(`span.dot.${tone}`, { "aria-hidden": "true" }), label);
    this.render();
  }

  render() {
    const counts = this.store.counts();
    this.store.tell("unread", counts.unread);
    const badge = document.getElementById("rail-badge");
    badge.hidden = counts.unread === 0;
    setText(badge, counts.unread > 99 ? "99+" : String(counts.unread));
    this.#renderPresence(counts.all);
    this.#renderShops();
  }

  #renderPresence(load) {
    const { state } = this;
    if (!state) return;
    const isOnline = this.connection === "online";
    const takes = (state.accepting && !state.on_break_since) || state.sole_agent;
    const rest = state.on_break_since && !state.sole_agent ? words(gettext("On a break: %(reason)s"), { reason: state.break_reason || "–" }) : "";
    document.getElementById("shift").hidden = state.sole_agent;
    document.getElementById("shift").classList.toggle("on", Boolean(rest));
    document.getElementById("self-dot").className = `dot ${!isOnline ? "danger" : takes ? "ok" : "warn"}`;
    setText(document.getElementById("self-state"), !isOnline ? gettext("Offline") : rest || (takes ? gettext("Online, accepting") : gettext("Online, not accepting")));
    setText(document.getElementById("self-name"), state.nickname);
    // A sole agent gets everything anyway: no switch, no unassigned list (B4).
    this.accepting.hidden = state.sole_agent;
    this.accepting.setAttribute("aria-checked", state.accepting);
    document.getElementById("tab-unassigned").hidden = state.sole_agent;
    this.capacity.hidden = false;
    this.capacity.classList.toggle("full", load >= state.capacity);
    const label = words(gettext("Load %(load)s / %(capacity)s"), { load, capacity: state.capacity });
    if (this.capacity.textContent !== label) this.capacity.textContent = label;
    this.capacity.title = gettext("Change how many conversations you take at most");
  }

  async #toggleAccepting() {
    const accepting = this.accepting.getAttribute("aria-checked") !== "true";
    const state = await once(this.accepting, () => patch(`shops/${this.shop}/presence`, { accepting }));
    if (!state) return;
    this.state = state;
    this.render();
    toast(accepting ? gettext("New conversations are given to you again.") : gettext("No new conversations are given to you automatically. Colleagues may still hand you some."));
  }

  async #saveCapacity(capacity, button) {
    const state = await once(button, () => patch(`shops/${this.shop}/presence`, { capacity }));
    if (!state) return false;
    this.state = state;
    this.render();
    return true;
  }

  #tookState(member) {
    if (this.state) Object.assign(this.state, { accepting: member.accepting, nickname: member.nickname });
    this.#othersChanged();
  }

  /** Somebody came or went: I may have become, or ceased to be, the only agent. */
  #othersChanged() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.loadPresence(), 800);
  }

  #renderFigures({ response_rate: rate, satisfaction, received_today: received }) {
    const percent = (value) => (value === null ? "–" : `${(value * 100).toFixed(value === 1 ? 0 : 1)}%`);
    const figures = [
      [gettext("24 h response, 7 days"), percent(rate), gettext("Of the conversations that buyers started in the last 7 days, ending yesterday, the share answered within 24 hours.")],
      [gettext("Satisfaction today"), percent(satisfaction), gettext("Of your conversations received today that the buyer has rated, the share with 4 or 5 stars.")],
      [gettext("Received today"), String(received), gettext("Conversations that buyers started today and that were assigned to you.")],
    ];
    const strip = document.getElementById("strip");
    const key = JSON.stringify(figures);
    if (strip.dataset.key === key) return;
    strip.dataset.key = key;
    strip.replaceChildren(
      ...figures.map(([name, value, definition]) =>
        h("div", { tabIndex: 0 }, h("dt", {}, name), h("dd", {}, value, h("span.tip", { role: "tooltip" }, definition))),
      ),
    );
  }

  #renderShops() {
    if (!this.mine) return;
    const counts = this.store.counts();
    const rows = this.mine.map((shop) => ({
      ...shop,
      unread: shop.id === this.shop && this.store.ready ? counts.unread : shop.unread,
      queued: shop.id === this.shop && this.store.ready ? counts.unassigned : shop.queued,
    }));
    const key = JSON.stringify(rows);
    if (this.shops.dataset.key === key) return;
    this.shops.dataset.key = key;
    this.shops.replaceChildren(...rows.map((shop) => h("li", {}, this.#shopLink(shop))));
    const elsewhere = rows.filter((shop) => shop.id !== this.shop).reduce((sum, shop) => sum + shop.unread + shop.queued, 0);
    const badge = document.getElementById("switcher-badge");
    badge.className = elsewhere ? "badge solid" : "";
    badge.textContent = elsewhere ? String(elsewhere) : "";
    badge.title = elsewhere ? gettext("Unread and waiting in your other shops") : "";
  }

  #shopLink(shop) {
    const counts = h(
      "span.switcher-counts", {},
      h(shop.unread ? "span.badge.danger" : "span.badge", {}, words(gettext("%(n)s unread"), { n: shop.unread })),
      h(shop.queued ? "span.badge.warn" : "span.badge", {}, words(gettext("%(n)s waiting"), { n: shop.queued })),
    );
    return h("a", { href: `/desk/${shop.id}/`, "aria-current": shop.id === this.shop ? "true" : null }, h("span", {}, shop.name), counts);
  }

  #listenSwitcher() {
    const set = (open) => {
      this.shops.hidden = !open;
      this.switcher.setAttribute("aria-expanded", open);
    };
    this.switcher.addEventListener("click", () => {
      set(this.shops.hidden);
      if (!this.shops.hidden) this.loadShops();
    });
    document.addEventListener("click", (event) => !event.target.closest("#switcher") && set(false));
    document.getElementById("switcher").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.shops.hidden) return;
      event.stopPropagation();
      set(false);
      this.switcher.focus();
    });
  }
}

