"""Report a session's buyer to the platform (F3). Platform staff decide; an approval takes the session out of G2, G8."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import locks, serializers
from chat.actions import notes
from chat.events import DeskChange, record_desk
from chat.models import DeskEvent, Message, Note, ServiceSession, UserReport
from lib.db import write
from shops.errors import Invalid, Refused
from shops.models import Member

WORDS = 500
EVIDENCE = 20  # messages


def submit(session_id: int, by: Member, reason: str, words: str = "", evidence: Sequence[int] = ()) -> UserReport:
    """Report the buyer, with words and picked messages; one open report a session, closed sessions too.

    `evidence` are numbers of the session's messages; what they said is kept with the report.
    """
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        if not by.is_lead and by.pk not in (session.assignee_id, session.last_assignee_id):
            raise Refused("not_assignee", _("This session is with somebody else now."))
        if session.report_upheld:
            raise Refused("already_reported", _("A report of this session was approved already."))
        now = timezone.now()
        report = UserReport(
            shop_id=session.shop_id, session=session, member=by, reason=reason, words=words, submitted_at=now
        )
        report.evidence = _picked(session, evidence)
        try:
            with transaction.atomic():
                report.save(force_insert=True)
        except IntegrityError:
            raise Refused("already_reported", _("This session is reported already; the platform is looking.")) from None
        said = notes.jot(session, by, Note.Kind.REPORT, now, reason)
        record_desk(desk, [DeskChange(DeskEvent.Kind.REPORTED, session, note=said)], now)
    return report


def _picked(session: ServiceSession, seqs: Sequence[int]) -> list[dict[str, Any]]:
    """Return the picked messages as they are now; an unknown number is refused."""
    found = Message.objects.filter(session=session, seq__in=seqs).order_by("seq") if seqs else []
    rows = [
        {
            "message": said.pk,
            "seq": said.seq,
            "sender": said.sender_kind,
            "kind": said.kind,
            "text": said.text,
            "at": serializers.moment(said.created_at),
        }
        for said in found
    ]
    if len(rows) != len(set(seqs)):
        raise Invalid(evidence=_("Choose messages of this session."))
    return rows
