"""Each door by itself, asked for what belongs to another shop or another buyer: it is not there (SPEC A6)."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone

from botfaq import access as botfaq_access
from chat import access
from chat.actions import quick_replies
from chat.incoming import Draft
from chat.models import AvatarReview
from commerce.models import AfterSale
from openplatform import access as programs
from openplatform.faults import Fault
from shops.errors import NotYours
from shops.models import Member
from storefront import jobs, keys
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
        "entry product": lambda: access.entry(shop, buyer, "product", str(far.product.pk)),
        "entry order": lambda: access.entry(shop, far.line.buyer, "order", str(far.order.pk)),
        "entry case": lambda: access.entry(shop, far.line.buyer, "after_sale", str(_case(far).pk)),
        "answer's product": lambda: botfaq_access.product(shop.pk, far.product.pk),
        "key": lambda: keys.one(owner, far.key.pk),
        "job": lambda: jobs.one(shop, far.job.pk),
        "webhook": lambda: webhooks.endpoint(owner, far.webhook.pk),
        "delivery": lambda: webhooks.delivery(own.webhook, far.delivery.pk),
        "program's conversation": lambda: programs.conversation(shop, far.line.pk),
        "program's session": lambda: programs.session(own.line, far.session.pk),
        "program's buyer": lambda: programs.buyer(shop, f"{far.line.buyer.uid}"),
        "program's product": lambda: programs.product(shop, str(far.product.pk)),
        "program's order": lambda: programs.order(own.line, str(far.order.pk)),
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
    assert world.foreign.reply not in access.quick_replies(owner)
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
    with pytest.raises(NotYours):
        access.platform(user)


def _case(things: Things) -> AfterSale:
    row = {"shop": things.shop, "number": f"C-{things.tag}", "kind": "return", "created_at": timezone.now()}
    return AfterSale.objects.get_or_create(order=things.order, defaults=row)[0]


def _draft(kind: str, ref: int) -> Draft:
    return Draft(uuid.uuid4(), kind, "", None, ref, "")
