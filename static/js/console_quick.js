/** Sentences at hand (C17): "/" in the composer opens them, what is chosen goes into the composer and no further. */

import { get } from "./console_api.js";
import { explain, h, iconButton, toast, words } from "./console_dom.js";
import { manageReplies } from "./console_quick_edit.js";

const FRESH = 60_000;
const MOST = 50;
// Chinese keyboards write 、 and ／ with the same key.
const TRIGGER = /(?:^|\s)[/／、]([^\s/／、]*)$/;
const NO_GROUP = { shop: gettext("Of the shop"), agent: gettext("My own") };

export class QuickReplies {
  constructor({ shop, composer, nickname, orderOf }) {
    Object.assign(this, { shop, composer, nickname, orderOf });
    this.text = composer.text;
    this.replies = [];
    this.mayEdit = [];
    this.readAt = 0;
    this.range = null;
    this.list = h("div.quick-list", { id: "quick-list", role: "listbox", "aria-label": gettext("Quick replies") });
    this.empty = h("p.empty", { hidden: true });
    const manage = h("button.small", { type: "button", "aria-haspopup": "dialog", onclick: () => this.manage() }, gettext("Edit quick replies"));
    this.menu = h("div.quick-menu", { hidden: true }, this.list, this.empty, h("div.quick-foot", {}, h("span.muted", {}, gettext("↑ ↓ choose, Enter inserts, Esc closes")), manage));
    this.button = iconButton("quick", `${gettext("Quick replies")} (/)`, () => this.toggle(), { id: "quick-button" });
    composer.form.append(this.menu);
    composer.fileButton.after(this.button);
    this.#listen();
  }

  get isOpen() {
    return !this.menu.hidden;
  }

  /** Without a "/" the sentence goes where the caret stands. */
  toggle() {
    if (this.isOpen) return this.close();
    this.text.focus();
    const at = this.text.selectionStart;
    return this.#open({ start: at, end: this.text.selectionEnd, query: "" });
  }

  close() {
    this.menu.hidden = true;
    this.range = null;
    this.text.removeAttribute("aria-activedescendant");
    this.text.removeAttribute("aria-controls");
  }

  async manage() {
    this.close();
    await this.#read(true);
    manageReplies({ shop: this.shop, mayEdit: this.mayEdit, replies: this.replies, onchange: () => this.#read(true) });
  }

  #listen() {
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("blur", (event) => !this.menu.contains(event.relatedTarget) && this.close());
    // Before the composer's own keys: Enter chooses here, and sends there.
    this.composer.form.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#insert(this.found[Number(option.dataset.place)]);
    });
  }

  #typed() {
    const at = this.text.selectionStart;
    const hit = this.text.value.slice(0, at).match(TRIGGER);
    if (hit) this.#open({ start: at - hit[1].length - 1, end: at, query: hit[1] });
    else if (this.isOpen) this.close();
  }

  #open(range) {
    this.range = range;
    this.menu.hidden = false;
    this.chosen = 0;
    this.text.setAttribute("aria-controls", "quick-list");
    this.#render();
    if (Date.now() - this.readAt > FRESH) this.#read();
  }

  async #read(isAsked = false) {
    this.readAt = Date.now();
    try {
      const page = await get(`shops/${this.shop}/quick-replies`);
      this.replies = page.results;
      this.mayEdit = page.may_edit;
    } catch (error) {
      this.readAt = 0;
      if (isAsked) explain(error);
    }
    this.isRead = true;
    if (this.isOpen) this.#render();
    return this.replies;
  }

  #render() {
    const query = this.range.query.toLowerCase();
    const matching = this.replies.filter((reply) => `${reply.title}\n${reply.text}\n${reply.group}`.toLowerCase().includes(query));
    this.found = [...grouped(matching).values()].flat().slice(0, MOST);
    this.chosen = Math.max(0, Math.min(this.chosen, this.found.length - 1));
    let group = null;
    const nodes = [];
    this.found.forEach((reply, place) => {
      if (groupOf(reply) !== group) nodes.push(h("p.quick-group", { role: "presentation" }, (group = groupOf(reply))));
      nodes.push(option(reply, place));
    });
    this.list.replaceChildren(...nodes);
    this.list.hidden = !this.found.length;
    this.empty.hidden = Boolean(this.found.length);
    this.empty.textContent = !this.isRead ? gettext("Loading…") : query ? gettext("No quick reply has these words.") : gettext("There are no quick replies yet.");
    this.#mark();
  }

  #mark() {
    for (const node of this.list.querySelectorAll("[role=option]")) {
      const isChosen = Number(node.dataset.place) === this.chosen;
      node.setAttribute("aria-selected", isChosen);
      if (!isChosen) continue;
      this.text.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    }
  }

  #key(event) {
    if (!this.isOpen || event.isComposing || event.keyCode === 229 || !(event.target === this.text || event.key === "Escape")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) this.chosen = (this.chosen + step + this.found.length) % this.found.length;
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.found[this.chosen]) this.#insert(this.found[this.chosen]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.#mark();
    this.text.focus();
  }

  /** Write the sentence into the box; a name that is not known is left selected for the agent to fill in. */
  #insert(reply) {
    const { start, end } = this.range;
    this.close();
    const text = filled(reply.text, { buyer: this.composer.row?.buyer.nickname, order: this.orderOf(), agent: this.nickname });
    this.text.focus();
    this.text.setRangeText(text, start, end, "end");
    const missing = text.match(/\{(?:buyer|order|agent)\}/);
    if (missing) {
      this.text.setSelectionRange(start + missing.index, start + missing.index + missing[0].length);
      toast(words(gettext("Nothing is known for %(name)s: please fill it in."), { name: missing[0] }), "warn");
    }
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Put the names in; what is unknown stays as it is. */
export function filled(text, values) {
  return text.replace(/\{(buyer|order|agent)\}/g, (whole, name) => values[name] || whole);
}

const groupOf = (reply) => reply.group || NO_GROUP[reply.scope];

function grouped(replies) {
  const groups = new Map();
  for (const reply of replies) groups.set(groupOf(reply), [...(groups.get(groupOf(reply)) ?? []), reply]);
  return groups;
}

function option(reply, place) {
  return h("div.quick-option", { id: `quick-${reply.id}`, role: "option", "data-place": place, "aria-selected": "false" }, h("b", {}, reply.title), h("span", {}, reply.text));
}
