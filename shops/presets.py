"""Platform presets (SPEC P): the only file that names a platform. Everything else reads a Policy."""

import dataclasses
import functools
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from shops.profiles import PROFILES

FIFO, LIFO = "fifo", "lifo"
OPEN_PLATFORM = "TIKTOK_SHOP"  # what clients of the open platform call a buyer's platform

OWNER, SUPER_ADMIN, SERVICE_LEAD, AGENT, STAFF = "owner", "super_admin", "service_lead", "agent", "staff"
LEADS = (OWNER, SUPER_ADMIN, SERVICE_LEAD)


@dataclass(frozen=True)
class Policy:
    """Every number and choice in which platforms differ; None means the rule does not apply (never, no limit)."""

    capacity_min: int  # P1, sessions
    capacity_default: int
    capacity_max: int
    capacity_advised: int | None  # shown as the advised minimum
    buyer_silent_close: timedelta | None  # P2, after the shop's last answer
    shop_silent_close: timedelta | None  # P3, after the oldest unanswered buyer message
    open_reply_window: timedelta | None  # P4, after the buyer's last message
    closed_reply_window: timedelta  # P5, after the close
    contact_order_age: timedelta  # P6
    contact_open_after_sale: bool  # P6, any age with a return or refund in progress
    owner_nickname_set_by: str  # P7: registration | owner
    member_nickname_set_by: str  # P7: owner | member
    queue_orders: tuple[str, ...]  # P8
    survey_at_close: bool  # P9, offered automatically
    survey_by_invitation: bool  # P9, on the agent's invitation
    quick_reply_scopes: tuple[str, ...]  # P10
    first_response_clock: str  # P11: assignment | session
    expiring_after: timedelta  # P12
    sole_agent_takes_all: bool  # P13, rule B4
    metric_profile: str  # P14, a key of shops.profiles
    targets: dict[str, float]  # G10: what the guides advise, by figure; a figure without one has none
    desk_setting_roles: tuple[str, ...]  # A3: queue order, greeting, common questions
    bot_setting_roles: tuple[str, ...]  # A3
    bot_set_by_every_agent: bool  # A3, whatever the role
    team_roles: tuple[str, ...]  # A4

    def override(self, numbers: dict[str, Any]) -> "Policy":
        """Return this policy with a shop's own numbers; raise ValueError naming the first bad one."""
        changed = {name: _parse(name, value) for name, value in numbers.items()}
        policy = dataclasses.replace(self, **changed)
        if not 1 <= policy.capacity_min <= policy.capacity_default <= policy.capacity_max:
            raise ValueError("capacity: 1 <= min <= default <= max")
        return policy


_TIKTOK_SHOP = Policy(
    capacity_min=1,
    capacity_default=200,
    capacity_max=1000,
    capacity_advised=200,
    buyer_silent_close=None,
    shop_silent_close=timedelta(days=7),
    open_reply_window=None,
    closed_reply_window=timedelta(days=30),
    contact_order_age=timedelta(days=60),
    contact_open_after_sale=True,
    owner_nickname_set_by="owner",
    member_nickname_set_by="member",
    queue_orders=(FIFO,),
    survey_at_close=True,
    survey_by_invitation=False,
    quick_reply_scopes=("shop", "agent"),
    first_response_clock="session",
    expiring_after=timedelta(hours=20),
    sole_agent_takes_all=True,
    metric_profile="guides",
    targets={"dissatisfaction": 0.15},
    desk_setting_roles=(OWNER, SUPER_ADMIN, SERVICE_LEAD),
    bot_setting_roles=(OWNER, SUPER_ADMIN, SERVICE_LEAD),
    bot_set_by_every_agent=False,
    team_roles=LEADS,
)

