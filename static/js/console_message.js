/** One event of the stream as an element. Its text is text: nothing a buyer writes becomes markup. */

import { clockTime, fullTime, h, icon, iconButton, words } from "./console_dom.js";
import { copyLink, linkTo } from "./console_link.js";
import { afterSale, couponCard, orderCard, productCard } from "./console_cards.js";
import { entryKind } from "./console_entry.js";

const WIDEST = 260;
const HIGHEST = 280;

const REASONS = {
  agent: gettext("The agent closed the conversation"),
  buyer_silent: gettext("Closed automatically: the buyer was silent"),
  shop_silent: gettext("Closed automatically: the shop did not reply"),
};

const HANDOVERS = {
  asked: gettext("The buyer asked for a human"),
  misses: gettext("The bot did not understand and handed over"),
  rated_low: gettext("The buyer rated the bot low"),
  switched_off: gettext("The bot was switched off"),
};

/** The element of an event: a bubble, or a line in the middle. */
export function eventNode(event, tools) {
  const node = event.kind === "message" ? messageNode(event, tools) : lineNode(event);
  node.dataset.seq = event.seq;
  return node;
}

export function sessionHead(event) {
  return h("div.session-head", { role: "separator" }, h("span", {}, words(gettext("Session started %(at)s"), { at: fullTime(event.at) })));
}

function lineNode(event) {
  if (event.kind === "session.opened") return openedNode(event);
  if (event.kind === "message.recalled") return h("span", { hidden: true }); // its message stands as a tombstone
  const text = {
    "session.queued": () => gettext("Waiting for an agent"),
    "session.assigned": () => words(gettext("%(agent)s is answering"), { agent: event.data.agent }),
    "session.closed": () => REASONS[event.data.reason] ?? gettext("Closed"),
    "session.reopened": () => gettext("The close was undone"),
    "session.rated": () => ratedWords(event.data),
    "answer.judged": () => (event.data.solved ? gettext("The buyer: the bot's answer helped") : gettext("The buyer: the bot's answer did not help")),
  }[event.kind];
  return h("p.line", {}, text ? text() : event.kind, h("time", { datetime: event.at }, clockTime(event.at)));
}

function openedNode(event) {
  const head = sessionHead(event);
  if (event.data.entry) head.firstChild.append(` · ${entryKind(event.data.entry, event.data.landing)}`);
  return head;
}

/** Why a buyer gave one or two stars (F5). */
const RATING_REASONS = {
  slow: gettext("Slow to answer"),
  unhelpful: gettext("Not helpful"),
  rude: gettext("Unfriendly"),
  unsolved: gettext("Problem not solved"),
  other: gettext("Something else"),
};

function ratedWords({ stars, words: said, reasons = [] }) {
  const text = words(ngettext("The buyer rated %(n)s star", "The buyer rated %(n)s stars", stars), { n: stars });
  const why = reasons.map((reason) => RATING_REASONS[reason] ?? reason);
  return [text, ...why, said].filter(Boolean).join(" · ");
}

function messageNode(event, { onstale, recallable = () => false, onrecall }) {
  const said = event.message;
  if (said.kind === "recalled") return h("p.line", {}, words(gettext("%(who)s recalled a message"), { who: senderName(said) }), h("time", { datetime: event.at }, clockTime(event.at)));
  if (said.data.erased) return h("p.line", {}, gettext("This content was erased."), h("time", { datetime: event.at }, clockTime(event.at)));
  if (said.kind === "rating_card") return h("p.line", {}, icon("star"), gettext("The rating invitation was sent"), h("time", {}, clockTime(event.at)));
  if (said.kind === "note") {
    return h("p.line", {}, HANDOVERS[said.data.why] ?? said.text, h("time", { datetime: event.at }, clockTime(event.at)));
  }
  const side = said.sender.kind === "buyer" ? "theirs" : "ours";
  const node = h(`div.message.${side}`, { "data-kind": said.kind, "data-sender": said.sender.kind });
  const bubble = h("div.bubble", {}, body(said, event, onstale));
  const meta = h("p.meta", {}, h("span.who", {}, senderName(said)), timeLink(event));
  node.append(bubble, meta);
  if (side === "ours") meta.append(h("span.tick", {}));
  const left = recallable(event);
  if (left > 0) {
    const recall = h("button.small.quiet.recall", { type: "button", onclick: () => onrecall(event, recall) }, gettext("Recall"));
    meta.prepend(recall);
    setTimeout(() => recall.remove(), left);
  }
  return node;
}

/** When it was said; a click copies the link to it (C25). */
function timeLink(event) {
  const copy = (click) => {
    click.preventDefault();
    copyLink(event.session, event.seq);
  };
  const title = `${fullTime(event.at)} · ${gettext("Copy the link to this message")}`;
  return h("a.stamp", { href: linkTo(event.session, event.seq), title, onclick: copy }, h("time", { datetime: event.at }, clockTime(event.at)));
}

