"""Django's sessions in the database, read with constant SQL: every call of a console begins with it."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from lib import quick


class SessionStore(db.SessionStore):
    """Reads faster; all else is Django's."""

    def _get_session_from_db(self) -> Session | None:
        is_alive = "session_key = %s AND expire_date > %s"
        for found in quick.rows(Session, is_alive, [self.session_key, quick.moment(timezone.now())]):
            return found
        self._session_key = None
        return None
