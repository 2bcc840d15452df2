"""Store what the storefront sends, some rows a transaction: a row is stored whole or refused, older ones undo nothing.

What is written once and again is the same: rows are known by the storefront's own numbers, and `updated_at` says which
of two is the newer. One shop's rows are stored one after the other, see `_alone`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from lib.db import write
from shops.errors import Invalid, Refused
from shops.models import Shop
from storefront import reading
from storefront.reading import Draft
from storefront.settling import REFUSED, Became
from storefront.stores import STORES

TOGETHER = 50  # rows in one transaction, none of them twice


class Outcome(NamedTuple):
    """What became of a row: its number in what was sent, the storefront's own name for it, and if refused, why."""

    number: int
    ref: str
    result: str
    code: str = ""
    words: str = ""


class Read(NamedTuple):
    """A row as it was read: a draft, or what is wrong with it."""

    number: int
    draft: Draft | None
    wrong: Outcome | None = None

    @property
    def ref(self) -> str:
        return self.draft.ref if self.draft else ""


def read(kind: str, number: int, row: Any, now: datetime) -> Read:
    """Check one row."""
    try:
        if not isinstance(row, dict):
            raise Invalid(row=_("A JSON object, please."))
        return Read(number, reading.READ[kind](row, now))
    except Invalid as wrong:
        said = " ".join(f"{name[:40]}: {words}" for name, words in list(wrong.fields.items())[:3])
        return Read(number, None, Outcome(number, reading.ref_of(kind, row), REFUSED, "invalid", said[:300]))


def pieces(rows: Iterable[Read]) -> Iterator[list[Read]]:
    """Cut rows into pieces of one transaction each; the same thing comes again in the next one, in its order."""
    piece: list[Read] = []
    seen: set[str] = set()
    for one in rows:
        if len(piece) == TOGETHER or (one.ref and one.ref in seen):
            yield piece
            piece, seen = [], set()
        piece.append(one)
        seen.add(one.ref)
    if piece:
        yield piece


def now_at_once(shop: Shop, kind: str, rows: Sequence[Any]) -> list[Outcome]:
    """Store some rows and say what became of each."""
    now, outcomes = timezone.now(), []
    for piece in pieces(read(kind, number, row, now) for number, row in enumerate(rows, 1)):
        with write():
            outcomes += store(shop, kind, piece)
    return outcomes


def store(shop: Shop, kind: str, piece: Sequence[Read]) -> list[Outcome]:
    """Store a piece in the running transaction."""
    _alone(shop)
    drafts = {one.number: one.draft for one in piece if one.draft}
    found = STORES[kind](shop, list(drafts.values())) if drafts else {}
    return [one.wrong or _outcome(one, found) for one in piece]


def _outcome(one: Read, found: Became) -> Outcome:
    became = found[one.ref]
    if isinstance(became, Refused):
        return Outcome(one.number, one.ref, REFUSED, became.code, became.words[:300])
    return Outcome(one.number, one.ref, became)


def _alone(shop: Shop) -> None:
    """Let nobody else store rows of this shop until the end: two that bring the same new order would collide."""
    if connection.vendor != "sqlite":
        Shop.objects.select_for_update(no_key=True).filter(pk=shop.pk).values_list("pk").first()
