"""REST of apps' tokens: sign in, go on, sign out, and where somebody is signed in (docs/wire.md, Apps)."""

from typing import Any, TypedDict

from django.http import HttpRequest
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import incoming, serializers
from chat.actions import people
from chat.api import PersonView
from shops import audit, devices, schema, sign_in, sign_ins
from shops.errors import Refused, Throttled
from shops.models import Device
from shops.rest import body_of

NAME, PASSWORD, CODE, APP, TOKEN = 150, 1000, 20, 60, 2000  # characters


class TokenShape(TypedDict):
    access: str
    expires_in: int
    refresh: str
    refresh_expires_at: str


class SignInPlaceShape(TypedDict):
    id: str
    kind: str
    name: str
    address: str
    since: str | None
    used_at: str | None
    is_this: bool


def _text(limit: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": limit}


class Open(APIView):
    """A call of somebody who is not signed in yet, or not any more."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class SignIn(Open):
    @schema.operation(
        "Sign an app in: name and password, and the second factor where there is one",
        schema.shape(TokenShape),
        name="token_issue",
        status=201,
        errors=(401, 409, 429),
        auth=[],
        request=schema.body(
            {"username": _text(NAME), "password": _text(PASSWORD), "device": _text(APP)}, {"code": _text(CODE)}
        ),
    )
    def post(self, request: Request) -> Response:
        body = body_of(request)
        incoming.fields(body, "username", "password", "device", "code")
        name = incoming.words(body.get("username"), "username", NAME)
        device = incoming.words(body.get("device"), "device", APP)
        code = incoming.words(body["code"], "code", CODE) if "code" in body else ""
        asked: HttpRequest = request._request
        try:
            user = sign_in.prove(asked, name, _password(body.get("password")), code)
        except Refused as refusal:
            if "wait" in refusal.data:
                raise Throttled(retry_after=refusal.data["wait"]) from refusal
            raise
        agent, address = request.headers.get("User-Agent", ""), request.META.get("REMOTE_ADDR", "")
        return Response(shape(devices.issue(user, device, agent, address)), status=201)


class Refresh(Open):
    @schema.operation(
        "New tokens for a refresh token, which is then used up; one that comes again signs its app out",
        schema.shape(TokenShape),
        name="token_refresh",
        errors=(401,),
        auth=[],
        request=schema.body({"refresh": _text(TOKEN)}),
    )
    def post(self, request: Request) -> Response:
        return Response(shape(devices.refresh(_token(request))))


class Revoke(Open):
    @schema.operation(
        "Sign an app out by its refresh token; also 204 if it was out already",
        None,
        name="token_revoke",
        status=204,
        auth=[],
        request=schema.body({"refresh": _text(TOKEN)}),
    )
    def post(self, request: Request) -> Response:
        if user := devices.revoke(_token(request)):
            people.sign_out_elsewhere(user)
        return Response(status=204)


class Devices(PersonView):
    @schema.operation("Where I am signed in: browsers and apps", schema.page(SignInPlaceShape), name="devices_list")
    def get(self, request: Request) -> Response:
        found = sign_ins.places(self.person, key(request))
        return Response({"results": [place(one) for one in found], "next": None})


class EndDevice(PersonView):
    @schema.operation(
        "Sign one browser or app out",
        None,
        name="device_end",
        status=204,
        request=schema.body({"id": _text(40)}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "id")
        sign_ins.end(self.person, incoming.words(body_of(request).get("id"), "id", 40))
        people.sign_out_elsewhere(self.person)
        return Response(status=204)


class EndOthers(PersonView):
    @schema.operation(
        "Sign all other browsers and apps out",
        schema.obj({"ended": schema.WHOLE}),
        name="devices_end_others",
        request=schema.body({}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request))
        ended = sign_ins.end_others(self.person, key(request))
        audit.record_person(audit.Kind.SIGNED_OUT, self.person, how="everywhere else")
        people.sign_out_elsewhere(self.person)
        return Response({"ended": ended})


def key(request: Request) -> str | None:
    """Return by what the caller is signed in, as sign_ins names it."""
    if isinstance(request.auth, Device):
        return sign_ins.key_of(request.auth)
    return request.session.session_key


def shape(tokens: devices.Tokens) -> TokenShape:
    return {
        "access": tokens.access,
        "expires_in": int(devices.ACCESS_LIFE.total_seconds()),
        "refresh": tokens.refresh,
        "refresh_expires_at": serializers.moment(tokens.device.expires_at),
    }


def place(of: sign_ins.Place) -> SignInPlaceShape:
    return {
        "id": of.name,
        "kind": of.kind,
        "name": of.browser,
        "address": of.address,
        "since": serializers.moment(of.since) if of.since else None,
        "used_at": serializers.moment(of.used_at) if of.used_at else None,
        "is_this": of.is_this,
    }


def _token(request: Request) -> str:
    incoming.fields(body_of(request), "refresh")
    return incoming.words(body_of(request).get("refresh"), "refresh", TOKEN)


def _password(value: Any) -> str:
    """Check a password's form; its spaces are its own."""
    incoming.words(value, "password", PASSWORD)
    return str(value)
