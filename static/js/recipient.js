/** To whom an order goes: masked, and in full once a reason was given, until this is left (docs/wire.md). */

import { post } from "./console_api.js";
import { h } from "./console_dom.js";

const REASONS = {
  delivery: gettext("Delivery problem"),
  after_sale: gettext("After-sale"),
  buyer_asked: gettext("The buyer asked"),
  other: gettext("Other"),
};
const LONGEST = 200; // characters of an agent's own words

/** The lines of an order's card; nothing where the storefront told nobody. */
export function recipient(shop, order) {
  const known = order.recipient;
  if (!known) return null;
  const part = (name) => h("span", { "data-field": name }, known[name]);
  const host = h("div.recipient", {}, h("p", {}, part("name"), " ", part("phone")), h("p", {}, part("city"), " ", part("address")));
  if (order.may_unmask) offer(host, shop, order.id);
  return host;
}

/** Put the button below the lines; it opens a small form that asks for the reason. */
export function offer(host, shop, order) {
  const button = h("button.small", { type: "button", onclick: () => host.append(ask(host, shop, order, button)) }, gettext("Show in full"));
  host.append(button);
}

function ask(host, shop, order, button) {
  const reason = h("select", {}, ...Object.entries(REASONS).map(([value, label]) => h("option", { value }, label)));
  const said = h("input", { maxlength: LONGEST, autocomplete: "off" });
  const other = h("label.field", { hidden: true }, h("span.label", {}, gettext("In your words")), said);
  const problem = h("p.notice.warn", { role: "alert", hidden: true });
  const show = h("button.small.primary", { type: "submit" }, gettext("Show"));
  const close = () => {
    form.remove();
    button.hidden = false;
    button.focus();
  };
  const form = h(
    "form.recipient-why", { "aria-label": gettext("Show in full"), onsubmit: submit, onkeydown: (event) => event.key === "Escape" && leave(event) },
    h("label.field", {}, h("span.label", {}, gettext("Reason")), reason),
    other,
    h("p.muted", {}, gettext("The audit log keeps who looked, and why.")),
    problem,
    h("div.row", {}, show, h("button.small", { type: "button", onclick: close }, gettext("Cancel"))),
  );
  reason.addEventListener("change", () => {
    other.hidden = reason.value !== "other";
    said.required = !other.hidden;
  });

  function leave(event) {
    event.stopPropagation(); // the console's own Escape leaves the conversation
    close();
  }

  async function submit(event) {
    event.preventDefault();
    show.disabled = true;
    try {
      const plain = await post(`shops/${shop}/orders/${order}/recipient`, { reason: reason.value, words: other.hidden ? "" : said.value.trim() });
      for (const [name, text] of Object.entries(plain)) host.querySelector(`[data-field=${name}]`).textContent = text;
      form.remove();
      button.remove();
      host.tabIndex = -1;
      host.focus();
    } catch (error) {
      problem.textContent = error.status === 429 ? gettext("You have looked at many buyers' data within the hour. Try again later.") : error.detail || gettext("This could not be shown. Try again.");
      problem.hidden = false;
      show.disabled = false;
    }
  }

  button.hidden = true;
  queueMicrotask(() => reason.focus());
  return form;
}
