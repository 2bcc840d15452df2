"""Whether an endpoint answers: one that fails rests, longer and longer; after three days it is turned off."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import outgoing
from chat.actions import outbox
from lib.db import write
from shops import audit, permissions
from shops.models import Member
from shops.pages import Warned
from webhooks.models import Endpoint

LONG = timedelta(days=3)  # without a single try that was taken
REST = timedelta(minutes=1), timedelta(minutes=10)  # at least, at most


def failed(to: Endpoint, *, is_gone: bool = False) -> None:
    """A try came to nothing: what waits for this endpoint waits a while, so that it does not keep others waiting."""
    now = timezone.now()
    since = to.failing_since or now
    if is_gone or now - since >= LONG:
        _turn_off(to, Endpoint.Why.GONE if is_gone else Endpoint.Why.FAILING)
        return
    until = now + max(REST[0], min(REST[1], (now - since) / 4))
    with write():
        Endpoint.objects.filter(pk=to.pk).update(failing_since=since, resting_until=until)
        outbox.rest(to.target, until)


def answered(to: Endpoint) -> None:
    if to.failing_since is not None:
        with write():
            Endpoint.objects.filter(pk=to.pk).update(failing_since=None, resting_until=None)


def warnings(member: Member) -> Iterator[Warned]:
    """Tell whoever keeps webhooks, on every page of the shop, which were turned off, until they are seen to."""
    if not permissions.may(member, "keep webhooks"):
        return
    for one in Endpoint.objects.filter(shop=member.shop_id).exclude(off_why="").order_by("pk"):
        words = _("The webhook “%(name)s” was turned off: %(why)s.")
        told = words % {"name": one.name, "why": one.get_off_why_display()}
        yield Warned(told, reverse("settings-webhook", args=[one.shop_id, one.pk]))


def _turn_off(to: Endpoint, why: str) -> None:
    with write():
        on = Endpoint.objects.filter(pk=to.pk, is_on=True)
        if on.update(is_on=False, off_why=why, off_at=timezone.now(), resting_until=None):
            audit.record(
                audit.Kind.WEBHOOK, None, to.shop_id, subject=audit.Subject.WEBHOOK, subject_id=to.pk,
                name=to.name, before={"is_on": True}, after={"is_on": False}, reason=why,
            )  # fmt: skip
            outgoing.settle(to.shop_id)