PRESETS: dict[str, Policy] = {
    "douyin": Policy(
        capacity_min=1,
        capacity_default=10,
        capacity_max=50,
        capacity_advised=None,
        buyer_silent_close=timedelta(minutes=15),
        shop_silent_close=None,
        open_reply_window=timedelta(hours=24),
        closed_reply_window=timedelta(hours=72),
        contact_order_age=timedelta(days=30),
        contact_open_after_sale=False,
        owner_nickname_set_by="registration",
        member_nickname_set_by="owner",
        queue_orders=(FIFO, LIFO),
        survey_at_close=False,
        survey_by_invitation=True,
        quick_reply_scopes=("agent",),
        first_response_clock="assignment",
        expiring_after=timedelta(hours=20),
        sole_agent_takes_all=False,
        metric_profile="guides",
        targets={"dissatisfaction": 0.15},
        desk_setting_roles=(OWNER,),
        bot_setting_roles=(OWNER,),
        bot_set_by_every_agent=True,
        team_roles=(OWNER,),
    ),
    "tiktok_shop": _TIKTOK_SHOP,
    "tiktok_shop_us": _TIKTOK_SHOP,
}

LABELS = {
    "douyin": _("Douyin (Feige)"),
    "tiktok_shop": _("TikTok Shop (SEA/UK)"),
    "tiktok_shop_us": _("TikTok Shop (US)"),
}

_ROLES = (*LEADS, AGENT, STAFF)
_CHOICES: dict[str, tuple[str, ...]] = {
    "owner_nickname_set_by": ("registration", "owner"),
    "member_nickname_set_by": ("owner", "member"),
    "queue_orders": (FIFO, LIFO),
    "quick_reply_scopes": ("shop", "agent"),
    "first_response_clock": ("assignment", "session"),
    "metric_profile": tuple(PROFILES),
    "desk_setting_roles": _ROLES,
    "bot_setting_roles": _ROLES,
    "team_roles": _ROLES,
}
_TYPES: dict[str, Any] = {field.name: field.type for field in dataclasses.fields(Policy)}


def policy(preset: str, overrides: dict[str, Any] | None = None) -> Policy:
    """Return the policy in force: the preset's numbers, a shop's overrides on top."""
    return _policy(preset, json.dumps(overrides or {}, sort_keys=True))


@functools.lru_cache(maxsize=4096)
def _policy(preset: str, overrides: str) -> Policy:
    return PRESETS[preset].override(json.loads(overrides))


def _parse(name: str, value: Any) -> Any:
    """Turn a stored override into a policy value: spans are stored as seconds, tuples as lists."""
    if name not in _TYPES:
        raise ValueError(f"{name}: unknown policy value")
    kind = _TYPES[name]
    optional = "None" in str(kind)
    if value is None and optional:
        return None
    if "timedelta" in str(kind) and _number(value) and 0 < value <= 366 * 86400:
        return timedelta(seconds=value)
    if "tuple" in str(kind) and isinstance(value, list) and value and all(v in _CHOICES[name] for v in value):
        return tuple(value)
    if kind is bool and isinstance(value, bool):
        return value
    if kind is str and value in _CHOICES[name]:
        return value
    if str(kind) in ("<class 'int'>", "int | None") and type(value) is int and 0 < value <= 100_000:
        return value
    if name == "targets" and isinstance(value, dict) and all(_number(v) and v >= 0 for v in value.values()):
        return {str(key): float(target) for key, target in value.items()}
    raise ValueError(f"{name}: {value!r} does not fit")


def choices(name: str) -> tuple[str, ...]:
    """Return what a value of the policy is chosen from; none where it is a number, a span or yes and no."""
    return _CHOICES.get(name, ())


def kind(name: str) -> str:
    """Return what a value of the policy is: number, span, flag, choice, choices or targets."""
    said = str(_TYPES[name])
    if "tuple" in said:
        return "choices"
    if name in _CHOICES:
        return "choice"
    kinds = {"timedelta": "span", "bool": "flag", "dict": "targets"}
    return next((found for word, found in kinds.items() if word in said), "number")


def optional(name: str) -> bool:
    """Whether a value of the policy may be none: never, no limit."""
    return "None" in str(_TYPES[name])


def stored(value: Any) -> Any:
    """Return a policy's value as an override is stored, see _parse."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return list(value) if isinstance(value, tuple) else value


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
