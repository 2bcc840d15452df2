/** The message box: text that grows, emoji, pictures and videos, the menu, and a draft that survives. */

import { el, kept } from "./buyer_dom.js";

const EMOJI = [..."😀😄😁😅😂🙂😉😊😍😘😋😜🤔🙄😏😴😢😭😤😡😱😳🥺🤗🙏👍👎👌👏💪🤝👋❤💔🔥🎉🎁🌹⭐💯☕🍵🍊🛒📦🚚⏰💰"]
  .map((one) => (one === "❤" ? "❤️" : one));
const ONLY_EMOJI = /^(?=.*[\p{Emoji_Presentation}\p{RI}\u2600-\u27BF])[\p{Extended_Pictographic}\p{RI}\p{EMod}\u200D\uFE0F\u20E3]+$/u;
const PICTURES = "image/jpeg,image/png,image/webp,image/gif";
const VIDEOS = "video/mp4,video/webm,video/quicktime";
const TYPING_AGAIN = 3_000;
const TYPING_OVER = 4_000;
const drafts = kept("localStorage");

/** The kind that a typed text is sent as (C2). */
export function kindOf(text) {
  return text.length <= 64 && ONLY_EMOJI.test(text) ? "emoji" : "text";
}

export class Composer {
  /** `on`: {text(kind, text), file(kind, file), action(name), typing(bool), resize()}. */
  constructor(on) {
    this.on = on;
    const get = (id) => document.getElementById(id);
    Object.assign(this, { form: get("composer"), text: get("text"), sendButton: get("send"), file: get("file") });
    this.panels = { emoji: get("emoji"), more: get("more") };
    this.openers = { emoji: get("open-emoji"), more: get("open-more") };
    this.key = null;
    this.typingSince = 0;
    // A phone's Enter key makes a new line where there is no other way to get one.
    this.sendsOnEnter = matchMedia("(hover: hover) and (pointer: fine)").matches;
    this.#fillEmoji();
    this.#listen();
  }

  /** Bind the draft to its conversation and show what was typed before. */
  restore(conversation) {
    this.key = `draft:${conversation}`;
    const draft = drafts.get(this.key);
    if (draft && !this.text.value) this.text.value = draft;
    this.#grow();
  }

  openFiles(kind) {
    this.file.accept = kind === "video" ? VIDEOS : PICTURES;
    this.file.click();
  }

  close() {
    this.#toggle(null);
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.text.addEventListener("input", () => this.#edited());
    this.text.addEventListener("focus", () => !this.panels.more.hidden && this.#toggle(null));
    this.text.addEventListener("keydown", (event) => {
      // An input method uses Enter to choose a word; 229 is what older browsers say then.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      if (!this.sendsOnEnter && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.#send();
    });
    for (const [name, button] of Object.entries(this.openers)) {
      button.addEventListener("click", () => this.#toggle(this.panels[name].hidden ? name : null));
    }
    for (const panel of Object.values(this.panels)) {
      panel.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        const name = panel.id;
        this.#toggle(null);
        this.openers[name].focus();
      });
    }
    this.panels.more.addEventListener("click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (!action || !this.key) return;
      this.#toggle(null);
      this.on.action(action);
    });
    this.file.addEventListener("change", () => {
      for (const file of [...this.file.files].slice(0, 9)) this.#attach(file);
      this.file.value = "";
    });
    this.text.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])].filter((file) => /^(image|video)\//.test(file.type));
      if (!files.length) return;
      event.preventDefault();
      files.forEach((file) => this.#attach(file));
    });
  }

  #attach(file) {
    if (!this.key) return;
    this.on.file(file.type.startsWith("video/") ? "video" : "image", file);
  }

  #send() {
    const text = this.text.value.trim();
    if (!text || !this.key) return; // before the sign-in nothing can be kept: the words stay in the box
    this.text.value = "";
    this.#edited();
    this.#typing(false);
    this.on.text(kindOf(text), text);
    this.text.focus();
  }

  #edited() {
    this.#grow();
    if (this.key) drafts.set(this.key, this.text.value.trim() ? this.text.value : null);
    this.#typing(Boolean(this.text.value));
  }

  #grow() {
    // Through the object model: the page's policy forbids style attributes, not this.
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, 132)}px`;
    const empty = !this.text.value.trim();
    this.sendButton.hidden = empty;
    this.openers.more.hidden = !empty && !this.sendsOnEnter;
    this.on.resize();
  }

  /** Tell the shop that the buyer types, at most every 3 s, and that it is over after 4 s without a key. */
  #typing(on) {
    clearTimeout(this.typingTimer);
    const now = Date.now();
    if (!on) {
      if (this.typingSince) this.on.typing(false);
      this.typingSince = 0;
      return;
    }
    if (now - this.typingSince > TYPING_AGAIN) {
      this.typingSince = now;
      this.on.typing(true);
    }
    this.typingTimer = setTimeout(() => this.#typing(false), TYPING_OVER);
  }

  #toggle(name) {
    for (const [each, panel] of Object.entries(this.panels)) {
      panel.hidden = each !== name;
      this.openers[each].setAttribute("aria-expanded", String(each === name));
    }
    this.on.resize();
  }

  #fillEmoji() {
    for (const one of EMOJI) {
      this.panels.emoji.append(el("button", { type: "button", class: "quiet", onclick: () => this.#insert(one) }, one));
    }
  }

  #insert(one) {
    const { selectionStart: start, selectionEnd: end, value, maxLength } = this.text;
    if (value.length - (end - start) + one.length > maxLength) return;
    this.text.setRangeText(one, start, end, "end");
    this.#edited();
  }
}
