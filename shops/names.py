"""Buyers by a part of their nickname, however many a shop has.

A term is a letter of the folded nickname or a pair of neighbours, within the shop (lib/documents.py). The worker
indexes what is new; until then, and for what is so common that the newest buyers show it, the nicknames themselves are
read. Pairs may stand apart: whoever is found is looked at.
"""

from collections.abc import Iterable

from django.db import connection

from lib import bulk, documents, words
from lib.db import write
from shops.models import Buyer, Shop

TABLE = "shops_names"
WINDOW = 2000  # the newest buyers, read as they are: a part that many have is found here
LOOKED_AT = 200  # buyers that the index may give in one search
BATCH = 500


def find(shop: Shop, q: str, most: int) -> list[int]:
    """Return buyers whose nickname holds this part, cases and widths alike, the newest first; at most `most`."""
    part = words.fold(q.strip())
    if not part:
        return []
    rows = Buyer.objects.filter(shop=shop).order_by("-pk").values_list("pk", "nickname")
    found = _holding(part, rows[:WINDOW])
    if len(found) < most:
        docs = _documents(shop.pk, part)
        found |= _holding(part, rows.filter(name_doc__in=docs))
        found |= set(rows.filter(name_doc=None, nickname__icontains=q.strip()).values_list("pk", flat=True)[:most])
    return sorted(found, reverse=True)[:most]


def index_due(most: int = 5) -> int:
    """Index up to `most` batches of nicknames, the newest first; return how many that were."""
    done = 0
    for _turn in range(most):
        due = list(Buyer.objects.filter(name_doc=None).order_by("shop", "-pk").values_list("pk", flat=True)[:BATCH])
        if not due:
            break
        with write():
            rows = Buyer.objects.filter(pk__in=due, name_doc=None).order_by("pk")
            _store(list(rows.select_for_update(skip_locked=True, no_key=True)))
        done += len(due)
    return done


def forget(buyer: Buyer) -> None:
    """Take the nickname as it is now out of the index; the new one comes in by itself. In the caller's transaction."""
    if buyer.name_doc is not None:
        terms = _terms(buyer.shop_id, all_terms(words.fold(buyer.nickname)))
        documents.forget(TABLE, [(buyer.name_doc, terms)])
        Buyer.objects.filter(pk=buyer.pk).update(name_doc=None)


def _holding(part: str, rows: Iterable[tuple[int, str]]) -> set[int]:
    return {pk for pk, nickname in rows if part in words.fold(nickname)}


def _letters(text: str) -> set[int]:
    return {ord(letter) for letter in text if not letter.isspace()}


def all_terms(folded: str) -> set[int]:
    """Return what a folded nickname's document holds."""
    return words.pairs(folded) | _letters(folded)


def _terms(shop_id: int, terms: Iterable[int]) -> list[int]:
    return sorted(documents.packed(str(shop_id), terms))


def _documents(shop_id: int, part: str) -> list[int]:
    """Return the newest documents that hold all the terms of a folded part."""
    wanted = _terms(shop_id, words.pairs(part) or _letters(part))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f"SELECT doc FROM {TABLE} WHERE terms @> %s::bigint[] ORDER BY doc DESC LIMIT %s"
            cursor.execute(sql, [wanted, LOOKED_AT])
        else:
            sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT %s"
            cursor.execute(sql, [" AND ".join(map(documents.token, wanted)), LOOKED_AT])
        return [row[0] for row in cursor.fetchall()]


def _store(buyers: list[Buyer]) -> None:
    rows = [(buyer.pk, _terms(buyer.shop_id, all_terms(words.fold(buyer.nickname)))) for buyer in buyers]
    bulk.update(Buyer, ["name_doc"], documents.store(TABLE, rows))
