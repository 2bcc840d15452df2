"""What was sent to somebody else's server, and what came of it: by target, newest first."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Outbox
from chat.posting import PATIENCE

PAGE = 50

STATES = {
    "waiting": gettext_lazy("Waiting"),
    "retrying": gettext_lazy("Trying again"),
    "done": gettext_lazy("Delivered"),
    "failed": gettext_lazy("Failed"),
}


def of(targets: Collection[str], *, failed: bool = False) -> "QuerySet[Outbox]":
    """Return what was sent to these, of one shop's, newest first; or what failed for good only."""
    rows = Outbox.objects.filter(target__in=targets).order_by("-pk")
    return rows.filter(dead=True) if failed else rows


def failures(targets: Collection[str]) -> dict[str, int]:
    """Return how often each of these was not reached for good, by target; those that were are left out."""
    rows = of(targets, failed=True).order_by().values("target").annotate(count=Count("pk"))
    return {row["target"]: row["count"] for row in rows}


def page(target: str, *, failed: bool = False, below: int | None = None) -> tuple[list[Outbox], int | None]:
    """Return one page, and below which number the next one goes on."""
    rows = of([target], failed=failed)
    found = list((rows.filter(pk__lt=below) if below else rows)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def why(error: str) -> str:
    """Say why a try came to nothing, in words; empty where it did not."""
    code, _colon, more = error.partition(":")
    if code == "status":
        return _("It answered %(status)s.") % {"status": more.strip()}
    return str(_WHY[code]()) if code in _WHY else error


_WHY: dict[str, Any] = {
    "slow": lambda: _("No answer within %(seconds)s seconds.") % {"seconds": f"{PATIENCE:.0f}"},
    "unreachable": lambda: _("The server could not be reached."),
    "not_allowed": lambda: _("The address does not lead to a public https server."),
    "off": lambda: _("The webhook was off."),
    "removed": lambda: _("What it was to tell has been removed."),
}
