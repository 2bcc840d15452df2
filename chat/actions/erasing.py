"""Blank what one buyer's conversation holds: rows, numbers, times and figures stay, words and files go.

In steps of at most `STEP` messages, each a transaction of its own; a step that is done again finds nothing to do.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from botfaq import unmatched
from chat import locks
from chat.actions import indexing, outbox
from chat.models import (
    Assignment,
    Attachment,
    Conversation,
    DeskEvent,
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
from shops import names
from shops.identity import VISITOR
from shops.models import Buyer, Shop, Visitor

STEP = 500
# What the figures read in an automatic message's data.
KEPT = ("question", "order", "code", "why", "solved")
_also: list[Callable[[Shop], object]] = []


def register(forget: Callable[[Shop], object]) -> None:
    """Let a room that this one may not look into forget what it made of the shop's buyers."""
    _also.append(forget)


def close_the_line(buyer: Buyer) -> None:
    """Under the conversation's lock: whoever is erased writes no more and is written to no more."""
    now = timezone.now()
    Buyer.objects.filter(pk=buyer.pk, erased_at=None).update(erased_at=now)
    ServiceSession.objects.filter(buyer=buyer).update(read_only_at=now)
    PushSubscription.objects.filter(buyer=buyer).delete()
    Visitor.objects.filter(buyer=buyer).delete()


def begin(buyer: Buyer, line: Conversation) -> None:
    """Take name and words out of the indexes while they are still known, and give the buyer another name; once."""
    with write():
        locks.conversations([line.pk])
        rows = list(ServiceSession.objects.select_for_update().filter(conversation=line).order_by("pk"))
        fresh = Buyer.objects.select_for_update().get(pk=buyer.pk)
        if fresh.uid == erased_uid(buyer):
            return
        indexing.forget(rows, fresh.nickname)
        names.forget(fresh)
        with translation.override(buyer.shop.language):
            nickname = _("Erased buyer")
        Buyer.objects.filter(pk=buyer.pk).update(uid=erased_uid(buyer), nickname=nickname)


def erased_uid(buyer: Buyer) -> str:
    """Return what stands for the shop's own id of an erased buyer; no identity may name it."""
    return f"{VISITOR}erased-{buyer.pk}"


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
    with write():
        locks.conversations([line.pk])
        ids = list(ServiceSession.objects.filter(conversation=line).order_by("pk").values_list("pk", flat=True))
        blank_beside(line, ids)
        _blank_desk_log(line, ids)
        drop_files(Attachment.objects.filter(shop_id=buyer.shop_id, owner=f"b:{buyer.pk}"))  # what was never sent
        Translation.objects.filter(shop_id=buyer.shop_id).delete()  # a cache that does not know whose words it holds
        commerce_erasing.blank_orders(buyer)
    for forget in _also:
        forget(buyer.shop)


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


def _blank_desk_log(line: Conversation, session_ids: list[int]) -> None:
    """Take words out of the desk log and of pushes that wait."""
    for change in DeskEvent.objects.filter(session__in=session_ids).exclude(data={}).iterator(chunk_size=500):
        if "words" in change.data:
            DeskEvent.objects.filter(pk=change.pk).update(data={**change.data, "words": ""})
    Outbox.objects.filter(shop_id=line.shop_id, kind="push.send").delete()  # they may hold names and first words
