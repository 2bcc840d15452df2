"""The cookie sessions: Django's own, kept with whose they are and read with constant SQL, since every call of a console
begins with it."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from lib import quick
from lib.db import write
from shops.models import SignIn

ORIGIN = "origin"  # in the session's data: browser, address and time of the sign-in


class SessionStore(db.SessionStore):
    """Reads faster and knows its person; all else is Django's."""

    @classmethod
    def get_model_class(cls) -> type[SignIn]:
        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        if origin := data.get(ORIGIN):
            row.browser, row.address = origin["browser"], origin["address"]
            row.started_at = datetime.fromisoformat(origin["at"])
        return row

    def _get_session_from_db(self) -> SignIn | None:
        is_alive = "session_key = %s AND expire_date > %s"
        for found in quick.rows(SignIn, is_alive, [self.session_key, quick.moment(timezone.now())]):
            return found
        self._session_key = None
        return None


def sweep(now: datetime) -> None:
    """Drop sessions that ran out, some at a time."""
    old = SignIn.objects.filter(expire_date__lte=now).order_by("expire_date").values_list("pk", flat=True)[:500]
    if ids := list(old):
        with write():
            SignIn.objects.filter(pk__in=ids).delete()
