"""Many open sessions at once, written straight into the tables."""

from datetime import timedelta

from django.utils import timezone

from chat.models import Assignment, Conversation, Event, Message, ServiceSession
from shops.models import Buyer, Member


def crowd(member: Member, count: int) -> list[ServiceSession]:
    """Give an agent `count` open sessions of one message each, the first has waited longest."""
    now, shop = timezone.now(), member.shop
    ats = [now - timedelta(seconds=(count - number) * 7) for number in range(count)]
    buyers = Buyer.objects.bulk_create(
        [Buyer(shop=shop, uid=f"crowd-{n}", nickname=f"Buyer {n:03}") for n in range(count)]
    )
    lines = Conversation.objects.bulk_create([Conversation(shop=shop, buyer=buyer, last_seq=1) for buyer in buyers])
    said = [f"你好，我想问一下第 {n} 个订单什么时候发货？" for n in range(count)]
    sessions = ServiceSession.objects.bulk_create(
        ServiceSession(
            shop=shop, conversation=line, buyer=line.buyer, state="assigned", assignee=member, last_assignee=member,
            entry="product", first_seq=1, started_at=at, first_assigned_at=at, timer_at=at, unread=1, waiting_since=at,
            last_message_at=at, last_message_text=text, last_sender="buyer", last_buyer_at=at, last_buyer_seq=1,
        )
        for line, at, text in zip(lines, ats, said, strict=True)
    )  # fmt: skip
    Assignment.objects.bulk_create(
        Assignment(shop=shop, session=session, member=member, kind="auto", started_at=session.started_at)
        for session in sessions
    )
    messages = Message.objects.bulk_create(
        Message(
            shop=shop, conversation=session.conversation, session=session, seq=1, sender_kind="buyer",
            sender=f"b:{session.buyer_id}", kind="text", text=session.last_message_text, created_at=session.started_at,
        )
        for session in sessions
    )  # fmt: skip
    Event.objects.bulk_create(
        Event(
            shop=shop, conversation_id=one.conversation_id, session_id=one.session_id, seq=1, kind="message",
            message=one, at=one.created_at,
        )
        for one in messages
    )  # fmt: skip
    Member.objects.filter(pk=member.pk).update(load=count)
    return sessions
