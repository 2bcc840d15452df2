/** Business hours: several periods a day, taken away or copied to all days. Without it each day keeps those it has. */

const EMPTY = ["", ""];

for (const button of document.querySelectorAll("[data-add], [data-drop], [data-copy-day]")) button.hidden = false;

function inputs(box) {
  return [...box.querySelectorAll("input")];
}

function periods(box) {
  return [...box.querySelectorAll(".period")];
}

function fill(period, values) {
  inputs(period).forEach((input, place) => {
    input.value = values[place] ?? "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  });
  return period;
}

/** Add a period behind the others; a day may have only so many. */
function add(box, values = EMPTY) {
  const all = periods(box);
  const button = box.querySelector("[data-add]");
  if (all.length >= Number(button.dataset.add)) return null;
  const made = fill(all[0].cloneNode(true), values);
  all.at(-1).after(made);
  bound(box);
  return made;
}

function bound(box) {
  const button = box.querySelector("[data-add]");
  button.disabled = periods(box).length >= Number(button.dataset.add);
}

/** The last one stays and is emptied: the day is closed then. */
function drop(box, period) {
  const all = periods(box);
  const next = all[all.indexOf(period) + 1] ?? all[all.indexOf(period) - 1];
  if (next) period.remove();
  else fill(period, EMPTY);
  bound(box);
  inputs(next ?? period)[0].focus();
}

function copy(from) {
  const said = periods(from).map((one) => inputs(one).map((input) => input.value));
  for (const box of document.querySelectorAll("#days .periods")) {
    if (box === from) continue;
    periods(box).slice(1).forEach((one) => one.remove());
    fill(periods(box)[0], said[0]);
    said.slice(1).forEach((values) => relabel(box, add(box, values)));
    bound(box);
  }
}

/** A copy keeps the names of the day that it stands in. */
function relabel(box, made) {
  const first = inputs(periods(box)[0]);
  inputs(made).forEach((input, place) => {
    input.name = first[place].name;
    input.setAttribute("aria-label", first[place].getAttribute("aria-label"));
  });
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(".hours-day, fieldset")?.querySelector(".periods");
  if (!box) return;
  if (event.target.closest("[data-add]")) {
    const made = add(box);
    if (made) inputs(made)[0].focus();
  } else if (event.target.closest("[data-drop]")) drop(box, event.target.closest(".period"));
  else if (event.target.closest("[data-copy-day]")) copy(box);
});

/** What a choice makes pointless is hidden. */
function follow(name, value, part) {
  const show = () => {
    part.hidden = document.querySelector(`input[name=${name}]:checked`).value !== value;
  };
  for (const one of document.querySelectorAll(`input[name=${name}]`)) one.addEventListener("change", show);
  show();
}

follow("mode", "week", document.getElementById("days"));
follow("kind", "own", document.getElementById("own-hours"));
document.querySelector("[aria-invalid=true]")?.focus();
