/** The service worker of the console (/desk/) and of the buyer's page (/c/): pushes, and a shell for when one is offline.
 *
 * The server puts SHELL in front: what to keep for offline, its page first; empty for buyers.
 */
/* global SHELL */

const STORE = "shell";

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  // A page has loaded: its language may be another one, its files newer.
  if (event.data?.type === "shell") event.waitUntil(fill().catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !SHELL.length) return;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(SHELL[0])));
  else if (SHELL.includes(path)) event.respondWith(fetch(request).catch(() => kept(path)));
});

self.addEventListener("push", (event) => event.waitUntil(show(event.data ? event.data.json() : {})));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/desk/"));
});

async function fill() {
  if (!SHELL.length) return;
  const store = await caches.open(STORE);
  await store.addAll(SHELL.map((path) => new Request(path, { cache: "no-cache" })));
  const wanted = new Set(SHELL);
  for (const request of await store.keys()) if (!wanted.has(new URL(request.url).pathname)) await store.delete(request);
}

async function kept(path) {
  return (await caches.match(path)) ?? Response.error();
}

/** Show a push, unless a page of the same place is being looked at: that one tells by itself. */
async function show({ title, body, tag, url }) {
  const there = await windows(url);
  if (there.some((page) => page.visibilityState === "visible" && page.focused)) return;
  await self.registration.showNotification(title ?? "", { body, tag, renotify: Boolean(tag), icon: "/static/img/icon-192.png", data: { url } });
}

async function open(address) {
  const url = new URL(address, location.origin);
  if (url.origin !== location.origin) return;
  const [page] = await windows(address);
  if (!page) return void (await self.clients.openWindow(url.href));
  await page.focus().catch(() => {}); // a browser may forbid it; the conversation opens all the same
  page.postMessage({ type: "open", hash: url.hash });
}

async function windows(address) {
  const { pathname } = new URL(address ?? "/", location.origin);
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((page) => new URL(page.url).pathname === pathname);
}
