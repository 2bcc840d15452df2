"""Put closed sessions into the word index, beside the message path: the worker's step and the command's.

A session is indexed after its close, once; whatever changes its words afterwards (a late reply, a new nickname) clears
`words_doc`, and it is indexed again. Until then search reads its messages themselves, so nothing is missed. A session
of who is erased has no document: its `words_doc` is its own number below zero.
"""

from collections import defaultdict

from django.db.models import F

from chat import locks, word_index
from chat.models import Conversation, Message, ServiceSession
from chat.word_index import NAME, SAID, SPOKEN, TABLE
from lib import bulk, documents, quick, words
from lib.db import write
from shops.models import Buyer

BATCH = 100


def index_due(most: int = 5) -> int:
    """Index up to `most` batches of closed sessions, newest first; return how many sessions that were."""
    done = 0
    for _turn in range(most):
        batch = _due()
        done += _index(batch)
        if len(batch) < BATCH:
            break
    return done


def rename(buyer: Buyer) -> None:
    """Store the nickname that an identity brought, and have the buyer's sessions indexed anew, both or neither.

    Of who is being erased nothing changes: a name that came meanwhile would outlive the erasure.
    """
    with write():
        locks.conversations(list(Conversation.objects.filter(buyer=buyer).values_list("pk", flat=True)))
        if Buyer.objects.filter(pk=buyer.pk, erased_at=None).update(nickname=buyer.renamed, name_doc=None):
            buyer.nickname, buyer.name_doc = buyer.renamed, None
            ServiceSession.objects.filter(buyer=buyer, words_doc__isnull=False).update(words_doc=None)


def forget(sessions: list[ServiceSession], line: Conversation, *, for_good: bool = False) -> None:
    """Take sessions of a locked conversation out of the index while their words are still there.

    They wait to be indexed again, unless it is for good. SQLite keeps what a session's earlier documents held: pairs of
    letters that belong to nobody (decision 0018).
    """
    known = [one for one in sessions if (one.words_doc or 0) > 0]
    for start in range(0, len(known), BATCH):
        some = known[start : start + BATCH]
        said = _pairs([one.pk for one in some])
        documents.forget(TABLE, [(one.words_doc or 0, _document(one, line, said[one.pk])) for one in some])
    ServiceSession.objects.filter(pk__in=[one.pk for one in sessions]).update(words_doc=-F("pk") if for_good else None)


def start_anew() -> None:
    """Empty the index; every closed session waits to be indexed, and search reads its messages until then."""
    with write():
        documents.clear(TABLE)
        ServiceSession.objects.exclude(words_doc=None).update(words_doc=None)


def _due() -> list[ServiceSession]:
    waiting = ServiceSession.objects.unindexed()
    shop_id = waiting.order_by("shop_id").values_list("shop_id", flat=True).first()
    if shop_id is None:
        return []
    return list(waiting.filter(shop_id=shop_id).order_by("-last_message_at", "-pk")[:BATCH])


def _index(batch: list[ServiceSession]) -> int:
    said = _pairs([session.pk for session in batch])
    if not batch:
        return 0
    with write():
        # Under its row's lock a session is what it was when its messages were read, or it waits for the next turn.
        where, params = quick.among("id", [session.pk for session in batch])
        held = {row.pk: row for row in quick.rows(ServiceSession, where, params, order="id", lock=True)}
        names = quick.by_id(Buyer, (row.buyer_id for row in held.values()))
        lines = quick.by_id(Conversation, (row.conversation_id for row in held.values()))
        rows, empty = [], []
        for session in batch:
            row = held.get(session.pk)
            if row and row.words_doc is None and not row.is_open and row.last_message_at == session.last_message_at:
                line = lines[row.conversation_id]
                line.buyer = names[row.buyer_id]
                if line.buyer.erased_at:  # nothing is found, not what waits to be blanked either
                    empty.append((-row.pk, row.pk))
                else:
                    rows.append((row.pk, _document(row, line, said[row.pk])))
        bulk.update(ServiceSession, ["words_doc"], [*documents.store(TABLE, rows), *empty])
    return len(rows) + len(empty)


def _document(session: ServiceSession, line: Conversation, said: set[int]) -> list[int]:
    """Return what a session's document holds: the same when it is stored and when it is forgotten, or SQLite breaks.

    Of what was removed, or is being removed, only the name is found (retention).
    """
    return _terms(session, said if session.first_seq >= line.first_seq else set(), line.buyer.nickname)


def _terms(session: ServiceSession, said: set[int], nickname: str) -> list[int]:
    week = word_index.week(session.last_message_at)
    named = words.pairs(words.fold(nickname))
    return [
        *word_index.terms(session.shop_id, week, SAID, said),
        *word_index.terms(session.shop_id, week, NAME, named),
    ]


def _pairs(ids: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    texts = Message.objects.filter(session_id__in=ids, sender_kind__in=SPOKEN).exclude(text="")
    for session_id, text in texts.values_list("session_id", "text"):
        found[session_id] |= words.pairs(words.fold(text))
    return found
