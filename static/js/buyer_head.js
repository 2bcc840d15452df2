/** The words around the stream: who answers, the place in the queue, typing, the connection, and dead ends. */

import { coming, face, fill } from "./buyer_dom.js";

const TYPING_SHOWN = 6_000;
const get = (id) => document.getElementById(id);

export class Head {
  /** `onunread(count)` hears how many messages nobody has looked at. */
  constructor(shop, onunread = () => {}) {
    this.shop = shop;
    this.onunread = onunread;
    this.unread = 0;
    this.barTimer = null;
    this.ongrow = () => {};
  }

  /** Show the open session: bot, queue with place, agent, or none. */
  showTalk(talk) {
    const { session } = talk;
    const app = get("app");
    app.dataset.state = session?.state ?? "idle";
    say(get("status"), statusWords(session, talk.sessions.size > 0));
    this.#showFace(session?.state === "assigned" ? session.agent : null, talk);
    get("human").hidden = session?.state !== "bot";
    const waiting = session?.state === "queued";
    get("queue-note").hidden = !waiting;
    if (waiting) say(get("queue-note"), "closed" in app.dataset ? laterWords() : queueWords(session.place));
    this.showTyping(talk);
  }

  /** The shop's letter, or who answers where it has a picture. */
  #showFace(agent, talk) {
    const picture = (agent && talk.pictures.get(agent)) || "";
    if (this.picture === picture) return;
    this.picture = picture;
    document.querySelector(".top > .avatar").replaceWith(face(picture ? agent : this.shop, picture));
  }

  /** Take a typing signal; it is over by itself when no other follows. */
  typing(frame, talk) {
    clearTimeout(this.typingTimer);
    talk.typing = frame.on ? frame.name : null;
    this.typingTimer = setTimeout(() => {
      talk.typing = null;
      this.showTyping(talk);
    }, TYPING_SHOWN);
    this.showTyping(talk);
  }

  showTyping(talk) {
    const name = talk.session ? talk.typing : null;
    get("typing").hidden = !name;
    if (name) say(get("typing-words"), fill(gettext("%(agent)s is typing…"), { agent: name }));
    this.ongrow();
  }

  /** The bar above the stream: offline, reconnecting, how many messages wait; also online while some still do. */
  showConnection(state, unsent) {
    const bar = get("bar");
    get("app").dataset.connection = state;
    this.connection = { state, unsent };
    if (state === "closed" || (state === "online" && !unsent)) {
      clearTimeout(this.barTimer);
      this.barTimer = null;
      bar.hidden ||= state === "online";
      return;
    }
    const away = state !== "online" && navigator.onLine === false;
    const show = () => {
      this.barTimer = null;
      const now = this.connection;
      say(bar, connectionWords(now.state !== "online" && navigator.onLine === false ? "offline" : now.state, now.unsent));
      bar.hidden = false;
    };
    if (!bar.hidden || away) return show();
    // A connection that comes back at once is not worth a word, nor is a message that is on its way.
    this.barTimer ??= setTimeout(show, 1_200);
  }

  /** Until when the shop asks the buyer to pause (C23); null: no message is held back by that. */
  showMuted(until) {
    clearTimeout(this.mutedTimer);
    const note = get("muted");
    const left = until ? new Date(until) - Date.now() : 0;
    note.hidden = left <= 0;
    if (left <= 0) return;
    say(note, fill(gettext("The shop asks you to pause until %(when)s. What you wrote stays here; send it again after that."), { when: coming(until) }));
    this.mutedTimer = setTimeout(() => (note.hidden = true), Math.min(left, 2 ** 31 - 1));
  }

  /** Replace the page by words that say how to go on. */
  stop(title, words, again = null) {
    get("app").dataset.state = "stopped";
    get("bar").hidden = true;
    get("stop").hidden = false;
    get("stop-title").textContent = title;
    get("stop-words").textContent = words;
    get("stop-again").hidden = !again;
    get("stop-again").onclick = again;
    for (const id of ["stream", "bottom", "newest", "human"]) get(id).hidden = true;
    say(get("status"), "");
  }

  toast(words) {
    const toast = get("toast");
    say(toast, words);
    toast.classList.add("shown");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => {
      toast.classList.remove("shown");
      toast.textContent = "";
    }, 4_000);
  }

  /** Count what came while the page was out of sight, in the tab's title. */
  countUnread(change) {
    this.unread = change === null ? 0 : this.unread + change;
    document.title = this.unread ? `(${this.unread}) ${this.shop}` : this.shop;
    this.onunread(this.unread);
  }
}

/** Set text only when it differs: a live region repeats whatever is written into it. */
function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

function statusWords(session, before) {
  if (!session) return before ? gettext("Write any time, we are glad to help") : gettext("How can we help you?");
  if (session.state === "assigned") return fill(gettext("%(agent)s is answering you"), { agent: session.agent ?? "" });
  if (session.state === "queued") return gettext("Waiting for an agent");
  if (session.state === "bot") return gettext("The assistant is answering you");
  return gettext("Connecting you");
}

/** Nobody is looked for while the shop is closed or on holiday. */
const laterWords = () => gettext("Your message is kept. An agent answers once the shop is open again; you can go on writing.");

function queueWords(place) {
  if (!place) return gettext("We are looking for a free agent for you. You can go on writing.");
  if (place === 1) return gettext("You are next in the queue. You can go on writing.");
  return fill(gettext("You are number %(place)s in the queue. You can go on writing."), { place });
}

function connectionWords(state, unsent) {
  const base = { offline: gettext("You are offline."), online: "" }[state] ?? gettext("Reconnecting…");
  const waiting = ngettext("%(count)s message waits and will be sent by itself.", "%(count)s messages wait and will be sent by themselves.", unsent);
  return [base, unsent ? fill(waiting, { count: unsent }) : ""].filter(Boolean).join(" ");
}
