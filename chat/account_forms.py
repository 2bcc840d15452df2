"""What a sub-account's fields must look like: one check for the page and the API."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from chat import incoming
from chat.actions.accounts import Draft
from shops import ranks
from shops.errors import Invalid
from shops.models import Member, User

USERNAME, EMAIL = 40, 254  # characters
ROLES = tuple(role for role in Member.Role.values if role != Member.Role.OWNER)


def draft(given: Mapping[str, Any]) -> Draft:
    """Check a new account; raise Invalid with words per field, all of them at once."""
    found, wrong = _checked({name: given.get(name) for name in Draft._fields})
    if wrong:
        raise Invalid(**wrong)
    return Draft(**found)


def changes(given: Mapping[str, Any]) -> dict[str, Any]:
    """Check what is to be changed of an account; raise Invalid."""
    found, wrong = _checked({name: given[name] for name in ranks.FIELDS if name in given})
    if wrong:
        raise Invalid(**wrong)
    return found


def _checked(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in given.items():
        try:
            found[name] = _CHECKS[name](value)
        except Invalid as invalid:
            wrong |= invalid.fields
    return found, wrong


def username(value: Any) -> str:
    name = User.normalize_username(incoming.words(value, "username", USERNAME))
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError:
        raise Invalid(username=_("Letters, digits and @ . + - _ only.")) from None
    return name


def email(value: Any) -> str:
    address = incoming.words(value, "email", EMAIL)
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(email=_("An e-mail address, please.")) from None
    return User.objects.normalize_email(address)


_CHECKS = {
    "username": username,
    "email": email,
    "nickname": incoming.nickname,
    "role": lambda value: incoming.choice(value, "role", ROLES),
    "im_permission": lambda value: incoming.flag(value, "im_permission"),
    "is_active": lambda value: incoming.flag(value, "is_active"),
}
