"""The audit log: `record` in the transaction of the change, and nothing else writes it.

What is recorded names people of the shop and numbers of things; of buyers only their number here, so that erasing a
buyer leaves nothing of them in a log that can't be changed.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from lib.db import write
from lib.redacting import veil
from shops.audit_entry import AuditEntry
from shops.models import Member, Shop, User

Kind, Subject = AuditEntry.Kind, AuditEntry.Subject
AGAIN = timedelta(minutes=30)  # who looks at the same thing again within it has one line
LONGEST, MANY = 300, 50  # characters of a value, values of a list or fields of a change
YEAR = timedelta(days=365)  # younger lines can't be removed, see the trigger
SWEPT = 1000
_address: ContextVar[str] = ContextVar("address", default="")


def record(
    kind: str,
    by: Member | User | None,
    shop: Shop | int | None = None,
    *,
    subject: str = "",
    subject_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    **more: Any,
) -> None:
    """Write one line in the running transaction; without `shop` it is the member's, or the platform's own.

    `before` and `after` hold what changed, by field; what is equal in both is left out.
    """
    if before is not None and after is not None:
        before, after = _different(before, after)
    data = {"before": before, "after": after, **more}
    user, who = (by.user, by.nickname) if isinstance(by, Member) else (by, by.get_username() if by else "")
    shop_id = shop.pk if isinstance(shop, Shop) else shop
    if shop_id is None and isinstance(by, Member):
        shop_id = by.shop_id
    AuditEntry.objects.create(
        shop_id=shop_id,
        actor=user,
        who=who,
        address=_address.get(),
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        data={name: _short(value) for name, value in data.items() if value is not None},
        at=timezone.now(),
    )


def record_person(kind: str, user: User, **more: Any) -> None:
    """Write what a person did before any shop was chosen (signed in, failed) into the log of each of its shops."""
    members = list(Member.objects.active().filter(user=user).select_related("user")[:MANY])
    with write():
        for member in members:
            record(kind, member, subject=Subject.USER, subject_id=user.pk, **more)
        if user.is_staff or not members:
            record(kind, user, subject=Subject.USER, subject_id=user.pk, **more)


def looked(kind: str, by: Member, subject: str, subject_id: int, **more: Any) -> None:
    """Write that somebody looked at a thing; once in half an hour for the same thing."""
    since = timezone.now() - AGAIN
    recent = AuditEntry.objects.filter(shop_id=by.shop_id, actor_id=by.user_id, kind=kind, at__gt=since)
    if not recent.filter(subject=subject, subject_id=subject_id).exists():
        with write():
            record(kind, by, subject=subject, subject_id=subject_id, **more)


def come_from(address: str) -> None:
    """Keep the address of whoever holds this socket for the lines that it writes."""
    _address.set(address[:45])


def sweep(now: datetime) -> int:
    """Remove lines older than AUDIT_DAYS, at most 1,000; return how many."""
    old = AuditEntry.objects.filter(at__lt=now - max(YEAR, timedelta(days=settings.AUDIT_DAYS))).order_by("at")
    ids = list(old.values_list("pk", flat=True)[:SWEPT])
    if ids:
        with write():
            AuditEntry.objects.filter(pk__in=ids).delete()
    return len(ids)


@sync_and_async_middleware
def remember_address(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: keep the address of who asks for the lines that its request writes."""

    async def later(request: HttpRequest) -> Any:
        token = _address.set(_of(request))
        try:
            return await get_response(request)
        finally:
            _address.reset(token)

    def now(request: HttpRequest) -> Any:
        token = _address.set(_of(request))
        try:
            return get_response(request)
        finally:
            _address.reset(token)

    return later if iscoroutinefunction(get_response) else now


def _of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _different(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in after if name not in before or before[name] != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _short(value: Any) -> Any:
    """Return a value as the log keeps it: no endless texts, nothing that JSON can't hold."""
    if isinstance(value, dict):
        return {str(name)[:60]: _short(one) for name, one in list(value.items())[:MANY]}
    if isinstance(value, (list, tuple)):
        return [_short(one) for one in value[:MANY]]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = veil(str(value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
