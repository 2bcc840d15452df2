/** Where the agent writes: text, emoji, pictures and videos by button, paste or drag; a draft per session. */

import { fullTime, h, icon, iconButton, setText, toast, words } from "./console_dom.js";
import { EmojiPanel } from "./console_emoji_panel.js";

const LIMIT = 2000;
const EMOJI_LIMIT = 64;
const TWICE = 1000; // the second press of a double click on a card comes sooner
const TYPING_EVERY = 3000;
const FILES = "image/jpeg,image/png,image/webp,image/gif,video/mp4,video/webm,video/quicktime";
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f| )+$/u;

/** Where what was typed behind a sent text begins; all of it was sent where it does not begin so. */
const rest = (typed, sent) => (typed.startsWith(sent) ? sent.length : typed.length);

export class Composer {
  constructor({ shop, store, outbox, live, onnewer }) {
    Object.assign(this, { shop, store, outbox, live, onnewer });
    this.root = document.getElementById("composer");
    this.row = null;
    this.typingAt = 0;
    this.#build();
    this.#takeFiles();
  }

  show(row, { focus = true } = {}) {
    if (this.row && this.row.id !== row.id) this.#stopTyping();
    this.row = row;
    this.root.hidden = false;
    this.text.value = localStorage.getItem(this.#draftKey) ?? "";
    this.#grow();
    this.panel.close();
    this.renderState(row);
    if (focus && !this.text.disabled) this.text.focus();
  }

  hide() {
    this.#stopTyping();
    this.row = null;
    this.root.hidden = true;
  }

  /** Say whether and why one can write here. */
  renderState(row) {
    if (!this.row || row.id !== this.row.id) return;
    this.row = row;
    const { canWrite, text } = this.#state(row);
    setText(this.noticeText, text);
    this.notice.hidden = !text;
    this.newer.hidden = !this.store.newerThan(row);
    if (this.text.disabled === !canWrite) return;
    for (const node of [this.text, this.sendButton, this.fileButton, this.emojiButton]) node.disabled = !canWrite;
    this.form.hidden = !canWrite;
  }

  get canWrite() {
    return Boolean(this.row) && this.#state(this.row).canWrite;
  }

  /** Send a card of a product or an order. */
  sendCard(kind, id) {
    if (!this.canWrite) return void toast(gettext("Open a conversation of yours first."), "warn");
    const card = `${this.row.id} ${kind} ${id}`;
    const isAgain = card === this.lastCard && Date.now() - this.cardAt < TWICE;
    Object.assign(this, { lastCard: card, cardAt: Date.now() });
    if (!isAgain) this.#queue({ kind, ref: id });
  }

  focus() {
    if (this.row && !this.text.disabled) this.text.focus();
  }

  /** Send what was written; `held` may keep it back until the agent has looked at a warning (C23). */
  send({ sure = false } = {}) {
    const text = this.text.value.trim();
    if (!text || !this.canWrite) return;
    if ([...text].length > LIMIT) {
      toast(words(gettext("A message has at most %(n)s characters."), { n: LIMIT }), "warn");
      return;
    }
    if (!sure && this.held?.(text)) return;
    const isEmoji = [...text].length <= EMOJI_LIMIT && ONLY_EMOJI.test(text);
    const body = { kind: isEmoji ? "emoji" : "text", text };
    if (!this.interpreter?.(body)) this.deliver(body);
  }

  /** Let a message go and clear the box it was written in; what was typed behind it meanwhile stays. */
  deliver(body, row = this.row) {
    this.outbox.add({ session: row.id, ...body }, { lane: String(row.id) });
    this.ondelivered?.(body, row);
    const key = `draft:${this.shop}:${row.id}`;
    const isHere = row.id === this.row?.id;
    const typed = (isHere ? this.text.value : (localStorage.getItem(key) ?? "")).trim();
    const left = typed.slice(rest(typed, body.original?.text ?? body.text));
    if (left) localStorage.setItem(key, left);
    else localStorage.removeItem(key);
    if (!isHere) return;
    this.text.value = left;
    this.#grow();
    this.#stopTyping();
    this.panel.close();
  }

  sendFile(file) {
    if (!this.canWrite) return;
    if (!/^(image|video)\//.test(file.type)) {
      toast(gettext("Only pictures and videos can be sent."), "warn");
      return;
    }
    this.#queue({ kind: file.type.startsWith("video") ? "video" : "image" }, file);
  }

  get #draftKey() {
    return `draft:${this.shop}:${this.row?.id}`;
  }

