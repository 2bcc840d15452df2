"""Mask for good what tells of a person in a text that goes into a list, a file, a notice or a log. Pure.

Order numbers stay readable: a number is masked only where its form or its check digit says that it is a person's. What
masks so that it can be put back is lib/masking.py.
"""

import logging
import re
import unicodedata
from datetime import date

_SEP = r"[ .\-]?"
# Two of them: a number in brackets, and what stands before a number that is an order's.
_ORDER = re.compile(
    r"(?:订单|单号|运单|快递|编号|order|parcel|tracking|invoice|sku|no\.|#|đơn|vận|คำสั่งซื้อ|พัสดุ|pesanan|resi)\W{0,3}"
    r"(?:号码?|number|no\.?|id|hàng|mã|เลขที่|nomor)?\W{0,3}$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_])\+?\(?\d(?:[ .()\-]{0,2}\d){7,21}[Xx]?(?![A-Za-z0-9_])")
_PHONES = tuple(
    re.compile(form)
    for form in (
        r"(?:86)?1[3-9]\d{9}",  # China, mobile
        r"0\d{2,3}\d{7,8}",  # China, line; Thailand, Viet Nam and Indonesia too
        r"0[35789]\d{8}",  # Viet Nam
        r"0[689]\d{8}",  # Thailand
        r"08\d{8,11}",  # Indonesia
        r"07\d{9}",  # United Kingdom, mobile
        r"(?:84|66|62|44|65|60|63)\d{8,11}",
    )
)
_GROUPED = re.compile(r"\(?\d{2,4}\)?[ .\-]\d{3,4}[ .\-]\d{3,4}")  # (555) 123-4567, 021 5555 6666
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CARDS = re.compile(r"(?:4|5[1-5]|2[2-7]|62|35|34|37|60|81)\d+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_STREET = re.compile(
    r"(?:[\u4e00-\u9fff]{2,10}?[省市区县镇乡])?[\u4e00-\u9fff]{2,10}(?:路|街|巷|弄|大道|胡同|小区|花园|苑)\s*\d{1,5}\s*(?:号|弄|栋|幢)"
    r"(?:\s*\d{1,4}\s*(?:号楼|号|栋|幢|座|单元|室|层|楼)?){0,4}"
    r"|\b\d{1,5}[a-z]?(?: [A-Z][\w'.-]{1,20}){1,3} (?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Court|Boulevard|Close)\b"
    r"|\b(?:Jalan|Jl\.?|Đường|đường|Phố|phố|ถนน|ซอย)\s?[^\n,.!?;]{2,30}?\s?\d{1,5}\b"
)


def veil(text: str) -> str:
    """Return a text with e-mail addresses, phone, identity and bank numbers and street addresses masked."""
    return _STREET.sub(_street, veil_numbers(text))


def veil_numbers(text: str) -> str:
    """Return a text with e-mail addresses and a person's numbers masked; for what is no talk, such as a log."""
    if "@" in text:
        text = _EMAIL.sub(_email, text)
    return _NUMBER.sub(_number, text)


def veil_name(name: str) -> str:
    """Return a person's name as its first character and stars, however long it is."""
    name = name.strip()
    if not name:
        return ""
    return f"{name[0]}**" if _HAN.match(name) else f"{name[0]}***"


def veil_phone(number: str) -> str:
    """Return a telephone's number with its first three and at most its last four digits, four or more hidden."""
    said = unicodedata.normalize("NFKC", number).strip()
    digits = re.sub(r"\D", "", said)
    if len(digits) < 7:
        return "*" * min(len(said), 7)
    last = min(4, len(digits) - 7)
    return _stars("".join("*" if sign.isalpha() else sign for sign in said), digits, 3, last)


class LogFormatter(logging.Formatter):
    """Mask what a log line says of people, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return veil_numbers(super().format(record))


def _email(found: re.Match[str]) -> str:
    name, _at, host = found[0].partition("@")
    return f"{name[0]}***@{host}"


def _street(found: re.Match[str]) -> str:
    return f"{found[0][:3]}***"


def _number(found: re.Match[str]) -> str:
    said = found[0]
    digits = re.sub(r"[^\dXx]", "", said)
    before = found.string[max(0, found.start() - 24) : found.start()]
    if _is_moment(said):
        return said
    if is_identity(digits) or is_bank_card(digits):
        return said if _ORDER.search(before) and not is_identity(digits) else _stars(said, digits, 0, 4)
    is_phone = said.startswith("+") or any(form.fullmatch(digits) for form in _PHONES)
    if (is_phone or (len(digits) <= 12 and _GROUPED.fullmatch(said))) and not _ORDER.search(before):
        return _stars(said, digits, 3, 2)
    return said


def _is_moment(said: str) -> bool:
    """Whether it is a day, or a day and a time."""
    return bool(re.match(r"(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?!\d)", said))


def is_identity(digits: str) -> bool:
    """Whether it is an identity number of China, Thailand, Viet Nam or Indonesia, by its day or its check digit."""
    if re.fullmatch(r"[1-6]\d{16}[\dXx]", digits):
        total = sum(int(one) * weight for one, weight in zip(digits[:17], _WEIGHTS, strict=True))
        return _is_day(digits[6:14]) and "10X98765432"[total % 11] == digits[17].upper()
    if re.fullmatch(r"[1-8]\d{12}", digits):
        total = sum(int(one) * (13 - place) for place, one in enumerate(digits[:12]))
        return (11 - total % 11) % 10 == int(digits[12])
    if re.fullmatch(r"0[0-9]{2}[0-3]\d{8}", digits):
        return int(digits[:3]) <= 96
    if re.fullmatch(r"[1-9]\d{15}", digits):
        day = int(digits[6:8])
        return (
            1 <= (day - 40 if day > 40 else day) <= 31 and 1 <= int(digits[8:10]) <= 12 and 11 <= int(digits[:2]) <= 94
        )
    return False


def is_bank_card(digits: str) -> bool:
    """Whether it is a card's number: a known beginning, a known length, and Luhn's check digit."""
    if len(digits) not in (15, 16, 19) or not digits.isdigit() or not _CARDS.fullmatch(digits):
        return False
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _is_day(text: str) -> bool:
    try:
        return 1900 <= date(int(text[:4]), int(text[4:6]), int(text[6:])).year <= 2100
    except ValueError:
        return False


def _stars(said: str, digits: str, first: int, last: int) -> str:
    """Put stars for the digits between; the signs between them stay."""
    place, out = 0, []
    for sign in said:
        if sign.isdigit() or sign in "Xx":
            out.append(sign if place < first or place >= len(digits) - last else "*")
            place += 1
        else:
            out.append(sign)
    return "".join(out)
