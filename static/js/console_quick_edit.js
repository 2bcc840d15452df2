/** The small window in which quick replies are written; the shop's own only for those who may (P10). */

import { patch, post, remove } from "./console_api.js";
import { h, iconButton, once, openDialog } from "./console_dom.js";
import { Order } from "./console_quick_order.js";

const SCOPES = { agent: gettext("Only for me"), shop: gettext("For the whole shop") };

/** Open it; `onchange` reads the list anew and answers it. */
export function manageReplies({ shop, mayEdit, replies, onchange }) {
  const path = `shops/${shop}/quick-replies`;
  const list = h("ul.quick-own");
  const editor = new Editor({ path, mayEdit, saved: async () => render(await onchange()) });
  const order = new Order(list, async (id, place) => {
    if (id) await once(null, () => patch(`${path}/${id}`, { place }));
    render(await onchange());
  });
  const drop = async (reply, button) => {
    await once(button, () => remove(`${path}/${reply.id}`));
    editor.edit(null);
    render(await onchange());
  };
  function render(all) {
    const mine = all.filter((reply) => mayEdit.includes(reply.scope));
    list.replaceChildren(...mine.map((reply) => line(reply, { order, onedit: () => editor.edit(reply), ondrop: (button) => drop(reply, button) })));
    if (!mine.length) list.append(h("li.muted", {}, gettext("There are no quick replies yet.")));
  }
  render(replies);
  openDialog(gettext("Quick replies"), h("div.stack", {}, editor.form, list), { className: "wide" });
}

function line(reply, { order, onedit, ondrop }) {
  const words = h("div.quick-words", {}, h("b", {}, reply.title), h("span.muted", {}, reply.text));
  const scope = reply.scope === "shop" ? h("span.badge", {}, gettext("Shop")) : null;
  const edit = h("button.small", { type: "button", onclick: onedit }, gettext("Edit"));
  const drop = iconButton("close", `${gettext("Delete")}: ${reply.title}`, () => ondrop(drop));
  return h("li", { "data-line": reply.id, "data-group": reply.scope }, order.handle(reply.title), words, scope, edit, drop);
}

/** One form for a new sentence and for one that is changed. */
class Editor {
  constructor({ path, mayEdit, saved }) {
    Object.assign(this, { path, saved, reply: null });
    this.title = h("input", { id: "quick-title", maxlength: 60, required: true, autocomplete: "off", autofocus: true });
    this.group = h("input", { id: "quick-group", maxlength: 40, autocomplete: "off" });
    this.text = h("textarea", { id: "quick-text", rows: 3, maxlength: 2000, required: true, "aria-describedby": "quick-help" });
    const scopes = ["agent", "shop"].filter((scope) => mayEdit.includes(scope));
    this.scope = h("select", { id: "quick-scope" }, ...scopes.map((scope) => h("option", { value: scope }, SCOPES[scope])));
    this.button = h("button.primary", { type: "submit" });
    this.cancel = h("button", { type: "button", hidden: true, onclick: () => this.edit(null) }, gettext("Cancel"));
    this.form = h(
      "form.stack", { onsubmit: (event) => this.#save(event) },
      h("div.quick-fields", {}, field(gettext("Title"), this.title), field(gettext("Group"), this.group), field(gettext("For"), this.scope)),
      field(gettext("Text"), this.text, h("p.help", { id: "quick-help" }, gettext("{buyer}, {order} and {agent} are filled in when it is inserted."))),
      h("div.actions", {}, this.cancel, this.button),
    );
    this.edit(null);
  }

  edit(reply) {
    this.reply = reply;
    this.title.value = reply?.title ?? "";
    this.group.value = reply?.group ?? "";
    this.text.value = reply?.text ?? "";
    if (reply) this.scope.value = reply.scope;
    this.scope.disabled = Boolean(reply);
    this.cancel.hidden = !reply;
    this.button.textContent = reply ? gettext("Save") : gettext("Add");
    if (reply) this.title.focus();
  }

  async #save(event) {
    event.preventDefault();
    const said = { title: this.title.value, group: this.group.value, text: this.text.value };
    const { reply } = this;
    const stored = await once(this.button, () => (reply ? patch(`${this.path}/${reply.id}`, said) : post(this.path, { scope: this.scope.value, ...said })));
    if (!stored) return;
    this.edit(null);
    await this.saved();
    this.title.focus();
  }
}

const field = (label, input, help = null) => h("div.field", {}, h("label", { htmlFor: input.id }, label), input, help);
