"""How what somebody says changes a session: counters, timers, facts and due times. Pure: no query, no clock."""

from datetime import datetime, timedelta

from chat import turns
from chat.models import Message, ServiceSession
from shops.presets import Policy

PREVIEW = 80
PUSH_AFTER = timedelta(seconds=10)  # an open page has said by then that the answer is there
# What one message may change, in the order in which the message path writes it.
TOUCHED = (
    "unread", "waiting_since", "no_reply_needed", "timer_at", "last_message_at", "last_message_text", "last_sender",
    "last_buyer_at", "last_buyer_seq", "last_answer_at", "last_automatic_seq", "last_human_seq", "first_human_at",
    "assignee_replied", "bot_due_at", "closes_at", "expires_at", "read_only_at", *turns.TOUCHED,
)  # fmt: skip


def buyer_spoke(session: ServiceSession, seq: int, now: datetime, policy: Policy, preview: str) -> None:
    """Count a buyer's message: unread, unreplied from now on, the timer runs if a human has the session (C3)."""
    _last(session, "buyer", now, preview)
    session.unread += 1
    session.last_buyer_at, session.last_buyer_seq = now, seq
    session.waiting_since = session.waiting_since or now
    session.no_reply_needed = False
    if session.state == ServiceSession.State.ASSIGNED:
        session.timer_at = session.timer_at or now
    turns.begins(session, now)
    refresh(session, now, policy)


def agent_spoke(
    session: ServiceSession, seq: int, now: datetime, policy: Policy, preview: str, member_id: int | None
) -> None:
    """Count a human reply: it answers everything so far and stops the timer (C3). The first writes turns.FIRST too."""
    _last(session, "agent", now, preview)
    session.waiting_since = session.timer_at = None
    session.last_answer_at, session.last_human_seq = now, seq
    session.first_human_at = session.first_human_at or now
    session.assignee_replied = True
    turns.answered(session, now, member_id)
    session.unread = 0
    if session.conversation.buyer_pushes:
        session.conversation.push_due_at = now + PUSH_AFTER
    refresh(session, now, policy)


def bot_spoke(session: ServiceSession, seq: int, now: datetime, policy: Policy, preview: str, automatic: bool) -> None:
    """Count a bot's words; only a real answer is automatic reception, "put it another way" is not (SPEC G)."""
    _last(session, "bot", now, preview)
    session.last_answer_at = now
    if automatic:
        session.last_automatic_seq = seq
        turns.answered_automatically(session)
    refresh(session, now, policy)


def let_be(session: ServiceSession) -> None:
    """Take the session for answered without a reply (F4); P3 runs on, since only a human reply stops it."""
    session.no_reply_needed = True
    session.waiting_since = session.timer_at = session.expires_at = None


def owed_again(session: ServiceSession, since: datetime, now: datetime, policy: Policy) -> None:
    """Take that back: the session waits as if it had never been marked."""
    session.no_reply_needed = False
    session.waiting_since = since
    run_timer(session)
    refresh(session, now, policy)


def run_timer(session: ServiceSession) -> None:
    """Let the timer count from the oldest unanswered message, but not from before a human had the session (C3)."""
    if session.waiting_since is None or session.first_assigned_at is None:
        session.timer_at = None
    else:
        session.timer_at = max(session.waiting_since, session.first_assigned_at)


def wants_human(session: ServiceSession, now: datetime, policy: Policy) -> None:
    """Count the wish for a human as the buyer's last word: whatever the bot said, the shop owes an answer (P2)."""
    session.last_sender = "buyer"
    refresh(session, now, policy)


def assigned(session: ServiceSession, now: datetime) -> None:
    """Start the timer at the first assignment to a human; a transfer does not reset it (C3)."""
    if session.first_assigned_at is None and session.waiting_since:
        session.timer_at = now
    elif session.waiting_since and session.timer_at is None:
        session.timer_at = session.waiting_since
    session.first_assigned_at = session.first_assigned_at or now
    session.assignee_replied = False


def refresh(session: ServiceSession, now: datetime, policy: Policy) -> None:
    """Recompute every due time of an open session from the policy (P2, P3, P4, P12)."""
    session.closes_at = min(
        (due for due in (_buyer_silent(session, policy), _shop_silent(session, policy)) if due), default=None
    )
    session.expires_at = session.waiting_since + policy.expiring_after if session.waiting_since else None
    if policy.open_reply_window is None or session.last_buyer_at is None:
        session.read_only_at = None
    else:
        session.read_only_at = session.last_buyer_at + policy.open_reply_window


def closed(session: ServiceSession, now: datetime, policy: Policy) -> None:
    """Set what holds after the close: replyable for P5, unless it was read-only already (C5)."""
    session.closed_at = now
    session.closes_at = session.expires_at = session.bot_due_at = session.timer_at = None
    session.unread = 0
    if not session.is_read_only(now):
        session.read_only_at = now + policy.closed_reply_window


def close_reason(session: ServiceSession, policy: Policy) -> str:
    """Return why a due session closes: whose silence came due first."""
    buyer, shop = _buyer_silent(session, policy), _shop_silent(session, policy)
    if buyer and (not shop or buyer <= shop):
        return ServiceSession.CloseReason.BUYER_SILENT
    return ServiceSession.CloseReason.SHOP_SILENT


def preview(kind: str, text: str) -> str:
    """Return the line that a list shows; a message without words is named by its kind, which clients translate."""
    if kind in (Message.Kind.TEXT, Message.Kind.EMOJI, Message.Kind.BOT_ANSWER, Message.Kind.NOTE):
        return " ".join(text.split())[:PREVIEW]
    return f"[{kind}]"


def _last(session: ServiceSession, sender: str, now: datetime, line: str) -> None:
    session.last_message_at, session.last_message_text, session.last_sender = now, line, sender


def _buyer_silent(session: ServiceSession, policy: Policy) -> datetime | None:
    # Not by time: reply and question may come in one batch, hence at the same instant.
    if policy.buyer_silent_close is None or session.last_answer_at is None or session.last_sender == "buyer":
        return None
    return session.last_answer_at + policy.buyer_silent_close


def _shop_silent(session: ServiceSession, policy: Policy) -> datetime | None:
    since = session.waiting_since
    if since is None and session.no_reply_needed and session.last_buyer_seq > session.last_human_seq:
        since = session.last_buyer_at
    return since + policy.shop_silent_close if policy.shop_silent_close and since else None
