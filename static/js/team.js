/** The team page (docs/wire.md, "Sockets"): reads the whole small answer again when the desk's bell rings. */

import { get } from "./console_api.js";
import { face, fullTime, h, setText, span, stopwatch, words } from "./console_dom.js";
import { Live, socketUrl } from "./live.js";
import { afterSigningIn, signInEnded } from "./signed_out.js";

const PAUSE = 1_000; // at least, between two readings
const AGAIN = 15_000; // what messages change rings at their agent's desk only
const LITTLE = 0.8;
const NAMED = 8; // of those who are full

const desk = document.getElementById("desk");
const shop = Number(desk.dataset.shop);
const at = (id) => document.getElementById(`team-${id}`);
const rows = new Map(); // member -> its row's parts
let found = JSON.parse(at("found").textContent);
let reading = false;
let wanted = false;
let readAt = 0;
let timer = null;
let skew = 0; // the server's clock against this one

/** Read once now, or once more after what is being read; never more often than PAUSE. */
function read() {
  if (reading) wanted = true; // it may have looked before this change
  if (reading || timer) return;
  const wait = readAt + PAUSE - Date.now();
  timer = setTimeout(readNow, Math.max(0, wait));
}

async function readNow() {
  timer = null;
  reading = true;
  wanted = false;
  try {
    found = await get(`shops/${shop}/team`);
    show();
  } catch (error) {
    // The right to look is gone: the page itself says so in words.
    if (error.status === 403 || error.status === 404) location.reload();
  } finally {
    reading = false;
    readAt = Date.now();
    if (wanted) read();
  }
}

function show() {
  skew = Date.parse(found.now) - Date.now();
  showWarnings();
  showSums();
  showRows();
}

function showWarnings() {
  const { nobody, waiting, full } = found.warnings;
  const said = [];
  if (nobody) said.push(["danger", gettext("Nobody is available: every agent is offline, on a break, not accepting or full.")]);
  if (waiting) said.push(["danger", words(ngettext("%(n)s conversation waits unassigned.", "%(n)s conversations wait unassigned.", found.queue.waiting), { n: found.queue.waiting })]);
  if (full.length) said.push(["warn", words(gettext("At full capacity: %(names)s"), { names: listed(full) })]);
  // An alert is read aloud when it changes: what is said already stays as it is.
  const box = at("warnings");
  said.forEach(([kind, text], place) => {
    const note = box.children[place] ?? box.appendChild(h("p"));
    note.className = `notice ${kind}`;
    setText(note, text);
  });
  while (box.children.length > said.length) box.lastChild.remove();
}

function listed(members) {
  const names = members.slice(0, NAMED).map((one) => one.nickname).join(gettext(", "));
  return members.length > NAMED ? words(gettext("%(names)s and %(n)s more"), { names, n: members.length - NAMED }) : names;
}

function showSums() {
  const agents = found.agents;
  const online = agents.filter((one) => one.online);
  const sum = (list, name) => list.reduce((all, one) => all + one[name], 0);
  const room = sum(online, "capacity");
  const waits = sum(agents, "unreplied");
  const oldest = found.queue.oldest ? span(now() - Date.parse(found.queue.oldest)) : "";
  fill([
    [gettext("Online"), online.length, ` / ${agents.length}`],
    [gettext("Available"), found.available, "", found.warnings.nobody],
    [gettext("Load of those online"), sum(online, "load"), ` / ${room}`],
    [gettext("Unassigned"), found.queue.waiting, oldest && ` · ${oldest}`, found.warnings.waiting],
    [gettext("Unreplied"), waits, ""],
    [gettext("Business hours"), found.open ? gettext("open") : gettext("closed"), found.opens_at ? ` · ${words(gettext("opens %(time)s"), { time: fullTime(found.opens_at) })}` : ""],
  ]);
}

function fill(sums) {
  const list = at("sums");
  sums.forEach(([name, value, more, bad = false], place) => {
    const one = list.children[place] ?? list.appendChild(h("div", {}, h("dt", {}, name), h("dd", {}, h("b"), h("span"))));
    const dd = one.lastChild;
    dd.className = bad ? "some" : "";
    setText(dd.firstChild, String(value));
    setText(dd.lastChild, more || "");
  });
}

