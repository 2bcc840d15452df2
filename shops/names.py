"""Buyers by a part of their nickname, however many a shop has.

A term is a letter of the folded nickname or a pair of neighbours, packed with the shop into 64 bits. PostgreSQL keeps
arrays under a GIN index, SQLite a contentless FTS5 table. The worker indexes what is new; until then, and for what is
so common that the newest buyers show it, the nicknames themselves are read. Scopes may collide and pairs may stand
apart: whoever is found is looked at.
"""

import zlib
from collections.abc import Iterable

from django.db import connection

from lib import bulk, words
from lib.db import write
from shops.models import Buyer, Shop

TABLE = "shops_names"
WINDOW = 2000  # the newest buyers, read as they are: a part that many have is found here
LOOKED_AT = 200  # buyers that the index may give in one search
BATCH = 500
_SCOPE_BITS, _TERM_BITS = 22, 42


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


def _holding(part: str, rows: Iterable[tuple[int, str]]) -> set[int]:
    return {pk for pk, nickname in rows if part in words.fold(nickname)}


def _letters(text: str) -> set[int]:
    return {ord(letter) for letter in text if not letter.isspace()}


def _all_terms(folded: str) -> set[int]:
    return words.pairs(folded) | _letters(folded)


def _terms(shop_id: int, terms: Iterable[int]) -> list[int]:
    """Return terms within a shop, as signed numbers of 64 bits."""
    scope = zlib.crc32(str(shop_id).encode()) >> (32 - _SCOPE_BITS)
    base = (scope << _TERM_BITS) - (1 << 63)
    return sorted(base + term for term in terms)


def _documents(shop_id: int, part: str) -> list[int]:
    """Return the newest documents that hold all the terms of a folded part."""
    wanted = _terms(shop_id, words.pairs(part) or _letters(part))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f"SELECT doc FROM {TABLE} WHERE terms @> %s::bigint[] ORDER BY doc DESC LIMIT %s"
            cursor.execute(sql, [wanted, LOOKED_AT])
        else:
            sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT %s"
            cursor.execute(sql, [" AND ".join(map(_token, wanted)), LOOKED_AT])
        return [row[0] for row in cursor.fetchall()]


def _token(term: int) -> str:
    """Return a term as FTS5 keeps it."""
    return f"{term + (1 << 63):016x}"


def _store(buyers: list[Buyer]) -> None:
    """Write the documents and note each at its buyer; an older one of the same buyer is left behind in SQLite."""
    docs = []
    rows = [(buyer.pk, _terms(buyer.shop_id, _all_terms(words.fold(buyer.nickname)))) for buyer in buyers]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f"INSERT INTO {TABLE} (doc, terms) VALUES (%s, %s) ON CONFLICT (doc) DO UPDATE"
            cursor.executemany(f"{sql} SET terms = excluded.terms", rows)
            docs = [(pk, pk) for pk, _found in rows]
        else:
            for pk, found in rows:
                cursor.execute(f"INSERT INTO {TABLE} (terms) VALUES (%s)", [" ".join(map(_token, found))])
                docs.append((cursor.lastrowid, pk))
    bulk.update(Buyer, ["name_doc"], docs)
