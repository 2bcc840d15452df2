"""Invite and store the buyer's stars (F1, F2)."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import gone, locks, turns
from chat.actions import figures, sessions, talk
from chat.events import DeskChange, record, record_desk
from chat.models import DeskEvent, Event, Rating, ServiceSession
from lib.db import write
from shops.errors import Refused
from shops.models import Member

WORDS = 500
FEW_STARS = 2  # so few may come with reasons (F5)


def invite(session_id: int, by: Member) -> ServiceSession:
    """Send the rating card to the buyer, once a session, where the platform offers invitations (P9)."""
    with write():
        desk, session = locks.session(by.shop_id, session_id)
        if not desk.shop.policy.survey_by_invitation:
            raise Refused("not_offered", _("On this platform the survey is sent automatically."))
        if session.assignee_id != by.pk:
            raise Refused("not_assignee", _("This session is with somebody else now."))
        if session.stars is not None and not turns.may_rate_again(session):
            raise Refused("already_rated", _("The buyer has rated this session already."))
        if session.last_answer_at is None:
            raise Refused("nothing_to_rate", _("Nobody has answered in this session yet."))
        if session.invited_at:
            raise Refused("already_invited", _("The invitation has been sent already."))
        now = timezone.now()
        if session.is_read_only(now):
            raise Refused("read_only", _("This session can no longer be replied to."))
        session.invited_at = now
        session.save(update_fields=["invited_at"])
        talk.rating_card(session, now)
        record_desk(desk, [DeskChange(DeskEvent.Kind.INVITED, session)], now)
    return session


def rate(
    shop_id: int, conversation_id: int, session_id: int, stars: int, words: str = "", reasons: Sequence[str] = ()
) -> ServiceSession:
    """Store the buyer's one rating of a session, with reasons where the stars are few (F5); editable by E6 only."""
    with write():
        desk, session = locks.of_buyer(shop_id, conversation_id, session_id)
        gone.refuse(session)
        earlier: Rating | None = getattr(session, "rating", None)
        if earlier is not None and not turns.may_rate_again(session):
            raise Refused("already_rated", _("You have rated this session already."))
        if session.last_answer_at is None:
            raise Refused("nothing_to_rate", _("Nobody has answered in this session yet."))
        now = timezone.now()
        # Before an agent has said anything it is the bot that was rated, whoever has the session by now.
        member = (session.assignee or session.last_assignee) if session.first_human_at else None
        # The row is the rating that counts; the log keeps the one it replaces.
        session.rating = earlier or Rating(shop_id=shop_id, session=session)
        session.rating.member, session.rating.stars, session.rating.words = member, stars, words[:WORDS]
        session.rating.reasons = [reason for reason in Rating.Reason.values if reason in reasons]
        session.rating.source, session.rating.created_at = _source(session), now
        session.rating.save()
        turns.rated(session, stars, member.pk if member else None, session.rating.source)
        session.save(update_fields=turns.RATED)
        figures.changed(session)
        data = {
            "stars": stars,
            "words": session.rating.words,
            "reasons": session.rating.reasons,
            "source": session.rating.source,
            "agent": member.nickname if member else None,
        }
        record(session, Event.Kind.RATED, now, data)
        record_desk(desk, [DeskChange(DeskEvent.Kind.RATED, session)], now)
        if session.state == ServiceSession.State.BOT and stars <= FEW_STARS:
            sessions.to_human(desk, session, now, ServiceSession.BotPart.RATED_LOW)
    return session


def _source(session: ServiceSession) -> str:
    if session.bot_survey_at is not None and session.first_human_at is None:
        return Rating.Source.SURVEY  # the bot's own, inside the open session (E6)
    if session.invited_at is None:
        return Rating.Source.BUYER
    # The survey goes out with the close, an invitation before it; a shop may have both.
    at_close = session.closed_at is not None and session.invited_at >= session.closed_at
    return Rating.Source.SURVEY if at_close else Rating.Source.INVITATION
