"""REST of sub-accounts (A1): for the owner and super admins; IM permission is not asked for."""

from typing import TypedDict

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from chat import account_forms, incoming, params, serializers
from chat.actions import accounts, mails
from chat.api import MemberView
from shops import access, invitations, ranks, schema
from shops.access import MAX_ID
from shops.models import Invitation, Member
from shops.pages import base_of
from shops.rest import body_of

PAGE = 100
SHORT = {"type": "string", "minLength": 1, "maxLength": 40}
ADDRESS = {"type": "string", "format": "email", "maxLength": account_forms.EMAIL}
ROLE = {"type": "string", "enum": list(account_forms.ROLES)}


class AccountShape(TypedDict):
    id: int
    username: str
    email: str
    nickname: str
    role: str
    im_permission: bool
    is_active: bool
    state: str
    invited_until: str | None
    may_change: list[str]


class InvitationShape(TypedDict):
    link: str
    expires_at: str


class Accounts(MemberView):
    @schema.operation(
        "The shop's accounts, closed ones too (A1)",
        schema.page(AccountShape),
        name="accounts_list",
        errors=(403,),
        parameters=[
            schema.query("q", {"type": "string", "maxLength": 60}, "Part of the nickname or the sign-in name."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "q", "cursor")
        q = incoming.words(request.query_params.get("q", ""), "q", 60, empty=True)
        rows, following = page(self.member, q, params.whole(request, "cursor", 1, MAX_ID) or 0)
        results = [shape(self.member, row) for row in rows]
        return Response({"results": results, "next": str(following) if following else None})

    @schema.operation(
        "Open a sub-account and send its invitation (A1); who works in another shop of the seller is only added",
        schema.shape(AccountShape),
        name="account_open",
        status=201,
        errors=(403, 409),
        request=schema.body(
            {"username": SHORT, "email": ADDRESS, "nickname": SHORT, "role": ROLE, "im_permission": schema.FLAG}
        ),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, *accounts.Draft._fields)
        made = accounts.create(self.member, account_forms.draft(body), base_of(request))
        return Response(shape(self.member, access.account(self.member, made.pk)), status=201)


class OneAccount(MemberView):
    @schema.operation("One account", schema.shape(AccountShape), name="account_read", errors=(403,))
    def get(self, request: Request, shop_id: int, account_id: int) -> Response:
        return Response(shape(self.member, access.account(self.member, account_id)))

    @schema.operation(
        "Change an account: role, IM permission, closed or open … (A1), as far as `may_change` says",
        schema.shape(AccountShape),
        name="account_change",
        errors=(403, 409),
        request=schema.body(
            {},
            {
                "nickname": SHORT,
                "email": ADDRESS,
                "role": ROLE,
                "im_permission": schema.FLAG,
                "is_active": schema.FLAG,
            },
        ),
    )
    def patch(self, request: Request, shop_id: int, account_id: int) -> Response:
        of, body = access.account(self.member, account_id), body_of(request)
        incoming.fields(body, *ranks.FIELDS)
        accounts.change(self.member, of, base_of(request), **account_forms.changes(body))
        return Response(shape(self.member, access.account(self.member, account_id)))


class InvitationView(MemberView):
    @schema.operation(
        "A fresh link for an account that has no password yet; it is mailed too, the old one ends (A1)",
        schema.shape(InvitationShape),
        name="account_invite",
        status=201,
        errors=(403, 409),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, account_id: int) -> Response:
        of = access.account(self.member, account_id)
        incoming.fields(body_of(request))
        fresh = accounts.invite(self.member, of, base_of(request))
        found = {"link": mails.link(fresh, base_of(request)), "expires_at": serializers.moment(fresh.expires_at)}
        return Response(found, status=201)


def page(by: Member, q: str, after: int) -> tuple[list[Member], int | None]:
    """Return a page of the shop's accounts, the oldest first, and where the next begins."""
    rows = access.accounts(by).filter(pk__gt=after).order_by("pk")
    if q:
        rows = rows.filter(Q(nickname__icontains=q) | Q(user__username__icontains=q))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def shape(by: Member, of: Member) -> AccountShape:
    """Return an account as its manager sees it."""
    state = invitations.state(of)
    pending: Invitation | None = getattr(of.user, "invitation", None)
    return {
        "id": of.pk,
        "username": of.user.username,
        "email": of.user.email,
        "nickname": of.nickname,
        "role": of.role,
        "im_permission": of.im_permission,
        "is_active": of.is_active,
        "state": state,
        "invited_until": serializers.moment(pending.expires_at) if pending and state == "invited" else None,
        "may_change": list(ranks.changes(by, of)),
    }
