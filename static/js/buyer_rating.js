/** The buyer's rating of one session (F1, F2): five stars, none chosen beforehand, and optional words. */

import { el, fill, icon } from "./buyer_dom.js";

const MEANINGS = () => [
  gettext("Very dissatisfied"), gettext("Dissatisfied"), gettext("Neutral"), gettext("Satisfied"), gettext("Very satisfied"),
];
/** Why a buyer gave one or two stars (F5), as the server names the reasons. */
const REASONS = () => [
  ["slow", gettext("Slow to answer")], ["unhelpful", gettext("Not helpful")], ["rude", gettext("Unfriendly")],
  ["unsolved", gettext("Problem not solved")], ["other", gettext("Something else")],
];
const FEW = 2;
let count = 0;

export function thanks(agent) {
  return agent ? fill(gettext("Thank you for rating %(agent)s"), { agent }) : gettext("Thank you for your rating");
}

/** Stars that only tell, for a rating that was given. */
export function starsGiven(stars) {
  const label = fill(ngettext("%(count)s star", "%(count)s stars", stars), { count: stars });
  const row = el("span", { class: "given", role: "img", "aria-label": label });
  for (let star = 1; star <= 5; star += 1) {
    const one = icon("star");
    one.classList.toggle("full", star <= stars);
    row.append(one);
  }
  return row;
}

function star(group, value, meaning, onpick) {
  const input = el("input", { type: "radio", name: group, value, class: "visually-hidden", onchange: () => onpick(value) });
  return el("label", { class: "star", title: meaning }, input, icon("star"), el("span", { class: "visually-hidden" },
    `${fill(ngettext("%(count)s star", "%(count)s stars", value), { count: value })}, ${meaning}`));
}

/** Several reasons may be picked; `picked()` answers their names. */
function reasonsField() {
  const boxes = REASONS().map(([name, text]) =>
    el("label", { class: "reason" }, el("input", { type: "checkbox", value: name, class: "visually-hidden" }), text));
  const field = el("fieldset", { class: "reasons", hidden: true }, el("legend", {}, gettext("What went wrong?")), ...boxes);
  field.picked = () => (field.hidden ? [] : [...field.querySelectorAll(":checked")].map((box) => box.value));
  return field;
}

/** The form; `submit({stars, words?, reasons?})` resolves when the rating is stored, and throws with words to show. */
export function ratingForm({ agent, submit, titleId = null }) {
  const group = `stars-${++count}`;
  let chosen = 0;
  const meaning = el("p", { class: "meaning", "aria-live": "polite" }, gettext("Tap a star"));
  const words = el("textarea", { maxlength: 500, rows: 2, placeholder: gettext("Tell us more (optional)"), "aria-label": gettext("Tell us more (optional)") });
  const more = el("div", { class: "rating-more", hidden: true }, words);
  const reasons = reasonsField();
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const send = el("button", { type: "submit", class: "primary", disabled: true }, gettext("Send rating"));
  const labels = MEANINGS().map((text, index) => star(group, index + 1, text, (value) => {
    chosen = value;
    meaning.textContent = text;
    more.hidden = send.disabled = false;
    reasons.hidden = value > FEW;
    labels.forEach((label, place) => label.classList.toggle("full", place < value));
  }));
  const title = agent ? fill(gettext("How was the service of %(agent)s?"), { agent }) : gettext("How was our service?");
  return el("form", { class: "rating", onsubmit: async (event) => {
    event.preventDefault();
    if (!chosen) return;
    send.disabled = true;
    problem.hidden = true;
    try {
      const [said, why] = [words.value.trim(), reasons.picked()];
      await submit({ stars: chosen, ...(said && { words: said }), ...(why.length && { reasons: why }) });
    } catch (error) {
      send.disabled = false;
      problem.textContent = error.detail || gettext("That did not work. Please try again.");
      problem.hidden = false;
    }
  } },
  el("p", { class: "rating-title", id: titleId }, title),
  el("fieldset", { class: "stars" }, el("legend", { class: "visually-hidden" }, title), ...labels),
  meaning, reasons, more, problem, send);
}
