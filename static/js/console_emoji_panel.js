/** The emoji panel: search by name, the ones used last, groups; by mouse and by keys. */

import { h } from "./console_dom.js";
import { GROUPS } from "./console_emoji.js";

const RECENT = 16;
const KEPT = "desk-emoji";
const NAMES = new Map(GROUPS.flatMap((group) => group.emoji));

export class EmojiPanel {
  constructor({ button, oninsert, onclose }) {
    Object.assign(this, { button, oninsert, onclose });
    this.search = h("input", { type: "search", autocomplete: "off", placeholder: gettext("Search emoji"), "aria-label": gettext("Search emoji"), oninput: () => this.#render() });
    this.list = h("div.emoji-list");
    this.node = h(
      "div.emoji-panel", {
        id: "emoji", role: "group", "aria-label": gettext("Emoji"), hidden: true,
        onclick: (event) => this.#choose(event.target.closest("button")), onkeydown: (event) => this.#key(event),
      },
      this.search, this.list,
    );
  }

  toggle() {
    if (!this.node.hidden) return this.close(true);
    this.node.hidden = false;
    this.button.setAttribute("aria-expanded", true);
    this.search.value = "";
    this.#render();
    return this.search.focus();
  }

  close(focus = false) {
    this.node.hidden = true;
    this.button.setAttribute("aria-expanded", false);
    if (focus) this.onclose();
  }

  #render() {
    const query = this.search.value.trim().toLowerCase();
    const groups = query ? [{ name: "", emoji: [...NAMES].filter(([sign, name]) => sign === query || name.toLowerCase().includes(query)) }] : [this.#recent(), ...GROUPS];
    const shown = groups.filter((group) => group.emoji.length);
    this.list.replaceChildren(...shown.map(groupNode));
    if (!shown.length) this.list.append(h("p.muted.emoji-none", {}, gettext("No emoji has this name.")));
    this.list.scrollTop = 0;
  }

  /** What was used last in this browser, the newest first. */
  #recent() {
    const signs = (localStorage.getItem(KEPT) ?? "").split(" ").filter((sign) => NAMES.has(sign));
    return { name: gettext("Recent"), emoji: signs.map((sign) => [sign, NAMES.get(sign)]) };
  }

  #choose(button) {
    const sign = button?.dataset.sign;
    if (!sign) return;
    const others = this.#recent().emoji.map(([one]) => one).filter((one) => one !== sign);
    localStorage.setItem(KEPT, [sign, ...others].slice(0, RECENT).join(" "));
    this.oninsert(sign);
    this.close(true);
  }

  /** Enter in the search takes the first; arrows walk the grid, upwards back to the search. */
  #key(event) {
    const all = [...this.list.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") this.close(true);
    else if (event.key === "Enter" && at < 0 && !event.isComposing) this.#choose(all[0]);
    else if (event.key === "ArrowDown" && at < 0) all[0]?.focus();
    else if (at >= 0 && STEPS[event.key]) this.#walk(all, at, STEPS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #walk(all, at, [across, down]) {
    if (across) return void (all[at + across] ?? all[at]).focus();
    const box = all[at].getBoundingClientRect();
    // The nearest of the next line in the same column, whichever group it belongs to.
    const beyond = all.filter((one) => (one.getBoundingClientRect().top - box.top) * down > box.height / 2);
    if (!beyond.length) return void (down < 0 && this.search.focus());
    const line = (down > 0 ? beyond[0] : beyond.at(-1)).getBoundingClientRect().top;
    const near = (one) => Math.abs(one.getBoundingClientRect().left - box.left);
    beyond.filter((one) => one.getBoundingClientRect().top === line).sort((a, b) => near(a) - near(b))[0].focus();
  }
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function groupNode({ name, emoji }) {
  const buttons = emoji.map(([sign, title]) => h("button", { type: "button", "data-sign": sign, "aria-label": title, title }, sign));
  return h("section", {}, name ? h("h3", {}, name) : null, h("div.emoji-grid", {}, ...buttons));
}
