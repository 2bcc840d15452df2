/** The workbench: the buyer's orders in this shop, the shop's products, insight; one click sends a card (C10). */

import { get } from "./console_api.js";
import { couponCard, orderCard, productCard } from "./console_cards.js";
import { explain, h, icon, toast, words } from "./console_dom.js";
import { recipient } from "./recipient.js";

const SEARCH_DELAY = 250;

export class Workbench {
  constructor({ shop, composer, insight }) {
    Object.assign(this, { shop, composer, insight });
    this.orders = document.getElementById("panel-orders");
    this.products = document.getElementById("products");
    this.coupons = document.getElementById("panel-coupons");
    this.count = document.getElementById("orders-count");
    this.search = document.getElementById("product-search");
    this.tabs = [...document.querySelectorAll("#work [role=tab]")];
    this.#listen();
    this.show(null);
  }

  /** Show the orders of the session's buyer; again when another holds the session, who may see more or less of them. */
  async show(row) {
    this.row = row;
    this.insight.show(row);
    const buyer = row?.buyer.id ?? null;
    const holder = row?.assignee?.id ?? null;
    if (buyer !== null && buyer === this.buyer && holder === this.holder) return this.#renderSending();
    Object.assign(this, { buyer, holder, reading: {} });
    this.newestOrder = null;
    this.numbers = new Set();
    this.count.textContent = "";
    this.orders.replaceChildren(h("p.empty", {}, buyer ? gettext("Loading…") : gettext("The buyer's orders appear here once a conversation is open.")));
    if (buyer) await this.#loadOrders(buyer, "");
    return undefined;
  }

  async #loadOrders(buyer, cursor) {
    const { reading } = this;
    try {
      const page = await get(`shops/${this.shop}/buyers/${buyer}/orders`, { cursor });
      if (reading !== this.reading) return;
      if (!cursor) this.orders.replaceChildren();
      this.newestOrder ??= page.results[0]?.number;
      for (const order of page.results) this.numbers.add(order.number);
      this.orders.querySelector(".more")?.remove();
      this.orders.append(...page.results.map((order) => this.#order(order)));
      if (page.next) this.orders.append(h("button.more", { type: "button", onclick: () => this.#loadOrders(buyer, page.next) }, gettext("Show more")));
      const count = this.orders.querySelectorAll(".card-order").length;
      this.count.textContent = count ? `${count}${page.next ? "+" : ""}` : "";
      if (!count) this.orders.replaceChildren(h("p.empty", {}, gettext("This buyer has no orders in this shop yet.")));
      this.#renderSending();
    } catch (error) {
      if (reading !== this.reading) return;
      this.orders.replaceChildren(h("p.empty", {}, error.detail || gettext("The orders could not be loaded.")), this.#again(() => this.#loadOrders(buyer, cursor)));
    }
  }

  #order(order) {
    const copy = h("button.small", { type: "button", onclick: () => copyText(order.number) }, icon("copy"), gettext("Copy number"));
    const send = h("button.small", { type: "button", "data-send": "", onclick: () => this.composer.sendCard("order_card", order.id) }, icon("send"), gettext("Send"));
    const cases = (order.after_sales ?? []).map(({ id, number }) => {
      const name = words(gettext("Send after-sale %(number)s"), { number });
      return h("button.small", { type: "button", "data-send": "", "aria-label": name, title: name, onclick: () => this.composer.sendCard("after_sale_card", id) }, icon("return"), gettext("Send after-sale"));
    });
    const card = orderCard(order, copy, ...cases, send);
    const to = recipient(this.shop, order);
    if (to) card.querySelector(".card-foot").before(to);
    return card;
  }

  async #loadProducts(cursor = "") {
    const q = this.search.value.trim();
    this.asked = q;
    try {
      const page = await get(`shops/${this.shop}/products`, { q, cursor });
      if (this.asked !== q) return;
      if (!cursor) this.products.replaceChildren();
      this.products.querySelector(".more")?.remove();
      this.products.append(...page.results.map((product) => this.#product(product)));
      if (page.next) this.products.append(h("button.more", { type: "button", onclick: () => this.#loadProducts(page.next) }, gettext("Show more")));
      if (!this.products.firstChild) this.products.append(h("p.empty", {}, q ? gettext("No product on sale matches these words.") : gettext("No products are on sale.")));
      this.#renderSending();
    } catch (error) {
      explain(error);
    }
  }

  #product(product) {
    const name = words(gettext("Send %(title)s"), { title: product.title });
    const send = h("button.small", { type: "button", "data-send": "", "aria-label": name, onclick: () => this.composer.sendCard("product_card", product.id) }, icon("send"), gettext("Send"));
    return h("article", { "aria-label": product.title }, productCard(product, send));
  }

  async #loadCoupons(cursor = "") {
    try {
      const page = await get(`shops/${this.shop}/coupons`, { cursor });
      if (!cursor) this.coupons.replaceChildren();
      this.coupons.querySelector(".more")?.remove();
      this.coupons.append(...page.results.map((coupon) => this.#coupon(coupon)));
      if (page.next) this.coupons.append(h("button.more", { type: "button", onclick: () => this.#loadCoupons(page.next) }, gettext("Show more")));
      if (!this.coupons.firstChild) this.coupons.append(h("p.empty", {}, gettext("No coupons can be taken now.")));
      this.#renderSending();
    } catch (error) {
      explain(error);
    }
  }

  #coupon(coupon) {
    const name = words(gettext("Send %(title)s"), { title: coupon.title });
    const send = h("button.small", { type: "button", "data-send": "", "aria-label": name, onclick: () => this.composer.sendCard("coupon_card", coupon.id) }, icon("send"), gettext("Send"));
    return couponCard(coupon, send);
  }

  /** Cards can be sent only where a message can. */
  #renderSending() {
    const canSend = this.composer.canWrite;
    for (const button of document.querySelectorAll("#work [data-send]")) button.disabled = !canSend;
  }

  refresh(row) {
    if (row && (row.assignee?.id ?? null) !== this.holder) this.show(row);
    else this.#renderSending();
  }

  #again(action) {
    return h("button.more", { type: "button", onclick: action }, gettext("Try again"));
  }

  #listen() {
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.#select(tab));
      tab.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const step = event.key === "ArrowRight" ? 1 : this.tabs.length - 1;
        const other = this.tabs[(this.tabs.indexOf(tab) + step) % this.tabs.length];
        this.#select(other);
        other.focus();
      });
    }
    this.search.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.#loadProducts(), SEARCH_DELAY);
    });
  }

  #select(chosen) {
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    if (chosen.dataset.panel === "products" && this.asked === undefined) this.#loadProducts();
    if (chosen.dataset.panel === "coupons") this.#loadCoupons();
    if (chosen.dataset.panel === "insight") this.insight.look();
  }
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain HTTP has no clipboard; the older way works everywhere.
    const field = h("textarea.visually-hidden", { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(words(gettext("Copied: %(text)s"), { text }));
}
