/** Mask what a locked screen should not show of a person in a notification: the page's side of lib/redacting.py. */

const NUMBER = /(?<![A-Za-z0-9_])\+?\(?\d(?:[ .()\-]{0,2}\d){7,21}[Xx]?(?![A-Za-z0-9_])/g;
const EMAIL = /([\w.+-])[\w.+-]{0,63}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})/g;
// A number after such words is the shop's, and of use to who is told.
const ORDER = /(?:订单|单号|运单|快递|编号|order|parcel|tracking|invoice|sku|no\.|#|đơn|vận|คำสั่งซื้อ|พัสดุ|pesanan|resi)[^\p{L}\d]{0,3}(?:号码?|number|no\.?|id|hàng|mã|เลขที่|nomor)?[^\p{L}\d]{0,3}$/iu;
const MOMENT = /^(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?!\d)/;
const PHONE = /^(?:(?:86)?1[3-9]\d{9}|0\d{2,3}\d{7,8}|0[35789]\d{8}|0[689]\d{8}|08\d{8,11}|07\d{9}|(?:84|66|62|44|65|60|63)\d{8,11})$/;
const GROUPED = /^\(?\d{2,4}\)?[ .\-]\d{3,4}[ .\-]\d{3,4}$/; // (555) 123-4567
const CARD = /^(?:4|5[1-5]|2[2-7]|62|35|34|37|60|81)\d+$/;
// Identity numbers with the day in them: China, Indonesia; and Viet Nam's.
const IDENTITY = /^(?:[1-6]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]|[1-9]\d{5}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}|0\d{2}[0-3]\d{8})$/;
const STREET = new RegExp(
  "(?:[\\u4e00-\\u9fff]{2,10}?[省市区县镇乡])?[\\u4e00-\\u9fff]{2,10}(?:路|街|巷|弄|大道|胡同|小区|花园|苑)\\s*\\d{1,5}\\s*(?:号|弄|栋|幢)(?:\\s*\\d{1,4}\\s*(?:号楼|号|栋|幢|座|单元|室|层|楼)?){0,4}" +
    "|\\b\\d{1,5}[a-z]?(?: [A-Z][\\w'.-]{1,20}){1,3} (?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Court|Boulevard|Close)\\b" +
    "|(?:Jalan|Jl\\.?|Đường|đường|Phố|phố|ถนน|ซอย)\\s?[^\\n,.!?;]{2,30}?\\s?\\d{1,5}",
  "gu",
);

/** Mask e-mail addresses, phone, identity and card numbers and street addresses; order numbers stay. */
export function veil(text) {
  return text
    .replace(EMAIL, "$1***@$2")
    .replace(NUMBER, (said, at) => number(said, text.slice(Math.max(0, at - 24), at)))
    .replace(STREET, (said) => `${said.slice(0, 3)}***`);
}

function number(said, before) {
  const digits = said.replace(/[^\dXx]/g, "");
  if (MOMENT.test(said)) return said;
  const isOrder = ORDER.test(before);
  if (IDENTITY.test(digits) || isThai(digits)) return stars(said, digits.length, 0, 4);
  if (isCard(digits)) return isOrder ? said : stars(said, digits.length, 0, 4);
  const isPhone = said.startsWith("+") || PHONE.test(digits) || (digits.length <= 12 && GROUPED.test(said));
  return isPhone && !isOrder ? stars(said, digits.length, 3, 2) : said;
}

function isThai(digits) {
  if (!/^[1-8]\d{12}$/.test(digits)) return false;
  const total = [...digits.slice(0, 12)].reduce((sum, one, place) => sum + Number(one) * (13 - place), 0);
  return (11 - (total % 11)) % 10 === Number(digits[12]);
}

/** A known beginning, a known length, and Luhn's check digit. */
function isCard(digits) {
  if (![15, 16, 19].includes(digits.length) || !CARD.test(digits)) return false;
  const doubled = [...digits].reverse().map((one, place) => Number(one) * (place % 2 ? 2 : 1));
  return doubled.reduce((sum, one) => sum + (one > 9 ? one - 9 : one), 0) % 10 === 0;
}

/** Put stars for the digits between; the signs between them stay. */
function stars(said, count, first, last) {
  let place = -1;
  return said.replace(/[\dXx]/g, (sign) => {
    place += 1;
    return place < first || place >= count - last ? sign : "*";
  });
}
