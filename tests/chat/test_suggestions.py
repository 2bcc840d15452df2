"""Suggested replies: from the shop's own words, to the newest message, counted when used (E8)."""

import time

import pytest

from chat import suggesting
from chat.actions import quick_replies, ratings, sessions
from chat.models import Suggestion
from tests import base

pytestmark = pytest.mark.django_db(transaction=True)
SHIP = "When do you ship my parcel?"


@pytest.fixture
def shop():
    return base.shop(language="en")


@pytest.fixture
def lin(shop):
    return base.agent(shop, "Lin")


def asked(shop, text):
    return base.writes(base.buyer(shop), text)


def told(member, session):
    """Ask as the console does, until every index is there."""
    for _again in range(100):
        answer = base.desk(member).get(f"/api/v1/shops/{member.shop_id}/sessions/{session.pk}/suggestions")
        assert answer.status_code == 200, answer.content
        if answer.json()["ready"]:
            break
    return answer.json()


def good_talk(shop, lin, question, answer, stars=5):
    """Live one session to its rating."""
    line = base.buyer(shop)
    one = base.writes(line, question)
    base.replies(lin, one, answer)
    ratings.rate(shop.pk, line.pk, one.pk, stars)
    sessions.close(one.pk, lin)


@pytest.mark.rule("E8")
def test_the_three_sources_answer_the_newest_message(shop, lin):
    base.question(shop, SHIP, "Every day at noon.", place=None)
    quick_replies.create(lin, "agent", "When is my parcel shipped", "We ship at noon, dear.")
    good_talk(shop, lin, "What day will my parcel ship?", "Yours leaves today, I promise.")
    session = asked(shop, SHIP)
    found = told(lin, session)
    assert found["seq"] == session.last_buyer_seq
    assert {one["source"]: one["text"] for one in found["results"]} == {
        "faq": "Every day at noon.",
        "quick": "We ship at noon, dear.",
        "earlier": "Yours leaves today, I promise.",
    }
    assert found["results"][0]["source"] == "faq", "the very words"


@pytest.mark.rule("E8")
def test_what_fits_nothing_gets_nothing_and_an_answered_buyer_neither(shop, lin):
    base.question(shop, SHIP, "Every day at noon.", place=None)
    assert told(lin, asked(shop, "Qwerty asdfgh"))["results"] == []
    line = base.buyer(shop)
    session = base.writes(line, SHIP)
    base.replies(lin, session, "At noon.")
    assert told(lin, base.session(line)) == {"seq": None, "ready": True, "results": [], "writes": False}
    session = base.writes(line, "🙂", kind="emoji")
    assert told(lin, session)["results"] == []


@pytest.mark.rule("E8")
def test_badly_rated_and_personal_answers_are_not_handed_on(shop, lin):
    good_talk(shop, lin, "Where does my parcel hang?", "It hangs in customs.", stars=2)
    good_talk(shop, lin, "Which number has my parcel?", "Your parcel is SF100200300.")
    good_talk(shop, lin, "Where can I write to you?", "Write to anna@example.com please.")
    for text in ("Where does my parcel hang?", "Which number has my parcel?", "Where can I write to you?"):
        assert told(lin, asked(shop, text))["results"] == []


@pytest.mark.rule("E8", "A2")
def test_nothing_of_another_shop_is_suggested_or_counted(shop, lin):
    base.question(base.shop("Meadow"), SHIP, "Never.", place=None)
    session = asked(shop, SHIP)
    assert told(lin, session)["results"] == []
    far = base.desk(base.agent(base.shop("Field"), "Far"))
    assert far.get(f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/suggestions").status_code == 404


@pytest.mark.rule("E8")
def test_use_is_counted_once_for_each_message(shop, lin):
    session = asked(shop, SHIP)
    desk, here = base.desk(lin), f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/suggestions"

    def note(status=204, **body):
        answer = desk.post(here, {"seq": session.last_buyer_seq, **body}, format="json")
        assert answer.status_code == status, answer.content

    note(outcome="offered")
    note(outcome="offered")
    note(outcome="changed", source="faq")
    note(outcome="sent", source="quick")
    note(outcome="offered")
    row = Suggestion.objects.get()
    assert (row.outcome, row.source, row.member) == ("changed", "faq", lin)
    note(400, outcome="sent")
    note(400, outcome="offered", source="faq")
    note(409, seq=session.last_buyer_seq + 1, outcome="offered")
    wu = base.agent(shop, "Wu", role="service_lead")
    refused = base.desk(wu).post(here, {"seq": 1, "outcome": "offered"}, format="json")
    assert refused.status_code in (404, 409)
    assert Suggestion.objects.count() == 1


@pytest.mark.rule("E8")
def test_they_come_within_300_ms_once_the_indexes_are_there(shop, lin):
    for n in range(60):
        base.question(shop, f"Question {n} about parcels and kettles?", f"Answer {n}.", place=None)
    session = asked(shop, "Tell me about kettles in parcels")
    told(lin, session)
    took = []
    for _time in range(7):
        start = time.perf_counter()
        suggesting.suggest(lin, session)
        took.append(time.perf_counter() - start)
    assert sorted(took)[3] < 0.3
