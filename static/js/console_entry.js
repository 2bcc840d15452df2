/** Where a buyer came from and what it was about, in words. */

const ENTRIES = {
  product: gettext("Product page"),
  order: gettext("Order detail"),
  after_sale: gettext("After-sale"),
  shop: gettext("Shop page"),
};

const LANDINGS = {
  traffic: gettext("Ad: shop traffic"),
  conversion: gettext("Ad: one product"),
  virtual: gettext("Ad: virtual goods"),
};

/** What a conversation was about (C24). */
export const TOPICS = { pre_sale: gettext("Pre-sale"), logistics: gettext("Logistics"), after_sale: gettext("After-sale"), other: gettext("Other") };

/** The kind of the page a buyer came from, and the advertisement it stood on. */
export function entryKind(kind, landing = "") {
  return [ENTRIES[kind] ?? kind, landing && (LANDINGS[landing] ?? landing)].filter(Boolean).join(" · ");
}

/** The template of the advertisement alone; empty on the shop's own pages. */
export function landingWords(landing) {
  return landing ? (LANDINGS[landing] ?? landing) : "";
}
