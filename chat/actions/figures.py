"""Tell the figures what has changed: open sessions are read as they are, a finished one marks its day (DESIGN)."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from chat.models import DayMark, ServiceSession
from commerce.models import Order
from lib import bulk
from shops.models import Shop

GUIDED = timedelta(days=7)  # for so long after a session it counts for what its buyer orders (G14)
_KEPT = timedelta(days=185)  # twice what figures go back, for what they are compared with


def changed(session: ServiceSession) -> None:
    """Say that a fact of this session has changed: call it in the transaction that changes one."""
    if not session.is_open:
        bulk.add_all([DayMark(shop_id=session.shop_id, at=session.started_at)])


def changed_all(sessions: Iterable[ServiceSession]) -> None:
    """The same for many: one mark a quarter of an hour is enough, no time zone starts its day between two of them."""
    marks = {(one.shop_id, one.started_at.timestamp() // 900): one.started_at for one in sessions if not one.is_open}
    DayMark.objects.bulk_create([DayMark(shop_id=shop, at=at) for (shop, _quarter), at in marks.items()], 500)


def ordered(orders: Iterable[Order]) -> None:
    """Say that orders are new, or others now in state or total: call it in the transaction that writes them (G14)."""
    of_them = {"buyer__orders__in": [one.pk for one in orders], "buyer__orders__created_at__gte": F("started_at")}
    until = {"buyer__orders__created_at__lte": F("started_at") + GUIDED}
    changed_all(ServiceSession.objects.closed().filter(**of_them, **until).only("shop_id", "state", "started_at"))


def everything_changed(shop: Shop) -> None:
    """Mark every day of the shop: it counts by other rules or in another zone now."""
    recent = ServiceSession.objects.closed().filter(shop=shop, started_at__gte=timezone.now() - _KEPT)
    changed_all(recent.only("shop_id", "state", "started_at").iterator())


def taken(mark_ids: list[int]) -> None:
    """Remove marks whose days are added up in this transaction."""
    DayMark.objects.filter(pk__in=mark_ids).delete()
