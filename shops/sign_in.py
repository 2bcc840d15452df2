"""Who is signed in, and how one gets there: password first, then the second factor where there is or must be one.

Nobody is signed in between the two: what is known by then waits in the session, for ten minutes.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate, login
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from lib import quick
from shops import audit, second_factor
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
