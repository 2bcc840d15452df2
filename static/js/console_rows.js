/** The rows that stand in view and a few around them: five hundred sessions are some thirty nodes.
 *
 * All rows of a list have one height, which CSS gives (--row). The row that has the focus stays, wherever one scrolls.
 */

const SPARE = 6;

export class Rows {
  constructor({ frame, list, build, fill }) {
    Object.assign(this, { frame, list, build, fill });
    this.rows = [];
    this.places = new Map();
    this.nodes = new Map();
    frame.addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(frame);
  }

  /** Show these rows in this order; `changed` names the ids that need filling again, null all. */
  show(rows, changed = null) {
    const focused = this.focused;
    const place = this.places.get(focused);
    this.rows = rows;
    this.places = new Map(rows.map((row, at) => [row.id, at]));
    this.height ||= this.#rowHeight();
    this.list.style.height = `${rows.length * this.height}px`;
    this.#draw(changed);
    if (focused && !this.places.has(focused) && rows.length) this.focus(rows[Math.min(place, rows.length - 1)].id);
  }

  /** Another list has come, with rows of another height. */
  reset() {
    this.height = 0;
    this.frame.scrollTop = 0;
  }

  /** Bring a row into view and give it the focus. */
  focus(id) {
    const at = this.places.get(id);
    if (at === undefined) return;
    const { frame, height } = this;
    if (at * height < frame.scrollTop) frame.scrollTop = at * height;
    else if ((at + 1) * height > frame.scrollTop + frame.clientHeight) frame.scrollTop = (at + 1) * height - frame.clientHeight;
    this.#draw(new Set());
    this.nodes.get(id)?.main.focus({ preventScroll: true });
  }

  /** The row that has the focus, or null. */
  get focused() {
    const id = Number(document.activeElement?.closest?.(".item")?.dataset.id);
    return this.nodes.has(id) ? id : null;
  }

  /** How many rows one sees at once. */
  get page() {
    return Math.max(1, Math.floor(this.frame.clientHeight / this.height) - 1);
  }

  #soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.#draw(new Set());
    });
  }

  #measure() {
    this.height = 0;
    this.show(this.rows, new Set());
  }

  #rowHeight() {
    return parseFloat(getComputedStyle(this.list).getPropertyValue("--row")) || 66;
  }

  #draw(changed) {
    const { rows, height } = this;
    const top = this.frame.scrollTop;
    const first = Math.max(0, Math.floor(top / height) - SPARE);
    const last = Math.min(rows.length, Math.ceil((top + this.frame.clientHeight) / height) + SPARE);
    const wanted = [];
    for (let at = first; at < last; at += 1) wanted.push(at);
    const kept = this.places.get(this.focused);
    if (kept < first) wanted.unshift(kept);
    else if (kept >= last) wanted.push(kept);
    this.#forget(new Set(wanted.map((at) => rows[at].id)));
    let next = this.list.firstElementChild;
    for (const at of wanted) {
      const node = this.#node(rows[at], at, changed);
      if (node.root === next) next = next.nextElementSibling;
      else this.#place(node.root, next);
    }
  }

  #forget(keep) {
    for (const [id, node] of this.nodes) {
      if (keep.has(id)) continue;
      node.root.remove();
      this.nodes.delete(id);
    }
  }

  #node(row, at, changed) {
    const known = this.nodes.get(row.id);
    const node = known ?? this.build(row.id);
    if (!known) this.nodes.set(row.id, node);
    if (!known || !changed || changed.has(row.id)) this.fill(node, row);
    if (node.at !== at || node.of !== this.rows.length || node.height !== this.height) {
      Object.assign(node, { at, of: this.rows.length, height: this.height });
      node.root.style.transform = `translateY(${at * this.height}px)`;
      node.root.setAttribute("aria-posinset", at + 1);
      node.root.setAttribute("aria-setsize", this.rows.length);
    }
    return node;
  }

  #place(root, before) {
    const focus = root.contains(document.activeElement) ? document.activeElement : null;
    this.list.insertBefore(root, before);
    focus?.focus({ preventScroll: true });
  }
}
