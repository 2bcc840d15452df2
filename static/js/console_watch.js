/** Who else has this conversation open, and leads who look on while a colleague talks (C26). */

import { get } from "./console_api.js";
import { askColleague } from "./console_dialogs.js";
import { explain, face, h, openDialog, span, words } from "./console_dom.js";
import { PREVIEWS } from "./console_row.js";

const LASTS = 50_000; // a window that was killed says no goodbye
const SOON = 300;
const FACES = 3;
const LIST = new Intl.ListFormat(document.documentElement.lang || "en");

export class Watch {
  constructor({ shop, store, sync, chat, notes, open }) {
    Object.assign(this, { shop, store, sync, chat, notes, openAt: open });
    this.here = new Map(); // window → who, and until when that is believed
    this.node = h("p.chat-here", { role: "status", hidden: true });
    chat.head.querySelector(".chat-names").append(this.node);
    store.on("rows", (changed) => changed.has(store.selected) && this.#changed());
    document.getElementById("watch")?.addEventListener("click", () => this.#choose());
    setInterval(() => this.#render(), 5000);
  }

  /** Another conversation is shown, or none. */
  show() {
    this.here.clear();
    this.#render();
    this.#look();
  }

  hear(frame) {
    if (frame.type === "beat" || frame.type === "resumed") this.#look();
    if (frame.type === "looking" && frame.session === this.store.selected) this.#saw(frame);
    // Nothing tells a watcher how the row changes: the server is asked, which also says whether one may look on.
    if (frame.row || frame.session !== this.store.selected || this.store.isMine(this.chat.row)) return;
    if (frame.type === "event" || frame.type === "desk") this.#askSoon(frame.type === "desk");
  }

  /** Say what is open; whoever looks on is told what it missed since the last time. */
  async #look() {
    const { row, talk } = this.chat;
    if (this.sync.live?.state !== "online") return;
    this.said = this.#state(row);
    if (!row) return void this.sync.live.send({ type: "watch" });
    const answer = await this.sync.live.request({ type: "watch", session: row.id }).catch(() => null);
    if (answer?.last_seq && this.chat.talk === talk) talk?.head(answer.last_seq);
  }

  /** Who has it decides what is heard of it. */
  #changed() {
    if (this.said !== this.#state(this.chat.row)) this.#look();
  }

  #state(row) {
    return row ? `${row.id} ${row.state} ${row.assignee?.id}` : "";
  }

  #askSoon(hasNote = false) {
    clearTimeout(this.asking);
    this.hasNote ||= hasNote;
    this.asking = setTimeout(() => {
      const { row, talk } = this.chat;
      if (row) this.sync.refreshRow(row.id);
      if (talk && this.hasNote) this.notes.show(talk);
      this.hasNote = false;
    }, SOON);
  }

  #saw({ window: key, who, on }) {
    if (on) this.here.set(key, { who, until: Date.now() + LASTS });
    else this.here.delete(key);
    this.#render();
  }

  #render() {
    const names = new Map();
    for (const [key, { who, until }] of this.here) {
      if (until < Date.now()) this.here.delete(key);
      else if (who.id !== this.store.me) names.set(who.id, who);
    }
    const others = [...names.values()];
    const text = others.length ? words(gettext("Also looking: %(names)s"), { names: LIST.format(others.map((who) => who.nickname)) }) : "";
    if (this.node.title === text) return;
    this.node.title = text;
    this.node.replaceChildren(...others.slice(0, FACES).map((who) => face(who.nickname, who.avatar)), h("span", {}, text));
    this.node.hidden = !text;
  }

  /** Choose a colleague, then one of its open conversations. */
  async #choose() {
    const { member } = await askColleague({ shop: this.shop, me: this.store.me, title: gettext("Whose conversations?") });
    if (!member) return;
    try {
      const page = await get(`shops/${this.shop}/handover`, { of: member.id });
      this.#list(member, page.results);
    } catch (error) {
      explain(error);
    }
  }

  #list(member, rows) {
    const open = (row) => {
      dialog.close();
      this.openAt(row.id);
    };
    const waits = (row) => (row.waiting_since && !row.no_reply_needed ? h("span.badge.warn", {}, words(gettext("Waiting %(time)s"), { time: span(this.store.now() - Date.parse(row.waiting_since)) })) : null);
    const line = (row) =>
      h("li", {}, h("button.person", { type: "button", onclick: () => open(row) }, h("span.person-name", {}, row.buyer.nickname), h("span.muted.person-words", {}, PREVIEWS[row.last_message_text] ?? row.last_message_text), waits(row)));
    const list = h("ul.people", {}, ...rows.map(line));
    if (!rows.length) list.append(h("li.muted", {}, gettext("No open conversations.")));
    const dialog = openDialog(words(gettext("Conversations of %(name)s"), { name: member.nickname }), h("div.stack", {}, list));
  }
}
