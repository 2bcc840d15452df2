"""Set up a shop and its people."""

import secrets
from typing import Any

from lib.db import write
from shops import presets
from shops.models import Desk, Feedback, Member, Seller, Shop, User


def create_shop(seller: Seller, name: str, preset: str, **settings: Any) -> Shop:
    """Create a shop with its desk and a fresh identity secret."""
    with write():
        shop = Shop.objects.create(
            seller=seller, name=name, preset=preset, identity_secret=secrets.token_urlsafe(48), **settings
        )
        Desk.objects.create(shop=shop)
    return shop


def add_member(
    shop: Shop, user: User, nickname: str, role: str = presets.AGENT, im: bool = True, **values: Any
) -> Member:
    """Add a person to a shop; capacity is the platform's default unless given (P1)."""
    values.setdefault("capacity", shop.policy.capacity_default)
    with write():
        return Member.objects.create(shop=shop, user=user, nickname=nickname, role=role, im_permission=im, **values)


def feedback(by: Member, text: str) -> None:
    """Tell the makers of the product something (C14)."""
    Feedback.objects.create(shop=by.shop, member=by, text=text)
