"""What an identity must say to name a buyer: whose, for how long, and nothing that is ours to say (D2)."""

import time
from datetime import timedelta
from typing import Any

import jwt
import pytest

from shops import identity
from shops.identity import BadIdentity
from shops.models import Buyer, Shop
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("D2")]


def signed(shop: Shop, **said: Any) -> str:
    now = int(time.time())
    claims = {"aud": str(shop.pk), "sub": "mei", "name": "Mei", "iat": now, "exp": now + 900, **said}
    return jwt.encode(claims, shop.identity_secret, algorithm="HS256")


@pytest.mark.parametrize(
    "said", [{"sub": "~visitor"}, {"sub": "x" * 65}, {"sub": "a\nb"}, {"name": 7}, {"name": ["Mei"]}, {"iat": 0}]
)
def test_what_is_no_name_or_lasts_too_long_names_nobody(said: dict[str, Any]) -> None:
    shop = base.shop()
    assert identity.verify(shop, signed(shop)).uid == "mei"
    with pytest.raises(BadIdentity):
        identity.verify(shop, signed(shop, **said))
    assert Buyer.objects.count() == 1


def test_a_quarter_of_an_hour_is_the_longest() -> None:
    shop = base.shop()
    assert identity.verify(shop, identity.sign(shop, "mei", "Mei", identity.IDENTITY_LIFE))
    with pytest.raises(BadIdentity):
        identity.verify(shop, identity.sign(shop, "mei", "Mei", identity.IDENTITY_LIFE + timedelta(seconds=1)))
