"""What must hold after every routing, delivery and fault test: plain SQL over the whole database."""

from django.db import connection
from django.utils import timezone

from chat import routing
from chat.actions import rebuilding
from chat.models import ServiceSession
from shops.models import Shop

NONE_MAY_EXIST = {
    "assigned without an assignee, or the reverse": """
        SELECT id FROM chat_servicesession WHERE (state = 'assigned') <> (assignee_id IS NOT NULL)""",
    "two open sessions in one conversation": """
        SELECT conversation_id FROM chat_servicesession WHERE state <> 'closed'
        GROUP BY conversation_id HAVING COUNT(*) > 1""",
    "a load that is not the recount": """
        SELECT m.id FROM shops_member m
        WHERE m.load <> (SELECT COUNT(*) FROM chat_servicesession s WHERE s.assignee_id = m.id)""",
    "a running assignment that is not the session's": """
        SELECT s.id FROM chat_servicesession s LEFT JOIN chat_assignment a ON a.session_id = s.id AND a.ended_at IS NULL
        WHERE COALESCE(a.member_id, 0) <> COALESCE(s.assignee_id, 0)""",
    "an automatic assignment above capacity": """
        SELECT id FROM chat_assignment WHERE kind = 'auto' AND over_capacity""",
    "events that are not numbered from the first kept one on": """
        SELECT c.id FROM chat_conversation c LEFT JOIN chat_event e ON e.conversation_id = c.id
        GROUP BY c.id, c.first_seq, c.last_seq HAVING COUNT(e.id) <> c.last_seq - c.first_seq + 1
        OR COALESCE(MIN(e.seq), c.first_seq) <> c.first_seq OR COALESCE(MAX(e.seq), c.last_seq) <> c.last_seq""",
    "desk events that are not numbered 1, 2, 3": """
        SELECT d.shop_id FROM shops_desk d LEFT JOIN chat_deskevent e ON e.shop_id = d.shop_id
        GROUP BY d.shop_id, d.last_seq HAVING COUNT(e.id) <> d.last_seq OR COALESCE(MAX(e.seq), 0) <> d.last_seq""",
    "a message without its event, or under another number": """
        SELECT m.id FROM chat_message m LEFT JOIN chat_event e ON e.message_id = m.id
        WHERE e.id IS NULL OR e.seq <> m.seq OR e.conversation_id <> m.conversation_id
        OR e.session_id <> m.session_id""",
    "a message written after the session became read-only": """
        SELECT m.id FROM chat_message m JOIN chat_servicesession s ON s.id = m.session_id
        WHERE m.sender_kind = 'agent' AND s.state = 'closed' AND s.read_only_at < m.created_at""",
    "a child row of another shop": """
        SELECT s.id FROM chat_servicesession s JOIN chat_conversation c ON c.id = s.conversation_id
        JOIN shops_buyer b ON b.id = c.buyer_id
        WHERE s.shop_id <> c.shop_id OR c.shop_id <> b.shop_id OR s.buyer_id <> b.id
        UNION ALL SELECT m.id FROM chat_message m JOIN chat_servicesession s ON s.id = m.session_id
        WHERE m.shop_id <> s.shop_id OR m.conversation_id <> s.conversation_id
        UNION ALL SELECT e.id FROM chat_event e JOIN chat_servicesession s ON s.id = e.session_id
        WHERE e.shop_id <> s.shop_id OR e.conversation_id <> s.conversation_id
        UNION ALL SELECT a.id FROM chat_assignment a JOIN chat_servicesession s ON s.id = a.session_id
        JOIN shops_member m ON m.id = a.member_id WHERE a.shop_id <> s.shop_id OR m.shop_id <> s.shop_id""",
    "an unreplied label that the messages contradict": """
        SELECT s.id FROM chat_servicesession s WHERE (s.waiting_since IS NOT NULL) <> EXISTS (
            SELECT 1 FROM chat_message m WHERE m.session_id = s.id AND m.sender_kind = 'buyer' AND m.seq > COALESCE(
                (SELECT MAX(r.seq) FROM chat_message r WHERE r.session_id = s.id AND r.sender_kind = 'agent'), 0))
            AND NOT s.no_reply_needed""",
    "an unreplied label where no reply is needed": """
        SELECT id FROM chat_servicesession WHERE no_reply_needed AND waiting_since IS NOT NULL""",
}


def check(*, drained: bool = True, facts: bool = True) -> None:
    """Assert every invariant; `drained`: nobody waits beside a free place; `facts`: they are what was said."""
    with connection.cursor() as cursor:
        for words, sql in NONE_MAY_EXIST.items():
            cursor.execute(sql.replace("AND over_capacity", _OVER))
            found = cursor.fetchall()
            assert not found, f"{words}: {found[:5]}"
    if facts:
        drift = [one for shop in Shop.objects.all() for one in rebuilding.rebuild(shop, dry_run=True)]
        assert not drift, f"facts that the messages contradict: {drift[:3]}"
    if drained:
        for shop in Shop.objects.all():
            waiting = ServiceSession.objects.queued().filter(shop=shop).count()
            free = routing.sole_agent(shop) or routing.free_agents(shop.pk, timezone.now())
            assert not (waiting and free), f"{waiting} wait in {shop} beside {free}"


# `why` keeps what the router saw: load before the assignment, and the capacity.
_OVER = "AND CAST(why->>'load' AS integer) >= CAST(why->>'capacity' AS integer)"
