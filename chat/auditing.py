"""The audit log as its readers see it: pages by actor, kind and days, with what was there before and after."""

from datetime import datetime
from typing import Any, NamedTuple, TypedDict

import orjson
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chat import audit_words, serializers
from shops.audit_entry import AuditEntry
from shops.models import Member, Shop

PAGE = 50
FILE_ROWS = 10_000
Key = tuple[datetime, int]
Kind, Subject = AuditEntry.Kind, AuditEntry.Subject
_PLACES = {name: place for place, name in enumerate(audit_words.FIELDS)}


class Asked(NamedTuple):
    """What the log is asked for: one account, one kind, lines from `since` to before `until`, below a key."""

    actor: int | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: Key | None = None


class AuditActorShape(TypedDict):
    id: int | None
    name: str


class AuditSubjectShape(TypedDict):
    kind: str
    id: int | None


class AuditShape(TypedDict):
    id: int
    at: str
    actor: AuditActorShape
    address: str
    kind: str
    subject: AuditSubjectShape | None
    data: dict[str, Any]


def rows(shop: Shop, asked: Asked) -> "QuerySet[AuditEntry]":
    """Return the shop's lines that are asked for, the newest first."""
    found = AuditEntry.objects.filter(shop=shop).order_by("-at", "-pk")
    if asked.actor:
        # Of another shop's account there is nothing here.
        found = found.filter(actor__in=Member.objects.filter(shop=shop, pk=asked.actor).values("user"))
    found = found.filter(kind=asked.kind) if asked.kind else found
    found = found.filter(at__gte=asked.since) if asked.since else found
    found = found.filter(at__lt=asked.until) if asked.until else found
    if asked.before:
        at, pk = asked.before
        # The first condition says nothing new, but it is the one that an index can start from.
        found = found.filter(Q(at__lte=at), Q(at__lt=at) | Q(pk__lt=pk))
    return found


def page(shop: Shop, asked: Asked) -> tuple[list[AuditEntry], Key | None]:
    """Return one page, and what the next starts below."""
    found = list(rows(shop, asked)[: PAGE + 1])
    return found[:PAGE], (found[PAGE - 1].at, found[PAGE - 1].pk) if len(found) > PAGE else None


def people(shop: Shop) -> list[Member]:
    """Return whom the filter offers, also those who have left."""
    return list(Member.objects.filter(shop=shop).order_by("-is_active", "nickname")[:500])


def label(kind: str) -> str:
    """Say what was done; a kind that is not known any more is shown as it is."""
    return str(Kind(kind).label) if kind in Kind else kind


def subject(row: AuditEntry) -> str:
    """Name the thing: an account by the name it had, all else by its number."""
    if row.subject in (Subject.NOTHING, Subject.USER):  # who signs in is who did it
        return ""
    name = str(Subject(row.subject).label) if row.subject in Subject else row.subject
    return f"{name} {row.data['name']}" if "name" in row.data else f"{name} {row.subject_id or ''}".strip()


class Change(NamedTuple):
    """One field of a change, as text; `before` is empty where there was nothing to compare."""

    name: str
    before: str
    after: str


def changes(row: AuditEntry) -> list[Change]:
    """Return what a line says besides who and what: fields before and after, then the rest."""
    before, after = row.data.get("before") or {}, row.data.get("after") or {}
    found = [
        Change(field(name), shown(name, before.get(name)), shown(name, after.get(name)))
        for name in sorted({**before, **after}, key=_place)
    ]
    rest = {name: row.data[name] for name in sorted(row.data, key=_place) if name not in ("before", "after", "name")}
    return [*found, *(Change(field(name), "", shown(name, value)) for name, value in rest.items())]


def shape(row: AuditEntry) -> AuditShape:
    """Return a line as the API gives it."""
    return {
        "id": row.pk,
        "at": serializers.moment(row.at),
        "actor": {"id": row.actor_id, "name": row.who},
        "address": row.address,
        "kind": row.kind,
        "subject": {"kind": row.subject, "id": row.subject_id} if row.subject else None,
        "data": row.data,
    }


def table(shop: Shop, asked: Asked) -> list[list[str]]:
    """Return the lines as a table with a heading, the newest 10,000."""
    head = [_("Time"), _("Who"), _("What"), _("Concerning"), _("Details"), _("Address")]
    found = rows(shop, asked)[:FILE_ROWS].iterator(chunk_size=500)
    return [
        head,
        *([_time(shop, row), row.who, label(row.kind), subject(row), _line(row), row.address] for row in found),
    ]


def _time(shop: Shop, row: AuditEntry) -> str:
    return f"{localtime(row.at, shop.zone):%Y-%m-%d %H:%M:%S}"


def _line(row: AuditEntry) -> str:
    told = [
        f"{one.name}: {one.before} → {one.after}" if one.before else f"{one.name}: {one.after}" for one in changes(row)
    ]
    return "; ".join(told)


def shown(name: str, value: Any) -> str:
    """Return a value of a field in words."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list) and all(isinstance(one, (str, int)) for one in value):
        return ", ".join(map(str, value))
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return str(audit_words.VALUES.get(str(value), value) if name in audit_words.CODED else value)


def field(name: str) -> str:
    """Return the name of a field as pages call it, where they do."""
    return str(audit_words.FIELDS.get(name, name))


def _place(name: str) -> tuple[int, str]:
    """Where a field stands in a line: as its words do. PostgreSQL keeps no order of its own."""
    return _PLACES.get(name, len(_PLACES)), name
