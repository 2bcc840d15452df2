"""Blank what one buyer's conversation holds: rows, numbers, times and figures stay, words and files go.

In steps of at most `STEP` messages, each a transaction of its own; a step that is done again finds nothing to do.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from botfaq import unmatched
from chat import locks
from chat.actions import indexing, outbox
from chat.models import (
    Assignment,
    Attachment,
    Conversation,
    Event,
    Message,
    MessageTranslation,
    Note,
    Outbox,
    PushSubscription,
    Rating,
    ServiceSession,
    Translation,
    UserReport,
)
from commerce import erasing as commerce_erasing
from lib.db import write
from shops import identity, names
from shops.models import Buyer, Shop, Visitor

STEP = 500
FEW = 50  # sessions whose index documents or words beside the messages go in one transaction
# What the figures read in an automatic message's data.
KEPT = ("question", "order", "code", "why", "solved")
PUSHES = ("push.send", "push.phone")
_also: list[Callable[[Shop, datetime | None], object]] = []


def register(forget: Callable[[Shop, datetime | None], object]) -> None:
    """Let a room that this one may not look into forget what it made of the shop's buyers, or what is older only."""
    _also.append(forget)


def forget_elsewhere(shop: Shop, before: datetime | None = None) -> None:
    """Let other rooms forget what they made of words that are gone now."""
    for forget in _also:
        forget(shop, before)


def close_the_line(buyer: Buyer) -> None:
    """Under the conversation's lock: whoever is erased writes no more and is written to no more."""
    now = timezone.now()
    Buyer.objects.filter(pk=buyer.pk, erased_at=None).update(erased_at=now)
    ServiceSession.objects.filter(buyer=buyer).update(read_only_at=now)
    PushSubscription.objects.filter(buyer=buyer).delete()
    Visitor.objects.filter(buyer=buyer).delete()


def begin(buyer: Buyer, line: Conversation) -> None:
    """Take name and words out of the indexes while they are still known, and give the buyer another name; once."""
    for some in _in_turn(line):
        with write():
            held = locks.conversations([line.pk])[line.pk]
            rows = ServiceSession.objects.select_for_update().filter(pk__in=some).order_by("pk")
            if held.buyer.uid == identity.erased_uid(buyer):
                return
            indexing.forget(list(rows), held, for_good=True)
    with write():
        fresh = Buyer.objects.select_for_update().get(pk=buyer.pk)
        if fresh.uid == identity.erased_uid(buyer):
            return
        names.forget(fresh)
        with translation.override(buyer.shop.language):
            nickname = _("Erased buyer")
        Buyer.objects.filter(pk=buyer.pk).update(uid=identity.erased_uid(buyer), nickname=nickname)


def blank_some(line: Conversation, above: int) -> int | None:
    """Blank the messages above a number, as many as a step holds; return the last one's number, None at the end."""
    with write():
        locks.conversations([line.pk])
        found = list(Message.objects.filter(conversation=line, seq__gt=above).order_by("seq")[:STEP])
        if not found:
            return None
        _forget_what_was_made_of(line.shop_id, found)
        files = own_files(found)
        for said in found:
            said.text, said.body_hash, said.attachment_id = "", "", None
            said.data = blank_data(said)
        Message.objects.bulk_update(found, ["text", "body_hash", "attachment", "data"], batch_size=100)
        drop_files(Attachment.objects.filter(pk__in=files))
    return found[-1].seq


def blank_data(said: Message) -> dict[str, Any]:
    """Return what stays of a message's data: that it was erased, and for the figures what kind of answer it was."""
    if said.sender_kind not in (Message.Sender.BOT, Message.Sender.SYSTEM):
        return {"erased": True}
    kept = {name: said.data[name] for name in KEPT if name in said.data}
    plain = {name: one if one is None or isinstance(one, (bool, int, str)) else True for name, one in kept.items()}
    return {**plain, "erased": True}


def finish(buyer: Buyer, line: Conversation) -> None:
    """Blank everything that is not a message; then what other rooms made of the buyer."""
    for some in _in_turn(line):
        with write():
            locks.conversations([line.pk])
            blank_beside(line, some)
    with write():
        locks.conversations([line.pk])
        drop_files(never_sent(buyer))
        Translation.objects.filter(shop_id=buyer.shop_id).delete()  # a cache that does not know whose words it holds
        Outbox.objects.filter(shop_id=line.shop_id, kind__in=PUSHES).delete()  # they may hold names and first words
    commerce_erasing.blank_orders(buyer)
    forget_elsewhere(buyer.shop)


def never_sent(buyer: Buyer) -> QuerySet[Attachment]:
    """Return what a buyer uploaded and never sent, by the short index of such: they go after a day in any case."""
    return Attachment.objects.filter(bound=False, owner=f"b:{buyer.pk}").order_by("created_at")


def blank_beside(line: Conversation, ids: list[int]) -> None:
    """Blank what was written beside the messages of these sessions; stars, times, kinds and numbers stay."""
    ServiceSession.objects.filter(pk__in=ids).update(last_message_text="", mark_note="")
    Note.objects.filter(session__in=ids).update(text="")
    Assignment.objects.filter(session__in=ids).update(reason="")
    Rating.objects.filter(session__in=ids).update(words="")
    UserReport.objects.filter(session__in=ids).update(words="", evidence=[], decision="")
    for row in Event.objects.filter(conversation=line, session__in=ids).exclude(data={}).iterator(chunk_size=500):
        if "words" in row.data:
            Event.objects.filter(pk=row.pk).update(data={**row.data, "words": ""})


def drop_files(rows: Any) -> None:
    """Delete attachments; their files follow through the outbox."""
    files = [name for row in rows for name in (row.file, row.preview)]
    if files:
        outbox.promise("attachment.delete", {"files": files})
        rows.delete()


def own_files(found: Sequence[Message]) -> list[int]:
    """Return the files that only these messages carry: a picture of an answer is the shop's."""
    people = (Message.Sender.BUYER, Message.Sender.AGENT)
    return [said.attachment_id for said in found if said.attachment_id and said.sender_kind in people]


def _forget_what_was_made_of(shop_id: int, found: Sequence[Message]) -> None:
    """Drop the translations of these messages, and the bot's unmatched questions with their words."""
    MessageTranslation.objects.filter(message__in=found).delete()
    unmatched.forget(shop_id, {said.text for said in found if said.sender_kind == Message.Sender.BUYER})


def _in_turn(line: Conversation) -> Iterator[list[int]]:
    """Yield the conversation's sessions, as many as one transaction holds; new ones there are none any more."""
    last = 0
    while some := list(
        ServiceSession.objects.filter(conversation=line, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:FEW]
    ):
        yield some
        last = some[-1]
