/** One row of the inbox. */

import { waits as isUnreplied } from "./console_store.js";
import { h, icon, setText, shortTime, span, words } from "./console_dom.js";

const LATE = 3 * 60_000;
const LONG = 10 * 60_000;

export const ENTRIES = {
  product: gettext("Product page"),
  order: gettext("Order detail"),
  after_sale: gettext("After-sale"),
};

/** The server names a message without words by its kind. */
const PREVIEWS = {
  "[image]": gettext("[Picture]"),
  "[video]": gettext("[Video]"),
  "[product_card]": gettext("[Product card]"),
  "[order_card]": gettext("[Order card]"),
  "[faq_card]": gettext("[Common questions]"),
  "[rating_card]": gettext("[Rating invitation]"),
};

export function buildRow(id, { onopen, ontake, onassign }) {
  const node = { id };
  node.avatar = h("span.avatar.item-avatar", { "aria-hidden": "true" });
  node.name = h("span");
  node.flag = h("span.item-flag", { hidden: true }, icon("flag"), h("span.visually-hidden", {}, gettext("Marked")));
  node.entry = h("span.badge");
  node.time = h("time.item-time");
  node.text = h("span.item-text");
  node.wait = h("span.badge");
  node.label = h("span.badge.danger", {}, gettext("Unreplied"));
  node.unread = h("span.visually-hidden");
  node.main = h(
    "button.item-main", { type: "button", onclick: () => onopen(id) },
    node.avatar,
    h("span.item-top", {}, h("span.item-name", {}, node.name, node.unread), node.flag, node.entry, node.time),
    h("span.item-bottom", {}, node.text, node.wait, node.label),
  );
  node.take = h("button.small.primary", { type: "button", onclick: () => ontake(id, node.take) }, gettext("Assign to me"));
  node.assign = h("button.small", { type: "button", "aria-haspopup": "dialog", onclick: () => onassign(id) }, gettext("Assign to…"));
  node.actions = h("div.item-actions", { hidden: true }, node.take, node.assign);
  node.root = h("li.item", { "data-id": id }, node.main, node.actions);
  return node;
}

export function fillRow(node, row, store) {
  const now = store.now();
  setText(node.avatar, [...(row.buyer.nickname || "?")][0]);
  setText(node.name, row.buyer.nickname);
  setText(node.entry, ENTRIES[row.entry] ?? row.entry);
  setText(node.time, shortTime(row.last_message_at));
  node.time.dateTime = row.last_message_at;
  setText(node.text, preview(row));
  node.flag.hidden = !row.marked;
  const isUnread = row.unread > 0 && row.state !== "closed";
  node.avatar.classList.toggle("unread", isUnread);
  node.root.classList.toggle("unread-row", isUnread);
  setText(node.unread, isUnread ? words(ngettext("%(n)s unread message", "%(n)s unread messages", row.unread), { n: row.unread }) : "");
  const waits = row.state === "closed" ? null : row.state === "queued" ? row.queued_at : isUnreplied(row) ? row.waiting_since : null;
  const since = waits ? now - Date.parse(waits) : 0;
  node.wait.hidden = !waits;
  node.wait.className = `badge ${since > LONG ? "wait-long" : since > LATE ? "wait-late" : "wait-soon"}`;
  setText(node.wait, waits ? span(since) : "");
  node.label.hidden = !isUnreplied(row) || row.state !== "assigned";
  node.actions.hidden = row.state !== "queued";
  const isOpen = store.selected === row.id;
  if (isOpen) node.main.setAttribute("aria-current", "true");
  else node.main.removeAttribute("aria-current");
}

function preview(row) {
  const text = PREVIEWS[row.last_message_text] ?? (row.last_message_text || gettext("No message yet"));
  return row.last_sender === "agent" ? words(gettext("You: %(text)s"), { text }) : text;
}
