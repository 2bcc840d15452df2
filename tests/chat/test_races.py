"""What happens when people act at the same moment, on real parallel connections (SPEC B7, B8)."""

import random
import threading
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from chat import locks, routing
from chat.actions import people, sessions
from chat.actions.items import Stored
from chat.models import Assignment, Conversation, DeskEvent, Event, Message, ServiceSession
from chat.worker import Worker
from lib.db import write
from shops.errors import NotAllowed
from shops.models import Buyer, Desk, Member, Presence
from tests import base, invariants, listening, racing
from tests.racing import codes, together, won

pytestmark = pytest.mark.django_db(transaction=True)
State = ServiceSession.State
# On SQLite fewer and smaller; what takes longer runs on PostgreSQL only.
few = pytest.param(5, id="few")
many = pytest.param(min(racing.ROUNDS, 20), id="many", marks=pytest.mark.postgres)
rounds = pytest.mark.parametrize("rounds", [few, many])


def crowd(shop, count):
    """Let a crowd of buyers wait, one second apart; written in bulk."""
    uids = [f"crowd-{number}" for number in range(count)]
    buyers = Buyer.objects.bulk_create(Buyer(shop=shop, uid=uid, nickname=uid) for uid in uids)
    lines = Conversation.objects.bulk_create(Conversation(shop=shop, buyer=buyer) for buyer in buyers)
    first = timezone.now() - timedelta(hours=2)
    ServiceSession.objects.bulk_create(
        ServiceSession(
            shop=shop, conversation=line, buyer_id=line.buyer_id, state=State.QUEUED, entry="product", first_seq=1,
            started_at=first, queued_at=first + timedelta(seconds=number), last_message_at=first,
        )
        for number, line in enumerate(lines)
    )  # fmt: skip


def start_over(shop):
    """Put everybody back into the queue, as if nothing had been assigned; the consoles are closed again."""
    for model in (Event, DeskEvent, Assignment, Presence):
        model.objects.all().delete()
    ServiceSession.objects.update(state=State.QUEUED, assignee=None, last_assignee=None, first_assigned_at=None)
    Conversation.objects.update(last_seq=0)
    Member.objects.update(load=0, was_online=False)
    Desk.objects.update(last_seq=0)


@pytest.mark.rule("B2", "B3", "B8", "P8")
@pytest.mark.parametrize("order", ["fifo", "lifo"])
@pytest.mark.parametrize(
    ("rounds", "waiting", "agents", "places"),
    [
        pytest.param(3, 100, 8, 5, id="few"),
        pytest.param(max(1, racing.ROUNDS // 2), 500, 20, 10, id="many", marks=pytest.mark.postgres),
    ],
)
def test_a_crowd_is_served_once_in_order_and_up_to_capacity(rounds, waiting, agents, places, order):
    shop = base.shop(queue_order=order)
    team = [base.agent(shop, f"A{number}", online=False, capacity=places) for number in range(agents)]
    crowd(shop, waiting)
    queue = list(routing.queue(shop).values_list("pk", flat=True))
    for turn in range(rounds):
        start_over(shop)
        jobs = [partial(people.came_online, one, "test", f"console-{one.pk}") for one in team]
        jobs += [partial(people.set_accepting, one, True) for one in team[::4]]
        jobs += [partial(people.set_capacity, one, places) for one in team[1::4]]
        jobs += [partial(routing.drain, shop.pk)] * 12
        random.Random(turn).shuffle(jobs)
        assert racing.shared(jobs, 8) == []
        served = list(Assignment.objects.order_by("pk").values_list("session_id", "member_id", "why"))
        assert [session for session, _member, _why in served] == queue[: agents * places]
        assert set(Counter(member for _session, member, _why in served).values()) == {places}
        for _session, member, why in served:
            assert why["idle"][str(member)] == max(why["idle"].values())
        invariants.check()


@rounds
@pytest.mark.rule("B7")
def test_of_twenty_who_close_at_once_one_wins_and_the_place_is_freed_once(rounds):
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=1)
    for _ in range(rounds):
        racing.keep_consoles_open()
        held, waiting, third = (base.writes(base.buyer(shop)) for _ in range(3))
        outcomes = together(*[partial(sessions.close, held.pk, lin)] * 20)
        assert len(won(outcomes)) == 1
        assert codes(outcomes) == ["already_closed"] * 19
        assert list(ServiceSession.objects.assigned().values_list("pk", flat=True)) == [waiting.pk]
        assert Event.objects.filter(session=held, kind=Event.Kind.CLOSED).count() == 1
        invariants.check()
        sessions.close(waiting.pk, lin)
        sessions.close(third.pk, lin)


@rounds
@pytest.mark.rule("B7", "C5")
def test_close_transfer_and_a_new_message_at_once_leave_one_open_session(rounds):
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", capacity=50)
    people.set_accepting(wu, False)
    with racing.writers() as [writer]:
        for _ in range(rounds):
            racing.keep_consoles_open()
            line = base.buyer(shop)
            old = base.writes(line)
            said = base.from_buyer(line, "And in red?")
            closed, moved, stored = together(
                partial(sessions.close, old.pk, lin),
                partial(sessions.transfer, old.pk, wu, lin),
                lambda said=said: writer.submit(said).result(20),
            )
            assert isinstance(stored, Stored)
            assert len(won([closed, moved])) == 1
            assert codes([closed, moved]) in (["not_assigned"], ["not_assignee"])
            now_open = ServiceSession.objects.open().get(conversation=line) if moved in won([moved]) else None
            if now_open is not None:
                assert (now_open.pk, now_open.assignee) == (old.pk, wu)
            assert Message.objects.filter(conversation=line).count() == 2
            assert ServiceSession.objects.filter(conversation=line).count() <= 2
            invariants.check()
            for left in ServiceSession.objects.open().select_related("assignee"):
                sessions.close(left.pk, left.assignee)


@rounds
@pytest.mark.rule("B6", "B7")
def test_of_two_transfers_one_wins_and_the_other_is_told(rounds):
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=50)
    others = [base.agent(shop, name, accepting=False, capacity=50) for name in ("Wu", "Zhao")]
    for _ in range(rounds):
        racing.keep_consoles_open()
        held = base.writes(base.buyer(shop))
        outcomes = together(*[partial(sessions.transfer, held.pk, to, lin) for to in others])
        winner = others[outcomes.index(won(outcomes)[0])]
        assert codes(outcomes) == ["not_assignee"]
        held.refresh_from_db()
        assert (held.assignee, racing.holders(held)) == (winner, [winner.pk])
        invariants.check()


