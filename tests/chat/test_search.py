"""Search in messages, nicknames and order numbers (C6): exact in every state of the index, only what one may see."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import inbox, searching
from chat.actions import indexing, sessions
from chat.models import ServiceSession, SessionQuerySet
from lib import words
from shops.models import Buyer
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C6")]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def lin(time_machine):
    time_machine.move_to(START, tick=False)
    return base.agent(base.shop(), "Lin", capacity=500)


def past(member, *said, uid=""):
    """Let a session of these words be over."""
    line = base.buyer(member.shop, uid)
    for text in said:
        session = base.writes(line, text)
    sessions.close(session.pk, member)
    return session


def search(member, q, name="history", **asked):
    here = f"/api/v1/shops/{member.shop_id}/sessions"
    return base.desk(member).get(here, {"list": name, "q": q, **asked}).json()


def ids(member, q, name="history"):
    """Return what a search answers over REST, all its pages."""
    found, query = [], {}
    while True:
        page = search(member, q, name, limit=7, **query)
        found += [row["id"] for row in page["results"]]
        if page["next"] is None:
            return found
        query = {"cursor": page["next"]}


def test_folded_text_finds_its_place_again():
    assert words.fold("ＡＢＣ Straße Ⅳ 退款") == "abc strasse iv 退款"
    assert words.excerpt("die Straße ist ＬＡＮＧ", "strasse") == ("die ", "Straße", " ist ＬＡＮＧ")
    assert words.excerpt("Größe Ⅳ?", "iv") == ("Größe ", "Ⅳ", "?")
    assert words.excerpt("x" * 99 + "退款" + "y" * 99, "退款") == ("…" + "x" * 14, "退款", "y" * 46 + "…")
    assert words.excerpt("退货", "退款") is None
    assert words.pairs("a b") == set()
    assert len(words.pairs("退款退款")) == 2


@pytest.mark.parametrize("indexed", [True, False])
def test_the_same_is_found_before_and_after_the_worker_was_there(lin, indexed):
    refund = past(lin, "你好", "我要退款，谢谢", uid="wei")
    kettle = past(lin, "Is the KETTLE blue?", uid="mona")
    base.order(kettle.conversation, "SO-2026-77")
    split = past(lin, "退一下", "款式很好")
    if indexed:
        assert indexing.index_due() == 3
        assert indexing.index_due() == 0
    assert ids(lin, "退款") == [refund.pk]
    assert ids(lin, "kettle") == ids(lin, "ＫＥＴＴＬＥ") == ids(lin, "mon") == ids(lin, "SO-2026-77") == [kettle.pk]
    assert ids(lin, "款式") == [split.pk]
    assert ids(lin, "SO-2026") == ids(lin, "退换") == ids(lin, "%%") == []
    assert ids(lin, "要退款，") == [refund.pk]


def test_pairs_that_stand_apart_are_no_hit(lin):
    past(lin, "退款", "款到")
    found = past(lin, "退款到账")
    indexing.index_due()
    assert ids(lin, "退款到") == [found.pk]


def test_a_hit_shows_its_newest_message_with_the_words_around_it(lin):
    session = past(lin, "我要退款", "什么时候退款到账？")
    indexing.index_due()
    found = search(lin, "退款")["results"][0]["found"]
    assert found == {"seq": found["seq"], "before": "什么时候", "hit": "退款", "after": "到账？"}
    said = session.messages.get(seq=found["seq"])
    assert said.text == "什么时候退款到账？"
    base.order(session.conversation, "SO-1")
    assert search(lin, "SO-1")["results"][0]["found"] is None


def test_a_late_reply_and_a_new_nickname_are_found_at_once_and_after_indexing(lin, time_machine):
    session = past(lin, "在吗", uid="wei")
    indexing.index_due()
    time_machine.shift(timedelta(hours=1))
    base.replies(lin, base.session(session.conversation), "今天发货")
    identity_of = base.identity.sign(lin.shop, "wei", "小薇")
    base.phone(session.conversation).post(
        "/api/v1/buyer/entry",
        {
            "shop": lin.shop_id,
            "identity": identity_of,
            "entry": {"kind": "product", "ref": str(base.product(lin.shop).pk)},
        },
        format="json",
    )
    assert Buyer.objects.get(uid="wei").nickname == "小薇"
    for _turn in range(2):
        assert ids(lin, "发货") == ids(lin, "小薇") == ids(lin, "在吗") == [session.pk]
        assert ids(lin, "wei") == []
        assert indexing.index_due() == (1 if _turn == 0 else 0)


def test_what_is_said_while_the_worker_reads_is_not_lost(lin, monkeypatch):
    session = past(lin, "在吗")
    read = indexing._pairs

    def reads_then_a_reply_comes(found):
        pairs = read(found)
        base.replies(lin, base.session(session.conversation), "今天发货")
        return pairs

    monkeypatch.setattr(indexing, "_pairs", reads_then_a_reply_comes)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timezone, "now", lambda: START + timedelta(minutes=1))
        indexing.index_due()
    assert ServiceSession.objects.get(pk=session.pk).words_doc is None
    monkeypatch.undo()
    assert ids(lin, "发货") == [session.pk]


def test_pages_over_many_weeks_are_newest_first_and_hold_each_once(lin, time_machine, monkeypatch):
    expected = []
    for week in range(30):
        time_machine.move_to(START + timedelta(days=7 * week, minutes=week % 3), tick=False)
        base.people.came_online(lin, "test", f"console-{lin.pk}")
        if week % 4 == 0:
            past(lin, "其他")
        else:
            expected += [past(lin, f"第{week}周退款").pk for _ in range(2)]
        if week == 20:
            indexing.index_due()
    expected.reverse()
    assert ids(lin, "退款") == expected
    monkeypatch.setattr(searching, "WORK", 3)
    monkeypatch.setattr(searching, "DOCUMENTS", 5)
    assert ids(lin, "退款") == expected
    indexing.index_due()
    assert ids(lin, "退款") == expected


def test_nobody_finds_what_it_may_not_see(lin):
    wu = base.agent(lin.shop, "Wu", accepting=False)
    other = base.agent(base.shop("Second"), "Eve")
    past(lin, "退款")
    past(other, "退款")
    indexing.index_due()
    assert (len(ids(lin, "退款")), ids(wu, "退款"), len(ids(other, "退款"))) == (1, [], 1)


def test_open_lists_are_searched_in_their_own_order_page_by_page(lin, time_machine, monkeypatch):
    monkeypatch.setattr(inbox, "SCAN", 4)
    expected = []
    for number in range(12):
        time_machine.shift(1)
        session = base.writes(base.buyer(lin.shop), "退款" if number % 2 else "你好")
        expected += [session.pk] if number % 2 else []
    assert ids(lin, "退款", "open") == expected[::-1]
    found = search(lin, "退款", "open", sort="waiting")["results"]
    assert [row["id"] for row in found] == expected
    assert found[0]["found"]["hit"] == "退款"


@pytest.mark.parametrize("name", inbox.LISTS)
def test_a_search_costs_the_same_queries_however_many_it_finds(lin, name, django_assert_max_num_queries):
    base.people.set_accepting(lin, name != "unassigned")
    for _ in range(20):
        session = base.writes(base.buyer(lin.shop), "退款")
        if name == "history":
            sessions.close(session.pk, lin)
    indexing.index_due()
    with django_assert_max_num_queries(9):
        hits, _next = inbox.search(lin, inbox.Asked(list=name, q="退款"), timezone.now())
    assert len(hits) == 20


def test_a_cursor_from_the_future_walks_no_empty_weeks(lin):
    kept = past(lin, "退款")
    indexing.index_due()
    cursor = inbox.write_cursor(datetime(9999, 1, 1, tzinfo=UTC), 1)
    with CaptureQueriesContext(connection) as asked:
        page = search(lin, "退款", cursor=cursor)
    assert [row["id"] for row in page["results"]] == [kept.pk]
    assert len(asked) < 60


def test_a_new_nickname_is_stored_with_the_mark_to_index_it_or_not_at_all(lin, monkeypatch):
    """Killed between the two, the old name would be found for ever and the new one never."""
    session = past(lin, "Hello", uid="wei")
    indexing.index_due()
    buyer = Buyer.objects.get(uid="wei")
    buyer.renamed = "小薇"
    monkeypatch.setattr(SessionQuerySet, "update", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        indexing.rename(buyer)
    assert ServiceSession.objects.get(pk=session.pk).words_doc is not None
    assert Buyer.objects.get(uid="wei").nickname == "Wei"
    monkeypatch.undo()
    indexing.rename(buyer)
    assert ServiceSession.objects.get(pk=session.pk).words_doc is None
    assert ids(lin, "小薇") == [session.pk]
    assert ids(lin, "Wei") == []
