/** What both pages need to be heard: the service worker, web push, a sound of our own. */

/** Register a service worker; null where browsers have none (plain HTTP, some private windows). */
export async function worker(path) {
  if (!navigator.serviceWorker) return null;
  return navigator.serviceWorker.register(path).catch(() => null);
}

export function permission() {
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}

/** Ask the browser's leave; only ever from a click. */
export async function askPermission() {
  if (permission() === "default") await Notification.requestPermission();
  return permission();
}

/** Subscribe this browser for pushes of a server key; answers what the server wants to know of it, or null. */
export async function subscription(registration, key) {
  if (!registration?.pushManager || permission() !== "granted") return null;
  try {
    await navigator.serviceWorker.ready;
    let found = await registration.pushManager.getSubscription();
    if (found && encode(found.options.applicationServerKey) !== key) {
      await found.unsubscribe(); // the server has new keys
      found = null;
    }
    found ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = found.toJSON();
    return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } };
  } catch {
    return null; // no push service behind this browser, or it said no
  }
}

/** End the subscription of this browser; answers its address, or null. */
export async function unsubscribe(registration) {
  const found = await registration?.pushManager?.getSubscription().catch(() => null);
  if (!found) return null;
  await found.unsubscribe().catch(() => {});
  return found.endpoint;
}

/** Show a notification; a later one with the same tag takes its place. */
export async function show(registration, title, { body, tag, url, onclick }) {
  if (permission() !== "granted") return;
  const more = { body, tag, renotify: true, data: { url }, silent: true };
  if (registration?.active) {
    await registration.showNotification(title, more).catch(() => {});
    return;
  }
  const note = new Notification(title, { body, tag, silent: true });
  note.addEventListener("click", () => {
    note.close();
    onclick?.();
  });
}

/** Two soft tones, made here: no file to load. */
export class Sound {
  constructor() {
    this.context = null;
    const wake = () => this.allow();
    // Browsers keep pages silent until the first click or key.
    addEventListener("pointerdown", wake, { once: true, capture: true });
    addEventListener("keydown", wake, { once: true, capture: true });
  }

  allow() {
    this.context ??= "AudioContext" in globalThis ? new AudioContext() : null;
    return this.context?.resume().catch(() => {});
  }

  /** Play; false where the browser still holds it back. */
  play() {
    const { context } = this;
    if (context?.state !== "running") return false;
    const now = context.currentTime;
    for (const [at, pitch] of [[0, 740], [0.13, 988]]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.type = "sine";
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, now + at);
      volume.gain.linearRampToValueAtTime(0.18, now + at + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.001, now + at + 0.45);
      tone.connect(volume).connect(context.destination);
      tone.start(now + at);
      tone.stop(now + at + 0.5);
    }
    return true;
  }
}

function encode(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0))));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
