/** The number of unread conversations in the title, on the favicon and on the installed app's icon. */

const SIZE = 32;

export class Badge {
  constructor() {
    this.title = document.title;
    this.link = document.querySelector("link[rel=icon]");
    this.plain = this.link.href;
    this.count = 0;
  }

  show(count) {
    if (count === this.count) return;
    this.count = count;
    document.title = count ? `(${count}) ${this.title}` : this.title;
    if (navigator.setAppBadge) (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {});
    this.#draw(count);
  }

  async #draw(count) {
    if (!count) {
      this.link.type = "image/svg+xml";
      this.link.href = this.plain;
      return;
    }
    this.image ??= await load(this.plain);
    if (this.count !== count || !this.image) return;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIZE;
    const pen = canvas.getContext("2d");
    pen.drawImage(this.image, 0, 0, SIZE, SIZE);
    pen.fillStyle = "#c5221f";
    pen.beginPath();
    pen.arc(21, 11, 11, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = "#ffffff";
    pen.font = `bold ${count > 9 ? 13 : 17}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(count > 99 ? "99" : String(count), 21, 12);
    this.link.type = "image/png";
    this.link.href = canvas.toDataURL("image/png");
  }
}

function load(url) {
  return new Promise((resolve) => {
    const image = new Image(SIZE, SIZE);
    image.onload = () => resolve(image);
    image.onerror = () => resolve(null);
    image.src = url;
  });
}
