"""Who reads a conversation of a colleague leaves a line in the audit log."""

from chat import access
from chat.models import Assignment, ServiceSession
from shops import audit
from shops.models import Member


def session(member: Member, session_id: int, how: str) -> ServiceSession:
    """Return a session whose words, or what was made of them, are about to be shown; raise NotYours. The one door."""
    found = access.session(member, session_id)
    note(member, found, how)
    return found


def note(member: Member, session: ServiceSession, how: str) -> None:
    """Write that a member reads a session that it never had and that does not wait for anybody; one's own is free."""
    if session.state == ServiceSession.State.QUEUED or member.pk in (session.assignee_id, session.last_assignee_id):
        return
    if not Assignment.objects.filter(session=session, member=member).exists():
        audit.looked(audit.Kind.SAW, member, audit.Subject.SESSION, session.pk, how=how)
