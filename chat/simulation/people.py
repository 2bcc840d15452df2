"""The simulated accounts and what else a run needs in the database before it starts."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from commerce.models import Product
from shops import presets
from shops.models import Desk, Member, Seller, Shop, User

SPARE = 2  # places per agent beyond its share of the buyers


@dataclass(frozen=True)
class People:
    """Whom a run signs in: enough to do so over HTTP alone."""

    shop: int
    secret: str
    agents: list[tuple[str, str]]  # user name, password

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def prepare(shop_id: int | None, agents: int, buyers: int) -> People:
    """Make or renew the simulated accounts of a shop, with passwords that hold for this run only."""
    shop = Shop.objects.get(pk=shop_id) if shop_id else Shop.objects.order_by("pk").first() or _shop()
    Desk.objects.get_or_create(shop=shop)
    if not Product.objects.filter(shop=shop, on_sale=True).exists():
        Product.objects.create(shop=shop, sku="simulated-1", title="Canvas bag 帆布包", price="39.00", stock=100)
    share = -(-buyers // max(agents, 1)) + SPARE
    accounts = [_account(shop, number, share) for number in range(1, agents + 1)]
    return People(shop.pk, shop.identity_secret, accounts)


def _account(shop: Shop, number: int, share: int) -> tuple[str, str]:
    password = secrets.token_urlsafe(18)
    user, _made = User.objects.get_or_create(username=f"simulated-{shop.pk}-{number}")
    user.set_password(password)
    user.is_active = True
    user.save()
    policy = shop.policy
    member, _new = Member.objects.get_or_create(
        shop=shop,
        user=user,
        defaults={"role": presets.AGENT, "nickname": f"Simulated {number}", "capacity": policy.capacity_default},
    )
    member.im_permission = member.is_active = member.accepting = True
    member.capacity = max(policy.capacity_min, min(member.load + share, policy.capacity_max))
    member.save(update_fields=["im_permission", "is_active", "accepting", "capacity"])
    return user.username, password


def _shop() -> Shop:
    seller = Seller.objects.create(name="Simulated seller")
    name = f"Simulated shop {timezone.now():%Y-%m-%d}"
    preset = next(name for name, policy in presets.PRESETS.items() if policy.sole_agent_takes_all)
    return Shop.objects.create(seller=seller, name=name, preset=preset, identity_secret=secrets.token_urlsafe(32))
