"""REST of the programs that a shop lets in (docs/wire.md), as the page of the same name."""

from collections.abc import Mapping
from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from chat import access as chat_access
from chat import incoming, params, serializers, shapes
from chat.actions import outbox
from chat.api import MemberView
from openplatform import access, grants
from openplatform.models import Grant
from shops import schema
from shops.rest import body_of, told_once

KEY = 32  # characters


class AppWebhookShape(TypedDict):
    event: str
    address: str


class GrantShape(TypedDict):
    id: int
    name: str
    key: str
    scopes: list[str]
    is_active: bool
    speaker: shapes.ColleagueShape
    by: shapes.ColleagueShape | None
    webhooks: list[AppWebhookShape]
    failed: int
    created_at: str


class NewGrantShape(GrantShape):
    code: str


class Apps(MemberView):
    @schema.operation(
        "The programs that the shop has let in, newest first",
        schema.page(GrantShape),
        name="apps_list",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        found = access.grants(self.member)
        lost = access.failures(found)
        return Response({"results": [shape(one, lost) for one in found], "next": None})

    @schema.operation(
        "Let a program in; the code for it is shown this once and good for half an hour",
        schema.shape(NewGrantShape),
        name="app_let_in",
        status=201,
        errors=(403, 409),
        request=schema.body({"key": {"type": "string", "minLength": 1, "maxLength": KEY}, "speaker": schema.ID}),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "key", "speaker")
        key = incoming.words(body.get("key"), "key", KEY)
        speaker = chat_access.colleague(self.member, incoming.identifier(body.get("speaker"), "speaker"))
        given = grants.authorise(self.member, key, speaker)
        return told_once({**shape(access.grant(self.member, given.grant.pk)), "code": given.code}, 201)


class OneApp(MemberView):
    @schema.operation("A program that the shop has let in", schema.shape(GrantShape), name="app_read", errors=(403,))
    def get(self, request: Request, shop_id: int, grant_id: int) -> Response:
        params.known(request)
        return Response(shape(access.grant(self.member, grant_id)))

    @schema.operation("Shut a program out, at once", None, name="app_shut_out", status=204, errors=(403,))
    def delete(self, request: Request, shop_id: int, grant_id: int) -> Response:
        grants.revoke(access.grant(self.member, grant_id), self.member)
        return Response(status=204)


class Again(MemberView):
    @schema.operation(
        "Send all webhooks again by which the program was not reached",
        schema.obj({"again": schema.WHOLE}),
        name="app_again",
        errors=(403,),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, grant_id: int) -> Response:
        incoming.fields(body_of(request))
        return Response({"again": outbox.again(access.failed(access.grant(self.member, grant_id)))})


def shape(one: Grant, lost: Mapping[int, int] | None = None) -> GrantShape:
    """Return a program; `lost` counts the failed webhooks of many at once."""
    return {
        "id": one.pk,
        "name": one.app.name,
        "key": one.app.key,
        "scopes": list(one.app.scopes),
        "is_active": one.app.is_active,
        "speaker": {"id": one.speaker_id, "nickname": one.speaker.nickname},
        "by": {"id": one.by.pk, "nickname": one.by.nickname} if one.by else None,
        "webhooks": [{"event": hook.event, "address": hook.address} for hook in one.subscriptions.all()],
        "failed": (access.failures([one]) if lost is None else lost)[one.pk],
        "created_at": serializers.moment(one.created_at),
    }
