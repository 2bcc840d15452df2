/** Before sending (C23): the shop's forbidden words, and what leads off the platform. It warns; the agent decides. */

import { get } from "./console_api.js";
import { h, setText, words } from "./console_dom.js";

const FRESH = 300_000;

const KINDS = {
  forbidden: gettext("Forbidden in this shop: %(text)s"),
  phone: gettext("Looks like a phone number: %(text)s"),
  account: gettext("Looks like an account elsewhere: %(text)s"),
  email: gettext("Looks like an e-mail address: %(text)s"),
  link: gettext("A link away from here: %(text)s"),
  variable: gettext("Not filled in: %(text)s"),
};

const ENDS = "com|cn|net|org|top|shop|store|io|cc|xyz|vip|info|site|online|ru|uk|hk|tw";
const EMAIL = /[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+/u;
const LINK = new RegExp(`(?<![\\w@.-])(?:https?://|www\\.)[^\\s，。！？]+|(?<![\\w@.-])(?:[a-z\\d-]+\\.)+(?:${ENDS})(?![\\w-]|\\.\\w)(?:/[^\\s，。！？]*)?`, "giu");
// What is called a number of an order or a parcel is not one to call.
const OF_AN_ORDER = /(?:order|parcel|tracking|shipment|waybill|invoice|refund|case|sku|订单|单号|运单|快递|物流|售后|编号|货号|款号)[\s\p{L}]{0,14}[.:：#№\s-]*$/iu;
const TO_CALL = /(?:phone|call|tel|mobile|cell|ring|dial|text me|电话|手机|致电|拨打|联系方式|座机)[^\d+]{0,14}$/iu;
const NUMBER = /(?<![\p{Script=Latin}\d_.#-])\+?\(?\d(?:[\s().-]{0,2}\d){5,17}(?![\p{Script=Latin}\d_-]*[\d_])/gu;
const PHONES = [
  /^(?:(?:\+|00)?86)?1[3-9]\d{9}$/,
  /^\+[1-9]\d{7,14}$/,
  /^(?:400|800)\d{7}$/,
];
const WRITTEN_AS_PHONE = [/^\(?\d{3}\)?[ .-]\s?\d{3}[ .-]\d{4}$/, /^0\d{2,3}[ -]\d{7,8}$/, /^\(0\d{2,3}\)\s?\d{7,8}$/];
const ACCOUNTS = [
  /(?:微信|薇信|威信|微\s?信|wechat|weixin|(?<![a-z])(?:vx|wx|v信))(?!\s*(?:支付|付款|pay))\s*(?:号码|号|账号|帐号|id|is|no)?\s*(?:是|is)?\s*[:：=\s]*[a-z][\w-]{4,19}/iu,
  /(?:加|add)\s*(?:我|一下|下|me|us|my|our|个|你|您|on|the)*\s*(?:的)?\s*(?:微信|薇信|威信|wechat|weixin|vx|wx|v信|qq|扣扣)(?![a-z])/iu,
  /(?<![a-z])(?:qq|扣扣|企鹅)\s*(?:群|号码|号|群号|number|no|id)?\s*(?:是|is)?\s*[.:：=\s]*[1-9]\d{4,11}(?!\d)/iu,
  /(?<![a-z])(?:whats\s?app|telegram)(?![a-z])/iu,
];

/** Tell what a text has that should not be sent without a second look: `[{kind, text}]`, in the order of KINDS.
 *
 * `numbers` are order numbers, which look like phone numbers and are none; `host` is the address that is ours.
 */
export function problemsOf(said, { forbidden = [], numbers = [], host = "" } = {}) {
  let text = said.normalize("NFKC");
  const found = forbidden.filter((word) => holds(text, word.normalize("NFKC"))).map((word) => ({ kind: "forbidden", text: word }));
  for (const number of numbers) text = text.replaceAll(number, " ");
  const tell = (kind, hit) => hit && found.push({ kind, text: hit.trim() });
  tell("phone", phoneIn(text));
  tell("account", ACCOUNTS.map((pattern) => text.match(pattern)?.[0]).find(Boolean));
  tell("email", text.match(EMAIL)?.[0]);
  tell("link", (text.replace(new RegExp(EMAIL, "gu"), " ").match(LINK) ?? []).find((link) => !isOurs(link, host)));
  tell("variable", text.match(/\{(?:buyer|order|agent)\}/)?.[0]);
  return found;
}

/** A word of letters stands alone ("ass" is not in "class"); Chinese has no spaces to stand between. */
function holds(text, word) {
  const plain = word.trim().toLowerCase();
  if (!plain) return false;
  const exact = plain.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const [before, after] = [/^[\p{Script=Latin}\d]/u, /[\p{Script=Latin}\d]$/u].map((edge) => edge.test(plain));
  const alone = "[\\p{Script=Latin}\\d]";
  return new RegExp(`${before ? `(?<!${alone})` : ""}${exact}${after ? `(?!${alone})` : ""}`, "u").test(text.toLowerCase());
}

function phoneIn(text) {
  for (const hit of text.matchAll(NUMBER)) {
    const before = text.slice(Math.max(0, hit.index - 30), hit.index);
    const digits = hit[0].replace(/[^\d+]/g, "");
    const isCalled = TO_CALL.test(before) && digits.length <= 15;
    if (!isCalled && OF_AN_ORDER.test(before)) continue;
    if (isCalled || PHONES.some((one) => one.test(digits)) || WRITTEN_AS_PHONE.some((one) => one.test(hit[0]))) return hit[0];
  }
  return null;
}

function isOurs(link, host) {
  try {
    return Boolean(host) && new URL(/^https?:/i.test(link) ? link : `https://${link}`).host === host;
  } catch {
    return false;
  }
}

/** The line above the composer. */
export class Warnings {
  constructor({ shop, composer, numbers }) {
    Object.assign(this, { shop, composer, numbers });
    this.forbidden = [];
    this.readAt = 0;
    this.said = h("span");
    this.edit = h("button.small", { type: "button", onclick: () => this.#back() }, gettext("Edit"));
    const send = h("button.small", { type: "button", onclick: () => this.#sendAnyway() }, gettext("Send anyway"));
    this.line = h("div.send-warning.notice.warn.spread", { role: "alert", hidden: true, onkeydown: (event) => this.#key(event) }, this.said, h("div.row.send-choice", {}, send, this.edit));
    composer.form.before(this.line);
    composer.held = (text) => this.#holds(text);
    composer.text.addEventListener("input", () => this.hide());
    composer.text.addEventListener("focus", () => this.#read());
  }

  hide() {
    this.line.hidden = true;
  }

  #holds(text) {
    const found = problemsOf(text, { forbidden: this.forbidden, numbers: this.numbers(), host: location.host });
    this.line.hidden = !found.length;
    if (!found.length) return false;
    this.row = this.composer.row.id;
    setText(this.said, found.map(({ kind, text: hit }) => words(KINDS[kind], { text: hit })).join(" · "));
    this.edit.focus();
    return true;
  }

  #sendAnyway() {
    this.hide();
    if (this.composer.row?.id !== this.row) return;
    this.composer.send({ sure: true });
    this.composer.focus();
  }

  #back() {
    this.hide();
    this.composer.focus();
  }

  #key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.#back();
  }

  /** Read while the agent begins to write, so that sending waits for nothing. */
  async #read() {
    if (Date.now() - this.readAt < FRESH) return;
    this.readAt = Date.now();
    const answer = await get(`shops/${this.shop}/forbidden-words`).catch(() => null);
    if (answer) this.forbidden = answer.words;
    else this.readAt = 0;
  }
}
