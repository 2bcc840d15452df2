/** What an agent does less often with a session: mark with a note, mute, report, send the common questions. */

import { askMark, askMute, askReport } from "./console_ask.js";
import { get, post } from "./console_api.js";
import { fullTime, h, iconButton, once, toast, words } from "./console_dom.js";

export class More {
  constructor({ shop, store, chat, composer, lead }) {
    Object.assign(this, { shop, store, chat, composer, lead });
    this.button = iconButton("more", gettext("More"), () => this.toggle(), { id: "more", "aria-haspopup": "menu", "aria-expanded": "false" });
    this.menu = h("div.more-menu", { role: "menu", hidden: true, "aria-label": gettext("More"), onkeydown: (event) => this.#key(event) });
    document.querySelector(".chat-verbs").append(h("div.verbs-more", { onfocusout: (event) => this.#left(event) }, this.button, this.menu));
  }

  toggle() {
    if (!this.menu.hidden) return this.close();
    const items = this.#verbs().map(([label, run]) => {
      const onclick = () => {
        this.close();
        run();
      };
      return h("button", { type: "button", role: "menuitem", tabIndex: -1, onclick }, label);
    });
    this.menu.replaceChildren(...items);
    this.menu.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    items[0]?.focus();
    return undefined;
  }

  close() {
    this.menu.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  get #isMuted() {
    const until = this.chat.row?.muted_until;
    return Boolean(until) && Date.parse(until) > this.store.now();
  }

  #verbs() {
    const { row } = this.chat;
    const isQueued = row.state === "queued";
    const mayMute = this.lead || this.store.isMine(row);
    return [
      !isQueued && [gettext("Mark with a note…"), () => this.mark()],
      this.composer.canWrite && [gettext("Send the common questions"), () => this.composer.sendCard("faq_card")],
      mayMute && (this.#isMuted ? [gettext("Let the buyer write again"), () => this.unmute()] : [gettext("Mute the buyer…"), () => this.mute()]),
      !isQueued && [gettext("Report the buyer…"), () => this.report()],
    ].filter(Boolean);
  }

  async mark() {
    const { row } = this.chat;
    if (!row || row.state === "queued") return;
    const note = await askMark(row);
    if (note !== null && this.chat.row?.id === row.id) this.chat.mark({ marked: true, note, button: null });
  }

  async mute() {
    const { row } = this.chat;
    if (!row || !(this.lead || this.store.isMine(row))) return;
    if (this.#isMuted) return void this.unmute();
    const minutes = await askMute(row);
    if (!minutes) return;
    const muted = await this.chat.act("mute", { minutes }, { id: row.id });
    if (muted) toast(words(gettext("%(name)s cannot write until %(at)s."), { name: row.buyer.nickname, at: fullTime(muted.muted_until) }));
  }

  async unmute() {
    const row = await this.chat.act("unmute", {}, { id: this.chat.row.id });
    if (row) toast(words(gettext("%(name)s can write again."), { name: row.buyer.nickname }));
  }

  /** Ask for the report; the evidence to pick from is what this window holds of the session. */
  async report() {
    const { row, talk } = this.chat;
    if (!row || !talk || row.state === "queued") return;
    const { report } = (await get(`shops/${this.shop}/sessions/${row.id}`).catch(() => null)) ?? {};
    if (report === "pending") return void toast(gettext("This conversation is reported already; the platform is looking."), "warn");
    const messages = talk.events().filter((event) => event.session === row.id && event.message?.sender.kind === "buyer");
    const send = (body, button) => once(button, () => post(`shops/${this.shop}/sessions/${row.id}/report`, body));
    if (await askReport(row, messages, send)) toast(gettext("The report is with the platform. The conversation goes on as before."));
  }

  #left(event) {
    if (!event.currentTarget.contains(event.relatedTarget)) this.close();
  }

  #key(event) {
    const items = [...this.menu.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[to % items.length].focus();
    else if (event.key === "Escape") {
      this.close();
      this.button.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
