/** Parts of a page that go on: read anew every so many seconds while they say so, and only while somebody looks. */

const parts = () => document.querySelectorAll("[data-refresh][id]");

async function refresh(part) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  // A focused link must not be taken away from under the reader's fingers.
  if (!fresh || part.contains(document.activeElement)) return;
  part.replaceWith(document.adoptNode(fresh));
}

let running = false;
const due = new Map();

setInterval(async () => {
  if (running || document.hidden) return;
  running = true;
  try {
    for (const part of parts()) {
      const wait = (due.get(part.id) ?? Number(part.dataset.refresh)) - 1;
      due.set(part.id, wait > 0 ? wait : Number(part.dataset.refresh));
      if (wait <= 0) await refresh(part);
    }
  } catch {
    // No connection: the next second tries again.
  } finally {
    running = false;
  }
}, 1000);
