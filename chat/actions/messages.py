"""Post a batch of messages and receipts in one transaction (DESIGN, rules of the writer)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import locks, routing, serializers
from chat.actions import fast, sessions, slow
from chat.actions.items import Item, NeedsCare, NeedsDesk, Outcome, Post, Stored
from chat.models import Conversation, Message, ServiceSession
from lib import bulk, quick
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
    ids: Iterator[tuple[int]] = field(default_factory=lambda: iter(()))  # keys for the messages
    openings: dict[int, sessions.Opening] = field(default_factory=dict)  # conversation → the session it may open

    def reload(self, conversation_id: int) -> None:
        """Forget what a rolled-back savepoint did to the objects in memory."""
        self.lines[conversation_id].refresh_from_db()
        self.open.pop(conversation_id, None)
        trip = quick.Trip()
        scene = locks.running(trip, [conversation_id], lock=False)
        trip.go()
        scene.lines()
        self.open |= {row.conversation_id: row for row in scene.sessions(self.lines)}
        for desk in self.desks.values():
            desk.refresh_from_db(fields=["last_seq"])


def post(items: Sequence[Item], *, only_fast: bool = False) -> list[Outcome]:
    """Store a batch inside an open transaction; return each item's outcome, in order.

    One bad item never fails its batch: its refusal is its outcome. NeedsDesk asks for the item again with `desk` set.
    With `only_fast` nothing waits for a lock, and what is not for the fast lane comes back as NeedsCare.
    """
    batch, known = _begin(items, only_fast)
    outcomes: dict[int, Outcome] = {}
    groups: dict[int, list[int]] = defaultdict(list)
    for index in _without_duplicates(items, outcomes, known):
        groups[items[index].conversation_id].append(index)
    direct: list[int] = []
    careful: list[int] = []
    for line_id, indexes in groups.items():
        session = batch.open.get(line_id)
        fits = line_id in batch.lines and all(fast.fits(session, items[index], batch.now) for index in indexes)
        (direct if fits else careful).extend(indexes)
    outcomes.update(zip(direct, fast.store(batch, [items[index] for index in direct]), strict=True))
    for index in careful:
        outcomes[index] = _needs_care(batch, items[index]) if only_fast else _one(batch, items[index])
    return [_settled(outcomes, items, index) for index in range(len(items))]


def _begin(items: Sequence[Item], only_fast: bool) -> tuple[Batch, bool]:
    """Lock and read in one trip; return what is held, and whether a key of the batch is stored already."""
    posts = [item for item in items if isinstance(item, Post)]
    trip = quick.Trip()
    if connection.vendor == "postgresql":  # for this transaction only: the connection may go back to the pool
        trip.run("SET LOCAL lock_timeout = '1s'")
    firsts = [] if only_fast else [post for post in posts if post.desk]
    desks = locks.ask_desks(trip, (post.shop_id for post in firsts))
    scene = locks.running(trip, (item.conversation_id for item in items), skip=only_fast)
    known = _ask_known(trip, posts) if posts else []
    ids = bulk.ask_ids(trip, Message, len(posts)) if posts else []
    openings = {post.conversation_id: sessions.ask_opening(trip, post.entry) for post in firsts}
    places = {shop_id: routing.ask_places(trip, shop_id) for shop_id in {post.shop_id for post in firsts}}
    trip.go()
    held, lines = desks(), scene.lines()
    for shop_id, found_places in places.items():
        held[shop_id].places = found_places
    found = {row.conversation_id: row for row in scene.sessions(lines)}
    opened = {line_id: opening() for line_id, opening in openings.items()}
    return Batch(timezone.now(), held, lines, found, iter(ids), opened), bool(known)


def _needs_care(batch: Batch, item: Item) -> NeedsCare:
    is_first = item.conversation_id in batch.lines and item.conversation_id not in batch.open
    return NeedsCare(desk=is_first and isinstance(item, Post) and item.sender_kind == Message.Sender.BUYER)


def _one(batch: Batch, item: Item) -> Outcome:
    """Store one item of the slow lane; what may be refused half way, in its own savepoint."""
    line = batch.lines.get(item.conversation_id)
    if line is None:
        return NotYours()
    before = line.last_seq
    try:
        if isinstance(item, Post) and (item.attachment_id or item.question_id):
            return _undoable(batch, item)
        return slow.store(batch, item) if isinstance(item, Post) else fast.store(batch, [item])[0]
    except (Refused, NotYours, NeedsDesk) as refusal:
        if line.last_seq != before:  # the batch fails, and is taken apart
            raise RuntimeError("refused with half of it written") from refusal
        return refusal


def _undoable(batch: Batch, item: Post) -> Outcome:
    try:
        with transaction.atomic():
            return slow.store(batch, item)
    except (Refused, NotYours, NeedsDesk):
        batch.reload(item.conversation_id)
        raise


def _without_duplicates(items: Sequence[Item], outcomes: dict[int, Outcome], known: bool) -> list[int]:
    """Answer what is stored already or stands earlier in the batch; return the indexes that are new."""
    stored = _stored([item for item in items if isinstance(item, Post)]) if known else {}
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
    lines = {post.conversation_id for post in posts}
    keys = {post.client_msg_id for post in posts}
    query = Message.objects.filter(Q(conversation_id__in=lines) & Q(client_msg_id__in=keys))
    rows = query.select_related("conversation__buyer", "member", "attachment")
    return {(row.conversation_id, row.sender, row.client_msg_id): row for row in rows}


def _ask_known(trip: quick.Trip, posts: Sequence[Post]) -> list[tuple[Any, ...]]:
    """Ask whether any key of the batch is stored already; hardly ever, so the rows are read only then."""
    field = Message._meta.get_field("client_msg_id")
    lines, line_ids = quick.among("conversation_id", {post.conversation_id for post in posts})
    keys, key_ids = quick.among("client_msg_id", {field.get_db_prep_value(p.client_msg_id, connection) for p in posts})
    sql = f'SELECT 1 FROM "{Message._meta.db_table}" WHERE {lines} AND {keys} LIMIT 1'
    return trip.ask(sql, [*line_ids, *key_ids])


def _again(said: Message, item: Post) -> Outcome:
    """Answer a resend: same key and body, the original answer; other body, a conflict."""
    if said.body_hash != item.body_hash and said.kind != Message.Kind.RECALLED:
        return _reused()
    return Stored(serializers.message_event(said, said.conversation.buyer.nickname), duplicate=True)


def _reused() -> Refused:
    return Refused("key_reused", _("This key was used for another message."))


def _key(item: Post) -> Key:
    return item.conversation_id, item.sender, item.client_msg_id
