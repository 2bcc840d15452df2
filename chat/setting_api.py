"""REST of a shop's settings (docs/wire.md): conversations, business hours and holiday, the platform's rules."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import incoming, params, policy_words, serializers
from chat.actions import policy
from chat.api import MemberView
from chat.setting_forms import MINUTES
from lib.db import write
from shops import hours, permissions, schema
from shops.errors import Invalid, Refused
from shops.models import Shop
from shops.rest import body_of

LONG, NOTICE = 500, 300  # characters
_TIME = {"type": "string", "maxLength": 5}
_PERIODS = {
    "type": "array",
    "maxItems": hours.PERIODS,
    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": _TIME},
}
_SPECIAL = schema.obj({"date": schema.TEXT, "name": schema.TEXT, "periods": _PERIODS}, ["date", "periods"])
_MOMENT = {"type": "string", "format": "date-time", "nullable": True}
_HOLIDAY = {
    **schema.obj({"on": schema.FLAG, "notice": schema.TEXT, "from": _MOMENT, "until": _MOMENT}, ["on"]),
    "additionalProperties": False,
}


class ConversationSettingsShape(TypedDict):
    greeting: str
    off_hours_reply: str
    queue_order: str
    queue_orders: list[str]
    requeue_after: int | None
    may_edit: bool


class SpecialDayShape(TypedDict):
    date: str
    name: str
    periods: list[list[str]]


HolidayShape = TypedDict(
    "HolidayShape", {"on": bool, "notice": str, "from": str | None, "until": str | None, "in_force": bool}
)


class HoursShape(TypedDict):
    time_zone: str
    week: list[list[list[str]]]
    special_days: list[SpecialDayShape]
    holiday: HolidayShape
    open: bool
    opens_at: str | None
    may_edit: bool


class PlatformRuleShape(TypedDict):
    key: str
    group: str
    name: str
    value: str
    about: str
    usual: str
    overridden: bool


class Talk(MemberView):
    @schema.operation(
        "What holds for conversations (A3, P8)", schema.shape(ConversationSettingsShape), name="settings_talk"
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(self._answer(self.member.shop))

    @schema.operation(
        "Set what holds for conversations; what is not given stays",
        schema.shape(ConversationSettingsShape),
        name="settings_talk_set",
        errors=(403, 409),
        request=schema.body(
            {},
            {
                "greeting": {"type": "string", "maxLength": LONG},
                "off_hours_reply": {"type": "string", "maxLength": LONG},
                "queue_order": {"type": "string", "enum": list(Shop.QueueOrder.values)},
                "requeue_after": {"type": "integer", "minimum": 1, "maximum": MINUTES, "nullable": True},
            },
        ),
    )
    def patch(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, *_TALK)
        values = {name: _TALK[name](value) for name, value in body.items()}
        return Response(self._answer(policy.set_talk(self.member.shop, self.member, **values)))

    def _answer(self, shop: Shop) -> ConversationSettingsShape:
        return {
            "greeting": shop.greeting,
            "off_hours_reply": shop.off_hours_reply,
            "queue_order": shop.queue_order,
            "queue_orders": list(shop.policy.queue_orders),
            "requeue_after": shop.requeue_after,
            "may_edit": permissions.may(self.member, "set the desk"),
        }


class Hours(MemberView):
    @schema.operation("When the shop serves (E5), and whether it does now", schema.shape(HoursShape), name="hours")
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(self._answer(self.member.shop))

    @schema.operation(
        "Set the week, the special days or holiday mode (E5, G2); what is not given stays",
        schema.shape(HoursShape),
        name="hours_set",
        errors=(403, 409),
        request=schema.body(
            {},
            {
                "week": {"type": "array", "maxItems": hours.DAYS, "items": _PERIODS},
                "special_days": {"type": "array", "maxItems": hours.SPECIAL_DAYS, "items": _SPECIAL},
                "holiday": _HOLIDAY,
            },
        ),
    )
    def patch(self, request: Request, shop_id: int) -> Response:
        body, shop, by = body_of(request), self.member.shop, self.member
        incoming.fields(body, "week", "special_days", "holiday")
        checked = {name: _times(name, body[name]) for name in _TIMES if name in body}
        holiday = _holiday(shop, body["holiday"]) if "holiday" in body else None
        with write():
            if "week" in checked:
                shop = policy.set_week(shop, checked["week"], by)
            if "special_days" in checked:
                shop = policy.set_special_days(shop, checked["special_days"], by)
            if holiday:
                shop = policy.set_holiday(shop, holiday["on"], holiday["notice"], by, *holiday["bounds"])
        return Response(self._answer(shop))

    def _answer(self, shop: Shop) -> HoursShape:
        now = timezone.now()
        opens = hours.next_opening(shop, now)
        return {
            "time_zone": shop.time_zone,
            "week": shop.business_week,
            "special_days": [_special(one) for one in shop.special_days],
            "holiday": {
                "on": shop.holiday_mode,
                "notice": shop.holiday_notice,
                "from": serializers.maybe(shop.holiday_from),
                "until": serializers.maybe(shop.holiday_until),
                "in_force": hours.on_holiday(shop, now),
            },
            "open": hours.is_open(shop, now),
            "opens_at": serializers.maybe(opens),
            "may_edit": permissions.may(self.member, "set the desk"),
        }


class Rules(MemberView):
    @schema.operation(
        "The platform's rules for this shop in words (P), beside what is usual on the platform",
        schema.page(PlatformRuleShape),
        name="rules",
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        found = policy_words.rules(self.member.shop)
        return Response({"results": [_rule(group, one) for group, rows in found for one in rows], "next": None})


def _special(day: dict[str, Any]) -> SpecialDayShape:
    return {"date": day["date"], "name": day.get("name", ""), "periods": day["periods"]}


def _rule(group: str, rule: policy_words.Rule) -> PlatformRuleShape:
    return {
        "key": rule.line.key,
        "group": group,
        "name": rule.line.name,
        "value": rule.line.value,
        "about": rule.line.about,
        "usual": rule.usual,
        "overridden": rule.overridden,
    }


_TALK: dict[str, Any] = {
    "greeting": lambda value: incoming.words(value, "greeting", LONG, empty=True),
    "off_hours_reply": lambda value: incoming.words(value, "off_hours_reply", LONG, empty=True),
    "queue_order": lambda value: incoming.choice(value, "queue_order", tuple(Shop.QueueOrder.values)),
    "requeue_after": lambda value: None if value is None else incoming.number(value, "requeue_after", 1, MINUTES),
}


_TIMES: dict[str, Callable[[Any], Any]] = {"week": hours.checked_week, "special_days": hours.checked_special_days}


def _times(name: str, value: Any) -> Any:
    """Check hours as the action does; what is not well formed is 400 here, with the field's name."""
    try:
        return _TIMES[name](value)
    except Refused as wrong:
        raise Invalid(**{name: wrong.words}) from wrong


def _holiday(shop: Shop, given: Any) -> dict[str, Any]:
    """Check what is to become of holiday mode; bounds and notice that are not given stay."""
    if not isinstance(given, dict) or not {"on"} <= set(given) <= {"on", "notice", "from", "until"}:
        raise Invalid(holiday=_("Holiday mode has on, notice, from and until."))
    stored = {"notice": shop.holiday_notice, "from": shop.holiday_from, "until": shop.holiday_until}
    bounds = [_moment(given[name]) if name in given else stored[name] for name in ("from", "until")]
    notice = incoming.words(given.get("notice", stored["notice"]), "holiday", NOTICE, empty=True)
    return {"on": incoming.flag(given["on"], "holiday"), "notice": notice, "bounds": bounds}


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        found = parse_datetime(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 2000 <= found.year <= 9000:
        raise Invalid(holiday=_("A moment like 2026-11-30T18:00:00Z, please."))
    return found
