/** The settings page: what this very browser allows, and a try-out. */

import { askPermission, permission, show, Sound, subscription, worker } from "./notices.js";
import { post } from "./console_api.js";

const root = document.getElementById("this-browser");
const { shop, key } = root.dataset;
const state = document.getElementById("notice-state");
const allow = document.getElementById("notice-allow");
const attempt = document.getElementById("notice-try");
const sound = new Sound();
const WORDS = {
  granted: gettext("This browser shows notifications."),
  denied: gettext("This browser blocks notifications. Click the sign beside the address to allow them."),
  default: gettext("This browser has not been asked yet."),
  unsupported: gettext("This browser has no notifications here; they need https."),
};
let registration = null;
let install = null;

function render() {
  state.textContent = WORDS[permission()];
  allow.hidden = permission() !== "default";
  attempt.hidden = false;
}

async function subscribe() {
  const body = root.dataset.push ? await subscription(registration, key) : null;
  if (body) await post(`shops/${shop}/push`, body).catch(() => {});
}

allow.addEventListener("click", async () => {
  if ((await askPermission()) === "granted") await subscribe();
  render();
});
attempt.addEventListener("click", async () => {
  await sound.allow();
  sound.play();
  await show(registration, document.title, { body: gettext("This is how a notification looks."), tag: "try", url: `/desk/${shop}/` });
});
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  install = event;
  document.getElementById("notice-install").hidden = false;
});
document.getElementById("notice-install").addEventListener("click", async ({ target }) => {
  target.hidden = true;
  await install?.prompt();
});
render();
registration = await worker("/desk/sw.js");
