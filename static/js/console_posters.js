/** Pictures of files that are on their way, from the file itself: made once a message, let go when it is sent. */

import { h, icon } from "./console_dom.js";

export class Posters {
  constructor() {
    this.made = new Map();
  }

  /** The node for an unsent file; the same one each time, so that a video's first frame stays while progress is drawn. */
  of(entry) {
    if (!this.made.has(entry.id)) this.made.set(entry.id, make(entry.file));
    return this.made.get(entry.id).node;
  }

  /** Let go of all but these. */
  keep(ids) {
    for (const [id, { address }] of this.made) {
      if (ids.has(id)) continue;
      URL.revokeObjectURL(address);
      this.made.delete(id);
    }
  }
}

function make(file) {
  const address = URL.createObjectURL(file);
  const name = file.name || gettext("Picture");
  const isVideo = file.type.startsWith("video/");
  const shown = isVideo
    ? h("video", { src: `${address}#t=0.1`, muted: true, playsinline: true, preload: "metadata", "aria-label": name })
    : h("img", { src: address, alt: name });
  // What this browser cannot show is still sent: its name stands alone.
  shown.addEventListener("error", () => shown.remove());
  return { address, node: h("figure.poster", {}, shown, h("figcaption", {}, icon("picture"), ` ${name}`)) };
}
