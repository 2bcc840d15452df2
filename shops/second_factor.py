"""The second factor (S-12): a code of an authenticator app, or one of ten codes kept on paper, each good for once.

The arithmetic, the guard against a code used twice and the growing wait after wrong ones are django-otp's.
"""

import hmac
import math
import secrets
from base64 import b32encode

import segno
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from lib.db import write
from shops import audit
from shops.errors import Refused
from shops.models import Member, User
from shops.presets import OWNER, SUPER_ADMIN

ROLES = (OWNER, SUPER_ADMIN)  # and the platform's staff
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def is_on(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_demanded(user: User) -> bool:
    """Whether this person may not sign in without one: those who decide about others, unless settings say otherwise."""
    if not settings.SECOND_FACTOR:
        return False
    return user.is_staff or Member.objects.active().filter(user=user, role__in=ROLES).exists()


def begin(user: User) -> TOTPDevice:
    """Return the app's secret to be confirmed, the same until it is; Refused `second_factor_on`."""
    with write():
        User.objects.select_for_update().get(pk=user.pk)  # two windows at once make one secret
        if is_on(user):
            raise Refused("second_factor_on", _("Two-step verification is on already."))
        return TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})[0]


def picture(device: TOTPDevice) -> str:
    """Return what the app photographs, as an address for <img>."""
    return segno.make(device.config_url, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")


def secret(device: TOTPDevice) -> str:
    """Return what an app takes by hand: base 32."""
    return b32encode(device.bin_key).decode()


def confirm(user: User, code: str) -> list[str]:
    """Turn it on with the app's first code; return the codes for paper. Refused `wrong_code` or `wait`."""
    device = begin(user)
    _accept(user, TOTPDevice, device.pk, code)
    with write():
        if TOTPDevice.objects.filter(pk=device.pk, confirmed=False).update(confirmed=True):
            audit.record_person(audit.Kind.SECOND_FACTOR, user, after={"on": True})
            return _new_codes(user)
    raise Refused("second_factor_on", _("Two-step verification is on already."))


def check(user: User, code: str) -> None:
    """Take a code of the app or of the paper; Refused `wrong_code`, or `wait` after wrong ones."""
    plain = _plain(code)
    if plain.isdigit():
        for device in TOTPDevice.objects.filter(user=user, confirmed=True):
            return _accept(user, TOTPDevice, device.pk, plain)
    for paper in StaticDevice.objects.filter(user=user):
        return _accept(user, StaticDevice, paper.pk, _kept(user, plain))
    raise _wrong()


def left(user: User) -> int:
    """Return how many codes of the paper are unused."""
    return StaticToken.objects.filter(device__user=user).count()


def renew(user: User, code: str) -> list[str]:
    """Return fresh codes for paper, the old ones are void; asks for a code first."""
    check(user, code)
    with write():
        audit.record_person(audit.Kind.SECOND_FACTOR, user, what="recovery codes")
        return _new_codes(user)


def turn_off(user: User, code: str) -> None:
    """Turn it off with a code; Refused `second_factor_demanded` where it may not be off."""
    if is_demanded(user):
        raise Refused("second_factor_demanded", _("Your role needs two-step verification."))
    check(user, code)
    forget(user)


def forget(user: User) -> None:
    """Remove it without a code, when app and paper are lost: `manage.py forget_second_factor`."""
    with write():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        audit.record_person(audit.Kind.SECOND_FACTOR, user, after={"on": False})


def _accept(user: User, kind: type[TOTPDevice] | type[StaticDevice], pk: int, code: str) -> None:
    with write():
        device = kind.objects.select_for_update().filter(pk=pk).first()
        may, why = device.verify_is_allowed() if device else (False, None)
        good = bool(device and may and device.verify_token(code))
        if may and not good:
            audit.record_person(audit.Kind.SECOND_FACTOR_FAILED, user)
    if good:
        return
    if why and why.get("locked_until"):
        wait = max(1, math.ceil((why["locked_until"] - timezone.now()).total_seconds()))
        raise Refused("wait", _("Too many wrong codes. Wait %(wait)s s, then try again.") % {"wait": wait}, wait=wait)
    raise _wrong()


def _new_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _place in range(10)) for _code in range(CODES)]
    paper = StaticDevice.objects.get_or_create(user=user, defaults={"name": "paper"})[0]
    paper.token_set.all().delete()
    StaticToken.objects.bulk_create([StaticToken(device=paper, token=_kept(user, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _kept(user: User, code: str) -> str:
    """Return what the database knows of a paper's code: nothing that opens a door."""
    return hmac.new(settings.SECRET_KEY.encode(), f"paper {user.pk} {code}".encode(), "sha256").hexdigest()[:16]


def _plain(code: str) -> str:
    return "".join(one for one in code.lower() if one.isascii() and one.isalnum())[:16]


def _wrong() -> Refused:
    return Refused("wrong_code", _("This code is not right, or was used before."))
