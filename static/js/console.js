/** The agent's console: puts the parts together and lets them hear each other. */

import { upload } from "./console_api.js";
import { Chat } from "./console_chat.js";
import { Composer } from "./console_composer.js";
import { askContact } from "./console_contact.js";
import { toast } from "./console_dom.js";
import { Found } from "./console_found.js";
import { Insight } from "./console_insight.js";
import { Hints } from "./console_hints.js";
import { listenKeys } from "./console_keys.js";
import { Links } from "./console_link.js";
import { Inbox } from "./console_list.js";
import { More } from "./console_more.js";
import { Moods } from "./console_moods.js";
import { Notes } from "./console_notes.js";
import { QuickReplies } from "./console_quick.js";
import { Self } from "./console_self.js";
import { Shift } from "./console_shift.js";
import { afterSigningIn, signInEnded } from "./signed_out.js";
import { Store } from "./console_store.js";
import { Stream } from "./console_stream.js";
import { Suggest } from "./console_suggest.js";
import { Sync } from "./console_sync.js";
import { Translate } from "./console_translate.js";
import { Warnings } from "./console_warnings.js";
import { Watch } from "./console_watch.js";
import { Workbench } from "./console_work.js";
import { Notifier } from "./console_notify.js";
import { Outbox } from "./outbox.js";

const READ_EVERY = 400;

const page = document.getElementById("desk").dataset;
const shop = Number(page.shop);
const store = new Store({ me: Number(page.member), desk: Number(page.desk) });
const progress = new Map();

const outbox = new Outbox({ name: `agent:${page.member}`, deliver, onchange: () => unsentChanged() });
const self = new Self({ shop, store, outbox: () => outbox });
const stream = new Stream({ store, outbox, progress, onseen: (talk) => sawSoon(talk) });
const composer = new Composer({ shop, store, outbox, live: () => sync.live, onnewer: (row) => chat.open(row.id) });
const translate = new Translate({ shop, store, composer, stream });
const insight = new Insight({ shop, store, onreveal: (seq) => found.reveal(seq) });
const work = new Workbench({ shop, composer, insight });
const sync = new Sync({ shop, store, lead: Boolean(page.lead), onstate: connected, onframe: hear });
const notes = new Notes({ shop, store, stream });
const chat = new Chat({ shop, store, sync, stream, composer, notes, nickname: page.nickname, lead: Boolean(page.lead), canInvite: Boolean(page.invite), onshow: shown });
const found = new Found({ stream });
const inbox = new Inbox({
  shop,
  store,
  sync,
  onopen: (id, hit) => openAt(id, hit),
  onclear: () => found.mark(""),
  ontake: (id, button) => chat.take(id, button),
  onassign: (id) => chat.give(id),
});
const quick = new QuickReplies({ shop, composer, nickname: page.nickname, orderOf: () => (chat.talk?.entry?.order ?? {}).number ?? work.newestOrder });
const warnings = new Warnings({ shop, composer, numbers: () => work.numbers });
new Shift({ shop, store, self, leads: Boolean(page.lead) });
const links = new Links({ shop, store, sync, chat, stream, open: openAt });
new Notifier({ shop, store, self, onopen: (id) => links.open(id) });
const watch = new Watch({ shop, store, sync, chat, notes, open: (id) => links.open(id) });
new Moods({ shop, store });
const hints = new Hints({ store, composer });
const suggest = new Suggest({ shop, store, composer, nickname: page.nickname });
const more = new More({ shop, store, chat, composer, lead: Boolean(page.lead) });
listenKeys({ inbox, chat, store, more, hints, suggest });
window.desk = { snapshot: () => store.snapshot() };

store.on("rows", (changed) => changed.has(store.selected) && work.refresh(store.rows.get(store.selected)));
document.addEventListener("visibilitychange", () => stream.seen());
addEventListener("focus", () => stream.seen());
document.getElementById("theme").addEventListener("click", switchTheme);
document.getElementById("new-conversation").addEventListener("click", () => askContact({ shop, onrow: showRow }));
afterSigningIn(() => sync.live.state !== "online" && sync.live.open());
afterSigningIn(() => chat.again());
self.load();
start();

/** Show a session that an action answered; selected first, so that a colleague's is kept while it is looked at. */
function showRow(row) {
  store.select(row.id);
  store.put(row);
  chat.open(row.id);
}

/** The first lists may fail with the network: they are asked for until they come. */
async function start(wait = 1000) {
  try {
    await sync.loadLists(inbox.sort);
    if (!store.selected) await links.follow();
  } catch {
    setTimeout(() => start(Math.min(wait * 2, 15_000)), wait);
  }
}

/** Open a session; if a search led to it, at the words that were found. */
async function openAt(id, hit) {
  found.mark(hit?.words ?? "");
  await chat.open(id);
  if (hit && store.selected === id) await found.reveal(hit.seq);
}

/** Send one entry of the outbox: its file first, then the message itself. */
async function deliver(entry) {
  if (entry.file && !entry.body.attachment) {
    const file = await upload(`shops/${shop}/attachments`, entry.file, (part) => {
      progress.set(entry.id, part);
      stream.renderPending();
    });
    progress.delete(entry.id);
    await outbox.update(entry.id, { attachment: file.id, kind: file.kind });
  }
  const answer = await sync.live.request({ type: "message.send", ...entry.body });
  const conversation = store.rows.get(entry.body.session)?.conversation;
  store.talks.get(conversation)?.push(answer.event);
}

function unsentChanged() {
  stream?.renderPending();
  self?.renderConnection();
}

function connected(state, code) {
  self.connected(state);
  if (state === "online") outbox.flush();
  if (state !== "closed") return;
  if (code === 4403) toast(gettext("Your permission for this shop's chats was taken away."), "danger");
  else if (code === 4401) signInEnded();
  else toast(gettext("The connection was refused. Please reload the page."), "danger");
}

/** What is not kept in the store: typing, and that a message has reached this desk. */
function hear(frame) {
  watch.hear(frame);
  if (frame.type === "typing" && frame.conversation === chat.talk?.conversation) {
    stream.typing(frame.on, frame.who === "buyer" ? (chat.row?.buyer.nickname ?? frame.name) : frame.name);
  }
  if (frame.type === "event" && frame.message?.sender.kind === "buyer" && store.ofConversation(frame.conversation)) {
    sync.live.send({ type: "receipt", conversation: frame.conversation, delivered: frame.seq, read: 0 });
  }
}

/** Tell that the open conversation was looked at; at most every 400 ms, and only what is new. */
let seeing = null;
function sawSoon(talk) {
  if (seeing) return;
  seeing = setTimeout(() => {
    seeing = null;
    const { row } = chat;
    if (!row || chat.talk !== talk || !store.isMine(row) || !talk.last) return;
    if (row.unread === 0 && talk.receipts.shop.read >= talk.last) return;
    if (sync.live.send({ type: "read", session: row.id, seq: talk.last }) && row.unread) store.patch({ id: row.id, unread: 0 });
  }, READ_EVERY);
}

function shown(row) {
  work.show(row);
  watch.show();
  more.close();
  quick.close();
  warnings.hide();
  translate.show(row);
  links.aim(row?.id);
  history.replaceState(null, "", row ? `#session=${row.id}` : location.pathname);
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}
