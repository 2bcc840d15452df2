/** One row of the buyer's stream from one event or one unsent message. */

import { answerOf } from "./buyer_answer.js";
import { couponCard, entryCard, orderCard, pictureOf, productCard, questionsCard, videoOf } from "./buyer_cards.js";
import { el, face, fill, icon } from "./buyer_dom.js";
import { starsGiven, thanks } from "./buyer_rating.js";

const BUILDERS = {
  text: (message) => bubble(el("p", {}, message.text)),
  emoji: (message) => el("p", { class: "big-emoji" }, message.text),
  bot_answer: answerOf,
  product_card: (message) => bubble(productCard(message.data.product), "flat"),
  coupon_card: (message) => bubble(couponCard(message.data.coupon), "flat"),
  order_card: (message) => bubble(orderCard(message.data.order), "flat"),
  faq_card: (message, { onpick }) => bubble(questionsCard(message.data.questions, onpick), "flat"),
  image: (message, { renew, onopen }) => pictureOf(message.attachment, { renew, onopen }),
  video: (message, { renew }) => videoOf(message.attachment, { renew }),
};

function bubble(content, more = "") {
  return el("div", { class: `bubble ${more}`.trim() }, content);
}

/** Who speaks, as the buyer sees it: the shop itself greets, the assistant answers for it. */
function speaker(message, shop) {
  if (message.sender.kind === "agent") return message.sender.name;
  return message.kind === "bot_answer" || message.sender.kind === "bot" ? gettext("Assistant") : shop;
}

function said(message, tools) {
  const mine = message.sender.kind === "buyer";
  const name = mine ? gettext("You") : speaker(message, tools.shop);
  const build = BUILDERS[message.kind] ?? BUILDERS.text;
  return el(
    "li", { class: `row ${mine ? "mine" : "theirs"}`, dataset: { who: mine ? "me" : `${message.sender.kind}:${name}` } },
    mine ? null : face(name, message.sender.kind === "agent" ? tools.pictureOf(name) : ""),
    el("div", { class: "body" },
      el("span", { class: mine ? "visually-hidden" : "who" }, name),
      build(message, tools),
      mine ? el("span", { class: "mark" }) : null),
  );
}

function note(text, more = "") {
  return el("li", { class: `row note ${more}`.trim() }, el("p", {}, text));
}

const CLOSED_WORDS = () => gettext("This conversation has ended. Write any time to start a new one.");

const EVENTS = {
  // The first session of all follows nothing that it could be divided from.
  "session.opened": (event) =>
    event.seq === 1 ? null : el("li", { class: "row divider" }, el("span", {}, gettext("New conversation"))),
  "session.assigned": (event) => note(fill(gettext("%(agent)s is here for you"), { agent: event.data.agent })),
  "session.closed": () => note(CLOSED_WORDS(), "closed"),
  "session.reopened": () => note(gettext("The conversation goes on")),
  "session.rated": (event) => {
    const row = note(thanks(event.data.agent), "rated");
    row.append(starsGiven(event.data.stars));
    return row;
  },
};

/** The row of an event, or null where the stream shows nothing of it. */
export function eventRow(event, tools) {
  const row = event.message ? messageRow(event.message, tools) : (EVENTS[event.kind]?.(event) ?? null);
  if (!row) return null;
  Object.assign(row.dataset, { seq: event.seq, at: event.message?.created_at ?? event.at, session: event.session });
  return row;
}

function messageRow(message, tools) {
  if (message.data.erased) return note(gettext("This content was erased."));
  if (message.kind === "rating_card") return el("li", { class: "row asking" }); // the page puts the form in
  if (message.kind === "recalled") return note(fill(gettext("%(agent)s recalled a message"), { agent: message.sender.name }));
  if (message.kind !== "note") return said(message, tools);
  if (message.data.code !== "handover") return said({ ...message, kind: "text" }, tools);
  return note(message.text);
}

/** The row of a message that the server has not confirmed. */
export function unsentRow(entry, tools) {
  const { body, file, show } = entry;
  let content;
  if (file) content = localMedia(body.kind, file);
  else if (show?.entry) content = bubble(entryCard(show.entry), "flat");
  else content = (BUILDERS[body.kind] ?? BUILDERS.text)({ ...body, text: show?.text ?? body.text });
  return el(
    "li", { class: "row mine", dataset: { key: entry.id, at: entry.at, who: "me" } },
    el("div", { class: "body" },
      el("span", { class: "visually-hidden" }, gettext("You")),
      content,
      el("span", { class: "mark" }),
      el("div", { class: "failure", hidden: true },
        el("p", { class: "problem" }),
        el("button", { type: "button", class: "small-pill", onclick: () => tools.onretry(entry.id) }, gettext("Send again")),
        el("button", { type: "button", class: "small-pill", onclick: () => tools.ondiscard(entry.id) }, gettext("Delete")))),
  );
}

function localMedia(kind, file) {
  const address = URL.createObjectURL(file);
  const node = kind === "video"
    ? el("video", { class: "media", src: address, muted: true, playsinline: true, preload: "metadata", "aria-label": gettext("Video") })
    : el("img", { class: "media", src: address, alt: gettext("Picture") });
  const bar = el("progress", { max: 1, value: 0, "aria-label": gettext("Upload"), hidden: true });
  const box = el("div", { class: "uploading" }, node, bar);
  box.free = () => URL.revokeObjectURL(address);
  return box;
}

const MARKS = () => ({
  waiting: gettext("Waiting to be sent"),
  sending: gettext("Sending"),
  failed: gettext("Not sent"),
  sent: gettext("Sent"),
  delivered: pgettext("message", "Delivered"),
  read: gettext("Read"),
});

/** Show the delivery state of an own message. */
export function mark(row, state) {
  const place = row.querySelector(".mark");
  if (!place || place.dataset.state === state) return;
  place.dataset.state = state;
  place.replaceChildren(...(state === "failed" ? [icon("alert")] : []), MARKS()[state]);
}

/** Show why an unsent message failed, with its two ways on. */
export function fail(row, error) {
  const box = row.querySelector(".failure");
  box.hidden = !error;
  box.classList.toggle("calm", error?.code === "muted");
  box.querySelector(".problem").textContent = error?.code === "muted" ? gettext("Kept here until you may write again.") : (error?.detail ?? "");
}

export function progress(row, part) {
  const bar = row.querySelector("progress");
  if (!bar) return;
  bar.hidden = part >= 1;
  bar.value = part;
}
