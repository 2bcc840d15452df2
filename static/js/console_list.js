/** The inbox: three lists, filters with live counts, three orders, search. Only the rows in view are in the page. */

import { get } from "./console_api.js";
import { explain, h } from "./console_dom.js";
import { buildRow, fillRow } from "./console_row.js";
import { Rows } from "./console_rows.js";
import { byLatest, byQueue, byUrgency, byWaiting, FILTERS } from "./console_store.js";

const SEARCH_DELAY = 250;
const TICK = 5_000;
const SORTS = ["waiting", "latest", "urgent"];

export class Inbox {
  constructor({ shop, store, sync, onopen, onclear, ontake, onassign }) {
    Object.assign(this, { shop, store, sync, onopen, onclear, ontake, onassign });
    this.list = "open";
    this.filter = "all";
    this.sort = SORTS.find((name) => name === localStorage.getItem("desk-sort")) ?? SORTS[0];
    this.query = "";
    this.found = null;
    this.historyNext = "";
    this.rowsNode = document.getElementById("rows");
    this.frame = document.getElementById("rows-frame");
    this.emptyNode = document.getElementById("rows-empty");
    this.searchNode = document.getElementById("search");
    this.moreNode = h("button.more", { type: "button", onclick: () => this.#loadMore() }, gettext("Show more"));
    this.frame.append(this.moreNode);
    this.rows = new Rows({
      frame: this.frame,
      list: this.rowsNode,
      build: (id) => buildRow(id, { onopen: (row) => this.#open(row), ontake, onassign }),
      fill: (node, row) => fillRow(node, row, this.store, { hit: this.#hit(row.id), query: this.query }),
    });
    this.#listen();
    this.render();
  }

  /** What is shown now, in order. */
  current() {
    const { store } = this;
    if (this.query) return (this.found ?? []).map((row) => store.rows.get(row.id) ?? row).filter((row) => this.#belongs(row));
    if (this.list === "unassigned") return store.queued().sort(byQueue);
    if (this.list === "history") return store.closed().sort(byLatest);
    const now = store.now();
    const test = FILTERS[this.filter];
    // The one being answered stays in view although reading it has just taken it out of "unread".
    const rows = store.open().filter((row) => test(row, now) || (this.filter !== "all" && row.id === store.selected));
    return rows.sort({ waiting: byWaiting, latest: byLatest, urgent: byUrgency(now, store.upset) }[this.sort]);
  }

  show(list) {
    if (this.list === list) return;
    this.list = list;
    for (const tab of document.querySelectorAll("#tabs [role=tab]")) {
      const chosen = tab.dataset.list === list;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) this.frame.setAttribute("aria-labelledby", tab.id);
    }
    document.getElementById("tools").hidden = list !== "open";
    this.rowsNode.classList.toggle("waiting", list === "unassigned");
    this.rows.reset();
    if (list === "history") this.#loadHistory();
    if (this.query) this.#search();
    this.render();
  }

  /** Move the focus up or down the list, from the open row if none has it. */
  move(step) {
    const ids = this.current().map((row) => row.id);
    if (!ids.length) return;
    const at = ids.indexOf(this.focused ?? this.store.selected);
    const next = at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + step));
    this.rows.focus(ids[next]);
  }

  /** How far a page of the list reaches. */
  get page() {
    return this.rows.page;
  }

  focus(id = this.focused ?? this.store.selected) {
    this.rows.focus(this.rows.places.has(id) ? id : this.rows.rows[0]?.id);
  }

  get focused() {
    return this.rows.focused;
  }

  focusSearch() {
    this.searchNode.focus();
    this.searchNode.select();
  }

  /** Bring the list to what the store says: rows that changed are rewritten, rows that moved are moved. */
  render(changed = null) {
    const rows = this.current();
    this.rows.show(rows, changed);
    this.#renderCounts();
    this.#renderEmpty(rows.length);
  }

  #hit(id) {
    return this.query ? this.found?.find((row) => row.id === id)?.found : null;
  }

  /** Open a row; one that only a search brought is taken into the store first. */
  #open(id) {
    const hit = this.#hit(id);
    const row = this.found?.find((one) => one.id === id);
    if (row && !this.store.rows.has(id)) this.store.put(withoutHit(row));
    this.onopen(id, hit ? { seq: hit.seq, words: this.query } : null);
  }

  #belongs(row) {
    if (this.list === "unassigned") return row.state === "queued";
    if (this.list === "history") return row.state === "closed";
    return this.store.isMine(row) && FILTERS[this.filter](row, this.store.now());
  }

  #renderCounts() {
    const counts = this.store.counts();
    for (const node of document.querySelectorAll("[data-count]")) {
      const value = counts[node.dataset.count];
      const isPart = node.dataset.count === "unassigned" && this.store.queueGoesOn;
      const text = value > 999 ? "999+" : isPart ? `${value}+` : String(value);
      if (node.textContent !== text) node.textContent = text;
      node.classList.toggle("some", value > 0 && ["unread", "expiring"].includes(node.dataset.count));
    }
  }

