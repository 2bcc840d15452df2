/** The buyer's chat page: signs in with the shop's identity, then keeps log, outbox and socket together. */

import { BuyerApi } from "./buyer_api.js";
import { fitKeyboard, offerEntry, showStart, showTimes, view, welcomeRow } from "./buyer_around.js";
import { Composer } from "./buyer_composer.js";
import { kept, soon } from "./buyer_dom.js";
import { Door } from "./buyer_door.js";
import { Head } from "./buyer_head.js";
import { Host } from "./buyer_host.js";
import { followLanguage } from "./buyer_language.js";
import { Push } from "./buyer_push.js";
import { Sending } from "./buyer_sending.js";
import { Talk } from "./buyer_state.js";
import { Stream } from "./buyer_stream.js";
import { Surveys } from "./buyer_surveys.js";
import { backoff, Live, socketUrl } from "./live.js";
import { Log } from "./log.js";

const PAGE = 30;
const NEWEST = Number.MAX_SAFE_INTEGER;
const POLL = 5_000;

class BuyerPage {
  constructor(page) {
    this.shop = page;
    this.memory = kept("sessionStorage");
    this.api = new BuyerApi();
    this.host = Host.around(page);
    this.door = new Door({ page, api: this.api, host: this.host });
    this.head = new Head(page.name, (count) => this.host?.unread(count));
    this.talk = new Talk();
    this.first = 0;
    this.firstSeq = 1;
    this.seen = { delivered: 0, read: 0 };
    this.stream = new Stream({
      shop: page.name,
      pictureOf: (agent) => this.talk.pictures.get(agent) ?? "",
      onpick: (question) => this.sending.ask(question),
      onopen: view,
      onhuman: () => this.act("human"),
      onjudge: (id, solved) => this.judge(id, solved),
      renew: (seq) => this.renew(seq),
      onretry: (id) => this.sending.retry(id),
      ondiscard: (id) => this.sending.discard(id),
    });
    this.head.ongrow = () => this.stream.wasAtEnd && this.stream.toEnd();
    this.surveys = new Surveys({
      talk: this.talk,
      rate: (session, verdict) => this.rate(session, verdict),
      toast: (words) => this.head.toast(words),
    });
    this.composer = new Composer({
      text: (kind, text) => this.sending.say({ kind, text }),
      file: (kind, file) => this.sending.say({ kind }, { file }),
      action: (name) => this.act(name),
      typing: (on) => this.live?.send({ type: "typing", on }),
      resize: () => this.head.ongrow(),
    });
    this.push = new Push({ api: this.api, toast: (words) => this.head.toast(words) });
    this.tellSoon = soon(500, () => this.tell());
    this.api.onexpired = () => this.expired();
  }

  /** Sign in and show the newest page; tries again by itself while the server cannot be reached. */
  async start() {
    let entered = null;
    for (let failures = 0; !entered; failures += 1) {
      try {
        entered = await this.door.enter();
        if (!entered) return this.expired();
        await this.begin(entered);
      } catch (error) {
        entered = null;
        if (!error.retryable) return this.refused(error);
        this.head.showConnection("offline", 0);
        await new Promise((resolve) => setTimeout(resolve, backoff(failures)));
      }
    }
  }

  async begin(entered) {
    const page = await this.api.events({ before: NEWEST, limit: PAGE });
    this.entered = entered;
    this.firstSeq = entered.first_seq ?? 1;
    this.talk.settle(page.session, page.receipts);
    page.results.forEach((event) => this.talk.remember(event));
    this.stream.showReceipts(page.receipts.shop);
    this.show(page.results);
    this.first = page.results[0]?.seq ?? 1;
    this.log = new Log({ last: page.last_seq, fetch: (last) => this.missed(last), apply: (event) => this.apply(event), reset: (seq) => this.keptFrom(seq) });
    this.sending = new Sending(this, entered.conversation);
    this.countMissed(page);
    this.greet();
    showTimes(entered);
    offerEntry(entered, this.memory, (body, show) => this.sending.say(body, { show }));
    this.stream.toEnd();
    this.composer.restore(entered.conversation);
    this.head.showTalk(this.talk);
    this.showOlder();
    this.push.start(entered.conversation);
    this.connect();
    this.listen();
    this.tellSoon();
    document.getElementById("log").setAttribute("aria-live", "polite");
  }

