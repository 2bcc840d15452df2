/** Links to a session and to a message (C25): copied here, opened for whoever may see them. */

import { explain, h, icon, iconButton, toast } from "./console_dom.js";

/** The address of a session, or of one message of it. */
export function linkTo(session, message = null) {
  return `${location.pathname}#session=${session}${message ? `&seq=${message}` : ""}`;
}

/** Copy a link; where the browser forbids it, the address bar holds it all the same. */
export async function copyLink(session, message = null) {
  const link = linkTo(session, message);
  try {
    await navigator.clipboard.writeText(new URL(link, location.origin).href);
    toast(gettext("The link is copied."));
  } catch {
    history.replaceState(null, "", link);
    toast(gettext("The link stands in the address bar."), "warn");
  }
}

export class Links {
  constructor({ shop, store, sync, chat, stream, open }) {
    Object.assign(this, { shop, store, sync, chat, stream, openAt: open });
    const verbs = document.querySelector(".chat-verbs");
    const label = gettext("Transcript, to print");
    this.transcript = h("a.icon-button", { target: "_blank", rel: "noopener", title: label, "aria-label": label }, icon("print"));
    verbs?.append(iconButton("link", gettext("Copy the link to this conversation"), () => copyLink(store.selected)), this.transcript);
    addEventListener("hashchange", () => this.follow());
  }

  /** Aim the link to the page that prints at the conversation that is open. */
  aim(session) {
    if (session) this.transcript.href = `/shops/${this.shop}/sessions/${session}/transcript/`;
  }

  /** Open what the address names. */
  follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const session = Number(asked.get("session"));
    return session ? this.open(session, Number(asked.get("seq")), asked.get("q") ?? "") : undefined;
  }

  async open(session, seq = 0, words = "") {
    const { store } = this;
    try {
      if (!store.rows.has(session) && !(await this.sync.lookAt(session))) return void toast(gettext("This conversation is not here, or not yours to see."), "warn");
      await this.openAt(session, seq ? { seq, words } : null);
      if (seq && store.selected === session) this.#point(seq);
    } catch (error) {
      explain(error);
    }
  }

  #point(seq) {
    const node = this.stream.node.querySelector(`[data-seq="${seq}"]`);
    if (!node) return void toast(gettext("This message is not here any more."), "warn");
    node.classList.add("linked");
    setTimeout(() => node.classList.remove("linked"), 4000);
  }
}
