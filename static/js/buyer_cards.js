/** The cards inside the buyer's stream: product, order, common questions, pictures and videos. */

import { el, fill, icon, moment, money } from "./buyer_dom.js";

const ORDER_STATES = () => ({
  unpaid: gettext("Unpaid"),
  to_process: gettext("To ship"),
  awaiting_collection: gettext("Awaiting collection"),
  in_transit: gettext("In transit"),
  delivered: gettext("Delivered"),
  delivery_failed: gettext("Delivery failed"),
  completed: gettext("Completed"),
  cancelling: gettext("Cancelling"),
  cancelled: gettext("Cancelled"),
});
const CASE_STATES = () => ({
  in_progress: gettext("In progress"),
  completed: gettext("Completed"),
  closed: gettext("Closed"),
});
const CASE_KINDS = () => ({ refund: gettext("Refund only"), return: gettext("Return and refund") });

function thumbnail(address) {
  const empty = () => el("span", { class: "thumb" }, icon("box"));
  if (!address) return empty();
  const source = /^(https:|\/)/.test(address) ? address : `/static/${address}`;
  const picture = el("img", { class: "thumb", src: source, alt: "", loading: "lazy", width: 56, height: 56 });
  picture.addEventListener("error", () => picture.replaceWith(empty()), { once: true });
  return picture;
}

export function productCard(product) {
  return el(
    "div", { class: "thing" },
    thumbnail(product.picture),
    el("div", { class: "thing-words" },
      el("p", { class: "thing-title" }, product.title),
      el("p", { class: "thing-price" }, money(product.price, product.currency)),
      product.on_sale === false ? el("p", { class: "muted" }, gettext("No longer on sale")) : null),
  );
}

/** What a coupon takes off, and the way to the shop's page where it is taken. */
export function couponCard(coupon) {
  const amount = coupon.kind === "percent" ? `${Number(coupon.discount)}%` : money(coupon.discount, coupon.currency);
  const from = Number(coupon.minimum)
    ? fill(gettext("from %(amount)s"), { amount: money(coupon.minimum, coupon.currency) })
    : gettext("no minimum");
  return el(
    "div", { class: "thing order coupon" },
    el("p", { class: "thing-title" }, coupon.title),
    el("p", { class: "thing-foot" }, el("span", { class: "thing-price" }, fill(gettext("%(amount)s off"), { amount })), el("span", { class: "muted" }, from)),
    el("p", { class: "muted" }, fill(gettext("until %(day)s"), { day: moment(coupon.ends_at) })),
    coupon.link.startsWith("https://")
      ? el("a", { href: coupon.link, target: "_blank", rel: "noopener noreferrer" }, gettext("Take the coupon"))
      : null,
  );
}

export function orderCard(order, afterSale = null) {
  const [first] = order.items;
  const pieces = order.items.reduce((sum, item) => sum + item.quantity, 0);
  const cases = afterSale ? [afterSale] : order.after_sales;
  return el(
    "div", { class: "thing order" },
    el("p", { class: "thing-head" },
      el("span", {}, fill(gettext("Order %(number)s"), { number: order.number })),
      el("span", { class: "badge accent" }, ORDER_STATES()[order.state] ?? order.state)),
    el("div", { class: "thing-row" },
      thumbnail(first?.picture),
      el("div", { class: "thing-words" },
        el("p", { class: "thing-title" }, first?.title ?? ""),
        el("p", { class: "thing-foot" },
          el("span", { class: "muted" }, fill(ngettext("%(count)s item", "%(count)s items", pieces), { count: pieces })),
          el("span", { class: "thing-price" }, money(order.total, order.currency))))),
    ...cases.map((one) => el("p", { class: "thing-case" },
      `${CASE_KINDS()[one.kind] ?? one.kind} · ${CASE_STATES()[one.state] ?? one.state}`)),
  );
}

/** The card of an entry (product page, order detail, after-sale application), or null. */
export function entryCard(entry) {
  if (entry?.product) return productCard(entry.product);
  if (entry?.order) return orderCard(entry.order, entry.after_sale);
  return null;
}

export function questionsCard(questions, onpick, title = gettext("Common questions")) {
  return el(
    "div", { class: "questions" },
    el("p", { class: "questions-title" }, title),
    el("ul", {}, ...questions.map((question) => el("li", {},
      el("button", { type: "button", onclick: () => onpick(question) }, el("span", {}, question.text), icon("down"))))),
  );
}

/** A box of the picture's proportions, so that nothing jumps when it has loaded. */
function sized(node, { width, height }) {
  const scale = Math.min(1, 220 / (width || 220), 280 / (height || 280));
  node.width = Math.round((width || 220) * scale);
  node.height = Math.round((height || 160) * scale);
  return node;
}

/** Signed addresses live some minutes: when one has ended, `renew()` answers a fresh Attachment, once. */
export function pictureOf(attachment, { renew, onopen }) {
  let current = attachment;
  const picture = sized(el("img", { src: attachment.preview || attachment.url, alt: gettext("Picture") }), attachment);
  picture.addEventListener("error", async () => {
    current = (await renew()) ?? current;
    picture.src = current.preview || current.url;
  }, { once: true });
  const label = gettext("Open the picture");
  return el("button", { type: "button", class: "media", "aria-label": label, onclick: async () => {
    onopen(current.url, async () => (current = (await renew()) ?? current).url);
  } }, picture);
}

export function videoOf(attachment, { renew }) {
  const label = gettext("Video");
  const video = sized(el("video", {
    class: "media", controls: true, preload: "none", playsinline: true, "aria-label": label,
    poster: attachment.preview || null, src: attachment.url,
  }), attachment);
  video.addEventListener("error", async () => {
    const fresh = await renew();
    if (!fresh) return;
    video.poster = fresh.preview;
    video.src = fresh.url;
    if (document.activeElement === video) video.play().catch(() => {});
  }, { once: true });
  return video;
}
