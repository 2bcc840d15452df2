"""Post a batch of messages and receipts in one transaction (DESIGN, rules of the writer)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import locks, serializers
from chat.actions import fast, slow
from chat.actions.items import Item, NeedsDesk, Outcome, Post, Stored
from chat.models import Conversation, Message, ServiceSession
from lib import quick
from shops.errors import NotYours, Refused
from shops.models import Desk

Key = tuple[int, str, Any]


@dataclass(slots=True)
class Batch:
    """What one transaction holds: the locked rows and the one clock reading."""

    now: datetime
    desks: dict[int, Desk]
    lines: dict[int, Conversation]
    open: dict[int, ServiceSession] = field(default_factory=dict)

    def load(self, conversation_ids: Sequence[int]) -> None:
        """Read the open sessions of locked conversations (again)."""
        where, params = quick.among("conversation_id", conversation_ids)
        rows = quick.rows(ServiceSession, f"{where} AND state <> 'closed'", params) if conversation_ids else []
        for session in locks.gathered(rows, self.lines, ratings=False):
            self.open[session.conversation_id] = session

    def reload(self, conversation_id: int) -> None:
        """Forget what a rolled-back savepoint did to the objects in memory."""
        self.lines[conversation_id].refresh_from_db()
        self.open.pop(conversation_id, None)
        self.load([conversation_id])
        for desk in self.desks.values():
            desk.refresh_from_db(fields=["last_seq"])


def post(items: Sequence[Item]) -> list[Outcome]:
    """Store a batch inside an open transaction; return each item's outcome, in order.

    One bad item never fails its batch: its refusal is its outcome. NeedsDesk asks for the item again with `desk` set.
    """
    desks = locks.desks(item.shop_id for item in items if isinstance(item, Post) and item.desk)
    batch = Batch(timezone.now(), desks, locks.conversations(item.conversation_id for item in items))
    batch.load(list(batch.lines))
    outcomes: dict[int, Outcome] = {}
    fresh = _without_duplicates(items, outcomes)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in fresh:
        if items[index].conversation_id in batch.lines:
            groups[items[index].conversation_id].append(index)
        else:
            outcomes[index] = NotYours()
    quick: list[int] = []
    careful: list[int] = []
    for line_id, indexes in groups.items():
        session = batch.open.get(line_id)
        fits = all(fast.fits(session, items[index], batch.now) for index in indexes)
        (quick if fits else careful).extend(indexes)
    outcomes.update(zip(quick, fast.store(batch, [items[index] for index in quick]), strict=True))
    for index in careful:
        outcomes[index] = _one(batch, items[index])
    return [_settled(outcomes, items, index) for index in range(len(items))]


def _one(batch: Batch, item: Item) -> Outcome:
    """Store one item of the slow lane in its own savepoint."""
    try:
        with transaction.atomic():
            return slow.store(batch, item) if isinstance(item, Post) else fast.store(batch, [item])[0]
    except (Refused, NotYours, NeedsDesk) as refusal:
        batch.reload(item.conversation_id)
        return refusal


def _without_duplicates(items: Sequence[Item], outcomes: dict[int, Outcome]) -> list[int]:
    """Answer what is stored already or stands earlier in the batch; return the indexes that are new."""
    posts = {index: item for index, item in enumerate(items) if isinstance(item, Post)}
    stored = _stored(list(posts.values()))
    seen: dict[Key, int] = {}
    fresh = []
    for index, item in enumerate(items):
        if not isinstance(item, Post):
            fresh.append(index)
            continue
        key = _key(item)
        if key in stored:
            outcomes[index] = _again(stored[key], item)
        elif key in seen:
            outcomes[index] = _Twin(seen[key])
        else:
            seen[key] = index
            fresh.append(index)
    return fresh


class _Twin(Exception):
    """The same key stands earlier in this batch: its outcome is this one's too."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


def _settled(outcomes: dict[int, Outcome], items: Sequence[Item], index: int) -> Outcome:
    outcome = outcomes.get(index)
    if not isinstance(outcome, _Twin):
        return outcome
    first, earlier, item = outcomes[outcome.index], items[outcome.index], items[index]
    assert isinstance(item, Post)
    assert isinstance(earlier, Post)
    if earlier.body_hash != item.body_hash:
        return _reused()
    return Stored(first.event, duplicate=True) if isinstance(first, Stored) else first


def _stored(posts: Sequence[Post]) -> dict[Key, Message]:
    if not posts:
        return {}
    if not _known(posts):
        return {}
    lines = {post.conversation_id for post in posts}
    keys = {post.client_msg_id for post in posts}
    query = Message.objects.filter(Q(conversation_id__in=lines) & Q(client_msg_id__in=keys))
    rows = query.select_related("conversation__buyer", "member", "attachment")
    return {(row.conversation_id, row.sender, row.client_msg_id): row for row in rows}


def _known(posts: Sequence[Post]) -> bool:
    """Whether any key of the batch is stored already; hardly ever, so the rows are read only then."""
    field = Message._meta.get_field("client_msg_id")
    lines, line_ids = quick.among("conversation_id", {post.conversation_id for post in posts})
    keys, key_ids = quick.among("client_msg_id", {field.get_db_prep_value(p.client_msg_id, connection) for p in posts})
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT 1 FROM "{Message._meta.db_table}" WHERE {lines} AND {keys} LIMIT 1', [*line_ids, *key_ids]
        )
        return cursor.fetchone() is not None


def _again(said: Message, item: Post) -> Outcome:
    """Answer a resend: same key and body, the original answer; other body, a conflict."""
    if said.body_hash != item.body_hash:
        return _reused()
    return Stored(serializers.message_event(said, said.conversation.buyer.nickname), duplicate=True)


def _reused() -> Refused:
    return Refused("key_reused", _("This key was used for another message."))


def _key(item: Post) -> Key:
    return item.conversation_id, item.sender, item.client_msg_id
