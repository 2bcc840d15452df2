"""The demo: seeded once, adding up, and a storefront that opens the chat."""

from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics import bot_reports, periods
from botfaq.models import Miss
from chat.models import Message, ServiceSession
from commerce.models import AfterSale, Order
from sellercenter.demo_data import PASSWORD, SHOPS
from shops import identity, presets
from shops.models import Member, Shop, User
from tests import invariants


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The demo, seeded once for this file and rolled back at its end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        words = StringIO()
        call_command("seed_demo", stdout=words)
        yield words.getvalue()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def shop(seeded: str, db: None) -> Shop:
    return Shop.objects.get(name=SHOPS[0].name)


def test_every_platform_has_a_shop_and_somebody_in_every_role(shop: Shop) -> None:
    assert set(Shop.objects.values_list("preset", flat=True)) == set(presets.PRESETS)
    for each in Shop.objects.all():
        assert set(each.members.values_list("role", flat=True)) == set(Member.Role.values)
    assert Shop.objects.values("seller").distinct().count() == 2
    assert User.objects.get(username="lin").memberships.count() == 2


@pytest.mark.rule("B4")
def test_one_shop_has_a_single_agent(shop: Shop) -> None:
    counts = {each.name: Member.objects.agents().filter(shop=each).count() for each in Shop.objects.all()}
    assert sorted(counts.values())[0] == 1
    assert ServiceSession.objects.queued().filter(shop__name=min(counts, key=lambda name: counts[name])).count() == 0


def test_the_seeded_past_adds_up_and_matches_its_messages(shop: Shop) -> None:
    invariants.check()
    assert ServiceSession.objects.closed().filter(shop=shop).count() > 500
    assert ServiceSession.objects.queued().filter(shop=shop).count() == SHOPS[0].queued
    for session in ServiceSession.objects.order_by("?")[:60]:
        said = list(Message.objects.filter(session=session).order_by("seq"))
        human = [message for message in said if message.sender_kind == "agent"]
        bots = [message.seq for message in said if message.data.get("question")]  # "put it another way" has none
        assert session.first_human_at == (human[0].created_at if human else None)
        assert session.last_human_seq == (human[-1].seq if human else 0)
        assert session.last_automatic_seq == (bots[-1] if bots else 0)
        assert session.last_buyer_seq == [message.seq for message in said if message.sender_kind == "buyer"][-1]
        assert said[0].created_at == session.started_at


@pytest.mark.rule("E4", "E8", "E10")
def test_the_month_has_a_bot_with_every_way_a_talk_goes_with_it(shop: Shop) -> None:
    for each in Shop.objects.all():
        asked = periods.chosen(each, timezone.now(), "last_28_days", None, None)
        told = bot_reports.bot(each, asked, timezone.now())
        values = {one["key"]: one["value"] or 0 for one in told["figures"]}
        assert 0.1 < values["solve_rate"] < values["feedback_rate"] < 1
        assert 0.2 < values["handed_over"] < 0.8
        assert all(one["count"] for one in told["reasons"] if one["key"] not in ("switched_off", "taken"))
        assert len(told["questions"]) == 5
        assert all(0 < values[key] < 1 for key in ("suggestion_use", "suggestion_as_is"))
        assert Miss.objects.filter(shop=each, settled="").count() > 3
        sessions = ServiceSession.objects.filter(shop=each)
        assert all(sessions.filter(pk=miss.last_session).exists() for miss in Miss.objects.filter(shop=each))


def test_every_order_state_and_every_case_state_is_there(shop: Shop) -> None:
    for each in Shop.objects.all():
        assert set(Order.objects.filter(shop=each).values_list("state", flat=True)) == set(Order.State.values)
        assert set(AfterSale.objects.filter(shop=each).values_list("state", flat=True)) == set(AfterSale.State.values)


def test_the_card_holds_five_questions_with_other_phrasings(shop: Shop) -> None:
    for each in Shop.objects.all():
        on_card = each.questions.filter(card_place__isnull=False).annotate(ways=Count("phrasings"))
        assert {question.card_place for question in on_card} == {1, 2, 3, 4, 5}
        assert len(on_card) == 5
        assert all(question.ways >= 2 for question in on_card)


def test_seeding_again_adds_nothing(shop: Shop) -> None:
    before = (Message.objects.count(), User.objects.count(), Order.objects.count())
    words = StringIO()
    call_command("seed_demo", stdout=words)
    assert (Message.objects.count(), User.objects.count(), Order.objects.count()) == before
    assert "lin" in words.getvalue()
    assert PASSWORD in words.getvalue()


def test_the_printed_password_opens_the_desk(shop: Shop, seeded: str) -> None:
    assert PASSWORD in seeded
    answer = Client().post(reverse("login"), {"username": "lin", "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("name", ["demo-shop", "demo-orders", "demo-me"])
def test_the_storefront_shows_its_pages(shop: Shop, name: str) -> None:
    assert Client().get(reverse(name, args=[shop.pk])).status_code == 200


@pytest.mark.rule("D1")
@pytest.mark.parametrize("kind", ["product", "order", "after_sale"])
def test_each_entry_opens_the_chat_with_a_signed_identity(shop: Shop, kind: str) -> None:
    client = Client()
    client.post(reverse("demo-me", args=[shop.pk]), {"uid": "demo-2"})
    answer = client.get(reverse("demo-ask", args=[shop.pk, kind, 1]))
    target = urlsplit(answer.headers["Location"])
    said = parse_qs(target.fragment)
    assert (target.path, target.query) == (reverse("buyer-chat", args=[shop.pk]), "")
    assert identity.verify(shop, said["identity"][0]).uid == "demo-2"
    assert (said["kind"], said["ref"]) == ([kind], ["1"])


def test_nobody_becomes_a_buyer_that_the_storefront_does_not_offer(shop: Shop) -> None:
    client = Client()
    client.post(reverse("demo-me", args=[shop.pk]), {"uid": "demo-100"})
    assert client.get(reverse("demo-shop", args=[shop.pk])).context["buyer"].uid == "demo-1"


@pytest.mark.parametrize("address", ["/demo/", "/demo/1/", "/demo/1/orders/", "/demo/1/me/", "/demo/1/ask/product/1/"])
def test_without_demo_there_is_no_storefront(settings, db: None, address: str) -> None:
    settings.DEMO = False
    assert Client().get(address).status_code == 404


def test_without_demo_nobody_gets_a_password(settings, db: None) -> None:
    from sellercenter.demo_rows import allow_sign_in

    settings.DEMO = False
    user = User.objects.create(username="somebody")
    allow_sign_in(user)
    assert not user.has_usable_password()