@rounds
@pytest.mark.rule("A1", "B5", "B7")
def test_taking_routing_and_a_lost_right_at_once_leave_one_holder_or_none(rounds):
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin", online=False, capacity=1), base.agent(shop, "Wu", online=False, accepting=False)
    for turn in range(rounds):
        waiting = base.writes(base.buyer(shop))
        place = waiting.queued_at
        loses = (lin, wu)[turn % 2]
        online, taken, _lost = together(
            partial(people.came_online, lin, "test", f"console-{lin.pk}"),
            partial(sessions.take, waiting.pk, wu),
            partial(people.set_im_permission, loses, False),
        )
        assert online is None or isinstance(online, NotAllowed)
        assert codes([taken]) in ([], ["not_waiting"], ["not_agent"])
        waiting.refresh_from_db()
        assert waiting.assignee != loses
        assert waiting.queued_at == place
        assert racing.holders(waiting) == ([waiting.assignee_id] if waiting.assignee_id else [])
        invariants.check()
        people.set_im_permission(loses, True)
        base.leave(lin)
        waiting.refresh_from_db()
        sessions.close(sessions.take(waiting.pk, wu).pk if not waiting.assignee else waiting.pk, waiting.assignee or wu)


@rounds
@pytest.mark.rule("B8", "C1")
def test_fifty_first_messages_of_one_buyer_make_one_session(rounds):
    shop = base.shop()
    base.agent(shop, "Lin", capacity=50)
    with racing.writers(2) as both:
        for _ in range(rounds):
            racing.keep_consoles_open()
            line = base.buyer(shop)
            posts = [base.from_buyer(line, f"Message {number}") for number in range(50)]
            calls = [partial(both[number % 2].submit, post) for number, post in enumerate(posts)]
            stored = [future.result(20) for future in together(*calls)]
            assert ServiceSession.objects.filter(conversation=line).count() == 1
            assert sorted(one.event["message"]["text"] for one in stored) == sorted(post.text for post in posts)
            numbers = sorted(one.event["seq"] for one in stored)
            # 1 is the opening, then the first message, then who answers; the rest follow without a gap.
            assert numbers == [2, *range(4, 53)]
            line.refresh_from_db()
            assert line.last_seq == 52
            invariants.check()
    assert not Message.objects.exclude(seq=F("event__seq")).exists()


@pytest.mark.postgres
@pytest.mark.rule("P8")
def test_whoever_waited_for_the_desk_sees_the_settings_of_the_last_holder():
    shop = base.shop(queue_order="fifo")
    held = threading.Event()

    def change():
        with write():
            desk = locks.desk(shop.pk)
            desk.shop.queue_order = "lifo"
            desk.shop.save(update_fields=["queue_order"])
            held.set()
            listening.until(lambda: racing.waiting_for_locks() == 1)

    def look():
        held.wait(20)
        with write():
            return locks.desk(shop.pk).shop.queue_order

    assert together(change, look) == [None, "lifo"]


@pytest.mark.rule("B8")
def test_a_close_stands_though_the_queue_could_not_be_served_after_it():
    if connection.vendor != "sqlite":
        pytest.skip("the fault is planted as a trigger of SQLite")
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=1)
    held, waiting = base.writes(base.buyer(shop)), base.writes(base.buyer(shop))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER fault BEFORE INSERT ON chat_assignment BEGIN SELECT RAISE(ABORT, 'planted'); END"
        )
        try:
            assert sessions.close(held.pk, lin).state == State.CLOSED
        finally:
            cursor.execute("DROP TRIGGER fault")
    invariants.check(drained=False)
    Worker().once()
    waiting.refresh_from_db()
    assert waiting.assignee == lin
    invariants.check()
