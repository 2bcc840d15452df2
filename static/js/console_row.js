/** One row of the inbox. */

import { FILTERS, waits as isUnreplied } from "./console_store.js";
import { entryKind } from "./console_entry.js";
import { excerpt, markedIn } from "./console_found.js";
import { h, icon, setText, shortTime, span, words } from "./console_dom.js";

const LATE = 3 * 60_000;
const LONG = 10 * 60_000;

/** What ends when a session is about to expire, and what it means. */
const END_OF = [
  ["answer_by", gettext("A reply after that counts as late in the response rate.")],
  ["read_only_at", gettext("After that the buyer can no longer be replied to.")],
  ["closes_at", gettext("After that the conversation closes by itself.")],
];

/** The server names a message without words by its kind. */
export const PREVIEWS = {
  "[image]": gettext("[Picture]"),
  "[video]": gettext("[Video]"),
  "[product_card]": gettext("[Product card]"),
  "[coupon_card]": gettext("[Coupon card]"),
  "[order_card]": gettext("[Order card]"),
  "[faq_card]": gettext("[Common questions]"),
  "[after_sale_card]": gettext("[After-sale card]"),
  "[recalled]": gettext("[Recalled message]"),
  "[rating_card]": gettext("[Rating invitation]"),
};

const ORDER_NUMBER = /^(?=.*\d)[\w-]+$/; // a row that neither name nor words explain was found by it

export function buildRow(id, { onopen, ontake, onassign }) {
  const node = { id };
  node.avatar = h("span.avatar.item-avatar", { "aria-hidden": "true" });
  node.name = h("span");
  node.flag = h("span.item-flag", { hidden: true }, icon("flag"), h("span.visually-hidden", {}, gettext("Marked")));
  node.entry = h("span.badge");
  node.left = h("span.badge.item-left", { hidden: true });
  node.time = h("time.item-time");
  node.text = h("span.item-text");
  node.mood = h("span.badge.danger", { hidden: true, title: gettext("The buyer sounds upset") }, gettext("Upset"));
  node.note = h("span.item-note", { hidden: true });
  node.wait = h("span.badge");
  node.label = h("span.badge.danger", {}, gettext("Unreplied"));
  node.unread = h("span.visually-hidden");
  node.main = h(
    "button.item-main", { type: "button", onclick: () => onopen(id) },
    node.avatar,
    h("span.item-top", {}, h("span.item-name", {}, node.name, node.unread), node.flag, node.mood, node.entry, node.left, node.time),
    h("span.item-bottom", {}, node.note, node.text, node.wait, node.label),
  );
  node.take = h("button.small.primary", { type: "button", onclick: () => ontake(id, node.take) }, gettext("Assign to me"));
  node.assign = h("button.small", { type: "button", "aria-haspopup": "dialog", onclick: () => onassign(id) }, gettext("Assign to…"));
  node.actions = h("div.item-actions", { hidden: true }, node.take, node.assign);
  node.root = h("li.item", { "data-id": id }, node.main, node.actions);
  return node;
}

export function fillRow(node, row, store, { hit = null, query = "" } = {}) {
  const now = store.now();
  setText(node.avatar, [...(row.buyer.nickname || "?")][0]);
  const name = markedIn(row.buyer.nickname, query);
  fillMarked(node.name, name, row.buyer.nickname);
  setText(node.entry, entryKind(row.entry));
  fillLeft(node, row, now);
  setText(node.time, shortTime(row.last_message_at));
  node.time.dateTime = row.last_message_at;
  const isOfOrder = !hit && !name && ORDER_NUMBER.test(query);
  fillMarked(node.text, hit ? excerpt(hit) : isOfOrder ? [gettext("Order"), " ", h("mark", {}, query)] : null, preview(row));
  node.flag.hidden = !row.marked;
  node.note.hidden = !row.marked || !row.mark_note;
  setText(node.note, node.note.hidden ? "" : row.mark_note);
  node.note.title = node.note.textContent;
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
  node.mood.hidden = !store.upset.has(row.id) || !isUnreplied(row);
  node.actions.hidden = row.state !== "queued";
  const isOpen = store.selected === row.id;
  if (isOpen) node.main.setAttribute("aria-current", "true");
  else node.main.removeAttribute("aria-current");
}

/** What a search has marked reads the same without the marks: only their nodes tell that they must go. */
function fillMarked(node, pieces, plain) {
  if (pieces || node.firstElementChild) node.replaceChildren(...(pieces ?? [plain]));
  else setText(node, plain);
}

/** "About to expire" (P12): how long a reply still counts, or can be sent at all. */
function fillLeft(node, row, now) {
  const isExpiring = row.state === "assigned" && FILTERS.expiring(row, now);
  node.left.hidden = !isExpiring;
  node.entry.hidden = isExpiring;
  if (!isExpiring) return;
  const [until, why] = END_OF.map(([name, words]) => [Date.parse(row[name] ?? ""), words])
    .filter(([at]) => at > now)
    .sort(([a], [b]) => a - b)[0] ?? [0, gettext("The time for a reply that counts is over.")];
  setText(node.left, until ? words(gettext("%(time)s left"), { time: span(until - now) }) : gettext("Overdue"));
  node.left.title = why;
}

function preview(row) {
  const text = PREVIEWS[row.last_message_text] ?? (row.last_message_text || gettext("No message yet"));
  return row.last_sender === "agent" ? words(gettext("Reply: %(text)s"), { text }) : text;
}
