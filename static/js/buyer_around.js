/** What stands around the stream: the greeting, the card of the entry, the picture viewer, the phone's keyboard. */

import { entryCard, questionsCard } from "./buyer_cards.js";
import { coming, el, fill, icon } from "./buyer_dom.js";

/** The shop's greeting and common questions as one row; null when the shop has neither. */
export function welcomeRow({ greeting, faq }, shop, onpick) {
  if (!greeting && !faq.length) return null;
  const body = el("div", { class: "body" }, el("span", { class: "who" }, shop));
  if (greeting) body.append(el("div", { class: "bubble" }, el("p", {}, greeting)));
  if (faq.length) body.append(el("div", { class: "bubble flat" }, questionsCard(faq, onpick)));
  const face = el("span", { class: "avatar", "aria-hidden": "true" }, [...shop][0]);
  return el("li", { class: "row theirs welcome" }, face, body);
}

/** Tell on entry that the shop is on holiday or closed now, and when it opens (E5); messages are kept all the same. */
export function showTimes({ holiday, closed, opens_at: opens }) {
  const note = document.getElementById("times");
  const kept = gettext("The shop is closed now. Write all the same, your message is kept.");
  const back = opens && fill(gettext("The shop is closed now and opens %(when)s. Write all the same, your message is kept."), { when: coming(opens) });
  note.textContent = holiday ?? (closed ? back || kept : "");
  note.hidden = !note.textContent;
  document.getElementById("app").toggleAttribute("data-closed", !note.hidden);
}

/** Above the first row: a way to earlier messages, or that they were removed. */
export function showStart(first, firstSeq) {
  document.getElementById("older").hidden = first <= firstSeq;
  document.getElementById("removed").hidden = first > firstSeq || firstSeq === 1;
}

/** Show where the buyer came from above the message box, until it is sent or put away. */
export function offerEntry({ entry, conversation }, memory, send) {
  const place = document.getElementById("entry-card");
  const key = `offered:${conversation}:${entry?.kind}:${entry?.product?.id ?? entry?.order?.id}`;
  const card = memory.get(key) ? null : entryCard(entry);
  if (!card) return place.replaceChildren();
  const done = () => {
    memory.set(key, true);
    place.replaceChildren();
    document.getElementById("text").focus({ preventScroll: true });
  };
  const body = entry.product ? { kind: "product_card", ref: entry.product.id } : { kind: "order_card", ref: entry.order.id };
  const button = el("button", { type: "button", class: "primary send-card", onclick: () => {
    send(body, { entry });
    done();
  } }, gettext("Send to the shop"));
  const away = el("button", { type: "button", class: "tool away", "aria-label": gettext("Put the card away"), onclick: done }, icon("cross"));
  return place.replaceChildren(el("div", { class: "offer" }, card, button, away));
}

/** Show a picture as large as the screen; `renew()` answers a fresh address when the signed one has ended. */
export function view(address, renew) {
  const viewer = document.getElementById("viewer");
  const picture = document.getElementById("viewer-picture");
  picture.onerror = async () => {
    picture.onerror = null;
    picture.src = (await renew()) ?? address;
  };
  picture.src = address;
  viewer.onclick = () => viewer.close();
  viewer.showModal();
}

/** A phone's keyboard covers the page instead of shrinking it; the visible part is what the layout must fill. */
export function fitKeyboard() {
  const screen = window.visualViewport;
  if (!screen) return;
  const fit = () => {
    if (screen.scale !== 1) return; // zoomed in by the reader
    document.documentElement.style.setProperty("--app-height", `${screen.height}px`);
    scrollTo(0, 0);
  };
  screen.addEventListener("resize", fit);
  fit();
}
