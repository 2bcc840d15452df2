/** Customer insight (E9): who writes here. Earlier sessions, what was said and rated, orders, reports, mood. */

import { get } from "./console_api.js";
import { fullTime, h, icon, money, shortTime, words } from "./console_dom.js";
import { entryKind, TOPICS } from "./console_entry.js";

const QUIET = 1500; // after a buyer's message, before the mood is read again
const MOODS = {
  negative: { label: gettext("Upset"), tone: "danger" },
  neutral: { label: gettext("Calm"), tone: "" },
  positive: { label: gettext("Pleased"), tone: "ok" },
};

export class Insight {
  constructor({ shop, store, onreveal }) {
    Object.assign(this, { shop, store, onreveal, row: null, shown: null, stale: true });
    this.panel = document.getElementById("panel-insight");
    store.on("event", ({ talk, event }) => talk.conversation === this.row?.conversation && event.message?.sender.kind === "buyer" && this.#soon());
  }

  /** Another session is looked at. */
  show(row) {
    if (row?.id === this.row?.id) return;
    this.row = row;
    this.stale = true;
    this.panel.replaceChildren(h("p.empty", {}, row ? gettext("Loading…") : gettext("What the shop knows of a buyer appears here once a conversation is open.")));
    this.look();
  }

  /** Read it when somebody looks, and only then. */
  async look() {
    const { row } = this;
    if (this.panel.hidden || !row || !this.stale) return;
    this.stale = false;
    try {
      const found = await get(`shops/${this.shop}/sessions/${row.id}/insight`);
      if (row === this.row) this.panel.replaceChildren(...this.#parts(found));
    } catch (error) {
      if (row !== this.row) return;
      this.stale = true;
      const again = h("button.more", { type: "button", onclick: () => this.look() }, gettext("Try again"));
      this.panel.replaceChildren(h("p.empty", {}, error.detail || gettext("This could not be loaded.")), again);
    }
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.stale = true;
      this.look();
    }, QUIET);
  }

  #parts(found) {
    return [this.#who(found), this.#mood(found.mood), this.#figures(found), this.#contacts(found)];
  }

  #who({ buyer, first_at: first }) {
    const since = words(gettext("In touch since %(at)s"), { at: fullTime(first) });
    return h("header.insight-part", {}, h("h3.insight-name", {}, buyer.nickname), h("p.muted", {}, `UID ${buyer.uid}`), h("p.muted", {}, since));
  }

  #mood(mood) {
    if (!mood) return h("section.insight-part", {}, h("h3", {}, gettext("Mood")), h("p.muted", {}, gettext("Nothing said in words yet.")));
    const { label, tone } = MOODS[mood.kind];
    const marks = mood.messages.map(({ seq, kind }) => {
      const name = words(gettext("%(mood)s: go to this message"), { mood: MOODS[kind].label });
      return h(`button.mood.${kind}`, { type: "button", title: name, "aria-label": name, onclick: () => this.onreveal(seq) });
    });
    return h(
      "section.insight-part", {},
      h("div.spread", {}, h("h3", {}, gettext("Mood")), h(tone ? `span.badge.${tone}` : "span.badge", {}, label)),
      h("div.moods", { role: "group", "aria-label": gettext("The newest messages, one mark each") }, ...marks),
    );
  }

  #figures({ sessions, said, ratings, orders, reports }) {
    const stars = ratings.count ? `★ ${ratings.average.toFixed(1)}` : "–";
    const rated = ratings.count ? words(ngettext("%(n)s rating", "%(n)s ratings", ratings.count), { n: ratings.count }) : gettext("No rating yet");
    const low = ratings.low ? words(gettext("%(n)s low"), { n: ratings.low }) : "";
    const cases = orders.after_sales ? words(gettext("%(n)s after-sale open"), { n: orders.after_sales }) : "";
    const pending = reports.pending ? words(gettext("%(n)s being reviewed"), { n: reports.pending }) : "";
    return h(
      "dl.insight-figures", {},
      figure(gettext("Conversations"), sessions, words(gettext("%(buyer)s from the buyer, %(agent)s from us"), said), said.automatic ? words(gettext("%(n)s automatic"), { n: said.automatic }) : ""),
      figure(gettext("Orders"), orders.count, money(orders.value, orders.currency), cases, "warn"),
      figure(gettext("Ratings given"), stars, rated, low, "danger"),
      figure(gettext("Reports"), reports.count, reports.approved ? words(gettext("%(n)s approved"), { n: reports.approved }) : gettext("None approved"), pending, "warn"),
    );
  }

  #contacts({ contacts }) {
    return h("section.insight-part.contacts", {}, h("h3", {}, gettext("Contact history")), h("ul", {}, ...contacts.map((one) => h("li", {}, this.#contact(one)))));
  }

  #contact(one) {
    const isHere = one.id === this.row.id;
    const about = TOPICS[one.topic] ?? entryKind(one.entry);
    const who = one.agent?.nickname ?? gettext("Automatic reception");
    const rated = one.rating ? h("span.stars", { role: "img", "aria-label": words(ngettext("Rated %(n)s star", "Rated %(n)s stars", one.rating.stars), { n: one.rating.stars }) }, "★".repeat(one.rating.stars)) : null;
    return h(
      "button.contact-row", { type: "button", "aria-current": isHere ? "true" : null, title: fullTime(one.started_at), onclick: () => this.onreveal(one.first_seq) },
      h("span.contact-when", {}, icon("clock"), shortTime(one.started_at), isHere ? h("span.badge.accent", {}, gettext("This one")) : null, rated),
      h("span.muted", {}, `${about} · ${who}`),
      one.rating?.words ? h("span.contact-words", {}, `“${one.rating.words}”`) : null,
    );
  }
}

function figure(name, value, about, note = "", tone = "") {
  return h("div", {}, h("dt", {}, name), h("dd", {}, h("b", {}, String(value)), h("span.muted", {}, about), note ? h(tone ? `span.badge.${tone}` : "span.muted", {}, note) : null));
}
