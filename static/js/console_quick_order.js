/** Puts a list in another order: its handles are dragged, or moved with ↑ and ↓. Each group of lines keeps to itself. */

import { iconButton } from "./console_dom.js";

/** `onmove(id, place)` stores the new place among the others of its group and draws the list again. */
export class Order {
  constructor(list, onmove) {
    Object.assign(this, { list, onmove, dragged: null });
    list.addEventListener("dragover", (event) => this.#over(event));
    list.addEventListener("drop", (event) => this.#drop(event));
    list.addEventListener("dragend", () => this.#clear());
  }

  /** A line's handle; the line carries `data-line` (its id) and `data-group`. */
  handle(name) {
    const label = interpolate(gettext("Move %(name)s: drag, or ↑ ↓"), { name }, true);
    const button = iconButton("grip", label, () => {}, { draggable: "true", onkeydown: (event) => this.#key(event) });
    button.classList.add("grip");
    button.addEventListener("dragstart", (event) => {
      this.dragged = button.closest("li");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", name);
      event.dataTransfer.setDragImage(this.dragged, 0, 0);
    });
    return button;
  }

  #group(line) {
    return [...this.list.children].filter((one) => one.dataset.group === line.dataset.group);
  }

  async #key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const line = event.target.closest("li");
    const all = this.#group(line);
    const place = all.indexOf(line) + step;
    if (place >= 0 && place < all.length) await this.#move(line, place);
  }

  /** The dragged line stands before or after the one that the pointer is on. */
  #over(event) {
    const line = event.target.closest("li");
    if (!this.dragged || line?.dataset.group !== this.dragged.dataset.group) return;
    event.preventDefault();
    if (line === this.dragged) return;
    const box = line.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) line.before(this.dragged);
    else line.after(this.dragged);
  }

  #drop(event) {
    const line = this.dragged;
    if (!line) return;
    event.preventDefault();
    this.dragged = null;
    this.#move(line, this.#group(line).indexOf(line));
  }

  /** Let go outside of the list: the order is what it was. */
  #clear() {
    if (!this.dragged) return;
    this.dragged = null;
    this.onmove(null, 0);
  }

  async #move(line, place) {
    const { line: id } = line.dataset;
    await this.onmove(Number(id), place);
    this.list.querySelector(`[data-line="${id}"] .grip`)?.focus();
  }
}
