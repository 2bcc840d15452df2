"""The platform's numbers in words, for people (SPEC P)."""

from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shops.presets import Policy


class Line(NamedTuple):
    """One rule: its name, the value in force, and what it does."""

    name: str
    value: str
    about: str


def lines(policy: Policy) -> list[Line]:
    """Return the rules that shape the desk, with the values in force."""
    return [*_limits(policy), *_windows(policy), *_ratings(policy)]


def _limits(policy: Policy) -> list[Line]:
    return [
        Line(
            _("Conversations at once"),
            _("%(low)s to %(high)s, %(default)s at first")
            % {"low": policy.capacity_min, "high": policy.capacity_max, "default": policy.capacity_default},
            _("How many open conversations an agent takes automatically."),
        ),
        Line(
            _("Buyer silent"),
            span(policy.buyer_silent_close) or _("never"),
            _("After the shop's reply and this long without a word from the buyer, the conversation closes."),
        ),
        Line(
            _("Shop silent"),
            span(policy.shop_silent_close) or _("never"),
            _("A conversation that nobody answered closes this long after the buyer's oldest open message."),
        ),
    ]


def _windows(policy: Policy) -> list[Line]:
    return [
        Line(
            _("Reply to open conversations"),
            span(policy.open_reply_window) or _("no limit"),
            _("How long after the buyer's last message the shop may still reply."),
        ),
        Line(
            _("Reply to closed conversations"),
            span(policy.closed_reply_window),
            _("How long after the close the last agent may still reply; it stays closed."),
        ),
        Line(
            _("About to expire"),
            span(policy.expiring_after),
            _("From this waiting time on a conversation is listed as about to expire."),
        ),
    ]


def _ratings(policy: Policy) -> list[Line]:
    return [
        Line(
            _("Rating survey"),
            _("at the close") if policy.survey_at_close else _("on invitation"),
            _("When buyers are asked for stars; they can also rate by themselves."),
        ),
        Line(
            _("First-response clock"),
            _("from the assignment")
            if policy.first_response_clock == "assignment"
            else _("from the conversation's start"),
            _("From when the average first response is counted."),
        ),
    ]


def span(length: timedelta | None) -> str:
    """Return a length of time in words; empty for none."""
    if length is None:
        return ""
    if length.days and not length.seconds:
        hours = length.days * 24
        if length.days <= 3:
            return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
        return ngettext("%(n)s day", "%(n)s days", length.days) % {"n": length.days}
    minutes = int(length.total_seconds() // 60)
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
