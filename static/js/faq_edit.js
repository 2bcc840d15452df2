/** Editing a question: says while one writes what is vague (E7) and what another question would take. */

import { post } from "./console_api.js";
import { offerProducts, offerQuestions } from "./faq_offer.js";
import { guard } from "./signed_out.js";

const PAUSE = 500; // milliseconds
const form = document.getElementById("faq-edit");
const { shop, question, parts } = form.dataset;
const [text, phrasings, answer] = ["text", "phrasings", "answer"].map((name) => form.elements[name]);
const [vague, caught] = ["vague", "caught"].map((id) => document.getElementById(id));
let timer;
let newest = 0;

function notice(...lines) {
  const box = Object.assign(document.createElement("p"), { className: "notice warn" });
  box.append(...lines);
  return box;
}

function show(found) {
  const head = document.createElement("strong");
  if (found.vague) head.textContent = `${gettext("Vague answer:")} “${found.vague.words}”`;
  vague.replaceChildren(...(found.vague ? [notice(head, document.createElement("br"), found.vague.detail)] : []));
  const words = gettext("“%(words)s” belongs to “%(by)s” too, as the bot reads it. Keep it in one of them.");
  caught.replaceChildren(...found.caught.map((one) => notice(interpolate(words, { words: one.words, by: one.by.text }, true))));
}

async function check() {
  const mine = ++newest;
  const lines = [text.value, ...phrasings.value.split("\n")].map((line) => line.trim()).filter(Boolean);
  const body = { answer: answer.value.slice(0, 2000), phrasings: lines.slice(0, 50).map((line) => line.slice(0, 200)) };
  if (question) body.question = Number(question);
  const found = await post(`shops/${shop}/faq/check`, body).catch(() => null);
  if (found && mine === newest) show(found);
}

for (const field of [text, phrasings, answer]) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  });
}
guard(form);
offerQuestions(shop);
offerProducts(shop, parts);
