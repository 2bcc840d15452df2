/** Offer questions and products while one types: fills the lists behind the inputs from the server. */

import { get } from "./console_api.js";

const PAUSE = 200; // milliseconds

function fill(list, texts) {
  list.replaceChildren(...texts.map((value) => Object.assign(document.createElement("option"), { value })));
}

/** `read(words)` answers the texts to offer. What fails offers nothing new; the page checks when it is saved. */
function offer(list, read) {
  let timer;
  for (const input of document.querySelectorAll(`[list="${list.id}"]`)) {
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const words = input.value.trim().slice(0, 60);
        const texts = words ? await read(words).catch(() => []) : [];
        if (texts.length) fill(list, texts);
      }, PAUSE);
    });
  }
}

/** Let the inputs of this page offer the shop's questions; `only` narrows them, as the list's filters do. */
export function offerQuestions(shop, only = {}) {
  offer(document.getElementById("questions"), async (q) => {
    const { results } = await get(`shops/${shop}/faq/questions`, { q, ...only });
    return results.map(({ text }) => text);
  });
}

export function offerProducts(shop, parts) {
  offer(document.getElementById("products"), async (q) => {
    const { results } = await get(`shops/${shop}/products`, { q });
    return results.map(({ title, sku }) => `${title}${parts}${sku}`);
  });
}
