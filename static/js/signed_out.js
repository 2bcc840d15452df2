/** The sign-in has ended while a page stands open: nothing typed is lost, one signs in beside it and goes on. */

import { h, openDialog } from "./console_dom.js";

let dialog = null;
let isOver = false;
const known = Number(document.body.dataset.user); // who the page belongs to
const goOn = [];

/** Do something once the same person is signed in again, a socket for example. */
export function afterSigningIn(action) {
  goOn.push(action);
}

/** The user's id; null when nobody is signed in, undefined when the server did not say. */
async function whoIsHere() {
  const answer = await fetch("/api/v1/me", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.status === 401) return null;
  return answer?.ok ? (await answer.json()).user.id : undefined;
}

/** Let a form go only while somebody is signed in: sent without, it would end at the sign-in page, emptied. */
export function guard(form) {
  let isSure = false;
  form.addEventListener("submit", async (event) => {
    if (isSure) return;
    event.preventDefault();
    const user = await whoIsHere();
    if (user === null || (user && user !== known)) return askToSignIn();
    if (user) refreshForms(); // it may be a newer sign-in, in another tab
    isSure = true;
    form.requestSubmit(event.submitter);
  });
}

/** Ask to sign in again; the page behind is covered, since whoever sits here now may be somebody else. */
export function askToSignIn() {
  if (dialog) return;
  const link = h("a.button.primary", { href: "/login/", target: "_blank", rel: "noopener", autofocus: true }, gettext("Sign in in a new tab"));
  const check = h("button", { type: "button", onclick: look }, gettext("I have signed in"));
  const content = h(
    "div.stack", {},
    h("p", {}, gettext("What you have typed here stays. Sign in again in a new tab, then come back to this one and go on.")),
    h("div.actions", {}, check, link),
  );
  dialog = openDialog(gettext("You have been signed out"), content, { className: "signed-out" });
  dialog.querySelector(".icon-button").remove();
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  isOver = false;
  dialog.addEventListener("close", () => {
    dialog = null;
    if (!isOver) askToSignIn(); // browsers let a second Escape through whatever a page says
  });
}

/** A socket's sign-in has ended; the person may have signed in anew meanwhile, and goes on then without a word. */
export async function signInEnded() {
  if (!dialog && (await whoIsHere()) === known) goOn.forEach((action) => action());
  else askToSignIn();
}

/** Go on with the same person; another one gets a page of its own. */
async function look() {
  if (!dialog) return;
  const user = await whoIsHere();
  if (!user || !dialog) return;
  if (user !== known) return void location.reload();
  refreshForms();
  isOver = true;
  dialog.close();
  goOn.forEach((action) => action());
}

/** Signing in gives a new token against forgery; a form that was filled in before would be refused with the old one. */
function refreshForms() {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (token) for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

addEventListener("focus", look);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
