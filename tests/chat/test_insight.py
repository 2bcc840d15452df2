"""Customer insight beside a session (SPEC E9): what it counts, who reads how much of it, and what it costs."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botfaq.mood import Mood, together
from botfaq.recognition import encoders
from chat import insight
from chat.actions import ratings, reports, sessions
from commerce.models import AfterSale, Order
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("E9")]


def asked(member, session):
    return base.desk(member).get(f"/api/v1/shops/{member.shop_id}/sessions/{session.pk}/insight")


def told(member, session):
    answer = asked(member, session)
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def lin():
    return base.agent(base.shop(), "Lin", capacity=50)


def rated(member, line, stars, words=""):
    session = base.writes(line)
    base.replies(member, session)
    ratings.rate(line.shop_id, line.pk, session.pk, stars, words)
    sessions.close(session.pk, member)
    return base.session(line)


def test_earlier_sessions_are_told_with_who_had_them_and_how_they_were_rated(lin):
    line = base.buyer(lin.shop, "mia")
    first, second = rated(lin, line, 2, "Too slow"), rated(lin, line, 5)
    now = base.writes(line)
    found = told(lin, now)
    assert [one["id"] for one in found["contacts"]] == [now.pk, second.pk, first.pk]
    assert found["contacts"][2]["rating"] == {"stars": 2, "words": "Too slow", "reasons": []}
    assert found["contacts"][2]["agent"] == {"id": lin.pk, "nickname": "Lin"}
    assert (found["sessions"], found["first_at"]) == (3, found["contacts"][2]["started_at"])
    assert found["ratings"] == {"count": 2, "average": 3.5, "low": 1, "high": 1}
    assert found["said"] == {"buyer": 3, "agent": 2, "automatic": 0}
    assert found["buyer"] == {"id": line.buyer_id, "uid": "mia", "nickname": "Mia"}
    begun = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions/{now.pk}/events", {"after": 0}).json()
    assert {one["first_seq"] for one in found["contacts"]} <= {event["seq"] for event in begun["results"]}


def test_orders_count_as_far_as_they_were_paid(lin):
    line = base.buyer(lin.shop)
    session = base.writes(line)
    kept, running = base.order(line), base.order(line)
    for state in (Order.State.CANCELLED, Order.State.UNPAID):
        Order.objects.filter(pk=base.order(line).pk).update(state=state)
    base.order(base.buyer(lin.shop))
    for order, number, state in ((kept, "A-1", "completed"), (running, "A-2", "in_progress")):
        AfterSale.objects.create(
            shop=lin.shop, order=order, number=number, kind="refund", state=state, created_at=order.created_at
        )
    assert told(lin, session)["orders"] == {"count": 2, "value": "79.60", "currency": "CNY", "after_sales": 1}


def test_the_mood_of_the_newest_words_counts_most(lin):
    line = base.buyer(lin.shop)
    session = base.writes(line, "谢谢，很满意")
    assert told(lin, session)["mood"]["kind"] == "positive"
    base.writes(line, "太慢了，垃圾")
    base.writes(line, "质量太差，我要投诉")
    found = told(lin, session)["mood"]
    assert (found["kind"], [one["kind"] for one in found["messages"]]) == ("negative", ["positive", *["negative"] * 2])
    assert [one["seq"] for one in found["messages"]] == sorted(one["seq"] for one in found["messages"])
    base.replies(lin, session, "垃圾")
    assert told(lin, session)["mood"] == found


def test_a_buyer_without_words_has_no_mood(lin):
    session = base.writes(base.buyer(lin.shop), "😀", kind="emoji")
    assert told(lin, session)["mood"] is None
    assert together([]) == Mood("neutral", 0.0)


def test_nobody_waits_for_the_encoder(lin, monkeypatch):
    monkeypatch.setattr(encoders, "_loaded", {"none": None})
    told(lin, base.writes(base.buyer(lin.shop)))
    assert settings.BOT_ENCODER == "none" or settings.BOT_ENCODER not in encoders._loaded


def test_an_agent_knows_no_more_than_it_may_read(lin):
    wu = base.agent(lin.shop, "Wu", accepting=False)
    lead = base.agent(lin.shop, "Lea", role="service_lead", accepting=False)
    line = base.buyer(lin.shop)
    mine = rated(lin, line, 4)
    reports.submit(mine.pk, lin, "spam", "Again and again")
    now = base.writes(line)
    sessions.transfer(now.pk, wu, lin)
    base.people.set_accepting(wu, True)
    sessions.close(now.pk, wu)
    base.people.set_accepting(lin, False)
    newest = base.writes(line, "Back again")
    assert newest.assignee == wu
    # Lin had the first two: its own past is told as it may be read, without the third.
    assert [one["id"] for one in told(lin, mine)["contacts"]] == [mine.pk]
    assert told(lin, mine)["said"]["buyer"] == 1
    assert len(told(wu, newest)["contacts"]) == len(told(lead, newest)["contacts"]) == 3
    seen = [told(who, of)["reports"] for who, of in ((lin, mine), (wu, newest), (lead, newest))]
    one, none = {"count": 1, "pending": 1, "approved": 0}, {"count": 0, "pending": 0, "approved": 0}
    assert seen == [one, none, one]
    assert asked(lin, newest).status_code == 404
    stranger = base.agent(base.shop("Other"), "Xu")
    assert asked(stranger, newest).status_code == 404
    assert base.desk(stranger).get(f"/api/v1/shops/{lin.shop_id}/sessions/{newest.pk}/insight").status_code == 404


def test_a_long_history_costs_no_query_more(lin, monkeypatch):
    monkeypatch.setattr(insight, "CONTACTS", 3)
    line = base.buyer(lin.shop)
    costs = []
    for _ in range(2):
        for _ in range(3):
            rated(lin, line, 5)
            base.order(line)
        session = base.writes(line, "谢谢")
        base.desk(lin).get("/api/v1/me")
        with CaptureQueriesContext(connection) as queries:
            found = insight.of(lin, session)
        assert len(found["contacts"]) == 3
        costs.append(len(queries))
        sessions.close(session.pk, lin)
    assert costs[0] == costs[1] <= 9
