/** The buyer's rating of one session (F1, F2): five stars, none chosen beforehand, and optional words. */

import { el, fill, icon } from "./buyer_dom.js";

const MEANINGS = () => [
  gettext("Very dissatisfied"), gettext("Dissatisfied"), gettext("Neutral"), gettext("Satisfied"), gettext("Very satisfied"),
];
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

/** The form; `submit(stars, words)` resolves when the rating is stored, and throws with words to show. */
export function ratingForm({ agent, submit, titleId = null }) {
  const group = `stars-${++count}`;
  let chosen = 0;
  const meaning = el("p", { class: "meaning", "aria-live": "polite" }, gettext("Tap a star"));
  const words = el("textarea", { maxlength: 500, rows: 2, placeholder: gettext("Tell us more (optional)"), "aria-label": gettext("Tell us more (optional)") });
  const more = el("div", { class: "rating-more", hidden: true }, words);
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const send = el("button", { type: "submit", class: "primary", disabled: true }, gettext("Send rating"));
  const labels = MEANINGS().map((text, index) => star(group, index + 1, text, (value) => {
    chosen = value;
    meaning.textContent = text;
    more.hidden = send.disabled = false;
    labels.forEach((label, place) => label.classList.toggle("full", place < value));
  }));
  const title = agent ? fill(gettext("How was the service of %(agent)s?"), { agent }) : gettext("How was our service?");
  return el("form", { class: "rating", onsubmit: async (event) => {
    event.preventDefault();
    if (!chosen) return;
    send.disabled = true;
    problem.hidden = true;
    try {
      await submit(chosen, words.value.trim());
    } catch (error) {
      send.disabled = false;
      problem.textContent = error.detail || gettext("That did not work. Please try again.");
      problem.hidden = false;
    }
  } },
  el("p", { class: "rating-title", id: titleId }, title),
  el("fieldset", { class: "stars" }, el("legend", { class: "visually-hidden" }, title), ...labels),
  meaning, more, problem, send);
}
