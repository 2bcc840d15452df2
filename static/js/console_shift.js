/** Breaks, the end of a shift, and agents who are away with open conversations (C22). */

import { get, patch, post } from "./console_api.js";
import { askColleague } from "./console_dialogs.js";
import { h, icon, once, openDialog, shortTime, span, toast, words } from "./console_dom.js";

const AGAIN = 60_000;
const SOON = 600;
const REASONS = () => [gettext("Lunch"), gettext("Rest"), gettext("Meeting"), gettext("Training")];

export class Shift {
  constructor({ shop, store, self, leads }) {
    Object.assign(this, { shop, store, self });
    this.button = document.getElementById("shift");
    this.warning = document.getElementById("absent");
    this.button.addEventListener("click", () => this.#ask());
    if (!leads) return;
    store.on("member", () => this.#soon());
    store.on("loaded", () => this.#look());
    setInterval(() => document.visibilityState === "visible" && this.#look(), AGAIN);
  }

  #ask() {
    const { state } = this.self;
    if (!state) return;
    const isAway = Boolean(state.on_break_since);
    const reason = h("input", { id: "break-reason", maxlength: 60, autocomplete: "off", value: isAway ? state.break_reason : REASONS()[0], list: "break-reasons" });
    const choices = h("datalist", { id: "break-reasons" }, ...REASONS().map((text) => h("option", { value: text })));
    const form = h(
      "form.stack", { onsubmit: (event) => event.preventDefault() || this.#rest(reason.value.trim(), start, dialog) },
      isAway ? h("p.notice.warn", {}, words(gettext("On a break since %(time)s."), { time: shortTime(state.on_break_since) })) : h("p.muted", {}, gettext("On a break no conversation is given to you automatically; colleagues see the reason.")),
      isAway ? null : h("div.field", {}, h("label", { htmlFor: "break-reason" }, gettext("Reason")), reason, choices),
    );
    const start = isAway
      ? h("button.primary", { type: "button", onclick: () => this.#rest(null, start, dialog) }, gettext("End the break"))
      : h("button.primary", { type: "submit" }, gettext("Start a break"));
    form.append(h("div.actions", {}, start));
    const mine = this.store.open().length;
    const bye = h("section.stack.shift-end", {}, h("h3", {}, gettext("End of shift")), h("p.muted", {}, words(ngettext("You have %(n)s open conversation.", "You have %(n)s open conversations.", mine), { n: mine })));
    const give = (to) => this.#handOver(this.store.me, to, null, dialog);
    bye.append(...this.#ways(this.store.me, mine === 0, give));
    const dialog = openDialog(gettext("Break and end of shift"), h("div.stack", {}, form, bye));
  }

  async #rest(reason, button, dialog) {
    const body = reason === null ? { on_break: false } : { on_break: true, break_reason: reason };
    const state = await once(button, () => patch(`shops/${this.shop}/presence`, body));
    if (!state) return;
    this.self.take(state);
    dialog.close();
  }

  /** The two ways for many conversations at once: a colleague, or the queue. */
  #ways(member, disabled, give) {
    const colleague = async () => {
      const { member: to } = await askColleague({ shop: this.shop, me: member, title: gettext("Hand over to…") });
      if (to) await give(to);
    };
    const first = h("button", { type: "button", disabled, onclick: colleague }, icon("transfer"), gettext("To a colleague…"));
    const second = h("button", { type: "button", disabled, onclick: () => once(second, () => give(null)) }, icon("return"), gettext("Back to the queue"));
    return [h("div.row", {}, first, second)];
  }

  async #handOver(member, to, sessions, dialog) {
    const body = { member, ...(to ? { to: to.id } : {}), ...(sessions ? { sessions } : {}) };
    const done = await once(null, () => post(`shops/${this.shop}/handover`, body));
    if (!done) return;
    dialog.close();
    const n = done.moved.length;
    toast(words(ngettext("%(n)s conversation was handed over.", "%(n)s conversations were handed over.", n), { n }));
    if (member === this.store.me) this.self.loadPresence();
    this.#soon();
  }

  #soon() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.#look(), SOON);
  }

  async #look() {
    const page = await get(`shops/${this.shop}/absent`).catch(() => null);
    if (page) this.#warn(page.results);
  }

  /** Say who is away and leaves buyers waiting. */
  #warn(absent) {
    this.warning.hidden = absent.length === 0;
    this.warning.replaceChildren(...absent.slice(0, 3).map((one) => this.#line(one)));
  }

  #line(one) {
    const facts = { name: one.member.nickname, open: one.open, unanswered: one.unanswered };
    const text = words(ngettext("%(name)s is offline with %(open)s open conversation, %(unanswered)s unanswered.", "%(name)s is offline with %(open)s open conversations, %(unanswered)s unanswered.", one.open), facts);
    const wait = one.oldest_waiting ? words(gettext("Longest wait: %(time)s"), { time: span(this.store.now() - Date.parse(one.oldest_waiting)) }) : "";
    return h("p.absent-line", {}, icon("alert"), h("span", {}, `${text} ${wait}`), h("button.small", { type: "button", onclick: () => this.#askFor(one) }, gettext("Hand over…")));
  }

  /** Choose among an absent agent's conversations, all at first. */
  async #askFor(one) {
    const page = await once(null, () => get(`shops/${this.shop}/handover`, { of: one.member.id }));
    if (!page) return;
    const boxes = page.results.map((row) => h("input", { type: "checkbox", checked: true, value: row.id }));
    const list = h("ul.people", {}, ...page.results.map((row, n) => h("li", {}, h("label.row", {}, boxes[n], h("span.person-name", {}, row.buyer.nickname), row.waiting_since ? h("span.badge.warn", {}, gettext("Unreplied")) : null))));
    const give = async (to) => {
      const chosen = boxes.filter((box) => box.checked).map((box) => Number(box.value));
      if (chosen.length) await this.#handOver(one.member.id, to, chosen, dialog);
    };
    const title = words(gettext("Conversations of %(name)s"), { name: one.member.nickname });
    const dialog = openDialog(title, h("div.stack", {}, list, ...this.#ways(one.member.id, false, give)));
  }
}
