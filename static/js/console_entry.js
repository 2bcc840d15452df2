/** Where a buyer came from, in words: the kind of the page, and the advertisement that it stood on. */

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

export function entryKind(kind, landing = "") {
  return [ENTRIES[kind] ?? kind, landing && (LANDINGS[landing] ?? landing)].filter(Boolean).join(" · ");
}

/** The template of the advertisement alone; empty on the shop's own pages. */
export function landingWords(landing) {
  return landing ? (LANDINGS[landing] ?? landing) : "";
}
