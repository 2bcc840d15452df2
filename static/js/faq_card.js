/** The FAQ card's page: move questions up and down, and see at once what buyers will see (E2). */

import { offerQuestions } from "./faq_offer.js";

const form = document.getElementById("faq-card");
const places = [...form.querySelectorAll("[name=place]")];
const lists = Object.fromEntries([...form.querySelectorAll("[data-mode]")].map((list) => [list.dataset.mode, list]));

function mode() {
  return form.querySelector("[name=mode]:checked").value;
}

function show() {
  const chosen = [...new Set(places.map((place) => place.value.trim()).filter(Boolean))];
  lists.hand.replaceChildren(...chosen.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  for (const [name, list] of Object.entries(lists)) list.hidden = name !== mode();
  document.getElementById("no-card").hidden = lists[mode()].children.length > 0;
}

/** Swap a question with its neighbour; the focus goes with it. */
function move(at, by) {
  const [one, other] = [places[at], places[at + by]];
  if (!other) return;
  [one.value, other.value] = [other.value, one.value];
  show();
  other.focus();
}

places.forEach((place, at) => {
  place.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    move(at, event.key === "ArrowUp" ? -1 : 1);
  });
  for (const button of place.parentElement.querySelectorAll("[data-move]")) {
    button.hidden = false;
    button.disabled = !places[at + Number(button.dataset.move)];
    button.addEventListener("click", () => move(at, Number(button.dataset.move)));
  }
});
form.addEventListener("input", show);
show();
offerQuestions(form.dataset.shop, { state: "published" });
