/** The page that stands in for the console without a connection: says so, counts what is kept, comes back by itself. */

const EVERY = 5000;
const unsent = document.getElementById("unsent");

function entries() {
  return new Promise((resolve) => {
    const request = indexedDB.open("outbox", 1);
    request.onupgradeneeded = () => request.transaction.abort(); // there is none, and we make none
    request.onerror = () => resolve([]);
    request.onsuccess = () => {
      const all = request.result.transaction("entries").objectStore("entries").getAll();
      all.onsuccess = () => resolve(all.result.filter((entry) => entry.outbox.startsWith("agent:")));
      all.onerror = () => resolve([]);
    };
  });
}

async function count() {
  const n = (await entries().catch(() => [])).length;
  unsent.hidden = n === 0;
  unsent.textContent = interpolate(ngettext("%(n)s message is kept and will be sent.", "%(n)s messages are kept and will be sent.", n), { n }, true);
}

async function tryAgain() {
  const answer = await fetch("/health/live", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
}

document.getElementById("again").addEventListener("click", () => location.reload());
addEventListener("online", tryAgain);
setInterval(tryAgain, EVERY);
count();
