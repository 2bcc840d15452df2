"""Who is signed in, and how one gets there: password first, then the second factor where there is or must be one.

Nobody is signed in between the two: what is known by then waits in the session, for ten minutes.
"""

from datetime import timedelta
from typing import Any

from axes import utils as axes
from axes.helpers import get_client_ip_address
from django.contrib.auth import authenticate, login
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from lib import quick
from shops import audit, second_factor
from shops.errors import Refused
from shops.identity import BadIdentity
from shops.models import User
from shops.session_store import ORIGIN

BACKEND = "shops.sign_in.Backend"
HALF, PATIENCE = "half", timedelta(minutes=10)


class Backend(ModelBackend):
    """Reads faster; all else is Django's."""

    def get_user(self, user_id: int) -> User | None:
        for found in quick.rows(User, "id = %s", [user_id]):
            return found if self.user_can_authenticate(found) else None
        return None


def enter(request: HttpRequest, user: User, to: str) -> HttpResponse:
    """Sign in somebody whose password was right and go on to `to`, or ask for the second factor first."""
    if second_factor.is_on(user):
        return _wait(request, user, to, "login-code")
    if second_factor.is_demanded(user):
        return _wait(request, user, to, "login-set-up")
    return redirect(complete(request, user, to))


def prove(request: HttpRequest, username: str, password: str, code: str) -> User:
    """Return whom an app speaks for. Raise BadIdentity; Refused `code_needed` `set_up_needed` `wrong_code` `wait`."""
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        failed(request, username)
        raise BadIdentity(_("This name or password is not right."))
    axes.reset(ip=get_client_ip_address(request), username=username)
    if second_factor.is_on(user):
        if not code:
            raise Refused("code_needed", _("A code of your authenticator app is needed too."))
        second_factor.check(user, code)
    elif second_factor.is_demanded(user):
        raise Refused("set_up_needed", _("Please sign in with a browser first and set up two-step verification."))
    return user


def failed(request: HttpRequest, username: str) -> None:
    """Tell the shops of an account that somebody tried a wrong password."""
    if getattr(request, "axes_locked_out", False):
        return  # not looked at: whoever floods the sign-in must not fill a log that can't be emptied
    for user in User.objects.filter(username=username) if username else ():
        audit.record_person(audit.Kind.SIGN_IN_FAILED, user)


def half(request: HttpRequest) -> tuple[User, str] | None:
    """Return who has given the right password just now, and where to go on; None: ask for the password again."""
    kept: dict[str, Any] = request.session.get(HALF) or {}
    if not kept or kept["until"] < timezone.now().timestamp():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return user, kept["to"]


def complete(request: HttpRequest, user: User, to: str) -> str:
    """Sign in for good, remember from where, and return where to go on."""
    request.session.pop(HALF, None)
    login(request, user, backend=BACKEND)
    request.session[ORIGIN] = {
        "browser": request.headers.get("User-Agent", "")[:300],
        "address": request.META.get("REMOTE_ADDR", "")[:45],
        "at": timezone.now().isoformat(),
    }
    audit.record_person(audit.Kind.SIGNED_IN, user)
    return to


def knows_password(request: HttpRequest, user: User, password: str) -> bool:
    """Ask somebody who is signed in for the password again; wrong ones count as they do at sign-in."""
    return authenticate(request, username=user.get_username(), password=password) == user


def _wait(request: HttpRequest, user: User, to: str, step: str) -> HttpResponse:
    until = (timezone.now() + PATIENCE).timestamp()
    request.session.cycle_key()
    request.session[HALF] = {"user": user.pk, "hash": user.get_session_auth_hash(), "to": to, "until": until}
    return redirect(step)
