"""Writing to a buyer first (SPEC C7, P6): who may be written to, who gets the session, what it counts for."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import conditions, periods, reading
from analytics.reception import reception
from chat.actions import contact, sessions
from chat.models import Assignment, Event, ServiceSession
from commerce.models import AfterSale
from shops.errors import NotAllowed
from tests import base, invariants, racing
from tests.chat.stage import Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C7", "P6")]


def aged(line, days, **values):
    return base.order(line, created_at=timezone.now() - timedelta(days=days), **values)


def post(member, **body):
    return base.desk(member).post(f"/api/v1/shops/{member.shop_id}/sessions", body, format="json")


def find(member, q):
    return base.desk(member).get(f"/api/v1/shops/{member.shop_id}/contacts", {"q": q})


@pytest.mark.parametrize(("preset", "days"), [("douyin", 30), ("tiktok_shop", 60)])
def test_an_order_allows_a_first_word_up_to_the_platforms_age(preset, days):
    shop = base.shop(preset=preset)
    lin = base.agent(shop, "Lin")
    base.agent(shop, "Wu")
    young, old = base.buyer(shop), base.buyer(shop)
    aged(young, days - 0.01), aged(old, days + 0.01)
    assert post(lin, buyer=young.buyer_id).status_code == 201
    refused = post(lin, buyer=old.buyer_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "contact_not_allowed")
    assert str(days) in refused.json()["detail"]
    assert not ServiceSession.objects.filter(conversation=old).exists()


@pytest.mark.parametrize(("preset", "status"), [("douyin", 409), ("tiktok_shop", 201)])
def test_an_open_case_allows_it_at_any_age_where_the_platform_says_so(preset, status):
    shop = base.shop(preset=preset)
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    base.agent(shop, "Wu")
    old = aged(line, 200)
    case = AfterSale.objects.create(shop=shop, order=old, number="77", kind="refund", created_at=timezone.now())
    for state in (AfterSale.State.COMPLETED, AfterSale.State.CLOSED):
        AfterSale.objects.filter(pk=case.pk).update(state=state)
        assert post(lin, order=old.pk).status_code == 409
    AfterSale.objects.filter(pk=case.pk).update(state=AfterSale.State.IN_PROGRESS)
    assert post(lin, order=old.pk).status_code == status


def test_it_goes_to_the_initiator_even_above_capacity_and_everybody_concerned_is_told():
    stage = Stage()
    lin, line = stage.lin, stage.line
    base.people.set_capacity(lin, 1)
    full = base.writes(stage.other)
    assert full.assignee == lin
    order = aged(line, 1)
    with stage.listening():
        row = post(lin, order=order.pk).json()
        told = stage.heard()
    session = base.session(line)
    assert (row["id"], row["state"], row["assignee"]["id"], row["entry"]) == (session.pk, "assigned", lin.pk, "order")
    assert (session.started_by, session.entry_order, session.waiting_since) == ("agent", order, None)
    assert [frame["kind"] for frame in told[line.pk]] == ["session.opened", "session.assigned"]
    assert told[line.pk][0]["data"] == {"by": "agent", "entry": "order"}
    assert [(f["kind"], f["row"] is not None) for f in told["Lin"] if f["type"] == "desk"] == [
        ("session.assigned", True)
    ]
    assert [(f["kind"], f["row"]) for f in told["Wu"] if f["type"] == "desk"] == [("session.assigned", None)]
    lin.refresh_from_db()
    assert lin.load == 2
    assert Assignment.objects.get(session=session).kind == Assignment.Kind.MANUAL


def test_the_reply_window_starts_at_the_first_buyer_message():
    shop = base.shop(preset="douyin")
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    aged(line, 1)
    session = contact.start(lin, line.buyer).session
    base.replies(lin, session, "Your parcel comes tomorrow.")
    assert base.session(line).read_only_at is None
    answered = base.writes(line, "Thank you!")
    assert answered.pk == session.pk
    assert answered.read_only_at == answered.last_buyer_at + timedelta(hours=24)
    invariants.check()


def test_an_open_session_is_shown_instead():
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False)
    lead = base.agent(shop, "Lead", role="service_lead", accepting=False)
    line = base.buyer(shop)
    aged(line, 1)
    held = base.writes(line)
    assert held.assignee == lin
    mine = post(lin, buyer=line.buyer_id)
    assert (mine.status_code, mine.json()["id"]) == (200, held.pk)
    foreign = post(wu, buyer=line.buyer_id)
    assert (foreign.status_code, foreign.json()["code"]) == (409, "with_colleague")
    assert "Lin" in foreign.json()["detail"]
    assert post(lead, buyer=line.buyer_id).json()["id"] == held.pk
    assert base.session(line).assignee == lin
    assert ServiceSession.objects.filter(conversation=line).count() == 1


def test_a_session_that_waits_stays_in_the_queue_and_one_with_the_bot_comes_to_the_agent():
    shop = base.shop(bot_enabled=True)
    lin, line, other = base.agent(shop, "Lin", accepting=False), base.buyer(shop), base.buyer(shop)
    waiting, with_bot = base.writes(line), base.writes(other)
    sessions.ask_human(shop.pk, line.pk)
    assert post(lin, buyer=line.buyer_id).json()["state"] == "queued"
    assert waiting.pk == base.session(line).pk
    taken = post(lin, buyer=other.buyer_id).json()
    assert (taken["id"], taken["state"], taken["assignee"]["id"]) == (with_bot.pk, "assigned", lin.pk)
    assert (base.session(other).started_by, base.session(other).bot_part) == ("buyer", "taken")
    invariants.check()


def test_it_is_in_no_figure_of_the_shop_or_the_agent():
    shop = base.shop()
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    aged(line, 1)
    session = contact.start(lin, line.buyer).session
    base.replies(lin, session)
    base.writes(line, "Fine.")
    assert reception(lin, timezone.now())["received_today"] == 0
    ServiceSession.objects.filter(pk=session.pk).update(started_at=timezone.now() - timedelta(days=2))
    assert _consultations(shop) == 0
    ServiceSession.objects.filter(pk=session.pk).update(started_by="buyer")
    assert _consultations(shop) == 1


def _consultations(shop):
    now = timezone.now()
    return reading.total(shop, periods.last(shop, 7, now), conditions.rules(shop), now)["consultations"]


def test_others_are_refused():
    shop, other = base.shop(), base.shop("Hill")
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    order = aged(line, 1)
    stranger, staff = base.agent(other, "Zoe"), base.agent(shop, "Sam", im=False, online=False, role="staff")
    assert post(stranger, buyer=line.buyer_id).status_code == 404
    assert post(stranger, order=order.pk).status_code == 404
    assert post(staff, buyer=line.buyer_id).status_code == 403
    assert find(stranger, order.number).json()["results"] == []
    assert find(staff, order.number).status_code == 403
    for body in ({}, {"buyer": line.buyer_id, "order": order.pk}, {"buyer": "1"}, {"buyer": 1, "text": "Hi"}):
        assert post(lin, **body).status_code == 400
    assert find(lin, "").json()["results"] == []
    assert not ServiceSession.objects.exists()


def test_the_search_finds_by_order_number_uid_and_nickname_and_says_who_may_be_written_to():
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    young, old, talking = base.buyer(shop, "mia-1"), base.buyer(shop, "mia-2"), base.buyer(shop, "mia-3")
    order, ancient = aged(young, 3), aged(old, 100, number="77-old")
    session = base.writes(talking)
    found = {row["buyer"]["uid"]: row for row in find(lin, "Mia").json()["results"]}
    assert {uid: row["allowed"] for uid, row in found.items()} == {"mia-1": True, "mia-2": False, "mia-3": True}
    assert found["mia-1"]["order"]["number"] == order.number
    assert (found["mia-2"]["order"]["number"], "30" in found["mia-2"]["reason"]) == (ancient.number, True)
    assert (found["mia-3"]["order"], found["mia-3"]["session"]) == (None, session.pk)
    assert [row["buyer"]["uid"] for row in find(lin, "77-old").json()["results"]] == ["mia-2"]
    assert [row["buyer"]["uid"] for row in find(lin, "mia-1").json()["results"]] == ["mia-1"]
    with CaptureQueriesContext(connection) as few:
        find(lin, "Mia")
    for number in range(5):
        aged(base.buyer(shop, f"mia-more-{number}"), 1)
    with CaptureQueriesContext(connection) as more:
        assert len(find(lin, "Mia").json()["results"]) == 8
    assert len(more) == len(few)


@pytest.mark.rule("B7")
def test_of_two_who_write_first_and_the_buyer_who_writes_at_the_same_moment_one_opens():
    shop = base.shop()
    team = [base.agent(shop, name, capacity=50) for name in ("Lin", "Wu")]
    with racing.writers() as [writer]:
        for _ in range(4):
            racing.keep_consoles_open()
            line = base.buyer(shop)
            aged(line, 1)
            said = base.from_buyer(line)
            calls = [partial(contact.start, one, line.buyer) for one in team]
            outcomes = racing.together(*calls, lambda said=said: writer.submit(said).result(20))
            assert racing.codes(outcomes[:2]) in ([], ["with_colleague"])
            assert ServiceSession.objects.filter(conversation=line).count() == 1
            assert Event.objects.filter(conversation=line, kind=Event.Kind.OPENED).count() == 1
            invariants.check()


def test_who_lost_the_right_meanwhile_opens_nothing():
    shop = base.shop()
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    aged(line, 1)
    base.people.set_im_permission(lin, False)
    with pytest.raises(NotAllowed):
        contact.start(lin, line.buyer)
    assert not ServiceSession.objects.exists()
