"""Move in with history: store receptions that were held elsewhere, each once (docs/import.md)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from chat import facts, locks, told
from chat.actions import past
from chat.actions.past import Reception
from chat.models import (
    Assignment,
    Conversation,
    Event,
    ImportedReception,
    Message,
    Rating,
    ServiceSession,
)
from chat.replay import Replay
from chat.told import Bad, Happened, Told
from lib.db import write
from shops.models import Buyer, Member, Shop

BATCH = 100
State = ServiceSession.State


@dataclass(slots=True)
class Progress:
    """How far an import is, and what was wrong with the lines of the last batch."""

    lines: int = 0
    stored: int = 0
    known: int = 0
    bad: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


def run(shop: Shop, lines: Iterable[bytes], *, check: bool = False) -> Iterator[Progress]:
    """Store a file batch by batch and yield after each; with `check` nothing is written. A bad line is left out."""
    members = _members(shop)
    so_far, last = Progress(), None
    numbered = enumerate(lines, 1)
    while some := list(islice(numbered, BATCH)):
        so_far.errors, good = [], []
        for number, line in some:
            so_far.lines += 1
            if not line.strip():
                continue
            try:
                one = told.read(line, members, timezone.now())
                if last is not None and one.started_at < last:
                    raise Bad("started_at: earlier than the line before; sort the file by it")
            except Bad as bad:
                so_far.errors.append((number, str(bad)))
                continue
            last = one.started_at
            good.append((number, one))
        with write():
            _batch(shop, good, so_far, check)
        so_far.bad += len(so_far.errors)
        so_far.errors.sort()
        yield so_far


def _members(shop: Shop) -> dict[str, Member]:
    """Return the shop's people by login and by nickname; the nickname wins."""
    rows = list(shop.members.select_related("user"))
    return {one.user.username: one for one in rows} | {one.nickname: one for one in rows}


def _batch(shop: Shop, good: list[tuple[int, Told]], so_far: Progress, check: bool) -> None:
    keys = [one.key for _number, one in good]
    known = set(ImportedReception.objects.filter(shop=shop, key__in=keys).values_list("key", flat=True))
    fresh = []
    for number, one in good:
        if one.key in known:
            so_far.known += 1
        else:
            known.add(one.key)
            fresh.append((number, one))
    lines = _lines(shop, [one for _number, one in fresh], check)
    lived, latest = _histories(list(lines.values()))
    receptions: list[tuple[str, Reception]] = []
    for number, one in fresh:
        line = lines.get(one.uid)
        if line and line.pk in lived:
            so_far.errors.append((number, "this buyer has talked with the shop here; history goes before"))
        elif line and line.pk in latest and one.started_at < latest[line.pk]:
            so_far.errors.append((number, "started_at: earlier than what this buyer's history here ends with"))
        else:
            so_far.stored += 1
            if line and not check:
                receptions.append((one.key, _reception(shop, line, one)))
    if receptions:
        past.store(lines.values(), [one for _key, one in receptions])
        ImportedReception.objects.bulk_create(
            ImportedReception(shop=shop, key=key, session=one.session) for key, one in receptions
        )


def _lines(shop: Shop, some: list[Told], check: bool) -> dict[str, Conversation]:
    """Return the conversations of these buyers, locked, made where there are none; a check makes none."""
    names = {one.uid: one.nickname for one in some}
    if not check:
        Buyer.objects.bulk_create(
            (Buyer(shop=shop, uid=uid, nickname=name) for uid, name in names.items()), ignore_conflicts=True
        )
        buyers = Buyer.objects.filter(shop=shop, uid__in=names)
        Conversation.objects.bulk_create(
            (Conversation(shop=shop, buyer=buyer) for buyer in buyers), ignore_conflicts=True
        )
    found = Conversation.objects.filter(shop=shop, buyer__uid__in=names)
    if not check:
        locks.conversations(found.values_list("pk", flat=True))
    return {line.buyer.uid: line for line in found.select_related("buyer", "shop")}


def _histories(lines: list[Conversation]) -> tuple[set[int], dict[int, datetime]]:
    """Return the conversations that have sessions held here, and when the last session of each began."""
    sessions = ServiceSession.objects.filter(conversation__in=lines).order_by()
    imported = ImportedReception.objects.filter(session=OuterRef("pk"))
    lived = set(sessions.filter(~Exists(imported)).values_list("conversation", flat=True))
    return lived, dict(sessions.values_list("conversation").annotate(Max("started_at")))