/** Who is here first, then by name: rows stay where they are while their figures move. */
function showRows() {
  const onlyOnline = at("online").checked;
  const shown = found.agents.filter((one) => one.online || !onlyOnline).sort((a, b) => b.online - a.online);
  const body = at("rows");
  const ids = new Set(shown.map((one) => one.id));
  for (const [id, row] of rows) {
    if (ids.has(id)) continue;
    row.node.remove();
    rows.delete(id);
  }
  shown.forEach((one, place) => {
    const row = rows.get(one.id) ?? newRow(one);
    update(row, one);
    if (body.children[place] !== row.node) body.insertBefore(row.node, body.children[place] ?? null);
  });
  at("none").hidden = shown.length > 0;
}

function newRow(one) {
  const accounts = desk.dataset.accounts;
  const name = accounts ? h("a", { href: `${accounts}${one.id}/` }) : h("span");
  const row = { name, state: h("span.badge"), since: h("span.since"), accepting: h("span"), load: h("span"), saturation: bar(), received: h("span"), unreplied: h("span") };
  row.node = h(
    "tr", {},
    h("th", { scope: "row" }, h("span.row", {}, face(one.nickname, one.avatar), name)),
    h("td", {}, row.state, " ", row.since),
    h("td", {}, row.accepting),
    h("td.num", {}, row.load),
    h("td", {}, row.saturation.node),
    h("td.num", {}, row.received),
    h("td.num", {}, row.unreplied),
  );
  rows.set(one.id, row);
  return row;
}

function update(row, one) {
  const away = one.on_break && one.online;
  setText(row.name, one.nickname);
  row.state.className = `badge${!one.online ? "" : away ? " warn" : " ok"}`;
  setText(row.state, !one.online ? gettext("Offline") : away ? gettext("On a break") : gettext("Online"));
  row.one = one;
  showSince(row);
  setText(row.accepting, one.accepting ? gettext("on") : gettext("off"));
  row.accepting.className = one.accepting ? "" : "muted";
  setText(row.load, `${one.load} / ${one.capacity}`);
  row.saturation.show(one.saturation);
  setText(row.received, String(one.received_today));
  setText(row.unreplied, String(one.unreplied));
  row.unreplied.className = one.unreplied ? "some" : "";
  row.node.className = one.online ? "" : "away";
}

function showSince({ since, one }) {
  const reason = one.online && one.on_break && one.break_reason ? `${one.break_reason} · ` : "";
  setText(since, one.since ? reason + stretch(now() - Date.parse(one.since), one.online) : reason);
}

/** Running for who is here; roughly for who is away. */
const stretch = (length, exact) => (exact && length < 3_600_000 ? stopwatch(length) : span(length));

function bar() {
  const NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg");
  const rect = document.createElementNS(NS, "rect");
  for (const [name, value] of Object.entries({ viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
  rect.setAttribute("height", "8");
  svg.append(rect);
  const text = h("span.num");
  const node = h("div.fill", {}, svg, text);
  const show = (share) => {
    rect.setAttribute("width", String(Math.min(100, Math.round(share * 100))));
    node.className = `fill${share >= 1 ? " full" : share >= LITTLE ? " little" : ""}`;
    setText(text, `${Math.floor(share * 100)} %`);
  };
  return { node, show };
}

const now = () => Date.now() + skew;

const STATES = {
  connecting: ["", gettext("Connecting …")],
  online: ["", gettext("Live")],
  offline: ["off", gettext("Reconnecting: the figures may be a little old.")],
  closed: ["off", gettext("No longer live. Load the page anew.")],
};

function tell(state, code) {
  const [kind, text] = STATES[state];
  at("live").className = `team-live muted ${kind}`;
  setText(at("live"), text);
  if (state === "closed" && code === 4401) signInEnded();
  if (state === "closed" || state === "online") read(); // a right that is gone shows there
}

show();
const live = new Live({ url: socketUrl(`/ws/team/${shop}/`), hello: () => ({ type: "resume" }), onframe: (frame) => frame.type === "team" && read(), onstate: tell });
afterSigningIn(() => live.open());
at("online").addEventListener("change", showRows);
setInterval(() => document.hidden || read(), AGAIN);
setInterval(() => document.hidden || rows.forEach(showSince), 1_000);
document.addEventListener("visibilitychange", () => document.hidden || read());
