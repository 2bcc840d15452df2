/** The buyer's language: the choice travels in the address, since a page in a frame gets no cookie, and is remembered. */

import { kept } from "./buyer_dom.js";

const memory = kept("localStorage");

/** Go to the language chosen earlier; true when the page is about to be another one. */
export function followLanguage() {
  const links = [...document.querySelectorAll("[data-language]")];
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      memory.set("language", link.dataset.language);
      go(link.dataset.language);
    });
  }
  const chosen = memory.get("language");
  const current = links.find((link) => link.hasAttribute("aria-current"))?.dataset.language;
  const known = links.some((link) => link.dataset.language === chosen);
  if (!known || chosen === current) return false;
  go(chosen);
  return true;
}

function go(language) {
  const address = new URL(location.href);
  address.searchParams.set("lang", language);
  location.replace(address); // what stands behind the # stays
}