  #queue(body, file = null) {
    this.outbox.add({ session: this.row.id, ...body }, { lane: String(this.row.id), file });
  }

  #state(row) {
    if (row.state === "queued") return { canWrite: false, text: gettext("Assign this conversation to yourself to reply.") };
    if (this.store.newerThan(row)) return { canWrite: false, text: gettext("This conversation is finished; the buyer has started a newer one.") };
    const isLate = this.store.isReadOnly(row);
    if (row.state === "closed") {
      if (isLate) return { canWrite: false, text: words(gettext("Read-only: a reply was possible until %(at)s."), { at: fullTime(row.read_only_at) }) };
      const text = row.read_only_at ? words(gettext("Closed. You can still send something until %(at)s; it stays closed."), { at: fullTime(row.read_only_at) }) : "";
      return { canWrite: true, text };
    }
    if (!this.store.isMine(row)) return { canWrite: false, text: gettext("A colleague has this conversation; you can read along.") };
    if (isLate) return { canWrite: false, text: words(gettext("Read-only since %(at)s: the buyer has not written for too long. Close it to free the place."), { at: fullTime(row.read_only_at) }) };
    return { canWrite: true, text: "" };
  }

  #build() {
    this.noticeText = h("span");
    this.newer = h("button.small", { type: "button", hidden: true, onclick: () => this.onnewer(this.store.newerThan(this.row)) }, gettext("Open the newer one"));
    this.notice = h("div.composer-notice.notice.spread", { hidden: true }, this.noticeText, this.newer);
    this.text = h("textarea.composer-text", {
      rows: 2, maxlength: LIMIT, "aria-label": gettext("Message"), placeholder: gettext("Write a reply. Enter sends, Shift + Enter starts a new line."),
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event), onblur: () => this.#stopTyping(),
    });
    this.file = h("input", { type: "file", hidden: true, accept: FILES, multiple: true, tabIndex: -1, "aria-label": gettext("Picture or video"), onchange: () => this.#chosen() });
    this.fileButton = iconButton("picture", gettext("Picture or video"), () => this.file.click());
    this.emojiButton = iconButton("smile", gettext("Emoji"), () => this.panel.toggle(), { "aria-expanded": "false", "aria-controls": "emoji" });
    this.panel = new EmojiPanel({ button: this.emojiButton, oninsert: (sign) => this.#put(sign), onclose: () => this.text.focus() });
    this.sendButton = h("button.primary", { type: "submit" }, icon("send"), gettext("Send"));
    this.form = h(
      "form.composer-form", {
        onsubmit: (event) => {
          event.preventDefault();
          this.send();
        },
      },
      this.panel.node, this.text, h("div.composer-tools", {}, this.emojiButton, this.fileButton, this.file, this.sendButton),
    );
    this.root.append(this.notice, this.form);
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (event.ctrlKey || event.altKey) this.#put("\n");
    else if (!event.repeat) this.send();
  }

  #typed() {
    if (this.text.value) localStorage.setItem(this.#draftKey, this.text.value);
    else localStorage.removeItem(this.#draftKey);
    this.#grow();
    if (Date.now() - this.typingAt > TYPING_EVERY && this.text.value) {
      this.typingAt = Date.now();
      this.live().send({ type: "typing", session: this.row.id, on: true });
    }
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.#stopTyping(), TYPING_EVERY + 1000);
  }

  #stopTyping() {
    clearTimeout(this.typingTimer);
    if (!this.typingAt || !this.row) return;
    this.typingAt = 0;
    this.live().send({ type: "typing", session: this.row.id, on: false });
  }

  /** As high as its text, up to a limit; rows instead of a style, which the page's policy forbids. */
  #grow() {
    const lines = this.text.value.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 50), 0);
    this.text.rows = Math.min(8, Math.max(2, lines));
  }

  #put(piece) {
    const { selectionStart, selectionEnd, value } = this.text;
    this.text.value = value.slice(0, selectionStart) + piece + value.slice(selectionEnd);
    this.text.selectionStart = this.text.selectionEnd = selectionStart + piece.length;
    this.#typed();
  }

  #chosen() {
    for (const file of this.file.files) this.sendFile(file);
    this.file.value = "";
  }

  #takeFiles() {
    this.text.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length) return;
      event.preventDefault();
      files.forEach((file) => this.sendFile(file));
    });
    const chat = document.getElementById("chat");
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    // Dropped anywhere else, a file would replace the page.
    addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
    addEventListener("drop", (event) => hasFiles(event) && event.preventDefault());
    chat.addEventListener("dragover", (event) => hasFiles(event) && this.canWrite && chat.classList.add("dropping"));
    chat.addEventListener("dragleave", (event) => event.target === chat && chat.classList.remove("dropping"));
    chat.addEventListener("drop", (event) => {
      chat.classList.remove("dropping");
      for (const file of event.dataTransfer?.files ?? []) this.sendFile(file);
    });
  }
}