function senderName({ sender }) {
  if (sender.kind === "bot") return gettext("Bot");
  if (sender.kind === "system") return gettext("Automatic message");
  return sender.name;
}

function body(said, event, onstale) {
  if (said.kind === "image") return imageNode(said.attachment, () => onstale(event));
  if (said.kind === "video") return videoNode(said.attachment, () => onstale(event));
  if (said.kind === "product_card" && said.data.product) return productCard(said.data.product);
  if (said.kind === "coupon_card" && said.data.coupon) return couponCard(said.data.coupon);
  if (said.kind === "order_card" && said.data.order) return orderCard(said.data.order);
  if (said.kind === "after_sale_card") return h("div.card-order", {}, h("span.card-number", {}, said.data.order), afterSale(said.data.after_sale));
  if (said.kind === "faq_card") return faqNode(said);
  if (said.kind === "bot_answer") return answerNode(said, () => onstale(event));
  if (said.data.original) return bothTexts(said);
  return h(said.kind === "emoji" ? "p.emoji" : "p.said", {}, said.text);
}

/** What the agent wrote, and below it what the buyer got (C12). */
function bothTexts({ text, data: { original } }) {
  return h("div", {}, h("p.said", { lang: original.from }, original.text), h("p.translated", { lang: original.to, title: gettext("What the buyer reads") }, text));
}

function faqNode(said) {
  return h("div.faq", {}, h("p.muted", {}, gettext("Common questions")), h("ul", {}, ...(said.data.questions ?? []).map((q) => h("li", {}, q.text))));
}

/** What the bot said, with what it offered to choose from. */
function answerNode({ text, data, attachment }, onerror) {
  const offered = (data.suggestions ?? data.related ?? []).map(({ text: question }) => h("li", {}, question));
  return h("div.faq", {}, h("p.said", {}, text), attachment && imageNode(attachment, onerror), offered.length ? h("ul", {}, ...offered) : null, data.product && productCard(data.product), data.order && orderCard(data.order));
}

/** The size it is shown in, known beforehand: the stream must not jump when the picture arrives. */
function shown({ width, height }) {
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function imageNode(file, onerror) {
  if (!file) return h("p.said.muted", {}, gettext("This picture is no longer there."));
  const image = h("img.media", { src: file.preview || file.url, alt: gettext("Picture"), ...shown(file) });
  image.addEventListener("error", onerror, { once: true });
  return h("button.media-button", { type: "button", "aria-label": gettext("Show the picture large"), onclick: () => lightbox(file) }, image);
}

function videoNode(file, onerror) {
  if (!file) return h("p.said.muted", {}, gettext("This video is no longer there."));
  const video = h("video.media", { src: file.url, poster: file.preview, controls: true, preload: "none", ...shown(file), "aria-label": gettext("Video") });
  video.addEventListener("error", onerror, { once: true });
  return video;
}

function lightbox(file) {
  const close = iconButton("close", gettext("Close this window"), () => dialog.close());
  const dialog = h("dialog.lightbox", { "aria-label": gettext("Picture") }, h("img", { src: file.url, alt: gettext("Picture") }), close);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const TICKS = {
  sent: ["check", gettext("Sent")],
  delivered: ["checks", pgettext("message", "Delivered")],
  read: ["checks", gettext("Read")],
};

/** Show how far the buyer has got with one of the shop's messages. */
export function fillTick(node, seq, receipts) {
  const tick = node.querySelector(".tick");
  if (!tick) return;
  const state = seq <= receipts.buyer.read ? "read" : seq <= receipts.buyer.delivered ? "delivered" : "sent";
  if (tick.dataset.state === state) return;
  tick.dataset.state = state;
  tick.replaceChildren(icon(TICKS[state][0]), TICKS[state][1]);
}

/** A message that the server has not confirmed yet, with what the agent can do about it. */
export function pendingNode(entry, { poster, progress, onretry, ondiscard }) {
  const { body: said } = entry;
  const content = entry.file ? poster
    : h(said.kind === "emoji" ? "p.emoji" : "p.said", {}, said.original?.text ?? said.text ?? entry.title ?? gettext("Card"));
  const bubble = h("div.bubble", {}, content);
  if (entry.file && entry.state === "sending") bubble.append(h("progress", { max: 1, value: progress ?? 0, "aria-label": gettext("Upload") }));
  const meta = h("p.meta", {});
  if (entry.state === "failed") {
    meta.append(
      h("span.failed", {}, icon("alert"), entry.error?.detail || gettext("Not sent")),
      h("button.small", { type: "button", onclick: onretry }, gettext("Try again")),
      h("button.small.quiet", { type: "button", onclick: ondiscard }, gettext("Discard")),
    );
  } else {
    meta.append(h("span.tick", {}, icon("clock"), entry.state === "sending" ? gettext("Sending") : gettext("Waiting for the connection")));
  }
  return h("div.message.ours.pending", { "data-pending": entry.id }, bubble, meta);
}
