"""Lists of reports (F3). Questions only."""

from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import UserReport

PAGE = 30
QUEUE = 100  # reports shown to a reviewer at once; those decided make place for the next
State = UserReport.State
OVERDUE = "overdue"
CHOICES = {
    State.PENDING.value: State.PENDING.label,
    OVERDUE: _("Overdue"),
    State.APPROVED.value: State.APPROVED.label,
    State.REJECTED.value: State.REJECTED.label,
    State.REVERSED.value: State.REVERSED.label,
}


class Page(NamedTuple):
    rows: list[UserReport]
    following: int | None  # the next page starts below this id


def page(rows: QuerySet[UserReport], state: str = "", before: int | None = None) -> Page:
    """Return a page of reports, newest first, all or those of one of CHOICES."""
    if state == OVERDUE:
        rows = rows.filter(state=State.PENDING, submitted_at__lte=timezone.now() - UserReport.TERM)
    elif state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def waiting(rows: QuerySet[UserReport]) -> Page:
    """Return the reports that wait longest."""
    return Page(list(rows.filter(state=State.PENDING).order_by("submitted_at", "pk")[:QUEUE]), None)
