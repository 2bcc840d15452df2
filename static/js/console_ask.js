/** The windows behind the menu "More": why a session is marked, for how long a buyer is muted, what is reported. */

import { clockTime, h, openDialog, words } from "./console_dom.js";
import { PREVIEWS } from "./console_row.js";

const EVIDENCE = 20;

const REASONS = {
  abuse: gettext("Abuse"),
  malicious_rating: gettext("Malicious rating"),
  spam: gettext("Spam"),
  other: gettext("Other"),
};

const MINUTES = [
  [10, gettext("10 minutes")],
  [60, gettext("1 hour")],
  [480, gettext("8 hours")],
  [1440, gettext("24 hours")],
];

/** One question in a dialog; `answer()` gives what is resolved, null if the agent thought better of it. */
function ask({ title, submit, fields, answer, danger = false }) {
  return new Promise((resolve) => {
    let said = null;
    const button = h(danger ? "button.danger" : "button.primary", { type: "submit" }, submit);
    const form = h(
      "form.stack", {
        onsubmit: async (event) => {
          event.preventDefault();
          said = await answer(button);
          if (said !== undefined) dialog.close();
        },
        onkeydown: (event) => event.key === "Enter" && event.ctrlKey && form.requestSubmit(),
      },
      ...fields,
      h("div.actions", {}, h("button", { type: "button", onclick: () => dialog.close() }, gettext("Cancel")), button),
    );
    const dialog = openDialog(title, form, { onclose: () => resolve(said ?? null) });
  });
}

/** Answers the note, which may be empty, or null. */
export function askMark(row) {
  const note = h("input", { id: "mark-note", maxlength: 200, autocomplete: "off", autofocus: true, value: row.mark_note ?? "" });
  return ask({
    title: gettext("Mark with a note"),
    submit: gettext("Mark"),
    fields: [field(gettext("Note"), note, gettext("Stands in the list and between the messages; the buyer never sees it."))],
    answer: () => note.value.trim(),
  });
}

/** Answers the minutes, or null. */
export function askMute(row) {
  const minutes = h("input", { id: "mute-minutes", type: "number", min: 1, max: 1440, step: 1, required: true, value: 60, autofocus: true });
  const choices = MINUTES.map(([n, label]) => h("button.small", { type: "button", onclick: () => (minutes.value = n) }, label));
  return ask({
    title: words(gettext("Mute %(name)s"), { name: row.buyer.nickname }),
    submit: gettext("Mute the buyer"),
    fields: [
      h("p.muted", {}, gettext("The buyer cannot write to this shop meanwhile, and is told until when. You can end it at any time.")),
      field(gettext("Minutes"), minutes),
      h("div.row", {}, ...choices),
    ],
    answer: () => Number(minutes.value),
  });
}

/** Answers what `send` answered, or null; a refused report leaves the window open. */
export function askReport(row, messages, send) {
  const reason = h("select", { id: "report-reason", autofocus: true }, ...Object.entries(REASONS).map(([value, label]) => h("option", { value }, label)));
  const said = h("textarea", { id: "report-words", rows: 3, maxlength: 500 });
  const boxes = messages.slice(-60).reverse().map(pick);
  const list = h("ul.evidence", { "aria-label": gettext("Evidence") }, ...boxes.map(({ node }) => node));
  const chosen = () => boxes.filter(({ box }) => box.checked).map(({ seq }) => seq);
  const problem = h("p.notice.warn", { role: "alert", hidden: true });
  list.addEventListener("change", () => {
    const isFull = chosen().length >= EVIDENCE;
    for (const { box } of boxes) box.disabled = isFull && !box.checked;
  });
  return ask({
    title: words(gettext("Report %(name)s"), { name: row.buyer.nickname }),
    submit: gettext("Send the report"),
    danger: true,
    fields: [
      field(gettext("Reason"), reason),
      field(gettext("What happened"), said),
      h("div.field", {}, h("span.label", {}, gettext("Messages as evidence")), boxes.length ? list : h("p.muted", {}, gettext("The buyer has not written in this conversation."))),
      problem,
    ],
    answer: (button) => {
      const body = { reason: reason.value, words: said.value.trim(), evidence: chosen().sort((a, b) => a - b) };
      problem.hidden = Boolean(body.words || body.evidence.length);
      problem.textContent = gettext("Please write what happened, or pick messages.");
      return problem.hidden ? send(body, button) : undefined;
    },
  });
}

function pick({ seq, at, message }) {
  const box = h("input", { type: "checkbox", value: seq });
  const text = message.text || (PREVIEWS[`[${message.kind}]`] ?? message.kind);
  return { seq, box, node: h("li", {}, h("label.row", {}, box, h("span.evidence-text", {}, text), h("time.muted", { datetime: at }, clockTime(at)))) };
}

const field = (label, input, help = null) => h("div.field", {}, h("label", { htmlFor: input.id }, label), input, help ? h("p.help", {}, help) : null);
