/** Write to a buyer first (C7): found by order number, UID or nickname; a refusal is told in words. */

import { get, post } from "./console_api.js";
import { ORDER_STATES } from "./console_cards.js";
import { explain, fullDate, h, once, openDialog, words } from "./console_dom.js";

const SEARCH_DELAY = 250;

/** Let the agent look for a buyer; `onrow` gets the row of the session that was opened, or was open already. */
export function askContact({ shop, onrow }) {
  const list = h("ul.people.contacts", { "aria-label": gettext("Buyers") });
  const hint = h("p.muted", { role: "status" }, gettext("Find the buyer by order number, UID or nickname."));
  const search = h("input", { type: "search", id: "contact-search", autocomplete: "off", maxlength: 64, placeholder: gettext("Order number, UID or nickname"), "aria-label": gettext("Search buyers") });
  let typing = null;
  let asked = "";
  const choose = async (found, button) => {
    const row = await once(button, () => post(`shops/${shop}/sessions`, { buyer: found.buyer.id }));
    if (!row) return;
    dialog.close();
    onrow(row);
  };
  const look = async () => {
    const q = search.value.trim();
    asked = q;
    if (!q) return void list.replaceChildren();
    const page = await get(`shops/${shop}/contacts`, { q }).catch(explain);
    if (!page || asked !== q) return;
    list.replaceChildren(...page.results.map((found) => h("li", {}, contact(found, choose))));
    hint.textContent = page.results.length ? "" : gettext("No buyer matches.");
  };
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(look, SEARCH_DELAY);
  });
  const dialog = openDialog(gettext("New conversation"), h("div.stack", {}, search, hint, list));
}

function contact(found, choose) {
  const { buyer, order } = found;
  const facts = order ? `${order.number} · ${ORDER_STATES[order.state] ?? order.state} · ${fullDate(order.created_at)}` : gettext("No order yet");
  const label = found.session ? gettext("Show") : gettext("Write");
  const name = words(gettext("Write to %(name)s"), { name: buyer.nickname });
  const button = h("button.small.primary", { type: "button", disabled: !found.allowed, "aria-label": name, onclick: () => choose(found, button) }, label);
  return h(
    "div.contact", {},
    h("span.person-name", {}, buyer.nickname, h("span.muted", {}, ` ${buyer.uid}`)),
    button,
    h("span.muted.contact-facts", {}, facts),
    found.reason ? h("p.help.contact-facts", {}, found.reason) : null,
  );
}
