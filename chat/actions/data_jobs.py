"""Ask for one buyer's data as a file, or for its erasure; the outbox does it in steps and shows how far it is."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import access, events, locks
from chat.actions import data_files, erasing, outbox
from chat.models import DataRequest, Message, ServiceSession
from lib.db import write
from shops import audit, permissions
from shops.errors import Refused
from shops.models import Buyer, Member, User

Kind, State = DataRequest.Kind, DataRequest.State
STEPS = 20  # of an erasure, before another outbox row goes on
SILENT = timedelta(seconds=90)  # another process that was at it has gone
KEPT = timedelta(days=7)
LOST = timedelta(days=1)  # the outbox has given it up


class _Overtaken(Exception):
    """The export is not this maker's any more: begun anew elsewhere, or its buyer was erased meanwhile."""


def order(buyer: Buyer, kind: str, by: Member | User | None) -> DataRequest:
    """Promise an export or an erasure; Refused `session_open` `already_erased` `already_asked`.

    From the moment an erasure is asked for, nothing can be written into the conversation. Who may ask is the caller's
    to know, of anybody but members.
    """
    if isinstance(by, Member):
        permissions.require(by, "keep buyers' data")
    line, now = access.conversation_of(buyer), timezone.now()
    with write():
        locks.desk(buyer.shop_id)
        held = locks.conversations([line.pk])[line.pk]
        if kind == Kind.EXPORT and held.buyer.erased_at:
            raise Refused("already_erased", _("This buyer's data was erased already."))
        if kind == Kind.ERASE:
            _must_be_erasable(buyer)
            erasing.close_the_line(buyer)
            events.again_on_line(line.pk)
        request = DataRequest(
            shop_id=buyer.shop_id, buyer=buyer, kind=kind, created_at=now, touched_at=now,
            by=by.user if isinstance(by, Member) else by,
            who=by.nickname if isinstance(by, Member) else by.get_username() if by else "",
            total=Message.objects.filter(conversation=line).count(),
        )  # fmt: skip
        try:
            with transaction.atomic():
                request.save(force_insert=True)
        except IntegrityError:
            raise Refused("already_asked", _("This is being done already.")) from None
        outbox.promise(f"buyer.{kind}", {"request": request.pk, "above": 0}, buyer.shop_id)
        what = audit.Kind.ERASED if kind == Kind.ERASE else audit.Kind.EXPORTED
        more: dict[str, Any] = {} if kind == Kind.ERASE else {"what": "buyer", "form": "zip"}
        audit.record(what, by, buyer.shop_id, subject=audit.Subject.BUYER, subject_id=buyer.pk, **more)
    return request


def _must_be_erasable(buyer: Buyer) -> None:
    if DataRequest.objects.filter(buyer=buyer, kind=Kind.ERASE, state=State.DONE).exists():
        raise Refused("already_erased", _("This buyer's data was erased already."))
    if ServiceSession.objects.open().filter(buyer=buyer).exists():
        raise Refused("session_open", _("Close the open conversation with this buyer first."))


def erase(payload: dict[str, Any]) -> None:
    """Outbox handler of `buyer.erase`: go on above a number; done again, it changes nothing."""
    request = DataRequest.objects.select_related("buyer__shop").get(pk=payload["request"])
    line, above = access.conversation_of(request.buyer), int(payload["above"])
    if above == 0:
        erasing.begin(request.buyer, line)
    for _turn in range(STEPS):
        last = erasing.blank_some(line, above)
        if last is None:
            erasing.finish(request.buyer, line)
            _forget_exports(request.buyer)
            _change(request, state=State.DONE, done=request.total, finished_at=timezone.now())
            return
        above = last
        _change(request, state=State.RUNNING, done=Message.objects.filter(conversation=line, seq__lte=above).count())
    with write():
        outbox.promise("buyer.erase", {"request": request.pk, "above": above}, request.shop_id)


def export(payload: dict[str, Any]) -> None:
    """Outbox handler of `buyer.export`: write the file anew, whatever an earlier try left.

    The file's name stands in the row before there is a file, so none is ever lost, and says whose the job is.
    """
    request = DataRequest.objects.select_related("buyer__shop").get(pk=payload["request"])
    if request.is_over:
        return
    if request.state == State.RUNNING and request.touched_at > timezone.now() - SILENT:
        raise RuntimeError("another process is at it")
    if request.buyer.erased_at:
        _change(request, state=State.FAILED, finished_at=timezone.now())
        return
    left, request.file = request.file, f"exports/{uuid.uuid4().hex}.zip"
    _change(request, state=State.RUNNING, done=0, file=request.file)
    if left:
        default_storage.delete(left)
    try:
        size = data_files.make(request.buyer, request.file, lambda done: _go_on(request, done=done))
        _go_on(request, state=State.DONE, done=request.total, size=size, finished_at=timezone.now())
    except _Overtaken:
        default_storage.delete(request.file)


def sweep(now: datetime) -> int:
    """Remove files older than a week, their rows stay; what the outbox gave up has failed. Return how many files."""
    lost = DataRequest.objects.filter(state__in=[State.QUEUED, State.RUNNING], touched_at__lt=now - LOST)
    if lost.exists():
        with write():
            lost.update(state=State.FAILED, finished_at=now)
    old = DataRequest.objects.filter(finished_at__lt=now - KEPT).exclude(file="")
    found = list(old[:100])
    for one in found:
        forget_file(one)
    return len(found)


def forget_shortened(shop_id: int) -> None:
    """Remove files that hold what retention has removed since; one that is being made is made anew."""
    since = ServiceSession.objects.filter(buyer=OuterRef("buyer"), removed_at__gt=OuterRef("created_at"))
    rows = DataRequest.objects.filter(Exists(since), shop_id=shop_id, kind=Kind.EXPORT).exclude(file="")
    for one in rows:
        with write():
            again = DataRequest.objects.filter(pk=one.pk, state=State.RUNNING, file=one.file)
            if again.update(state=State.QUEUED, touched_at=timezone.now()):
                outbox.promise("buyer.export", {"request": one.pk, "above": 0}, shop_id)
                continue
        forget_file(one)


def forget_file(request: DataRequest) -> None:
    """Remove the file of an export."""
    default_storage.delete(request.file)
    _change(request, file="")


def _forget_exports(buyer: Buyer) -> None:
    """Remove an erased buyer's files; an export that still runs holds words, and ends with nothing."""
    mine = DataRequest.objects.filter(buyer=buyer, kind=Kind.EXPORT)
    with write():
        mine.filter(state__in=[State.QUEUED, State.RUNNING]).update(state=State.FAILED, finished_at=timezone.now())
    for made in mine.exclude(file=""):
        forget_file(made)


def _go_on(request: DataRequest, **values: Any) -> None:
    with write():
        mine = DataRequest.objects.filter(pk=request.pk, state=State.RUNNING, file=request.file)
        if not mine.update(touched_at=timezone.now(), **values):
            raise _Overtaken


def _change(request: DataRequest, **values: Any) -> None:
    with write():
        DataRequest.objects.filter(pk=request.pk).update(touched_at=timezone.now(), **values)
