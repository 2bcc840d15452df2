"""News of a buyer's parcels: told once a change, where the shop wants it, and counted in no figure (E11)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import parcels, policy, sessions
from chat.models import Message, ServiceSession
from commerce.models import Shipment
from shops.errors import NotAllowed
from tests import base, invariants

pytestmark = [pytest.mark.django_db, pytest.mark.rule("E11")]
State = Shipment.State


@pytest.fixture
def shop():
    return base.shop(language="en", preset="tiktok_shop")


@pytest.fixture
def boss(shop):
    return base.agent(shop, "Mei", role="owner", online=False)


@pytest.fixture
def line(shop):
    base.agent(shop, "Lin")
    found = base.buyer(shop, "mia")
    base.writes(found, "Is it on its way?")
    return found


def parcel(line, state=State.IN_TRANSIT, number="O-77"):
    events = [{"at": "2026-11-24T08:00:00+00:00", "text": "Left the depot"}]
    return Shipment.objects.create(
        shop_id=line.shop_id, order=base.order(line, number), carrier="Royal Mail", tracking_number=f"RM-{number}",
        state=state, events=events, updated_at=timezone.now(),
    )  # fmt: skip


def moves(found, state):
    """The storefront pushes a change; it knows nothing of the chat."""
    Shipment.objects.filter(pk=found.pk).update(state=state, updated_at=timezone.now())


def said(line):
    return list(Message.objects.filter(conversation=line, kind="note", data__code="parcel").order_by("seq"))


def on(shop, boss):
    return policy.set_tells_parcels(shop, True, boss)


def test_it_is_off_until_the_shop_wants_it(shop, line):
    parcel(line)
    assert not shop.tells_parcels
    assert parcels.tell_changes() == 0
    assert said(line) == []


def test_each_change_is_told_once_in_the_shops_language(shop, boss, line):
    on(shop, boss)
    found = parcel(line)
    assert [parcels.tell_changes(), parcels.tell_changes()] == [1, 0]
    moves(found, State.OUT_FOR_DELIVERY)
    moves(found, State.DELIVERED)
    assert [parcels.tell_changes(), parcels.tell_changes()] == [1, 0]
    first, last = said(line)
    assert first.text == "News of your order O-77. Royal Mail RM-O-77: In transit. Left the depot"
    assert last.data == {"code": "parcel", "order": "O-77", "state": "delivered"}
    assert (last.sender_kind, last.session) == ("system", base.session(line))


def test_what_changed_before_the_switch_is_not_told_of(shop, boss, line):
    found = parcel(line)
    on(shop, boss)
    assert parcels.tell_changes() == 0
    policy.set_tells_parcels(shop, False, boss)
    moves(found, State.DELIVERED)
    assert parcels.tell_changes() == 0
    on(shop, boss)
    assert parcels.tell_changes() == 0
    on(shop, boss)  # on already: what waits is not taken for told
    moves(found, State.RETURNED)
    on(shop, boss)
    assert parcels.tell_changes() == 1


def test_a_parcel_that_waits_for_its_collection_is_no_news(shop, boss, line):
    on(shop, boss)
    parcel(line, State.AWAITING_COLLECTION)
    assert parcels.tell_changes() == 0
    assert not Shipment.objects.filter(told_state="").exists()


@pytest.mark.parametrize("closed", [False, True])
def test_no_session_starts_by_it_and_no_fact_changes(shop, boss, line, closed):
    session = base.session(line)
    if closed:
        base.replies(session.assignee, session, "Yes.")
        sessions.close(session.pk, session.assignee)
    before = ServiceSession.objects.values().get()
    on(shop, boss)
    parcel(line)
    assert parcels.tell_changes(timezone.now() + timedelta(hours=30)) == 1
    assert ServiceSession.objects.values().get() == before
    invariants.check()


def test_who_has_never_written_is_not_written_to(shop, boss):
    on(shop, boss)
    quiet = base.buyer(shop, "quiet")
    parcel(quiet)
    assert parcels.tell_changes() == 0
    assert not Shipment.objects.filter(told_state="").exists()
    assert ServiceSession.objects.count() == 0


def test_the_buyer_reads_it_and_a_buyer_who_left_is_told(shop, boss, line):
    on(shop, boss)
    type(line).objects.filter(pk=line.pk).update(buyer_pushes=True)
    parcel(line)
    assert parcels.tell_changes() == 1
    last = base.phone(line).get("/api/v1/buyer/events").json()["results"][-1]["message"]
    assert (last["kind"], last["sender"]["kind"], last["data"]["code"]) == ("note", "system", "parcel")
    line.refresh_from_db()
    assert line.push_due_at is not None


def test_one_shop_does_not_tell_for_another(shop, boss, line):
    other = base.shop("Meadow")
    there = base.buyer(other, "mia")
    base.agent(other, "Far")
    base.writes(there)
    on(shop, boss)
    parcel(line)
    parcel(there)
    assert parcels.tell_changes() == 1
    assert (len(said(line)), said(there)) == (1, [])


def test_only_who_sets_the_bot_switches_it(shop, boss, line):
    here = f"/api/v1/shops/{shop.pk}/faq/bot"
    assert base.desk(boss).patch(here, {"tells_parcels": True}, "json").json()["tells_parcels"] is True
    with pytest.raises(NotAllowed):
        policy.set_tells_parcels(shop, False, base.session(line).assignee)
    assert base.desk(base.session(line).assignee).patch(here, {"tells_parcels": False}, "json").status_code == 403
    far = base.agent(base.shop("Meadow"), "Far", role="owner")
    assert base.desk(far).patch(here, {"tells_parcels": False}, "json").status_code == 404
    shop.refresh_from_db()
    assert shop.tells_parcels
    page = f"/shops/{shop.pk}/bot/settings/"
    assert base.desk(boss).post(page, {"when": "always"}).status_code == 302
    shop.refresh_from_db()
    assert not shop.tells_parcels


def test_in_chinese_it_has_the_marks_of_chinese():
    shop = base.shop(language="zh-hans", preset="tiktok_shop")
    on(shop, base.agent(shop, "Mei", role="owner", online=False))
    base.agent(shop, "Lin")
    line = base.buyer(shop, "mia")
    base.writes(line, "到哪里了")
    parcel(line)
    assert parcels.tell_changes() == 1
    assert said(line)[0].text == "您的订单 O-77 有新的物流动态：Royal Mail RM-O-77：运输中。Left the depot"
