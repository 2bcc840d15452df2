"""Report a session's buyer to the platform (F3). Platform staff decide; an approval takes the session out of G2, G8."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import gone, locks, outgoing, serializers
from chat.actions import figures, notes
from chat.events import DeskChange, record_desk
from chat.models import DeskEvent, Message, Note, ServiceSession, UserReport
from lib.db import write
from shops import audit
from shops.errors import Invalid, Refused
from shops.models import Member, User

WORDS = 500
EVIDENCE = 20  # messages
DAILY = 10  # reports of one member in 24 hours
State = UserReport.State


def submit(session_id: int, by: Member, reason: str, words: str = "", evidence: Sequence[int] = ()) -> UserReport:
    """Report the buyer, with words and picked messages; one open report a session, closed sessions too.

    `evidence` are numbers of the session's messages; what they said is kept with the report.
    """
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        if not by.is_lead and by.pk not in (session.assignee_id, session.last_assignee_id):
            raise Refused("not_assignee", _("This session is with somebody else now."))
        gone.refuse(session)
        if session.report_upheld:
            raise Refused("already_reported", _("A report of this session was approved already."))
        now = timezone.now()
        if UserReport.objects.filter(member=by, submitted_at__gt=now - timedelta(days=1)).count() >= DAILY:
            raise Refused("too_many_reports", _("You have reported ten buyers today. Please go on tomorrow."))
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


def decide(report: UserReport, by: User, approve: bool, words: str = "") -> UserReport:
    """Approve or reject a report that waits, overdue or not (A7); nobody decides in a shop of its own.

    Who is a reviewer is the caller's to know. An approval takes the session out of G2 and G8.
    """
    return _decided(report, by, State.PENDING, State.APPROVED if approve else State.REJECTED, words)


def reverse(report: UserReport, by: User, words: str = "") -> UserReport:
    """Take an approval back: the session is in G2 and G8 again."""
    return _decided(report, by, State.APPROVED, State.REVERSED, words)


def _decided(report: UserReport, by: User, held: str, becomes: str, words: str) -> UserReport:
    if Member.objects.active().filter(shop_id=report.shop_id, user=by).exists():
        raise Refused("own_shop", _("Reports of your own shop are for another reviewer."))
    with write():
        desk, session = locks.session(report.shop_id, report.session_id)
        found = UserReport.objects.filter(pk=report.pk, state=held).first()
        if found is None:
            raise Refused("already_decided", _("Somebody has decided this already."))
        now = timezone.now()
        found.state, found.decided_at, found.decided_by = becomes, now, by
        found.decision = "" if gone.is_gone(session) else words  # words on what was said go with it
        found.save(update_fields=["state", "decided_at", "decided_by", "decision"])
        if becomes in (State.APPROVED, State.REVERSED):
            session.report_upheld = becomes == State.APPROVED
            session.save(update_fields=["report_upheld"])
            figures.changed(session)
        record_desk(desk, [DeskChange(DeskEvent.Kind.REPORTED, session)], now)
        about = {"report": found.pk, "state": becomes, "at": serializers.moment(now)}
        outgoing.tell([outgoing.Happened(session, outgoing.DECIDED, 0, about)])
        kind = audit.Kind.REVERSED if becomes == State.REVERSED else audit.Kind.DECIDED
        audit.record(kind, by, found.shop_id, subject=audit.Subject.REPORT, subject_id=found.pk, state=becomes)
    return found


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
