"""Each door by itself, asked for what belongs to another shop or another buyer: it is not there (SPEC A6)."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from botfaq import access as botfaq_access
from botfaq.models import Category, Question
from chat import access
from chat.actions import attachments, quick_replies
from chat.incoming import Draft
from chat.models import AvatarReview, Conversation, ServiceSession
from commerce.models import AfterSale, Coupon
from openplatform import access as programs
from openplatform.faults import Fault
from shops.errors import NotAllowed, NotYours
from shops.identity import BadIdentity
from shops.models import Buyer, Member
from storefront import jobs, keys
from tests import base
from tests.chat import samples
from tests.permissions.world import Things, World
from webhooks import access as webhooks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("A6")]


def test_no_door_finds_what_is_anothers() -> None:
    world = World()
    own, far, beside = world.colleagues, world.foreign, world.things["agent"]
    assert _opened(_of_the_shop(world, own, far, world.stranger)) == []
    assert _opened(_of_the_buyer(world, own, beside)) == []
    # The same doors open for what is one's own: what they refuse, they refuse for whose it is.
    for doors in (_of_the_shop(world, own, own, world.members["agent"]), _of_the_buyer(world, own, own)):
        assert _opened(doors) == list(doors)


def _opened(doors: dict[str, Callable[[], Any]]) -> list[str]:
    found = []
    for name, door in doors.items():
        with suppress(NotYours, Fault):
            door()
            found.append(name)
    return found


def _of_the_shop(world: World, own: Things, far: Things, other: Member) -> dict[str, Callable[[], Any]]:
    owner, shop, buyer = world.members["owner"], world.shop, own.line.buyer
    return {
        "colleague": lambda: access.colleague(owner, other.pk),
        "claimable": lambda: access.claimable(owner, far.queued.pk),
        "buyer": lambda: access.buyer(owner, far.line.buyer_id),
        "product card": lambda: access.card(shop, buyer.pk, _draft("product_card", far.product.pk)),
        "order card": lambda: access.card(shop, far.line.buyer_id, _draft("order_card", far.order.pk)),
        "case card": lambda: access.card(shop, far.line.buyer_id, _draft("after_sale_card", _case(far).pk)),
        "coupon card": lambda: access.card(shop, buyer.pk, _draft("coupon_card", _coupon(far).pk)),
        "any buyer": lambda: access.any_buyer(owner, far.line.buyer_id),
        "order": lambda: access.order(owner, far.order.pk),
        "order to unmask": lambda: access.order_to_unmask(owner, far.order.pk),
        "job about a buyer": lambda: access.data_request(owner, far.request.pk),
        "entry product": lambda: access.entry(shop, buyer, "product", str(far.product.pk)),
        "entry order": lambda: access.entry(shop, far.line.buyer, "order", str(far.order.pk)),
        "entry case": lambda: access.entry(shop, far.line.buyer, "after_sale", str(_case(far).pk)),
        "question": lambda: botfaq_access.published(shop.pk, far.question.pk),
        "questions": lambda: botfaq_access.questions(shop.pk, [far.question.pk]),
        "category": lambda: botfaq_access.category(shop.pk, far.category.pk),
        "answer's product": lambda: botfaq_access.product(shop.pk, far.product.pk),
        "key": lambda: keys.one(owner, far.key.pk),
        "job": lambda: jobs.one(shop, far.job.pk),
        "webhook": lambda: webhooks.endpoint(owner, far.webhook.pk),
        "delivery": lambda: webhooks.delivery(own.webhook, far.delivery.pk),
        "program's conversation": lambda: programs.conversation(shop, far.line.pk),
        "program's session": lambda: programs.session(own.line, far.session.pk),
        "program's buyer": lambda: programs.buyer(shop, f"{far.line.buyer.uid}"),
        "program's product": lambda: programs.product(shop, str(far.product.pk)),
        "program's coupon": lambda: programs.coupon(shop, str(_coupon(far).pk)),
        "program's order": lambda: programs.order(own.line, str(far.order.pk)),
        "program's order of a buyer": lambda: programs.order(
            Conversation(shop=shop, buyer=far.line.buyer), str(far.order.pk)
        ),
    }


def _of_the_buyer(world: World, own: Things, beside: Things) -> dict[str, Callable[[], Any]]:
    shop, buyer = world.shop, own.line.buyer
    return {
        "order card": lambda: access.card(shop, buyer.pk, _draft("order_card", beside.order.pk)),
        "case card": lambda: access.card(shop, buyer.pk, _draft("after_sale_card", _case(beside).pk)),
        "entry order": lambda: access.entry(shop, buyer, "order", str(beside.order.pk)),
        "entry case": lambda: access.entry(shop, buyer, "after_sale", str(_case(beside).pk)),
        "program's order": lambda: programs.order(own.line, str(beside.order.pk)),
        "program's session": lambda: programs.session(own.line, beside.session.pk),
    }


def test_lists_hold_what_is_the_shops_alone() -> None:
    world = World("tiktok_shop")
    owner, shop, far = world.members["owner"], world.shop, world.foreign
    theirs = quick_replies.create(world.stranger, "shop", "Theirs", "Theirs")
    assert theirs not in access.quick_replies(owner)
    for foreign in (far.reply, world.colleagues.reply):
        assert foreign not in access.quick_replies(owner)
    world.stranger.shop = shop  # as if it had moved
    assert far.reply not in access.quick_replies(world.stranger)
    assert botfaq_access.offered(shop.pk, [far.question.pk, world.colleagues.question.pk]) == [
        world.colleagues.question
    ]
    type(far.question).objects.filter(pk=far.question.pk).update(card_place=1)
    assert far.question not in botfaq_access.card(shop)
    reviewer = next(one for one in world.people if one.reviewer).client.session["_auth_user_id"]
    AvatarReview.objects.filter(pk=far.review.pk).update(state=AvatarReview.State.APPROVED, decided_at=timezone.now())
    user = type(owner.user).objects.get(pk=reviewer)
    assert far.review not in access.avatar_reviews(user)
    user.is_active = False
    for nobody in (user, owner.user, SimpleNamespace(is_active=True, is_staff=True)):
        with pytest.raises(NotYours):
            access.platform(nobody)


def test_pictures_of_answers_and_cards_of_an_entry_are_the_shops_own() -> None:
    world = World()
    own, far = world.colleagues, world.foreign
    for of, shown in ((own, True), (far, False)):
        own.question.picture = attachments.upload(of.shop, "a:1", samples.sent(samples.GOOD["png"](), "x.png")).pk
        assert (access.answer_picture(own.question) is not None) is shown
        assert bool(access.answer_pictures([own.question])) is shown
        refs = {"product": of.product.pk, "order": of.order.pk, "after_sale": _case(of).pk}
        shape: Any = access.entry_shape(world.shop, {"kind": "after_sale", **refs})
        assert [shape[name] is not None for name in refs] == [shown] * 3


def test_a_members_own_lists_hold_nothing_of_a_colleague() -> None:
    world = World()
    agent, own, beside = world.members["agent"], world.things["agent"], world.colleagues
    assert access.served(agent, [own.line.buyer_id, beside.line.buyer_id]) == {own.line.buyer_id}
    assert list(access.reports(agent)) == [own.report]
    assert {one.assignee for one in access.held_by(agent)} == {agent}
    assert world.foreign.report not in access.reports(world.members["owner"])
    meant = access.order_meant(own.session, f"Where is {beside.order.number}?")
    assert meant != beside.order


def test_a_token_opens_the_line_of_its_own_shop_and_buyer_while_that_is_there() -> None:
    shop, other = base.shop(), base.shop("Meadow")
    whole, beside, erased = (base.token(base.buyer(shop)) for _ in range(3))
    Buyer.objects.filter(pk=erased.buyer_id).update(erased_at=timezone.now())
    assert access.line(whole).pk == whole.conversation_id
    for token in (replace(whole, buyer_id=beside.buyer_id), replace(whole, shop_id=other.pk), erased):
        with pytest.raises(BadIdentity):
            access.line(token)


def test_a_second_lock_holds_where_the_first_is_left_open() -> None:
    """Addresses are looked up in the table before; whoever calls these doors without one is stopped here."""
    world = World()
    owner, far = world.members["owner"], world.foreign
    closed: list[tuple[type[Exception], Callable[[], Any]]] = [
        (NotYours, lambda: access.avatar_reviews(owner.user)),
        (NotYours, lambda: access.avatar_review(owner.user, far.review.pk)),
        (NotYours, lambda: access.reported(owner.user)),
        (NotAllowed, lambda: access.data_request(world.members["agent"], world.colleagues.request.pk)),
        (NotAllowed, lambda: botfaq_access.writer(world.members["staff"])),
    ]
    for error, door in closed:
        with pytest.raises(error):
            door()


def test_what_the_bot_has_is_nobodys_to_take() -> None:
    shop = base.shop(bot_enabled=True)
    agent, talk = base.agent(shop, "Lin"), base.writes(base.buyer(shop))
    assert talk.state == ServiceSession.State.BOT
    with pytest.raises(NotYours):
        access.claimable(agent, talk.pk)


def test_what_buyers_are_not_shown_they_can_not_ask() -> None:
    shop, other = base.shop(), base.shop("Meadow")
    hidden, shown, far = base.question(shop), base.question(shop, "Do you ship?", place=2), base.question(other)
    Question.objects.filter(pk=hidden.pk).update(published=False)
    assert list(botfaq_access.card(shop)) == [shown]
    assert botfaq_access.offered(shop.pk, [hidden.pk, shown.pk, far.pk]) == [shown]
    with pytest.raises(NotYours):
        botfaq_access.published(shop.pk, hidden.pk)


def test_only_what_was_removed_from_the_own_shop_comes_back() -> None:
    shop, other = base.shop(), base.shop("Meadow")
    kept, gone, far = base.question(shop), base.question(shop, "Old?", place=2), base.question(other)
    Question.objects.filter(pk__in=[gone.pk, far.pk]).update(removed_at=timezone.now())
    assert botfaq_access.removed(shop.pk, [kept.pk, gone.pk, far.pk]) == [gone.pk]
    now = timezone.now()
    headings = [Category.objects.create(shop=of, name="A", removed_at=at)
                for of, at in ((shop, None), (shop, now), (other, now))]  # fmt: skip
    assert [botfaq_access.removed_category(shop.pk, one.pk) for one in headings] == [None, headings[1], None]


def _coupon(things: Things) -> Coupon:
    now = timezone.now()
    row = {"title": "5 off", "kind": "amount", "discount": 5, "starts_at": now, "ends_at": now + timedelta(days=1)}
    return Coupon.objects.get_or_create(shop=things.shop, number=f"C-{things.tag}", defaults=row)[0]


def _case(things: Things) -> AfterSale:
    row = {"shop": things.shop, "number": f"C-{things.tag}", "kind": "return", "created_at": timezone.now()}
    return AfterSale.objects.get_or_create(order=things.order, defaults=row)[0]


def _draft(kind: str, ref: int) -> Draft:
    return Draft(uuid.uuid4(), kind, "", None, ref, "")