  /** Count what the shop said since the buyer was here last (C25). */
  countMissed({ results, receipts }) {
    const missed = results.filter(({ seq, message }) => seq > receipts.buyer.read && message && message.sender.kind !== "buyer");
    if (!this.isLookedAt) this.head.countUnread(missed.length);
    if (results.length) this.host?.talked();
  }

  connect() {
    this.live = new Live({
      url: socketUrl("/ws/buyer/"),
      hello: () => ({ type: "auth", token: this.api.token, after: this.log.last }),
      onframe: (frame) => FRAMES[frame.type]?.(this, frame),
      onstate: (state, code) => this.connected(state, code),
    });
    setInterval(() => this.live.state !== "online" && this.log.poll(), POLL);
  }

  connected(state, code) {
    if (state === "closed" && code === 4401) return this.expired();
    if (state === "closed") return this.head.stop(gettext("The chat was ended"), gettext("Please open the chat from the shop again."));
    if (state === "online") this.sending.flush();
    this.sending.show(state);
  }

  listen() {
    const wake = () => {
      if (!this.isLookedAt) return;
      this.head.countUnread(null);
      this.tellSoon();
    };
    if (this.host) {
      Object.assign(this.host, { onshown: () => this.shown(wake), onstart: (given) => this.restart(given), onshutdown: () => this.leave() });
      document.getElementById("close").addEventListener("click", () => this.host.close());
    }
    addEventListener("focus", wake);
    addEventListener("online", () => this.sending.flush());
    document.addEventListener("visibilitychange", wake);
    addEventListener("hashchange", () => location.hash.includes("identity=") && location.reload());
    document.getElementById("older").addEventListener("click", () => this.older());
    this.stream.scroller.addEventListener("scroll", () => this.stream.scroller.scrollTop < 80 && this.older(), { passive: true });
    document.getElementById("human").addEventListener("click", () => this.act("human"));
  }

  get isLookedAt() {
    // In a frame the focus may stand in the page around, while the buyer reads.
    if (this.host) return this.host.shown && document.visibilityState === "visible";
    return document.visibilityState === "visible" && document.hasFocus();
  }

  /** The frame was opened or closed by the page around. */
  shown(wake) {
    if (this.host.shown) this.stream.toEnd();
    wake();
  }

  /** The page around says anew who the buyer is, and what is looked at. */
  async restart(given) {
    const entered = await this.door.come(given).catch(() => null);
    if (entered?.conversation !== this.entered.conversation) return location.reload(); // somebody else, or nobody
    this.adopt(entered);
    offerEntry(entered, this.memory, (body, show) => this.sending.say(body, { show }));
  }

  adopt(entered) {
    this.entered = entered;
    this.live.open();
  }

  leave() {
    this.door.leave();
    this.finish();
  }

  // ---- what comes

  apply(event) {
    this.talk.advance(event);
    if (event.kind === "session.opened") this.host?.talked();
    if (["session.opened", "session.queued", "session.assigned", "session.reopened"].includes(event.kind)) this.placeSoon();
    if (event.kind === "message.recalled") this.stream.recall(event);
    if (event.kind === "session.rated") this.surveys.rated(event.session);
    if (event.kind === "answer.judged") this.stream.judged(event.data);
    this.show([event]);
    if (event.message?.sender.kind === "buyer") this.push.offer();
    this.head.showTalk(this.talk);
    if (event.message && event.message.sender.kind !== "buyer" && !this.isLookedAt) this.head.countUnread(1);
    this.tellSoon();
  }

  /** Draw events at the end. */
  show(events) {
    for (const event of events) this.decorate(event, this.stream.append(event));
  }

  decorate(event, row) {
    if (event.message?.kind === "rating_card") this.surveys.fill(row, event.session);
    if (event.kind !== "session.closed" || !event.data.survey) return;
    // An older session that was never rated can still be, but is not asked about again.
    const newest = event.session === Math.max(...this.talk.sessions.keys());
    if (newest && !this.talk.isRated(event.session)) row.after(this.surveys.rowAfterClose(event));
    if (this.stream.wasAtEnd) this.stream.toEnd();
  }

  async missed(last) {
    const page = await this.api.events({ after: last, limit: 200 });
    setTimeout(() => {
      // After its events were applied. Older than what the socket brought meanwhile: the events know better, but of the bot.
      if (page.last_seq < this.log.last) return void (this.talk.session?.state === "opened" && this.placeSoon());
      this.talk.settle(page.session, page.receipts);
      this.stream.showReceipts(page.receipts.shop);
      this.head.showTalk(this.talk);
    });
    return page;
  }

