/** Small helpers for building pages: elements, icons, times, toasts, dialogs. Text goes in as text only. */

const ICONS = document.getElementById("desk")?.dataset.icons ?? "";
const LANG = document.documentElement.lang || "en";
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "className", "tabIndex", "htmlFor"]);

/** Build an element: `h("p.muted", { title: "…", onclick: f }, "text", child)`. */
export function h(spec, props = {}, ...kids) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...kids.flat().filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

/** A button that shows only an icon, with its name for everybody else. */
export function iconButton(name, label, onclick, more = {}) {
  return h("button.icon-button", { type: "button", title: label, "aria-label": label, onclick, ...more }, icon(name));
}

/** A colleague's picture beside the name; the first letter where there is none, or where its link has run out. */
export function face(name, picture = "") {
  const letter = () => h("span.avatar", { "aria-hidden": "true" }, [...name][0] ?? "?");
  if (!picture) return letter();
  const image = h("img.avatar", { src: picture, alt: "", onerror: () => image.replaceWith(letter()) });
  return image;
}

/** Write only what changed: most rows are the same from one second to the next. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function words(template, values) {
  return interpolate(template, values, true);
}

const TIME = new Intl.DateTimeFormat(LANG, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(LANG, { month: "short", day: "numeric" });
const FULL = new Intl.DateTimeFormat(LANG, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const DATE = new Intl.DateTimeFormat(LANG, { dateStyle: "medium" });

/** Today the time, else the day. */
export function shortTime(iso) {
  const at = new Date(iso);
  return at.toDateString() === new Date().toDateString() ? TIME.format(at) : DAY.format(at);
}

export const clockTime = (iso) => TIME.format(new Date(iso));
export const fullTime = (iso) => FULL.format(new Date(iso));
export const fullDate = (iso) => DATE.format(new Date(iso));

/** How long somebody has been waiting, roughly. */
export function span(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return gettext("< 1 min");
  if (minutes < 60) return words(gettext("%(n)s min"), { n: minutes });
  if (minutes < 48 * 60) return words(gettext("%(n)s h"), { n: Math.floor(minutes / 60) });
  return words(gettext("%(n)s days"), { n: Math.floor(minutes / 1440) });
}

/** A running clock: 04:09, or 1:02:33. */
export function stopwatch(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest}`;
}

export function money(amount, currency) {
  try {
    return new Intl.NumberFormat(LANG, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** Say something in words, for a few seconds; problems stay longer and interrupt a screen reader. */
export function toast(text, kind = "ok", undo = null) {
  const region = document.getElementById(kind === "ok" ? "toasts" : "alerts");
  const note = h(`p.toast.notice.${kind}`, {}, text);
  if (undo) {
    const onclick = () => {
      note.remove();
      undo();
    };
    note.append(h("button.small", { type: "button", onclick }, gettext("Undo")));
  }
  region.append(note);
  setTimeout(() => note.remove(), undo ? 6000 : kind === "ok" ? 4000 : 9000);
}

/** Tell what went wrong: the server's own words where it gave some. */
export function explain(error) {
  if (error.status === 401 || error.code === "left") return; // said elsewhere: signed_out.js, or the session went
  if (error.code === "offline") toast(gettext("No connection. Please try again when you are online."), "danger");
  else toast(error.detail || gettext("That did not work. Please try again."), "danger");
}

/** Open a modal dialog, which the browser keeps the focus in; it leaves the page when closed. */
export function openDialog(title, content, { onclose = () => {}, className = "" } = {}) {
  const id = `dialog-${Date.now()}`;
  const close = iconButton("close", gettext("Close this window"), () => dialog.close());
  const head = h("div.spread", {}, h("h2", { id }, title), close);
  const dialog = h("dialog.dialog", { "aria-labelledby": id }, h("div.stack", {}, head, content));
  if (className) dialog.classList.add(className);
  dialog.addEventListener("close", () => {
    dialog.remove();
    onclose();
  });
  document.body.append(dialog);
  dialog.showModal();
  content.querySelector("[autofocus], input, textarea, select")?.focus();
  return dialog;
}

/** Run an action from a button once: disabled until it is done, problems told in words. */
export async function once(button, action) {
  if (button?.disabled) return undefined;
  if (button) button.disabled = true;
  try {
    return await action();
  } catch (error) {
    explain(error);
    return undefined;
  } finally {
    if (button) button.disabled = false;
  }
}
