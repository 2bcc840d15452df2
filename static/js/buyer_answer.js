/** What the assistant answers: words, what goes with them, questions to choose from, and whether it helped (E3, D4). */

import { orderCard, pictureOf, productCard, questionsCard } from "./buyer_cards.js";
import { el } from "./buyer_dom.js";

/** `tools`: {onpick(question), onjudge(message, solved), onhuman(), renew, onopen: as of pictures}. */
export function answerOf({ id, text, data, attachment }, tools) {
  const words = el("div", { class: "bubble" }, el("p", {}, text), data.link ? linkTo(data.link) : null);
  const parts = [words];
  if (attachment) parts.push(pictureOf(attachment, tools));
  if (data.product) parts.push(flat(productCard(data.product)));
  if (data.order) parts.push(flat(orderCard(data.order)));
  if (data.suggestions) parts.push(flat(questionsCard(data.suggestions, tools.onpick, gettext("Did you mean"))));
  if (data.related) parts.push(flat(questionsCard(data.related, tools.onpick, gettext("Others also ask"))));
  if (data.question || data.order) parts.push(verdict({ id, solved: data.solved ?? null }, tools));
  return el("div", { class: "answer" }, ...parts);
}

/** Show what the buyer said of an answer, here or in another window. */
export function showVerdict(row, solved, tools) {
  row?.querySelector(".verdict")?.replaceWith(verdict({ solved }, tools));
}

function flat(content) {
  return el("div", { class: "bubble flat" }, content);
}

function linkTo(address) {
  if (!address.startsWith("https://")) return null;
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, gettext("Read more"));
}

function verdict({ id, solved }, tools) {
  const box = el("div", { class: "verdict", role: "group", "aria-label": gettext("Did this help?") });
  if (solved !== null) {
    box.append(el("span", { role: "status" }, solved ? gettext("Solved. Glad to help!") : gettext("Not solved.")));
    if (!solved) box.append(pill(gettext("Talk to a person"), tools.onhuman));
    return box;
  }
  const judge = async (answer) => {
    for (const button of box.children) button.disabled = true;
    if (await tools.onjudge(id, answer)) return;
    for (const button of box.children) button.disabled = false;
  };
  box.append(pill(gettext("Solved"), () => judge(true)), pill(gettext("Not solved"), () => judge(false)));
  return box;
}

function pill(words, onclick) {
  return el("button", { type: "button", class: "small-pill", onclick: () => onclick() }, words);
}
