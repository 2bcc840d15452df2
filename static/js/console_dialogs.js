/** What the console asks in a window of its own: a colleague, a closing sentence; and the sheet of shortcuts. */

import { get } from "./console_api.js";
import { explain, face, h, openDialog, words } from "./console_dom.js";
import { TOPICS } from "./console_entry.js";

const LONG_SILENT = 5 * 60_000;

/** Let the agent choose a colleague by nickname; answers the member (or null) and the reason. */
export function askColleague({ shop, me, title, withReason = false }) {
  return new Promise((resolve) => {
    const list = h("ul.people", {}, h("li.muted", {}, gettext("Loading…")));
    const search = h("input", { type: "search", autocomplete: "off", autofocus: true, placeholder: gettext("Nickname"), "aria-label": gettext("Search by nickname") });
    const reason = h("input", { maxlength: 200, autocomplete: "off", placeholder: gettext("Reason, for the colleague (optional)"), "aria-label": gettext("Reason for the transfer") });
    let people = [];
    let chosen = null;
    const choose = (member) => {
      chosen = member;
      dialog.close();
    };
    const render = () => {
      const query = search.value.trim().toLowerCase();
      const found = people.filter((member) => member.nickname.toLowerCase().includes(query));
      list.replaceChildren(...found.map((member) => h("li", {}, personButton(member, () => choose(member)))));
      if (!found.length) list.append(h("li.muted", {}, query ? gettext("Nobody has this nickname.") : gettext("There is no other agent in this shop.")));
    };
    search.addEventListener("input", render);
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      event.preventDefault(); // else the same key presses what gets the focus back
      const first = list.querySelector("button");
      if (event.key === "Enter") first?.click();
      else first?.focus();
    });
    list.addEventListener("keydown", moveInList);
    const dialog = openDialog(title, h("div.stack", {}, withReason ? reason : null, search, list), { onclose: () => resolve({ member: chosen, reason: reason.value.trim() }) });
    get(`shops/${shop}/members`).then(
      (page) => {
        people = page.results.filter((member) => member.id !== me).sort(byAvailability);
        render();
      },
      (error) => {
        explain(error);
        dialog.close();
      },
    );
  });
}

function byAvailability(a, b) {
  const rank = (member) => (member.online ? 0 : 2) + (member.accepting ? 0 : 1);
  return rank(a) - rank(b) || a.nickname.localeCompare(b.nickname);
}

const ROOM = { free: ["ok", gettext("Has room")], little: ["warn", gettext("Nearly full")], full: ["danger", gettext("Full")] };

function personButton(member, onclick) {
  const state = !member.online ? ["", gettext("Offline")] : member.on_break ? ["warn", member.break_reason ? words(gettext("On a break: %(reason)s"), { reason: member.break_reason }) : gettext("On a break")] : member.accepting ? ["ok", gettext("Accepting")] : ["warn", gettext("Not accepting")];
  return h(
    "button.person", { type: "button", onclick },
    face(member.nickname, member.avatar),
    h("span.person-name", {}, member.nickname),
    member.capacity ? h("span.muted", {}, `${member.load ?? 0} / ${member.capacity}`) : null,
    // Who may not see the load itself (A4) sees at least whether there is room.
    member.online && (member.room !== "free" || !member.capacity) ? h(`span.badge.${ROOM[member.room][0]}`, {}, ROOM[member.room][1]) : null,
    h(state[0] ? `span.badge.${state[0]}` : "span.badge", {}, state[1]),
  );
}

function moveInList(event) {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (!step) return;
  event.preventDefault();
  event.target.closest("li")?.[step]?.querySelector("button")?.focus();
}

const CHOICES = { "": gettext("As proposed"), ...TOPICS };

function unanswered(row, hasOnlyGreeted) {
  if (row.waiting_since) return h("p.notice.warn", {}, gettext("The buyer's last message has not been answered yet."));
  return hasOnlyGreeted ? h("p.notice.warn", {}, gettext("The buyer got only a greeting so far, no answer.")) : null;
}

