/** Where and when the buyer is asked to rate: in the stream on invitation or at close, or from the menu (P9, F2). */

import { el } from "./buyer_dom.js";
import { ratingForm, thanks } from "./buyer_rating.js";

export class Surveys {
  /** `rate(session, verdict)` stores a rating; `toast(words)` tells what cannot be done. */
  constructor({ talk, rate, toast }) {
    Object.assign(this, { talk, rate, toast });
    this.dialog = document.getElementById("rating");
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
  }

  /** Put a form into the row of an invitation, or thanks where the session has been rated. */
  fill(row, session) {
    const known = this.talk.sessions.get(session);
    if (this.talk.isRated(session)) {
      row.replaceChildren(el("p", { class: "thanks" }, thanks(known.rated.agent ?? known.agent)));
      return;
    }
    row.dataset.asks = session;
    row.replaceChildren(ratingForm({ agent: known?.agent, submit: (verdict) => this.rate(session, verdict) }));
  }

  /** The row that asks after a close, where the shop's platform asks by itself. */
  rowAfterClose(event) {
    const row = el("li", { class: "row asking", dataset: { session: event.session } });
    this.fill(row, event.session);
    return row;
  }

  /** A session was rated, here or in another window: no form asks any more. */
  rated(session) {
    for (const row of document.querySelectorAll(`[data-asks="${session}"]`)) {
      if (row.contains(document.activeElement)) document.getElementById("text").focus();
      row.remove();
    }
    if (this.dialog.dataset.session === String(session)) this.dialog.close();
  }

  /** The menu's "Rate the service": the open session, or the latest. */
  open() {
    const target = this.talk.rateable;
    if (!target) {
      this.toast(this.talk.sessions.size
        ? gettext("You have rated this conversation already. Thank you!")
        : gettext("You can rate the service once somebody has answered you."));
      return;
    }
    const form = ratingForm({
      agent: target.agent, titleId: "rating-title", submit: (verdict) => this.rate(target.id, verdict),
    });
    const cancel = el("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, gettext("Not now"));
    this.dialog.dataset.session = target.id;
    this.dialog.replaceChildren(form, cancel);
    this.dialog.showModal();
  }
}
