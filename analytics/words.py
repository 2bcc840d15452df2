"""Figures as people read them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def shown(unit: str, value: float | None) -> str:
    """Return a figure with its unit; a dash where nothing could be measured."""
    if value is None:
        return "–"
    if unit == "rate":
        return f"{number_format(value * 100, 1)} %"
    if unit == "seconds":
        return duration(value)
    return number_format(value, 0, force_grouping=True)


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units."""
    whole = round(seconds)
    if whole < 60:
        return _("%(s)s s") % {"s": whole}
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest}
    return _("%(h)s h %(m)s min") % {"h": minutes // 60, "m": minutes % 60}
