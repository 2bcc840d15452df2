"""Whole batches in one statement, the same on both databases."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from chat.models import Conversation, Message, Outbox, ServiceSession
from lib import bulk, quick
from shops.models import Buyer, Member
from tests import base

pytestmark = pytest.mark.django_db

FIELDS = [
    "id", "shop", "conversation", "session", "seq", "sender_kind", "sender", "member", "kind", "text", "data",
    "client_msg_id", "body_hash", "created_at",
]  # fmt: skip
TEXTS = ["", "退款 🙂 👩‍👩‍👧 ñ", "a'b\"c\\d %s {} $1 \n\t", "x" * 100_000, "{not,an,array}", "NULL"]
DATA = [{}, {"a": [1, None, True, 1.5, "退"], "b": {"c": "'\"\\"}}, {"question": None}]
MOMENTS = [
    datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC),
    datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8))),
    datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]


@pytest.fixture
def session():
    return base.writes(base.buyer(base.shop()))


def rows(session, count):
    """Rows that differ in everything that can differ."""
    ids = bulk.next_ids(Message, count)
    return [
        (
            ids[n], session.shop_id, session.conversation_id, session.pk, 100 + n, "buyer", "b:1", None, "text",
            TEXTS[n % len(TEXTS)] if n < 100 else str(n), DATA[n % len(DATA)], uuid.uuid4() if n % 2 else None, "",
            MOMENTS[n % len(MOMENTS)],
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_what_goes_in_comes_out(session, count):
    made = rows(session, count)
    bulk.insert(Message, FIELDS, made)
    columns = ["session_id" if name == "session" else name for name in FIELDS]
    found = Message.objects.filter(seq__gte=100).order_by("seq").values_list(*columns)
    assert list(found) == made


def test_rows_written_in_bulk_look_like_those_of_the_orm(session):
    """The stored form is the same too: an UUID, a JSON or a moment is found by a query."""
    key, moment = uuid.uuid4(), MOMENTS[1]
    [row] = rows(session, 1)
    bulk.insert(Message, FIELDS, [(*row[:10], {"code": "x"}, key, "", moment)])
    assert Message.objects.filter(client_msg_id=key, data__code="x", created_at=moment).count() == 1
    assert Message.objects.filter(client_msg_id=key, created_at__gt=moment - timedelta(microseconds=1)).exists()


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_an_update_changes_the_named_rows_and_fields_only(count):
    shop = base.shop()
    uids = [f"b{n}" for n in range(count + 1)]
    buyers = Buyer.objects.bulk_create(Buyer(shop=shop, uid=uid, nickname=uid) for uid in uids)
    lines = Conversation.objects.bulk_create(Conversation(shop=shop, buyer=buyer) for buyer in buyers)
    bulk.update(
        Conversation, ["last_seq", "buyer_delivered"], [(n + 5, n, line.pk) for n, line in enumerate(lines[1:])]
    )
    found = list(Conversation.objects.order_by("pk").values_list("pk", "last_seq", "buyer_delivered", "shop_read"))
    assert found == [(lines[0].pk, 0, 0, 0), *[(line.pk, n + 5, n, 0) for n, line in enumerate(lines[1:])]]


def test_an_update_writes_nothing_booleans_moments_and_text(session):
    names = ["marked", "waiting_since", "timer_at", "last_message_text", "unread", "assignee"]
    bulk.update(ServiceSession, names, [(True, None, MOMENTS[0], "退款 🙂", 7, None, session.pk)])
    session.refresh_from_db()
    assert tuple(getattr(session, name) for name in names) == (True, None, MOMENTS[0], "退款 🙂", 7, None)
    bulk.update(ServiceSession, ["marked", "timer_at"], [(False, None, session.pk)])
    session.refresh_from_db()
    assert (session.marked, session.timer_at, session.unread) == (False, None, 7)


def test_json_may_be_updated_too():
    effects = [Outbox.objects.create(kind="test", payload={}, due_at=now()) for _ in range(3)]
    bulk.update(Outbox, ["payload"], [(DATA[n], effect.pk) for n, effect in enumerate(effects)])
    assert list(Outbox.objects.order_by("pk").values_list("payload", flat=True)) == DATA


def test_a_key_that_is_not_there_changes_nothing(session):
    bulk.update(ServiceSession, ["unread"], [(5, session.pk + 1)])
    session.refresh_from_db()
    assert session.unread == 1


def test_text_that_is_too_long_is_refused_not_cut(session):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite knows no lengths")
    member = base.agent(session.shop, "Lin", online=False)
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        bulk.update(Member, ["nickname"], [("x" * 41, member.pk)])
    member.refresh_from_db()
    assert member.nickname == "Lin"


def test_one_bad_row_refuses_all(session):
    made = rows(session, 3)
    made[2] = (*made[2][:4], made[0][4], *made[2][5:])
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Message, FIELDS, made)
    assert not Message.objects.filter(seq__gte=100).exists()


def test_reserved_keys_are_nobody_elses(session):
    before = Message.objects.latest("pk").pk
    first, second = bulk.next_ids(Message, 3), bulk.next_ids(Message, 1)
    assert len({*first, *second}) == 4
    assert min(first) > before
    assert first == sorted(first)
    assert min(second) > max(first)
    base.writes(session.conversation)
    assert Message.objects.latest("seq").pk > max(second)


def test_no_keys_are_reserved_when_none_are_wanted(session):
    assert bulk.next_ids(Message, 0) == []


def stored(session):
    return ServiceSession.objects.values_list("unread", "marked").get(pk=session.pk)


def test_writes_together_go_at_the_end_in_their_order(session):
    with CaptureQueriesContext(connection) as asked, bulk.together(), bulk.together():
        bulk.update(ServiceSession, ["unread"], [(7, session.pk)])
        session.marked = True
        bulk.save(session, ["marked"])
        bulk.update(ServiceSession, ["unread"], [(8, session.pk)])
        assert not asked.captured_queries
    assert len(asked) == 3
    assert stored(session) == (8, True)


def test_who_asks_in_between_sees_what_was_written(session):
    with bulk.together():
        bulk.update(ServiceSession, ["unread"], [(7, session.pk)])
        assert stored(session) == (7, False)
        bulk.update(ServiceSession, ["unread"], [(8, session.pk)])
        assert quick.by_id(ServiceSession, [session.pk])[session.pk].unread == 8
        bulk.update(ServiceSession, ["unread"], [(9, session.pk)])
        ServiceSession.objects.filter(pk=session.pk).update(unread=F("unread") + 1)
    assert stored(session) == (10, False)


def test_a_savepoint_inside_undoes_what_was_written_in_it_and_nothing_else(session):
    def fail():
        with transaction.atomic():
            bulk.update(ServiceSession, ["marked"], [(True, session.pk)])
            raise LookupError

    with bulk.together():
        bulk.update(ServiceSession, ["unread"], [(7, session.pk)])
        with pytest.raises(LookupError):
            fail()
    assert stored(session) == (7, False)


def test_a_write_that_fails_inside_a_savepoint_fails_there(session):
    with bulk.together():
        bulk.update(ServiceSession, ["unread"], [(7, session.pk)])
        with pytest.raises(DatabaseError), transaction.atomic(), bulk.together():
            bulk.run("UPDATE no_such_table SET a = %s", [1])
    assert stored(session) == (7, False)


def test_writes_together_that_end_in_an_error_are_not_sent(session):
    def fail():
        with bulk.together():
            bulk.update(ServiceSession, ["unread"], [(7, session.pk)])
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    bulk.update(ServiceSession, ["marked"], [(True, session.pk)])
    session.refresh_from_db()
    assert (session.unread, session.marked) == (1, True)


def test_an_object_added_in_bulk_is_the_one_the_orm_reads(session):
    made = ServiceSession.objects.get(pk=session.pk)
    made.pk, made.state, made.closed_at, made.assignee = bulk.next_ids(ServiceSession, 1)[0], "closed", MOMENTS[0], None
    bulk.add_all([made])
    read = ServiceSession.objects.get(pk=made.pk)
    names = [field.attname for field in ServiceSession._meta.concrete_fields]
    assert [getattr(read, name) for name in names] == [getattr(made, name) for name in names]


def test_a_question_is_compiled_once_and_asked_with_any_numbers(session):
    asked = quick.Question(
        lambda shop, pk: (
            ServiceSession.objects.filter(shop_id=shop).exclude(state="bot").filter(pk=pk).values_list("pk")
        )
    )
    other = base.writes(base.buyer(session.shop))
    for shop, pk, found in (
        (session.shop_id, session.pk, [(session.pk,)]),
        (session.shop_id, other.pk, [(other.pk,)]),
        (session.shop_id + 1, session.pk, []),
    ):
        assert asked.ask(shop, pk) == found
