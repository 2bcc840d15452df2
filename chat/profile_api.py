"""REST of who one is to others, and of the chat on the shop's sites (docs/wire.md, A5, P7, D2)."""

from typing import TypedDict

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from chat import incoming, media, params
from chat.actions import avatars, people
from chat.api import MemberView
from chat.desk_api import FILE, uploaded
from chat.models import AvatarReview
from shops import pages, permissions, schema, widget
from shops.errors import Invalid, Refused
from shops.models import Member, Widget
from shops.rest import body_of

_POSITIONS = tuple(Widget.Position.values)


class AvatarReviewShape(TypedDict):
    state: str
    words: str
    picture: str


class ProfileShape(TypedDict):
    nickname: str
    nickname_set_by: str
    may_rename: bool
    avatar: str
    review: AvatarReviewShape | None


class WidgetShape(TypedDict):
    origins: list[str]
    anonymous: bool
    accent: str
    position: str
    label: str
    snippet: str
    may_edit: bool


class Profile(MemberView):
    @schema.operation("Who I am to buyers and colleagues (A5, P7)", schema.shape(ProfileShape), name="profile")
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(profile(self.member))

    @schema.operation(
        "Set my nickname, where the platform leaves it to me (P7)",
        schema.shape(ProfileShape),
        name="profile_change",
        errors=(403, 409),
        request=schema.body({"nickname": {"type": "string", "minLength": 1, "maxLength": incoming.NICKNAME}}),
    )
    def patch(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "nickname")
        name = incoming.nickname(body_of(request).get("nickname"))
        return Response(profile(people.set_nickname(self.member, name)))


class Avatar(MemberView):
    parser_classes = [MultiPartParser]

    @schema.operation(
        "Hand in a picture; it is shown once the platform has approved it (A5)",
        schema.shape(ProfileShape),
        name="avatar_hand_in",
        status=201,
        errors=(413, 415, 429, 507),
        request=FILE,
    )
    def post(self, request: Request, shop_id: int) -> Response:
        avatars.submit(self.member, uploaded(request))
        return Response(profile(self.member), status=201)

    @schema.operation("Take my picture away, a waiting one too", None, name="avatar_remove", status=204)
    def delete(self, request: Request, shop_id: int) -> Response:
        avatars.withdraw(self.member)
        return Response(status=204)


class WidgetView(MemberView):
    @schema.operation("The chat on the shop's own sites (D2)", schema.shape(WidgetShape), name="widget")
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(self._answer(request, widget.of(self.member.shop)))

    @schema.operation(
        "Set up the chat on the shop's own sites",
        schema.shape(WidgetShape),
        name="widget_set",
        errors=(403,),
        request=schema.body(
            {
                "origins": {"type": "array", "maxItems": widget.ORIGINS, "items": schema.TEXT},
                "anonymous": schema.FLAG,
                "accent": schema.TEXT,
                "position": {"type": "string", "enum": list(_POSITIONS)},
                "label": {"type": "string", "maxLength": widget.LABEL},
            }
        ),
    )
    def put(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "origins", "anonymous", "accent", "position", "label")
        look: widget.Look = {
            "accent": incoming.words(body.get("accent"), "accent", 7, empty=True),
            "position": incoming.choice(body.get("position"), "position", _POSITIONS),
            "label": incoming.words(body.get("label"), "label", widget.LABEL, empty=True),
        }
        anonymous = incoming.flag(body.get("anonymous"), "anonymous")
        try:
            found = widget.set_up(
                self.member.shop, self.member, origins=body.get("origins"), anonymous=anonymous, look=look
            )
        except Refused as wrong:  # not well formed, each in its own way
            raise Invalid(**{widget.FIELD_OF[wrong.code]: wrong.words}) from wrong
        return Response(self._answer(request, found))

    def _answer(self, request: Request, found: Widget) -> WidgetShape:
        return {
            "origins": list(found.origins),
            "anonymous": found.anonymous,
            "accent": found.accent,
            "position": found.position,
            "label": found.label,
            "snippet": widget.snippet(self.member.shop, pages.base_of(request)),
            "may_edit": permissions.may(self.member, "set the desk"),
        }


def profile(member: Member) -> ProfileShape:
    member.refresh_from_db(fields=["nickname", "avatar"])
    newest = member.avatar_reviews.order_by("-pk").first()
    return {
        "nickname": member.nickname,
        "nickname_set_by": member.nickname_set_by,
        "may_rename": member.names_itself,
        "avatar": media.link(member.avatar) if member.avatar else "",
        "review": _review(newest) if newest else None,
    }


def _review(newest: AvatarReview) -> AvatarReviewShape:
    return {"state": newest.state, "words": newest.words, "picture": media.link(newest.file) if newest.file else ""}
