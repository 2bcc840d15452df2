/** A calm card in the corner of the inbox that walks through the browser's permissions; never a prompt by itself (C11). */

import { h, icon, once } from "./console_dom.js";

const LATER = "notices:later";
const DONE = 6000;

export class NoticeCard {
  constructor({ allow, test }) {
    Object.assign(this, { allow, test });
    this.node = h("aside.notice-card", { hidden: true, "aria-label": gettext("Notifications") });
    document.querySelector(".inbox").append(this.node);
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.install = event;
    });
  }

  /** Offer to switch notifications on, unless this browser was told "later". */
  offer() {
    if (!("Notification" in globalThis) || localStorage.getItem(LATER)) return;
    if (Notification.permission === "denied") return;
    const yes = h("button.small.primary", { type: "button", onclick: () => once(yes, () => this.#ask()) }, gettext("Turn on"));
    this.#show(
      gettext("Don't miss a buyer"),
      gettext("A notice and a sound when a buyer writes while you are elsewhere. Your browser will ask for your permission."),
      yes,
      h("button.small", { type: "button", onclick: () => this.#later() }, gettext("Later")),
    );
  }

  /** The browser held a sound back: one click lets it. */
  silent() {
    if (!this.node.hidden) return;
    const yes = () => {
      this.test();
      this.hide();
    };
    this.#show(
      gettext("The sound is held back"),
      gettext("Your browser plays no sound before the first click on this page."),
      h("button.small.primary", { type: "button", onclick: yes }, gettext("Allow the sound")),
    );
  }

  hide() {
    clearTimeout(this.timer);
    this.node.hidden = true;
  }

  async #ask() {
    const answer = await this.allow();
    if (answer === "granted") return this.#granted();
    const close = h("button.small", { type: "button", onclick: () => this.#later() }, gettext("I see"));
    this.#show(
      gettext("Your browser blocks notifications"),
      gettext("To allow them, click the sign beside the address and set notifications to Allow. Sound and the number on the tab work all the same."),
      close,
    );
    close.focus();
  }

  #granted() {
    const install = this.install && h("button.small", { type: "button", onclick: () => this.#install() }, gettext("Install as an app"));
    const close = h("button.small", { type: "button", onclick: () => this.hide() }, gettext("Close"));
    this.#show(gettext("Notifications are on"), gettext("Each kind can be switched in your settings."), install, close);
    if (!install) this.timer = setTimeout(() => this.hide(), DONE);
  }

  async #install() {
    this.hide();
    await this.install.prompt();
    this.install = null;
  }

  #later() {
    localStorage.setItem(LATER, "1");
    this.hide();
  }

  #show(title, text, ...buttons) {
    clearTimeout(this.timer);
    this.node.replaceChildren(h("p.row", {}, icon("bell"), h("b", {}, title)), h("p.muted", {}, text), h("div.row", {}, ...buttons));
    this.node.hidden = false;
  }
}