/** Ask before closing; answers the body of the call (closing sentence, topic), or null when the agent thought better of it. */
export function askClose(row, now, proposed, hasOnlyGreeted = false) {
  return new Promise((resolve) => {
    const proposal = gettext("Thank you for contacting us. If there is anything else, just write to us again. Have a nice day!");
    const isSilent = row.last_sender !== "buyer" && now - Date.parse(row.last_message_at) > LONG_SILENT;
    let answer = null;
    const send = h("input", { type: "checkbox", id: "closing-send", checked: isSilent });
    const text = h("textarea", { id: "closing-text", maxlength: 2000, rows: 3, "aria-label": gettext("Closing sentence"), value: proposal });
    const field = h("div.field", { hidden: !isSilent }, text);
    send.addEventListener("change", () => {
      field.hidden = !send.checked;
      if (send.checked) text.focus();
    });
    const topic = h("select", { id: "closing-topic" }, ...Object.entries(CHOICES).map(([value, label]) => h("option", { value }, label)));
    proposed.then((found) => {
      if (found && !topic.value) topic.value = found.topic || found.proposed;
    });
    const notice = unanswered(row, hasOnlyGreeted);
    const form = h(
      "form.stack", {
        onsubmit: (event) => {
          event.preventDefault();
          const sentence = send.checked ? text.value.trim() : "";
          answer = { ...(sentence ? { text: sentence } : {}), ...(topic.value ? { topic: topic.value } : {}) };
          dialog.close();
        },
        onkeydown: (event) => event.key === "Enter" && event.ctrlKey && form.requestSubmit(),
      },
      h("p", {}, words(gettext("The conversation with %(name)s goes to the history and frees a place."), { name: row.buyer.nickname })),
      notice,
      h("div.field", {}, h("label", { htmlFor: "closing-topic" }, gettext("Topic")), topic),
      h("label.row", {}, send, gettext("Send a closing sentence")),
      field,
      h("div.actions", {}, h("button", { type: "button", onclick: () => dialog.close() }, gettext("Cancel")), h("button.primary", { type: "submit", autofocus: true }, gettext("Close the conversation"))),
    );
    const dialog = openDialog(gettext("Close the conversation?"), form, { onclose: () => resolve(answer) });
    form.querySelector("button[type=submit]").focus();
  });
}

/** Let the agent change how many conversations it takes at most; `save(n)` answers whether it was stored. */
export function askCapacity(state, save) {
  const help = [words(gettext("Between %(min)s and %(max)s."), { min: state.capacity_min, max: state.capacity_max })];
  if (state.capacity_advised) help.push(words(gettext("Advised: at least %(n)s."), { n: state.capacity_advised }));
  const input = h("input", { type: "number", id: "capacity-value", min: state.capacity_min, max: state.capacity_max, step: 1, required: true, value: state.capacity, "aria-describedby": "capacity-help" });
  const button = h("button.primary", { type: "submit" }, gettext("Save"));
  const form = h(
    "form.stack", {
      onsubmit: async (event) => {
        event.preventDefault();
        if (await save(Number(input.value), button)) dialog.close();
      },
    },
    h("div.field", {}, h("label", { htmlFor: "capacity-value" }, gettext("Most conversations at a time")), input, h("p.help", { id: "capacity-help" }, help.join(" "))),
    h("p.muted", {}, gettext("New conversations are given to you until you have this many. Colleagues may still hand you more.")),
    h("div.actions", {}, h("button", { type: "button", onclick: () => dialog.close() }, gettext("Cancel")), button),
  );
  const dialog = openDialog(gettext("Capacity"), form);
  input.select();
}

export function showShortcuts() {
  const keys = [
    ["↑ ↓ / k j", gettext("Move in the list")],
    ["Enter", gettext("Open the conversation; in Unassigned: take it")],
    ["Esc", gettext("Back to the list")],
    ["/", gettext("Search")],
    ["1 2 3", gettext("In progress, unassigned, history")],
    ["Enter", gettext("In the message box: send")],
    ["Shift + Enter", gettext("In the message box: new line")],
    ["/", gettext("In the message box: quick replies")],
    ["Alt + M", gettext("Mark or unmark")],
    ["Alt + Shift + M", gettext("Mark with a note")],
    ["Alt + U", gettext("Mute the buyer, or let the buyer write again")],
    ["Alt + C", gettext("Send the question that is proposed")],
    ["Alt + 1 … 3", gettext("Put a suggested reply into the box")],
    ["Alt + 4", gettext("Put the reply that the language model wrote into the box")],
    ["Alt + R", gettext("Report the buyer")],
    ["Alt + T", gettext("Transfer")],
    ["Alt + W", gettext("Close the conversation")],
    ["?", gettext("This sheet")],
  ];
  const table = h("table.table", {}, h("tbody", {}, ...keys.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, what)))));
  openDialog(gettext("Keyboard shortcuts"), table);
}
