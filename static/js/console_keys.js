/** The console by keyboard. Single letters work outside of fields only; in a dialog the browser's own keys rule. */

import { showShortcuts } from "./console_dialogs.js";

export function listenKeys({ inbox, chat, store, more, hints, suggest }) {
  document.getElementById("shortcuts").addEventListener("click", showShortcuts);
  document.getElementById("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "ArrowDown") inbox.move(0);
  });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey) return;
    const action = event.altKey ? withAlt(event, { chat, more, hints, suggest }) : plain(event, { inbox, chat, store });
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function withAlt(event, { chat, more, hints, suggest }) {
  const verbs = {
    KeyM: () => (event.shiftKey ? more.mark() : chat.mark()),
    Digit1: () => suggest.insert(0),
    Digit2: () => suggest.insert(1),
    Digit3: () => suggest.insert(2),
    Digit4: () => suggest.insertDraft(),
    KeyC: () => hints.propose(),
    KeyR: () => more.report(),
    KeyU: () => more.mute(),
    KeyT: () => chat.row && chat.store.isMine(chat.row) && chat.give(chat.row.id, "transfer"),
    KeyW: () => chat.close(),
  };
  return verbs[event.code];
}

function plain(event, { inbox, chat, store }) {
  const isField = event.target.matches?.("input, textarea, select");
  if (event.key === "Escape") return () => escape(event.target, inbox);
  if (isField) return null;
  const lists = { 1: "open", 2: "unassigned", 3: "history" };
  if (lists[event.key]) return () => showList(inbox, lists[event.key]);
  const isControl = event.target.closest?.("[role=tablist], .stream, .panel, [role=radiogroup]");
  const keys = {
    "/": () => inbox.focusSearch(),
    "?": showShortcuts,
    j: () => inbox.move(1),
    k: () => inbox.move(-1),
    Home: isControl ? null : () => inbox.move(-Infinity),
    End: isControl ? null : () => inbox.move(Infinity),
    PageDown: isControl ? null : () => inbox.move(inbox.page),
    PageUp: isControl ? null : () => inbox.move(-inbox.page),
    ArrowDown: isControl ? null : () => inbox.move(1),
    ArrowUp: isControl ? null : () => inbox.move(-1),
    Enter: enter(event, { inbox, chat, store }),
  };
  return keys[event.key] ?? null;
}

/** Enter on a waiting row takes it (B5); held down, it takes one only. */
function enter(event, { inbox, chat, store }) {
  const id = inbox.focused;
  if (!id || !event.target.closest(".item-main") || store.rows.get(id)?.state !== "queued") return null;
  return () => event.repeat || chat.take(id);
}

function showList(inbox, list) {
  const tab = document.querySelector(`#tabs [data-list="${list}"]`);
  if (!tab.hidden) inbox.show(list);
}

function escape(target, inbox) {
  if (target.id === "search" && target.value) {
    target.value = "";
    target.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  inbox.focus();
}
