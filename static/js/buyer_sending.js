/** What the buyer sends: through the outbox, by the socket where it lives, by REST where it does not. */

import { Outbox } from "./outbox.js";

export class Sending {
  /** `page` has api, live, log, talk, stream and head. */
  constructor(page, conversation) {
    this.page = page;
    this.uploads = new Map();
    this.outbox = new Outbox({
      name: `buyer:${conversation}`,
      deliver: (entry) => this.#deliver(entry),
      onchange: () => this.show(),
    });
  }

  say(body, { file = null, show = null } = {}) {
    // A file takes its time; words written meanwhile need not wait for it.
    this.outbox.add(body, { file, show, lane: file ? `file:${Date.now()}:${Math.random()}` : "" });
  }

  /** Ask one of the common questions (C1: a click starts a session as a message does). */
  ask(question) {
    this.say({ question: question.id }, { show: { text: question.text } });
  }

  /** Ask for a human (转人工). */
  async human() {
    const { api, head, talk } = this.page;
    const { session } = talk;
    if (session?.state === "assigned" || session?.state === "queued") {
      return head.toast(gettext("A person is taking care of you already."));
    }
    try {
      const answer = await api.post("human", {});
      talk.settle(answer.session);
      head.showTalk(talk);
    } catch (error) {
      const first = gettext("Write your question first, then we connect you to a person.");
      head.toast(error.code === "no_session" ? first : error.detail || gettext("That did not work. Please try again."));
    }
  }

  retry(id) {
    this.outbox.retry(id);
  }

  discard(id) {
    this.outbox.discard(id);
    this.uploads.get(id)?.abort();
  }

  flush() {
    this.outbox.flush();
  }

  close() {
    this.outbox.close();
  }

  /** Show the unsent messages, and the connection with their number. */
  show(state = this.page.live?.state ?? "connecting") {
    const entries = this.outbox?.entries() ?? [];
    this.page.stream.showUnsent(entries, state === "online");
    // A file on its way shows its own progress.
    const isOnItsWay = (entry) => state === "online" && entry.state === "sending" && entry.file;
    this.page.head.showConnection(state, entries.filter((entry) => entry.state !== "failed" && !isOnItsWay(entry)).length);
    const untils = entries.filter((entry) => entry.error?.code === "muted" && entry.error.until).map((entry) => entry.error.until);
    this.page.head.showMuted(untils.sort().at(-1) ?? null);
  }

  async #deliver({ id, body, file }) {
    const { api, live, log } = this.page;
    if (body.question) return log.push((await api.post("faq-click", body)).event);
    let ready = body;
    if (file && !body.attachment) {
      ready = { ...body, attachment: await this.#upload(id, file) };
      await this.outbox.update(id, { attachment: ready.attachment });
    }
    const answer = live.state === "online"
      ? await live.request({ type: "message.send", ...ready })
      : await api.post("messages", ready);
    return log.push(answer.event);
  }

  async #upload(id, file) {
    const stop = new AbortController();
    this.uploads.set(id, stop);
    try {
      const onprogress = (part) => this.page.stream.showProgress(id, part);
      return (await this.page.api.upload(file, { onprogress, signal: stop.signal })).id;
    } finally {
      this.uploads.delete(id);
    }
  }
}
