"""The lists of the console (SPEC C6): what is in which, filters with live counts, sorts, search, pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from chat import inbox, serializers
from chat.actions import sessions
from chat.actions.items import Receipt
from chat.models import ServiceSession
from tests import base, invariants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C6")]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def lin(time_machine):
    """An agent with an open console, at a moment that stands still."""
    time_machine.move_to(START, tick=False)
    return base.agent(base.shop(), "Lin", capacity=50)


def ids(member, **asked):
    """Return what a list answers over REST, all its pages."""
    found, query = [], {name: value for name, value in asked.items() if value}
    while True:
        page = base.desk(member).get(f"/api/v1/shops/{member.shop_id}/sessions", query).json()
        found += [row["id"] for row in page["results"]]
        if page["next"] is None:
            return found
        assert len(page["results"]) == inbox.PAGE
        query["cursor"] = page["next"]


def counts(member):
    return base.desk(member).get(f"/api/v1/shops/{member.shop_id}/sessions/counts").json()


def looked(member, session):
    line = base.session(session.conversation).conversation
    base.send(Receipt(line.pk, "shop", line.last_seq, line.last_seq, member.pk))


def test_a_session_is_in_one_list_of_its_agent_and_in_none_of_a_colleague(lin):
    wu = base.agent(lin.shop, "Wu", accepting=False)
    mine, closed = base.writes(base.buyer(lin.shop)), base.writes(base.buyer(lin.shop))
    sessions.close(closed.pk, lin)
    base.people.set_accepting(lin, False)
    queued = base.writes(base.buyer(lin.shop))
    lists = [{name: ids(member, list=name) for name in inbox.LISTS} for member in (lin, wu)]
    assert lists == [
        {"open": [mine.pk], "unassigned": [queued.pk], "history": [closed.pk]},
        {"open": [], "unassigned": [queued.pk], "history": []},
    ]
    sessions.transfer(mine.pk, wu, lin)
    sessions.close(mine.pk, wu)
    assert (ids(lin, list="history"), ids(wu, list="history")) == ([closed.pk], [mine.pk])
    invariants.check()


def test_the_filters_and_their_counts_follow_what_happens(lin, time_machine):
    expiring = base.writes(base.buyer(lin.shop))
    time_machine.shift(timedelta(hours=20))
    base.people.came_online(lin, "test", f"console-{lin.pk}")
    seen, answered, marked = (base.writes(base.buyer(lin.shop)) for _ in range(3))
    looked(lin, seen)
    base.replies(lin, answered)
    sessions.mark(marked.pk, lin, True)
    expected = {
        "": {expiring.pk, seen.pk, answered.pk, marked.pk},
        "unread": {expiring.pk, marked.pk},
        "unreplied": {expiring.pk, seen.pk, marked.pk},
        "expiring": {expiring.pk},
        "marked": {marked.pk},
    }
    assert {name: set(ids(lin, filter=name)) for name in expected} == expected
    live = {name or "open": len(found) for name, found in expected.items()}
    assert counts(lin) == {**live, "unassigned": 0, "more": False}
    base.replies(lin, expiring)
    sessions.mark(marked.pk, lin, False)
    base.people.set_accepting(lin, False)
    base.writes(base.buyer(lin.shop))
    assert counts(lin) == {
        "open": 4, "unread": 1, "unreplied": 2, "expiring": 0, "marked": 0, "unassigned": 1, "more": False,
    }  # fmt: skip


def test_unread_and_unreplied_are_two_things(lin):
    session = base.writes(base.buyer(lin.shop))
    base.writes(session.conversation, "Hello?")
    assert (base.session(session.conversation).unread, ids(lin, filter="unread")) == (2, [session.pk])
    looked(lin, session)
    assert (ids(lin, filter="unread"), ids(lin, filter="unreplied")) == ([], [session.pk])
    base.replies(lin, session)
    assert ids(lin, filter="unreplied") == []


def test_the_longest_waiting_comes_first_and_the_answered_last(lin, time_machine):
    first, second, third, fourth = (base.writes(base.buyer(lin.shop)) for _ in range(4))
    for said in (
        lambda: base.replies(lin, first),
        lambda: base.replies(lin, second),
        lambda: base.writes(first.conversation, "And in red?"),
        lambda: base.writes(third.conversation, "Hello?"),
    ):
        time_machine.shift(1)
        said()
    assert ids(lin, sort="waiting") == [third.pk, fourth.pk, first.pk, second.pk]
    assert ids(lin, sort="latest") == ids(lin) == [third.pk, first.pk, second.pk, fourth.pk]


def test_the_unassigned_wait_by_arrival_and_history_is_newest_first_however_asked(lin, time_machine):
    closed, queued = many(lin, time_machine, 2, "history", 1), many(lin, time_machine, 3, "unassigned", 1)
    time_machine.shift(1)
    base.writes(queued[0].conversation, "Hello?")
    waiting = [session.pk for session in queued]
    assert ids(lin, list="unassigned", sort="waiting") == waiting
    assert ids(lin, list="unassigned", sort="latest") == [waiting[0], waiting[2], waiting[1]]
    for sort in inbox.SORTS:
        assert ids(lin, list="history", sort=sort) == [closed[1].pk, closed[0].pk]


@pytest.mark.parametrize("name", inbox.LISTS)
@pytest.mark.parametrize("sort", inbox.SORTS[:2])
def test_pages_hold_every_session_once_though_many_share_a_moment(lin, time_machine, name, sort):
    expected = many(lin, time_machine, 60, name)
    if name == "open":  # some have been answered: nothing to sort by waiting
        for session in expected[40:]:
            base.replies(lin, session)
    found = ids(lin, list=name, sort=sort)
    assert len(found) == 60
    assert set(found) == {session.pk for session in expected}


def test_a_page_asked_for_later_neither_skips_nor_repeats_what_stayed(lin, time_machine):
    many(lin, time_machine, 70)
    here = f"/api/v1/shops/{lin.shop_id}/sessions"
    first = base.desk(lin).get(here).json()
    for row in first["results"][:5]:
        sessions.close(row["id"], lin)
    rest = base.desk(lin).get(here, {"cursor": first["next"]}).json()
    seen = [row["id"] for row in first["results"] + rest["results"]]
    assert (len(rest["results"]), len(seen), len(set(seen))) == (20, 70, 70)


def test_search_finds_keyword_nickname_and_order_number(lin):
    shop = lin.shop
    refund = base.writes(base.buyer(shop, "wei"), "你好，我要退款，谢谢")
    kettle = base.writes(base.buyer(shop, "mona"), "Is the Kettle blue?")
    base.order(kettle.conversation, "SO-2026-77")
    stranger = base.writes(base.buyer(shop, "zed"), "Good morning")
    base.replies(lin, stranger, "我们可以退货")
    assert ids(lin, q="退款") == [refund.pk]
    assert ids(lin, q="退货") == [stranger.pk]
    assert ids(lin, q="kettle") == ids(lin, q="mon") == ids(lin, q="SO-2026-77") == [kettle.pk]
    assert ids(lin, q="SO-2026") == ids(lin, q="退换") == ids(lin, q="%") == ids(lin, q="_") == []
    assert len(ids(lin)) == 3


def test_search_works_in_every_list_and_with_a_filter(lin):
    closed, held = base.writes(base.buyer(lin.shop), "退款一"), base.writes(base.buyer(lin.shop), "退款二")
    sessions.close(closed.pk, lin)
    base.people.set_accepting(lin, False)
    queued = base.writes(base.buyer(lin.shop), "退款三")
    assert [ids(lin, list=name, q="退款") for name in inbox.LISTS] == [[held.pk], [queued.pk], [closed.pk]]
    assert (ids(lin, q="退款", filter="marked"), ids(lin, q="退款", filter="unread")) == ([], [held.pk])


def test_search_does_not_look_into_other_sessions_of_the_same_buyer(lin):
    old = base.writes(base.buyer(lin.shop), "退款")
    sessions.close(old.pk, lin)
    base.writes(old.conversation, "Good morning")
    assert (ids(lin, q="退款"), ids(lin, list="history", q="退款")) == ([], [old.pk])


@pytest.mark.parametrize("name", inbox.LISTS)
def test_a_list_and_its_counts_cost_the_same_however_long(lin, time_machine, name, django_assert_num_queries):
    for total in (3, 60):
        many(lin, time_machine, total - ServiceSession.objects.count(), name)
        with django_assert_num_queries(2 if name == "history" else 1):
            rows, following = inbox.page(lin, inbox.Asked(list=name), timezone.now())
            shown = [serializers.row(row) for row in rows]
        assert (len(shown), following is None) == (min(total, inbox.PAGE), total <= inbox.PAGE)
        with django_assert_num_queries(2):
            inbox.counts(lin, timezone.now())


def test_counts_over_999_say_that_there_are_more(lin, monkeypatch):
    monkeypatch.setattr(inbox, "MOST", 2)
    for _ in range(3):
        base.writes(base.buyer(lin.shop))
    assert counts(lin) == {
        "open": 2, "unread": 2, "unreplied": 2, "expiring": 0, "marked": 0, "unassigned": 0, "more": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "query", ["list=all", "filter=red", "sort=id", "cursor=x", "cursor=WzEsMl0", "q=" + "x" * 61, "page=2", "q=%00"]
)
def test_a_list_that_does_not_exist_is_refused_in_words(lin, query):
    answer = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["fields"]


def many(member, time_machine, total, name="open", at_once=7):
    """Make sessions for a list, some at the same moment."""
    found = []
    base.people.set_accepting(member, False)
    for number in range(total):
        if number % at_once == 0:
            time_machine.shift(1)
        found.append(base.writes(base.buyer(member.shop)))
        if name != "unassigned":
            sessions.take(found[-1].pk, member)
        if name == "history":
            sessions.close(found[-1].pk, member)
    return found
