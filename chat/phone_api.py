"""REST of the very app that calls (docs/wire.md): how its phone is reached, and being there from the background."""

from typing import TypedDict

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import incoming, params, phones, serializers
from chat.actions import background, notices, pushing
from chat.api import MemberView
from chat.models import PushSubscription
from chat.token_api import key
from shops import schema
from shops.errors import Invalid, Refused
from shops.models import Device
from shops.rest import body_of

SERVICES = ("fcm", "apns")
APP, TOKEN = 120, 1000  # characters
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_KINDS = {"type": "array", "items": {"type": "string", "enum": list(pushing.KINDS)}, "maxItems": len(pushing.KINDS)}


class PhoneRegistrationShape(TypedDict):
    platform: str
    app: str
    kinds: list[str]
    language: str
    registered_at: str


class BackgroundLeaseShape(TypedDict):
    expires_at: str
    ends_at: str


class PhonePushShape(TypedDict):
    platforms: list[str]
    registration: PhoneRegistrationShape | None


class AppView(MemberView):
    """A call that only an app can make: it is about the very app."""

    def device(self, request: Request) -> Device:
        if not isinstance(request.auth, Device):
            raise Refused("not_an_app", _("This is for apps: sign in with a token."))
        return request.auth


class PhoneView(AppView):
    @schema.operation(
        "How this app is reached while it is not open, and for which phones the server is set up",
        schema.shape(PhonePushShape),
        name="app_push_read",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        known = notices.app_of(self.member, request.auth) if isinstance(request.auth, Device) else None
        return Response(shape(known))

    @schema.operation(
        "Let me be reached through this app (C11), as long as it is signed in",
        schema.shape(PhonePushShape),
        name="app_push_register",
        errors=(403, 409),
        request=schema.body(
            {
                "platform": {"type": "string", "enum": list(SERVICES)},
                "app": {"type": "string", "minLength": 1, "maxLength": APP},
                "token": {"type": "string", "minLength": 1, "maxLength": TOKEN},
            },
            {"kinds": _KINDS, "language": {"type": "string", "enum": list(LANGUAGES)}},
        ),
    )
    def put(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "platform", "app", "token", "kinds", "language")
        wanted = notices.App(
            incoming.choice(body.get("platform"), "platform", SERVICES),
            incoming.words(body.get("app"), "app", APP),
            incoming.words(body.get("token"), "token", TOKEN),
            _kinds(body.get("kinds", [])),
            incoming.choice(body.get("language", (get_language() or LANGUAGES[0])), "language", LANGUAGES),
        )
        return Response(shape(notices.register_app(self.member, self.device(request), wanted, key(request) or "")))

    @schema.operation("Stop reaching me through this app", None, name="app_push_forget", status=204, errors=(403, 409))
    def delete(self, request: Request, shop_id: int) -> Response:
        notices.forget_app(self.member, self.device(request))
        return Response(status=204)


class BackgroundView(AppView):
    @schema.operation(
        "Keep me online for another five minutes while this app is in the background (B1)",
        schema.shape(BackgroundLeaseShape),
        name="background_keep",
        errors=(403, 409),
        request=schema.body({}),
    )
    def put(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request))
        found = background.keep(self.member, self.device(request))
        moments = serializers.moment(found.expires_at), serializers.moment(found.ends_at)
        return Response({"expires_at": moments[0], "ends_at": moments[1]})

    @schema.operation(
        "I am not there any more, unless a console is open", None, name="background_end", status=204, errors=(403, 409)
    )
    def delete(self, request: Request, shop_id: int) -> Response:
        background.drop(self.member, self.device(request).pk)
        return Response(status=204)


def shape(found: PushSubscription | None) -> PhonePushShape:
    registration: PhoneRegistrationShape | None = None
    if found is not None:
        registration = {
            "platform": found.service,
            "app": found.app,
            "kinds": found.kinds,
            "language": found.language,
            "registered_at": serializers.moment(found.created_at),
        }
    return {"platforms": phones.services(), "registration": registration}


def _kinds(value: object) -> list[str]:
    """Check what an app wants to be told; an empty list is everything."""
    if not isinstance(value, list) or len(value) > len(pushing.KINDS):
        raise Invalid(kinds=incoming.a_list_of(len(pushing.KINDS)))
    return sorted({incoming.choice(one, "kinds", pushing.KINDS) for one in value})