  #renderEmpty(count) {
    const loading = this.query ? this.found === null : this.list === "history" ? this.historyNext === "" : !this.store.ready;
    this.emptyNode.hidden = count > 0;
    if (!count) this.emptyNode.textContent = loading ? gettext("Loading…") : this.#emptyWords();
    this.moreNode.hidden = this.query ? !this.foundNext : this.list !== "history" || !this.historyNext;
  }

  #emptyWords() {
    if (this.query) return gettext("Nothing found. Try a part of the nickname, an order number or words from a message.");
    if (this.list === "unassigned") return gettext("Nobody is waiting for an agent.");
    if (this.list === "history") return gettext("No finished conversations yet.");
    if (this.filter !== "all") return gettext("No conversation matches this filter.");
    return gettext("No conversations in progress. New ones appear here by themselves.");
  }

  #loadHistory() {
    this.store.historyOpen = true;
    if (this.historyNext === "") this.#loadMore();
  }

  async #loadMore() {
    if (this.query) return this.#search(this.foundNext);
    if (this.loadingHistory || this.historyNext === null) return undefined;
    this.loadingHistory = true;
    try {
      const query = { list: "history", sort: "latest", cursor: this.historyNext };
      const page = await this.sync.take(() => get(`shops/${this.shop}/sessions`, query), ({ results }) => results, { history: true });
      this.historyNext = page.next;
    } catch (error) {
      explain(error);
    } finally {
      this.loadingHistory = false;
      this.render();
    }
    return undefined;
  }

  async #search(cursor = "") {
    this.searching?.abort();
    this.searching = new AbortController();
    const { signal } = this.searching;
    if (!cursor) this.found = null;
    this.render();
    try {
      const query = { list: this.list, q: this.query, cursor };
      if (this.list === "open") Object.assign(query, { filter: this.filter === "all" ? "" : this.filter, sort: this.sort });
      const kept = ({ results }) => (query.list === "history" ? [] : results.map(withoutHit));
      const page = await this.sync.take(() => get(`shops/${this.shop}/sessions`, query, { signal }), kept);
      this.found = [...(cursor ? this.found : []), ...page.results];
      this.foundNext = page.next;
      this.render();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.found ??= [];
      explain(error);
      this.render();
    }
  }

  #listen() {
    const { store } = this;
    store.on("rows", (changed) => this.render(changed));
    store.on("loaded", () => this.render());
    setInterval(() => this.render(), TICK);
    const tabs = document.getElementById("tabs");
    tabs.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) this.show(tab.dataset.list);
    });
    tabs.addEventListener("keydown", (event) => this.#moveTab(event, tabs));
    document.getElementById("filters").addEventListener("click", (event) => {
      const chip = event.target.closest(".chip");
      if (chip) this.#setFilter(chip.dataset.filter);
    });
    const sort = document.getElementById("sort");
    sort.value = this.sort;
    sort.addEventListener("change", () => {
      this.sort = sort.value;
      this.frame.scrollTop = 0;
      if (this.query) this.#search();
      localStorage.setItem("desk-sort", this.sort);
      this.render();
    });
    this.searchNode.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.#setQuery(this.searchNode.value.trim()), SEARCH_DELAY);
    });
  }

  #setFilter(filter) {
    this.filter = filter;
    this.frame.scrollTop = 0;
    for (const chip of document.querySelectorAll("#filters .chip")) {
      chip.setAttribute("aria-pressed", chip.dataset.filter === filter);
    }
    if (this.query) this.#search();
    this.render();
  }

  #setQuery(query) {
    if (query === this.query) return;
    this.query = query;
    if (query) this.#search();
    else {
      this.searching?.abort();
      this.found = null;
      this.render();
      this.onclear();
    }
  }

  #moveTab(event, tabs) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const all = [...tabs.querySelectorAll("[role=tab]:not([hidden])")];
    const next = all[(all.findIndex((tab) => tab.dataset.list === this.list) + step + all.length) % all.length];
    this.show(next.dataset.list);
    next.focus();
  }
}

/** The row as every other answer has it. */
function withoutHit({ found, ...row }) {
  return row;
}
