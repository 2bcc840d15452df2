"""Whom to answer first: what threatens the response rate (C4, C6, C16, F4, G2). Rule: chat/urgency.py."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from chat import inbox, serializers, urgency
from chat.models import ServiceSession
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C6")]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def lin(time_machine):
    time_machine.move_to(START, tick=False)
    return base.agent(base.shop(), "Lin", capacity=50)


def order(member):
    """Return the ids over REST in the order asked for, and check that the rows alone say the same to a client."""
    rows = base.desk(member).get(f"/api/v1/shops/{member.shop_id}/sessions", {"sort": "urgent"}).json()["results"]
    now = serializers.moment(timezone.now())

    def as_client(row):
        waits = row["waiting_since"] if row["waiting_since"] and not row["no_reply_needed"] else "9"
        return (row["answer_by"] if row["answer_by"] and row["answer_by"] > now else "9", waits)

    assert rows == sorted(rows, key=as_client)
    return [row["id"] for row in rows]


def stamp(session):
    return urgency.answer_by(base.session(session.conversation))


def change(session, **values):
    ServiceSession.objects.filter(pk=session.pk).update(**values)


def test_the_nearest_end_of_24_hours_comes_first_and_what_nobody_waits_for_last(lin, time_machine):
    began = []
    for pause in (10, 1, 1, 1):
        began.append(base.writes(base.buyer(lin.shop)))
        time_machine.shift(timedelta(hours=pause))
        base.people.came_online(lin, "test", f"console-{lin.pk}")
    late, oldest, answered, newest = began
    base.replies(lin, answered)
    time_machine.shift(timedelta(hours=13))
    base.people.came_online(lin, "test", f"console-{lin.pk}")
    assert order(lin) == [oldest.pk, newest.pk, late.pk, answered.pk]
    base.writes(answered.conversation, "And in red?")  # waits again, but counts as answered for good
    assert order(lin) == [oldest.pk, newest.pk, late.pk, answered.pk]
    assert stamp(oldest) == oldest.started_at + timedelta(hours=24)
    assert (stamp(answered), stamp(late)) == (None, late.started_at + timedelta(hours=24))


@pytest.mark.rule("C4", "F4")
def test_no_reply_needed_takes_a_session_out_of_everything_that_presses(lin, time_machine):
    done, other = base.writes(base.buyer(lin.shop)), base.writes(base.buyer(lin.shop))
    time_machine.shift(timedelta(hours=21))
    change(done, no_reply_needed=True)
    assert (stamp(done), order(lin)) == (None, [other.pk, done.pk])
    for name in ("unreplied", "expiring"):
        rows, _next = inbox.page(lin, inbox.Asked(filter=name), timezone.now())
        assert [row.pk for row in rows] == [other.pk]
    found = inbox.counts(lin, timezone.now())
    assert (found["unreplied"], found["expiring"], found["open"]) == (1, 1, 2)
    rows, _next = inbox.page(lin, inbox.Asked(sort="waiting"), timezone.now())
    assert [row.pk for row in rows] == [other.pk, done.pk]


@pytest.mark.rule("C16")
def test_an_faq_answer_keeps_the_label_but_the_rate_is_safe_until_the_buyer_asks_on(lin):
    line = base.buyer(lin.shop)
    session = base.clicks(line, base.question(lin.shop))
    plain = base.writes(base.buyer(lin.shop))
    assert stamp(session) is None
    assert order(lin) == [plain.pk, session.pk]
    assert inbox.counts(lin, timezone.now())["unreplied"] == 2
    base.writes(line, "And on Sundays?")
    assert stamp(session) == session.started_at + timedelta(hours=24)


def test_what_is_not_counted_by_the_response_rate_does_not_press(lin):
    found = [base.writes(base.buyer(lin.shop)) for _ in range(4)]
    for session, values in zip(
        found, ({"holiday_mode": True}, {"report_upheld": True}, {"started_by": "agent"}, {}), strict=True
    ):
        change(session, **values)
    assert [stamp(session) is not None for session in found] == [False, False, False, True]
    assert order(lin)[0] == found[3].pk


@pytest.mark.rule("E9")
def test_an_upset_buyer_comes_as_early_as_one_who_waited_an_hour_more(lin, time_machine, django_assert_num_queries):
    calm, later, upset, last = [], [], [], []
    words = "你好，请问什么时候发货", "有人吗", "垃圾商家，骗子！太让人失望了", "在吗"
    for made, text, pause in zip((calm, later, upset, last), words, (40, 30, 70, 1), strict=True):
        made += [base.writes(base.buyer(lin.shop), text) for _ in range(2)]
        change(made[1], holiday_mode=True)  # the second of each is not counted: it only waits
        time_machine.shift(timedelta(minutes=pause))
    base.people.came_online(lin, "test", f"console-{lin.pk}")
    expected = [[calm[n], upset[n], later[n], last[n]] for n in (0, 1)]
    found = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions", {"sort": "urgent"}).json()["results"]
    assert [row["id"] for row in found] == [one.pk for group in expected for one in group]
    with django_assert_num_queries(3):  # the page, who waits, what they said: however many there are
        inbox.page(lin, inbox.Asked(sort="urgent"), timezone.now())
    seen, asked = [], inbox.Asked(sort="urgent", limit=3)
    while asked.cursor is not None:
        rows, following = inbox.page(lin, asked, timezone.now())
        seen += [row.pk for row in rows]
        asked = asked._replace(cursor=following)
    assert seen == [row["id"] for row in found]


def test_pages_of_this_order_hold_every_session_once(lin, time_machine):
    for number in range(9):
        session = base.writes(base.buyer(lin.shop))
        if number % 3 == 0:
            base.replies(lin, session)
        if number % 3 == 1:
            change(session, holiday_mode=True)
        time_machine.shift(number % 2)
    here, query, seen = f"/api/v1/shops/{lin.shop_id}/sessions", {"sort": "urgent", "limit": 2}, []
    while True:
        page = base.desk(lin).get(here, query).json()
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == order(lin)
    assert len(set(seen)) == 9