def _reception(shop: Shop, line: Conversation, one: Told) -> Reception:
    """Play a reception as the message path would have; the facts are those that rebuild_facts finds."""
    session = ServiceSession(
        shop=shop, conversation=line, buyer=line.buyer, state=State.BOT, first_seq=line.last_seq + 1,
        started_at=one.started_at, last_message_at=one.started_at, **one.fields,
    )  # fmt: skip
    made = Reception(session)
    opened = {"by": session.started_by, "entry": session.entry}
    _log(
        made, one.started_at, Event.Kind.OPENED, {**opened, **({"landing": session.landing} if session.landing else {})}
    )
    for happened in one.events:
        _PLAYED[happened.type](made, happened)
    session.state, session.assignee = State.CLOSED, None
    no_reply_needed = one.fields["no_reply_needed"]
    facts.closed(session, one.closed_at, shop.policy)
    said = [event.at for event in made.events if event.message and event.message.member_id]
    session.read_only_at = max(session.read_only_at or one.closed_at, *said[-1:], one.closed_at)
    session.no_reply_needed = no_reply_needed
    if no_reply_needed:
        facts.let_be(session)
    Replay(session, made.assignments).play(made.events).settle()
    line.buyer_delivered = line.buyer_read = line.shop_delivered = line.shop_read = line.last_seq
    return made


def _says(made: Reception, one: Happened) -> None:
    session, shop = made.session, made.session.shop
    text = one.text if one.kind in told.KEPT_KINDS else " ".join(filter(None, (f"[{one.kind}]", one.text)))
    kind, sender = one.kind if one.kind in told.KEPT_KINDS else Message.Kind.TEXT.value, one.by
    data: dict[str, Any] = {}
    seq = session.conversation.last_seq + 1
    preview = facts.preview(kind, text)
    if one.by == "buyer":
        sender = f"b:{session.buyer_id}"
        facts.buyer_spoke(session, seq, one.at, shop.policy, preview)
    elif one.member is not None:
        sender = f"a:{one.member.pk}"
        facts.agent_spoke(session, seq, one.at, shop.policy, preview, one.member.pk)
    elif one.by == "bot":
        # The question stands in another shop's list: 0 says that there was one.
        kind, data = Message.Kind.BOT_ANSWER.value, {"question": 0 if one.automatic else None}
        facts.bot_spoke(session, seq, one.at, shop.policy, preview, one.automatic)
    else:
        kind, data = Message.Kind.NOTE.value, {"code": "imported"}
    message = Message(
        shop=shop, conversation=session.conversation, seq=seq, sender_kind=one.by, sender=sender, member=one.member,
        kind=kind, text=text, data=data, created_at=one.at,
    )  # fmt: skip
    _log(made, one.at, Event.Kind.MESSAGE, {}, message)


def _queued(made: Reception, one: Happened) -> None:
    made.session.queued_at = made.session.queued_at or one.at
    _log(made, one.at, Event.Kind.QUEUED, {})


def _assigned(made: Reception, one: Happened) -> None:
    assert one.member is not None
    session, before = made.session, made.assignments
    if before:
        before[-1].ended_at = one.at
    session.state, session.assignee, session.last_assignee = State.ASSIGNED, one.member, one.member
    session.queued_at = session.queued_at or one.at
    facts.assigned(session, one.at)
    kind = Assignment.Kind.TRANSFER if before else Assignment.Kind.MANUAL
    before.append(Assignment(shop=session.shop, member=one.member, kind=kind, started_at=one.at))
    _log(made, one.at, Event.Kind.ASSIGNED, {"agent": one.member.nickname})


def _rated(made: Reception, one: Happened) -> None:
    session = made.session
    agent = session.last_assignee if session.first_human_at else None
    made.rating = Rating(
        shop=session.shop, member=agent, stars=one.stars, words=one.text, reasons=list(one.reasons), source=one.kind,
        created_at=one.at,
    )  # fmt: skip
    name = agent.nickname if agent else None
    data = {"stars": one.stars, "words": one.text, "reasons": list(one.reasons), "source": one.kind, "agent": name}
    _log(made, one.at, Event.Kind.RATED, data)


def _closed(made: Reception, one: Happened) -> None:
    if made.assignments:
        made.assignments[-1].ended_at = one.at
    _log(made, one.at, Event.Kind.CLOSED, {"reason": one.kind, "survey": False})


_PLAYED = {"message": _says, "queued": _queued, "assigned": _assigned, "rated": _rated, "closed": _closed}


def _log(made: Reception, at: datetime, kind: str, data: dict[str, Any], message: Message | None = None) -> None:
    line = made.session.conversation
    line.last_seq += 1
    made.events.append(
        Event(
            shop=made.session.shop, conversation=line, seq=line.last_seq, kind=kind, data=data, message=message, at=at
        )
    )
