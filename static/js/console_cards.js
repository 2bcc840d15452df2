/** Products, orders and entries as small cards; used in the stream, the header and the workbench. */

import { fullDate, h, icon, money, words } from "./console_dom.js";
import { landingWords } from "./console_entry.js";

export const ORDER_STATES = {
  unpaid: gettext("Unpaid"),
  to_process: gettext("To ship, to process"),
  awaiting_collection: gettext("To ship, awaiting collection"),
  in_transit: gettext("Shipped, in transit"),
  delivered: gettext("Shipped, delivered"),
  delivery_failed: gettext("Shipped, delivery failed"),
  completed: gettext("Completed"),
  cancelling: gettext("Cancelling"),
  cancelled: gettext("Cancelled"),
};

const ORDER_TONES = { delivery_failed: "danger", cancelling: "warn", unpaid: "warn", completed: "ok", delivered: "ok" };
const AFTER_SALE_KINDS = { refund: gettext("Refund only"), return: gettext("Return and refund") };
const AFTER_SALE_STATES = { in_progress: gettext("In progress"), completed: gettext("Completed"), closed: gettext("Closed") };

const PARCEL_STATES = {
  awaiting_collection: gettext("Awaiting collection"),
  in_transit: gettext("In transit"),
  out_for_delivery: gettext("Out for delivery"),
  delivered: gettext("Delivered"),
  failed: gettext("Delivery failed"),
  returned: gettext("Returned to sender"),
};
const CANCELLED_BY = { buyer: gettext("The buyer"), seller: gettext("The shop"), platform: gettext("The platform") };

/** Pictures are ours (below /static/) or an https address, which the page's policy may forbid: then the icon stays. */
export function picture(path) {
  const frame = h("span.thumb", { "aria-hidden": "true" }, icon("bag"));
  if (!path) return frame;
  const image = h("img", { src: /^(https?:)?\//.test(path) ? path : `/static/${path}`, alt: "", loading: "lazy" });
  image.addEventListener("load", () => frame.replaceChildren(image));
  image.addEventListener("error", () => frame.replaceChildren(icon("bag")));
  frame.replaceChildren(image);
  return frame;
}

export function productCard(product, ...actions) {
  return h(
    "div.card-product", {},
    picture(product.picture),
    h(
      "div.card-words", {},
      h("p.card-title", {}, product.title),
      h("p.card-line", {}, h("b", {}, money(product.price, product.currency)), h("span.muted", {}, words(gettext("%(n)s in stock"), { n: product.stock }))),
    ),
    actions.length ? h("div.card-actions", {}, ...actions) : null,
  );
}

/** A coupon: what it takes off, from how much on, until when. */
export function couponCard(coupon, ...actions) {
  const amount = coupon.kind === "percent" ? `${Number(coupon.discount)}%` : money(coupon.discount, coupon.currency);
  const from = Number(coupon.minimum) ? words(gettext("from %(amount)s"), { amount: money(coupon.minimum, coupon.currency) }) : gettext("no minimum");
  return h(
    "div.card-order.card-coupon", {},
    h("div.card-words", {},
      h("p.card-title", {}, coupon.title),
      h("p.card-line", {}, h("b", {}, words(gettext("%(amount)s off"), { amount })), h("span.muted", {}, from)),
      h("p.card-line", {}, h("span.muted", {}, words(gettext("until %(day)s"), { day: fullDate(coupon.ends_at) })))),
    actions.length ? h("div.card-actions", {}, ...actions) : null,
  );
}

export function orderState(order) {
  return h(`span.badge.${ORDER_TONES[order.state] ?? "accent"}`, {}, ORDER_STATES[order.state] ?? order.state);
}

export function afterSale(found) {
  return h(
    "p.card-case", {},
    icon("return"),
    h("span", {}, AFTER_SALE_KINDS[found.kind] ?? found.kind, found.reason ? ` · ${found.reason}` : ""),
    h(`span.badge.${found.state === "in_progress" ? "warn" : "ok"}`, {}, AFTER_SALE_STATES[found.state] ?? found.state),
  );
}

/** One parcel: who carries it, under which number, and what was heard last (C10). */
function parcel(found) {
  const last = found.events[0]?.text;
  const tone = { delivered: "ok", failed: "danger", returned: "danger" }[found.state] ?? "accent";
  return h("p.card-case", {}, icon("bag"), h("span", {}, `${found.carrier} ${found.tracking_number}`, last ? h("span.muted", {}, ` · ${last}`) : null), h(`span.badge.${tone}`, {}, PARCEL_STATES[found.state] ?? found.state));
}

function cancelled(order) {
  if (!order.cancelled_by) return null;
  const who = words(gettext("Cancelled by: %(who)s"), { who: CANCELLED_BY[order.cancelled_by] ?? order.cancelled_by });
  return h("p.card-case.muted", {}, order.cancel_reason ? `${who} · ${order.cancel_reason}` : who);
}

export function orderCard(order, ...actions) {
  const items = order.items ?? [];
  const count = items.reduce((sum, item) => sum + item.quantity, 0);
  return h(
    "article.card-order", { "aria-label": words(gettext("Order %(number)s"), { number: order.number }) },
    h("div.spread", {}, h("span.card-number", {}, order.number), orderState(order)),
    ...items.map((item) =>
      h(
        "div.card-item", {},
        picture(item.picture),
        h("span.card-title", {}, item.title),
        h("span.card-amount", {}, money(item.price, order.currency), h("span.muted", {}, ` ×${item.quantity}`)),
      ),
    ),
    ...[cancelled(order)].filter(Boolean),
    ...(order.shipments ?? []).map(parcel),
    ...(order.after_sales ?? []).map(afterSale),
    h(
      "div.spread.card-foot", {},
      h("span.muted", {}, fullDate(order.created_at)),
      h("span", {}, words(ngettext("%(n)s item", "%(n)s items", count), { n: count }), " · ", h("b", {}, money(order.total, order.currency))),
    ),
    actions.length ? h("div.card-actions", {}, ...actions) : null,
  );
}

/** Where the buyer came from, in one line for the chat window's header: from, what, its state, the advertisement. */
export function entryLine(entry) {
  const line = whence(entry);
  return line && [...line, landingWords(entry.landing)];
}

function whence(entry) {
  if (entry.kind === "product" && entry.product) {
    return [gettext("From the product page"), entry.product.title, money(entry.product.price, entry.product.currency)];
  }
  if (entry.kind === "after_sale" && entry.after_sale) {
    const kind = AFTER_SALE_KINDS[entry.after_sale.kind] ?? entry.after_sale.kind;
    return [gettext("From the after-sale application"), `${kind} ${entry.after_sale.number}`, AFTER_SALE_STATES[entry.after_sale.state]];
  }
  if (entry.order) return [gettext("From the order"), entry.order.number, ORDER_STATES[entry.order.state]];
  if (entry.kind === "shop") return [gettext("From a page of the shop"), "", ""];
  return entry.landing ? ["", "", ""] : null;
}