  /** Ask for what events don't tell: whether the bot answers, and the place in the queue. */
  placeSoon = soon(300, async () => {
    const page = await this.missed(this.log.last).catch(() => null);
    if (page) this.log.head(page.last_seq);
  });

  async older() {
    if (this.loading || this.first <= this.firstSeq) return;
    this.loading = true;
    try {
      const page = await this.api.events({ before: this.first, limit: PAGE });
      page.results.forEach((event) => this.talk.remember(event));
      this.first = page.results[0]?.seq ?? this.firstSeq;
      const rows = new Map(this.stream.prepend(page.results).map((row) => [Number(row.dataset.seq), row]));
      for (const event of page.results) if (rows.has(event.seq)) this.decorate(event, rows.get(event.seq));
    } catch {
      this.head.toast(gettext("Earlier messages could not be loaded. Please try again."));
    } finally {
      this.loading = false;
      this.showOlder();
    }
  }

  showOlder() {
    showStart(this.first, this.firstSeq);
  }

  keptFrom(firstSeq) {
    Object.assign(this, { firstSeq, first: firstSeq });
    this.stream.forget(firstSeq);
    this.showOlder();
  }

  /** Say what has arrived and what has been looked at. */
  tell() {
    const delivered = this.log.last;
    const read = this.isLookedAt ? delivered : this.seen.read;
    if (delivered <= this.seen.delivered && read <= this.seen.read) return;
    if (this.live.send({ type: "receipt", delivered, read })) this.seen = { delivered, read };
  }

  act(name) {
    if (name === "picture" || name === "video") this.composer.openFiles(name);
    if (name === "rate") this.surveys.open();
    if (name === "human") this.sending.human();
    if (name === "push") this.push.switch();
  }

  async rate(session, verdict) {
    await this.api.post("rating", { session, ...verdict });
    this.log.head(this.log.last + 1); // the event follows by socket or page
  }

  /** Say whether an answer helped; whether that was kept. */
  async judge(id, solved) {
    try {
      await this.api.post(`answers/${id}/feedback`, { solved });
      this.log.head(this.log.last + 1);
      return true;
    } catch (error) {
      this.head.toast(error.detail || gettext("That did not work. Please try again."));
      return false;
    }
  }

  async renew(seq) {
    const page = await this.api.events({ after: seq - 1, limit: 1 }).catch(() => null);
    return page?.results.find((event) => event.seq === seq)?.message?.attachment ?? null;
  }

  /** Greeting and common questions stand at the end while no session is open; opening the page starts none (C1). */
  greet() {
    if (this.talk.session) return;
    this.stream.greet(welcomeRow(this.entered, this.shop.name, (question) => this.sending.ask(question)));
  }

  /** The token has ended: come in again where that is possible, else say how. */
  async expired() {
    if (this.renewing) return;
    this.renewing = true;
    const entered = this.live ? await this.door.again().catch(() => null) : null;
    if (entered?.conversation === this.entered?.conversation && entered) {
      this.renewing = false;
      return this.adopt(entered);
    }
    this.door.forget();
    this.finish();
    this.head.stop(gettext("This chat needs a new start"),
      gettext("For your safety the link to this chat works for a limited time. Please open the chat from the shop again."));
  }

  refused(error) {
    if (!error.code) console.error(error);
    if (error.status === 401 || error.status === 404) return this.expired();
    this.finish();
    this.head.stop(gettext("The chat could not be opened"), error.detail || gettext("That did not work. Please try again."),
      () => location.reload());
  }

  finish() {
    this.live?.close();
    this.log?.stop();
    this.sending?.close();
  }
}

const FRAMES = {
  event: (page, frame) => page.log.push(frame),
  receipt: (page, frame) => page.stream.showReceipts(frame.shop),
  typing: (page, frame) => frame.who === "agent" && page.head.typing(frame, page.talk),
  queue: (page, frame) => {
    page.talk.place(frame);
    page.head.showTalk(page.talk);
  },
  resumed: (page, frame) => {
    page.seen = { delivered: 0, read: 0 };
    page.log.head(frame.last_seq);
    page.placeSoon();
    page.tellSoon();
  },
  reset: (page) => page.log.poll(),
  beat: (page, frame) => {
    page.log.head(frame.last_seq);
    if (page.talk.session?.state === "queued") page.placeSoon(); // others left the queue meanwhile
  },
};

fitKeyboard();
if (!followLanguage()) new BuyerPage(JSON.parse(document.getElementById("page").textContent)).start();
