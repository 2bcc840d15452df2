"""The history page (C8): its filters, who sees whose, its pages, and that it does not grow with the history."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat import past
from chat.actions import indexing, sessions
from tests import base
from tests.chat.test_growth import plans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C8")]
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


def talked(member, uid, at=None, clock=None):
    """Let a conversation be over, at a moment if one is given."""
    if at is not None:
        clock.move_to(at, tick=False)
    session = base.writes(base.buyer(member.shop, uid))
    if session.state == "queued":  # nobody's console is open any more
        session = sessions.take(session.pk, member)
    if session.assignee_id != member.pk:
        sessions.transfer(session.pk, member, session.assignee)
    return sessions.close(session.pk, member).pk


def page(member, **query):
    client = base.web(member)
    return client.get(f"/shops/{member.shop_id}/history/", query)


def ids(member, **query):
    answer = page(member, **query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["rows"]]


def test_each_filter_narrows_the_list(clock):
    shop = base.shop(time_zone="Asia/Shanghai")
    lead = base.agent(shop, "Lea", role="service_lead", accepting=False, online=False)
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False)
    mia, ben = talked(lin, "mia"), talked(wu, "ben")
    # 15:59 and 16:00 UTC: the last minute of the 21st in Shanghai, and the first of the 22nd.
    late = talked(lin, "mia", datetime(2026, 11, 21, 15, 59, tzinfo=UTC), clock)
    early = talked(lin, "mia-2", datetime(2026, 11, 21, 16, 0, tzinfo=UTC), clock)
    assert ids(lead) == [early, late, ben, mia]
    assert ids(lead, start="2026-11-21") == [early, late]
    assert ids(lead, start="2026-11-21", end="2026-11-21") == [late]
    assert ids(lead, end="2026-11-20") == [ben, mia]
    assert ids(lead, agent=wu.pk) == [ben]
    for indexed in (False, True):
        assert ids(lead, buyer="mia") == [early, late, mia]
        assert ids(lead, buyer="MIA", agent=lin.pk, end="2026-11-21") == [late, mia]
        assert ids(lead, buyer="mia-2") == [early]
        assert ids(lead, buyer="nobody") == []
        if not indexed:
            assert indexing.index_due()


def test_a_uid_finds_its_buyer_whatever_the_name(clock):
    lin = base.agent(base.shop(), "Lin")
    talked(base.agent(base.shop("Other"), "Xu"), "8839201")  # the same UID, in a shop before
    session = talked(lin, "8839201")
    lin.shop.buyers.update(nickname="王")
    talked(lin, "other")
    assert ids(lin, buyer="8839201") == ids(lin, buyer="王") == [session]
    assert ids(lin, buyer="8839201", start="2026-11-21") == []


def test_an_agent_sees_its_own_a_lead_the_shops_and_a_stranger_nothing(clock):
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False)
    mine, theirs = talked(lin, "mia"), talked(wu, "ben")
    owner = base.agent(shop, "Owner", role="owner", im=False, online=False)
    admin = base.agent(shop, "Admin", role="super_admin", online=False)
    staff = base.agent(shop, "Staff", role="staff", im=False, online=False)
    other = base.agent(base.shop("Other"), "Xu", role="owner")
    far = talked(other, "zoe")
    assert (ids(lin), ids(wu)) == ([mine], [theirs])
    assert ids(lin, agent=wu.pk) == [mine], "the filter is the leads'"
    assert ids(owner) == ids(admin) == [theirs, mine]
    assert ids(owner, agent=other.pk) == []
    assert (ids(other), ids(other, agent=lin.pk), ids(other, buyer="mia")) == ([far], [], [])
    assert page(staff).status_code == 403
    client = base.web(other)
    assert client.get(f"/shops/{shop.pk}/history/").status_code == 404
    assert "#session=" in page(lin).content.decode()
    assert "#session=" not in page(owner).content.decode(), "without IM permission the desk stays closed"


def test_pages_follow_one_another_without_a_gap(clock, monkeypatch):
    monkeypatch.setattr(past, "PAGE", 2)
    lin = base.agent(base.shop(), "Lin", role="service_lead", capacity=50)
    made = [talked(lin, f"mia-{n}", START + timedelta(days=n // 2 * 5), clock) for n in range(7)]
    indexing.index_due()
    last = talked(lin, "mia-8", START + timedelta(days=20), clock)
    for query in ({}, {"buyer": "mia"}, {"agent": lin.pk}):
        found, address = [], f"?{'&'.join(f'{name}={value}' for name, value in query.items())}"
        client = base.web(lin)
        while address:
            answer = client.get(f"/shops/{lin.shop_id}/history/{address}")
            assert len(answer.context["rows"]) <= 2
            found += [row.pk for row in answer.context["rows"]]
            address = answer.context["next"]
        assert found == [last, *reversed(made)], query


def test_nonsense_in_the_address_is_left_out(clock):
    lin = base.agent(base.shop(), "Lin", role="owner")
    session = talked(lin, "mia")
    for query in ({"start": "0001-01-01"}, {"end": "9999-12-31"}, {"agent": "x" * 99}, {"agent": "9" * 19},
                  {"before": "nonsense"}, {"start": "\0"}, {"agent": "²"}):  # fmt: skip
        assert ids(lin, **query) == [session], query
    assert ids(lin, buyer="m\0ia") == [session]


def test_a_page_costs_the_same_number_of_queries_however_many_rows(clock):
    lin = base.agent(base.shop(), "Lin", role="service_lead", capacity=50)
    client, costs = Client(), []
    client.force_login(lin.user)
    client.get(f"/shops/{lin.shop_id}/history/")  # the first look writes a line into the audit log
    for n in range(6):
        talked(lin, f"mia-{n}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/shops/{lin.shop_id}/history/")
        costs.append(len(queries))
    assert costs[0] == costs[-1] <= 8


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables without their indexes")
def test_every_page_starts_from_an_index_in_the_order_shown(clock):
    lin = base.agent(base.shop(), "Lin", role="service_lead")
    talked(lin, "mia")
    asked = past.Asked(since=START - timedelta(days=9), until=START + timedelta(days=1), before=(START, 10**9))
    of_shop, of_agent = (
        plans(lambda: past.page(lin, asked)),
        plans(lambda: past.page(lin, asked._replace(agent=lin.pk))),
    )
    assert "session_archive (shop_id=? AND last_message_at>? AND last_message_at<?)" in of_shop
    assert "session_history (last_assignee_id=? AND last_message_at>? AND last_message_at<?)" in of_agent
    assert "TEMP B-TREE" not in of_shop + of_agent
    by_uid = plans(lambda: past.page(lin, asked._replace(buyer="mia")))
    assert "buyer_uid_once_per_shop" in by_uid or "(shop_id=? AND uid=?)" in by_uid
