"""REST of one's own password, second factor, and words to the makers (docs/wire.md), as the pages of the same names."""

from typing import Any, TypedDict

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import account_forms, incoming, params
from chat.actions import mails, people
from chat.api import MemberView, PersonView
from chat.door_pages import OldAndNew
from chat.token_api import CODE, PASSWORD, Open, key
from shops import actions, audit, pages, schema, second_factor, sign_in, sign_ins
from shops.errors import Invalid, Refused, Throttled
from shops.forms import FEEDBACK
from shops.models import Device, User
from shops.rest import body_of, told_once
from shops.visitors import TooMany

_PASSWORD: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": PASSWORD}
_CODE: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": CODE}
_FIELDS = {"old_password": "old", "new_password1": "new", "new_password2": "new"}  # of the page's form


class SecondFactorShape(TypedDict):
    on: bool
    demanded: bool
    codes_left: int


class AuthenticatorShape(TypedDict):
    secret: str
    link: str


class RecoveryCodesShape(TypedDict):
    codes: list[str]


class Password(PersonView):
    @schema.operation(
        "Change my password; here I stay signed in, everywhere else I am out",
        None,
        name="password_change",
        status=204,
        errors=(429,),
        request=schema.body({"old": _PASSWORD, "new": _PASSWORD}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "old", "new")
        form = OldAndNew(self.person, {field: _secret(body_of(request), name) for field, name in _FIELDS.items()})
        form.request = asked(request)
        if not form.is_valid():
            raise Invalid(**{_FIELDS[field]: " ".join(map(str, words)) for field, words in form.errors.items()})
        form.save()
        if not isinstance(request.auth, Device):
            update_session_auth_hash(asked(request), self.person)
        sign_ins.end_others(self.person, key(request))
        audit.record_person(audit.Kind.PASSWORD, self.person)
        people.sign_out_elsewhere(self.person)
        return Response(status=204)


class ForgottenPassword(Open):
    @schema.operation(
        "Ask for the letter with a link for a new password; the answer is the same whether or not there is an account",
        None,
        name="password_forgotten",
        status=204,
        errors=(429,),
        auth=[],
        request=schema.body({"email": {"type": "string", "format": "email", "maxLength": account_forms.EMAIL}}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "email")
        email = account_forms.email(body_of(request).get("email"))
        try:
            mails.new_password(email, request.META.get("REMOTE_ADDR", ""), pages.base_of(request))
        except TooMany as error:
            raise Throttled(retry_after=3600) from error
        return Response(status=204)


class SecondFactor(PersonView):
    @schema.operation(
        "Whether two-step verification is on, may be off, and how many recovery codes are left",
        schema.shape(SecondFactorShape),
        name="second_factor",
    )
    def get(self, request: Request) -> Response:
        params.known(request)
        user = self.person
        on, demanded = second_factor.is_on(user), second_factor.is_demanded(user)
        return Response({"on": on, "demanded": demanded, "codes_left": second_factor.left(user)})

    @schema.operation(
        "Turn two-step verification on with the authenticator's first code; recovery codes are shown this once",
        schema.shape(RecoveryCodesShape),
        name="second_factor_on",
        errors=(409, 429),
        request=schema.body({"password": _PASSWORD, "code": _CODE}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "password", "code")
        prove(request, self.person)
        codes = counted(second_factor.confirm, self.person, _code(request))
        sign_ins.end_others(self.person, key(request))
        people.sign_out_elsewhere(self.person)
        return told_once({"codes": codes})


class Secret(PersonView):
    @schema.operation(
        "The secret for an authenticator app, the same until it is confirmed",
        schema.shape(AuthenticatorShape),
        name="second_factor_secret",
        errors=(409, 429),
        request=schema.body({"password": _PASSWORD}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "password")
        prove(request, self.person)
        device = second_factor.begin(self.person)
        return told_once({"secret": second_factor.secret(device), "link": device.config_url})


class Codes(PersonView):
    @schema.operation(
        "New recovery codes, shown this once; the ones before are void",
        schema.shape(RecoveryCodesShape),
        name="second_factor_codes",
        errors=(409, 429),
        request=schema.body({"code": _CODE}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "code")
        return told_once({"codes": counted(second_factor.renew, self.person, _code(request))})


class Off(PersonView):
    @schema.operation(
        "Turn two-step verification off",
        None,
        name="second_factor_off",
        status=204,
        errors=(409, 429),
        request=schema.body({"code": _CODE}),
    )
    def post(self, request: Request) -> Response:
        incoming.fields(body_of(request), "code")
        counted(second_factor.turn_off, self.person, _code(request))
        return Response(status=204)


class Feedback(MemberView):
    @schema.operation(
        "Tell the makers of the product something (C14)",
        None,
        name="feedback",
        status=204,
        request=schema.body({"text": {"type": "string", "minLength": 1, "maxLength": FEEDBACK}}),
        example={"text": "The list of orders could remember its tab."},
    )
    def post(self, request: Request, shop_id: int) -> Response:
        incoming.fields(body_of(request), "text")
        actions.feedback(self.member, incoming.words(body_of(request).get("text"), "text", FEEDBACK))
        return Response(status=204)


def asked(request: Request) -> HttpRequest:
    found: HttpRequest = request._request
    return found


def prove(request: Request, person: User) -> None:
    """Ask for the password again: whoever holds this phone may be somebody else."""
    if not sign_in.knows_password(asked(request), person, _secret(body_of(request), "password")):
        raise Invalid(password=_("The password is not right."))


def counted(act: Any, *given: Any) -> Any:
    """Do what takes a code; who tried too many wrong ones waits."""
    try:
        return act(*given)
    except Refused as refusal:
        if "wait" in refusal.data:
            raise Throttled(retry_after=refusal.data["wait"]) from refusal
        raise


def _code(request: Request) -> str:
    return incoming.words(body_of(request).get("code"), "code", CODE)


def _secret(body: dict[str, Any], name: str) -> str:
    """Check a password's form; its spaces are its own."""
    incoming.words(body.get(name), name, PASSWORD)
    return str(body[name])
