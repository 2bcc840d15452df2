/** Small tools of the buyer's page: elements from values (text only, never markup), icons, money and times. */

const SVG = "http://www.w3.org/2000/svg";
const language = document.documentElement.lang || "en";

/** Make an element; `on…` props are listeners, `class`, `dataset` and attributes as named; children are text or nodes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** A round picture of who speaks, or its first letter where there is none any more. */
export function face(name, picture = "") {
  const letter = () => el("span", { class: "avatar", "aria-hidden": "true" }, [...name][0] ?? "");
  if (!picture) return letter();
  const image = el("img", { class: "avatar", src: picture, alt: "", onerror: () => image.replaceWith(letter()) });
  return image;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A template with named places, such as "%(agent)s is typing…". */
export function fill(template, values) {
  return interpolate(template, values, true);
}

export function money(amount, currency) {
  try {
    return new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(Number(amount));
  } catch {
    return `${currency} ${amount}`;
  }
}

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
const monthDay = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
const weekDay = new Intl.DateTimeFormat(language, { weekday: "short", month: "short", day: "numeric" });
const fullDay = new Intl.DateTimeFormat(language, { year: "numeric", month: "short", day: "numeric" });

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** "14:03" today, "Yesterday 14:03", "Nov 3 14:03", with the year when it is another one. */
export function moment(text) {
  const date = new Date(text);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return clock.format(date);
  if (days === 1) return `${gettext("Yesterday")} ${clock.format(date)}`;
  const day = date.getFullYear() === now.getFullYear() ? monthDay : fullDay;
  return `${day.format(date)} ${clock.format(date)}`;
}

/** A time to come, as people say it: "today at 18:00", "tomorrow at 09:00", "Mon, Nov 30, 09:00". */
export function coming(text) {
  const date = new Date(text);
  const days = Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
  if (days === 0) return fill(gettext("today at %(time)s"), { time: clock.format(date) });
  if (days === 1) return fill(gettext("tomorrow at %(time)s"), { time: clock.format(date) });
  return `${weekDay.format(date)} ${clock.format(date)}`;
}

export function sameDay(a, b) {
  return midnight(new Date(a)) === midnight(new Date(b));
}

/** Call `work` once, `delay` ms after the first call of a burst. */
export function soon(delay, work) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, delay);
  };
}

/** Storage that may be forbidden: reading answers null, writing does nothing. */
export function kept(storage) {
  return {
    get(key) {
      try {
        return JSON.parse(globalThis[storage].getItem(key));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        if (value === null) globalThis[storage].removeItem(key);
        else globalThis[storage].setItem(key, JSON.stringify(value));
      } catch {
        // forbidden or full: the page works without
      }
    },
  };
}
