"""The shop's own numbers as a form: a rule's fields with what they hold, and what was sent, as it is stored (A7, P)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.policy_words import Line, choice
from shops import presets
from shops.errors import Invalid
from shops.models import Shop
from shops.presets import Policy

UNITS = {"days": 86400, "hours": 3600, "minutes": 60}
UNIT_WORDS = {"days": gettext_lazy("days"), "hours": gettext_lazy("hours"), "minutes": gettext_lazy("minutes")}
LONGEST = timedelta(days=366)
MOST = 100_000
TARGET = "dissatisfaction"
_LABELS = {
    "capacity_min": gettext_lazy("At least"),
    "capacity_default": gettext_lazy("At first"),
    "capacity_max": gettext_lazy("At most"),
    "capacity_advised": gettext_lazy("Advised at least"),
    "contact_order_age": gettext_lazy("Orders of the last"),
    "contact_open_after_sale": gettext_lazy("Any order with a return in progress"),
    "survey_at_close": gettext_lazy("By itself at the close"),
    "survey_by_invitation": gettext_lazy("On the agent's invitation"),
    "owner_nickname_set_by": gettext_lazy("The owner's"),
    "member_nickname_set_by": gettext_lazy("Those of sub-accounts"),
    "bot_setting_roles": gettext_lazy("Roles"),
    "bot_set_by_every_agent": gettext_lazy("Every agent, whatever the role"),
}


class Field(NamedTuple):
    """One value of the policy in a form; `options` are (value, words, chosen)."""

    name: str
    label: str
    kind: str
    optional: bool
    value: str = ""
    options: tuple[tuple[str, str, bool], ...] = ()


def fields(line: Line, policy: Policy) -> list[Field]:
    """Return the fields of a rule with what the policy holds."""
    return [_field(name, str(_LABELS.get(name, line.name)), getattr(policy, name)) for name in line.fields]


def read(line: Line, shop: Shop, given: Mapping[str, Any], several: Any) -> dict[str, Any]:
    """Return what a form holds for a rule, as it is stored; `several` gives all values of a name. Raise Invalid."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in line.fields:
        try:
            found[name] = _READ[presets.kind(name)](name, shop, given, several)
        except Invalid as invalid:
            wrong |= invalid.fields
    if wrong:
        raise Invalid(**wrong)
    try:
        presets.policy(shop.preset, {**shop.overrides, **found})
    except ValueError:  # each fits by itself: it is the order of the numbers at once
        raise Invalid(**{line.key: _("From at least 1 on, each number must not be below the one before.")}) from None
    return found


def _field(name: str, label: str, value: Any) -> Field:
    kind, optional = presets.kind(name), presets.optional(name)
    match kind:
        case "span":
            unit, number = _in_unit(value)
            options = tuple((one, str(words), one == unit) for one, words in UNIT_WORDS.items())
            return Field(name, label, kind, optional, number, options)
        case "flag":
            yes_no = (("yes", _("Yes"), value), ("no", _("No"), not value))
            return Field(name, label, kind, optional, options=yes_no)
        case "targets":
            share = value.get(TARGET)
            return Field(name, label, kind, True, "" if share is None else f"{share * 100:g}")
        case "number":
            return Field(name, label, kind, optional, "" if value is None else str(value))
    chosen = value if isinstance(value, tuple) else (value,)
    options = tuple((one, choice(name, one), one in chosen) for one in presets.choices(name))
    return Field(name, label, kind, optional, options=options)


def _in_unit(value: timedelta | None) -> tuple[str, str]:
    """Return a span in the largest unit that it is a whole number of; minutes may have a part."""
    if value is None:
        return "hours", ""
    seconds = value.total_seconds()
    unit = next((name for name, size in UNITS.items() if seconds % size == 0), "minutes")
    return unit, f"{seconds / UNITS[unit]:g}"


def _number(name: str, _shop: Shop, given: Mapping[str, Any], _several: Any) -> int | None:
    text = _text(name, given)
    if not text and presets.optional(name):
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and 0 < int(text) <= MOST):
        raise Invalid(**{name: _("A whole number from %(low)s to %(high)s, please.") % {"low": 1, "high": MOST}})
    return int(text)


def _span(name: str, _shop: Shop, given: Mapping[str, Any], _several: Any) -> float | None:
    text, unit = _text(name, given), _text(f"{name}-unit", given)
    if not text and presets.optional(name):
        return None
    known = text.isascii() and text.isdigit() and len(text) <= 6 and unit in UNITS
    seconds = int(text) * UNITS[unit] if known else 0
    if not 0 < seconds <= LONGEST.total_seconds():
        raise Invalid(**{name: _("A whole number of minutes, hours or days, at most 366 days.")})
    return seconds


def _flag(name: str, _shop: Shop, given: Mapping[str, Any], _several: Any) -> bool:
    return _one_of(name, ("yes", "no"), [_text(name, given)]) == ["yes"]


def _choice(name: str, _shop: Shop, given: Mapping[str, Any], _several: Any) -> str:
    return _one_of(name, presets.choices(name), [_text(name, given)])[0]


def _choices(name: str, _shop: Shop, _given: Mapping[str, Any], several: Any) -> list[str]:
    sent = several(name)
    _one_of(name, presets.choices(name), sent)
    return [one for one in presets.choices(name) if one in sent]


def _targets(name: str, shop: Shop, given: Mapping[str, Any], _several: Any) -> dict[str, float]:
    text = _text(name, given)
    kept = {key: value for key, value in shop.policy.targets.items() if key != TARGET}
    if not text:
        return kept
    known = text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= 5
    if not (known and 0 < float(text) <= 100):
        raise Invalid(**{name: _("A share from 0 to 100 %, please.")})
    return {**kept, TARGET: round(float(text) / 100, 4)}


def _one_of(name: str, known: Iterable[str], sent: list[str]) -> list[str]:
    if not sent or not set(sent) <= set(known):
        raise Invalid(**{name: _("Choose at least one of these.")})
    return sent


def _text(name: str, given: Mapping[str, Any]) -> str:
    return str(given.get(name, "")).strip()


_READ: dict[str, Any] = {
    "number": _number,
    "span": _span,
    "flag": _flag,
    "choice": _choice,
    "choices": _choices,
    "targets": _targets,
}
