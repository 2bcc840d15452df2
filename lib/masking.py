"""Hide what belongs to a person before a text leaves for somebody else's server, and put it back afterwards. Pure.

It looks for forms, not for meaning: what a person writes without any form (a bare name) is not found. What is hidden
needlessly does no harm, since it comes back.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import partial

_DATE = r"(?!\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}\b)"
_PART = r"\s*[0-9A-Za-z一二三四五六七八九十百]{1,5}\s*(?:号楼|号|弄|栋|幢|座|楼|单元|室|层|户)"
_KINDS = r"street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|square|terrace|crescent|parkway|close"
# Kind, and the form; where it has a group, that is what is hidden.
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(form, re.IGNORECASE))
    for kind, form in (
        ("link", r"https?://\S{1,300}"),
        ("email", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
        ("address", r"(?:地址|住址|\baddress|\bdirección|\badresse|\balamat|ที่อยู่)\s*(?:是|is|:)\s*([^\n。!?;]{4,120})"),
        (
            "address",
            r"[\u4e00-\u9fffA-Za-z0-9]{0,24}?(?:路|街|巷|弄|大道|胡同|村|小区|大厦|花园|苑|公寓|镇|乡)"
            rf"(?:{_PART}|\s*\d{{1,5}})(?:[\s,-]?(?:{_PART}|\s*\d{{2,5}})){{0,6}}",
        ),
        (
            "address",
            rf"\b\d{{1,5}}[a-z]?(?:[ ,]+[a-z][\w'.-]{{0,20}}){{1,4}} +(?:{_KINDS})\b\.?"
            r"(?:,? *(?:apt|apartment|flat|unit|suite|#)\.? *\w{1,6})?",
        ),
        ("address", r"\b[\wäöüß.-]{2,40}(?:straße|strasse|str\.|gasse|allee)\s*\d{1,4}[a-z]?\b"),
        ("address", r"\b(?:calle|avenida|rue|via|jalan|jl\.?|rua)\s+[^\n,.!?]{2,40}?\s\d{1,5}\b"),
        ("address", r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b"),
        ("phone", rf"(?<![A-Za-z0-9.]){_DATE}\+?\(?\d(?:[\s().-]{{0,2}}\d){{6,16}}(?![A-Za-z0-9])"),
        ("phone", r"[〇零一二三四五六七八九幺]{7,16}"),
        ("number", r"(?<![A-Za-z0-9])[A-Z]{0,6}-?(?:[A-WYZ]{0,3}\d){5,40}[A-Z]{0,4}(?![A-Za-z0-9])"),
        (
            "name",
            r"(?:我叫|姓名|收件人|收货人|联系人)\s*(?:是|:)?\s*([\u4e00-\u9fff]{2,4}?)(?=$|[^\u4e00-\u9fff]|的|住)",
        ),
        ("name", r"\b(?:my name is|me llamo|ich heiße|je m'appelle|nama saya)\s+(\w{2,30}(?: [A-Z]\w{1,30})?)"),
    )
)
_LEAD = re.compile(r".*(?:改成|改到|改为|寄到|寄往|送到|发到|住在|地址|我在|是|到|:)")
_SIGN = re.compile(r"\[[a-z]{4,8} \d{1,3}\]")
LONGEST = 14  # characters of a sign


class Mask:
    """What was hidden of one talk: the same thing has the same sign in all its texts."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._signs: dict[str, str] = {}
        self._hidden: dict[str, str] = {}
        plain = [unicodedata.normalize("NFKC", name) for name in names]
        self._names = [re.compile(re.escape(name), re.IGNORECASE) for name in plain if len(name) > 1]

    def hide(self, text: str) -> str:
        """Return a text with signs such as `[phone 1]` for what is personal; full-width forms become plain ones."""
        text = unicodedata.normalize("NFKC", text)
        for name in self._names:
            text = name.sub(lambda found: self._sign("name", found[0]), text)
        for kind, form in _FORMS:
            text = form.sub(partial(self._instead, kind), text)
        return text

    def shown(self, text: str) -> str:
        """Return a text with what the signs stand for; a sign that was never given stays."""
        for _depth in range(3):  # an address may hold a number that was hidden before it
            text = _SIGN.sub(lambda found: self._hidden.get(found[0], found[0]), text)
        return text

    def _instead(self, kind: str, found: re.Match[str]) -> str:
        what = found[1] if found.re.groups and found[1] else found[0]
        if kind == "address" and (lead := _LEAD.match(what)):
            what = what[lead.end() :]
        if _SIGN.fullmatch(what.strip()) or not what.strip():
            return found[0]
        before, _what, after = found[0].rpartition(what)
        return f"{before}{self._sign(kind, what)}{after}"

    def _sign(self, kind: str, what: str) -> str:
        sign = self._signs.get(what)
        if sign is None:
            sign = self._signs[what] = f"[{kind} {len(self._signs) + 1}]"
            self._hidden[sign] = what
        return sign


class Unmasking:
    """Put back what was hidden into a text that comes in pieces, however they are cut."""

    def __init__(self, mask: Mask) -> None:
        self._mask, self._held = mask, ""

    def feed(self, piece: str) -> str:
        """Return what can be shown now; what may be the beginning of a sign waits."""
        text = self._held + piece
        start = text.rfind("[")
        whole = start < 0 or "]" in text[start:] or len(text) - start > LONGEST
        self._held = "" if whole else text[start:]
        return self._mask.shown(text if whole else text[:start])

    def rest(self) -> str:
        """Return what still waited, at the end."""
        text, self._held = self._held, ""
        return text
