"""Tokens for a code or a refresh token, and the shops that a token opens."""

import hashlib

from openplatform import faults, grants
from openplatform.asked import Asked
from openplatform.gate import Caller
from openplatform.grants import Pair
from openplatform.models import App, Grant
from openplatform.operations import must, operation
from openplatform.shapes import ShopShape, ShopsShape, TokenShape
from shops.models import Seller, Shop
from shops.schema import TEXT

MOST = 1000  # shops of one seller
CODE, AGAIN = ("authorized_code", "authorization_code"), ("refresh_token",)  # how a grant may be called
_PROOF = (must("app_key", TEXT), must("app_secret", TEXT))


@operation(
    "Get Access Token",
    query=[*_PROOF, must("auth_code", TEXT), must("grant_type", {"type": "string", "enum": list(CODE)})],
)
def get(_nobody: None, asked: Asked) -> TokenShape:
    """The first tokens, for a code that a seller handed over."""
    _of_kind(asked, *CODE)
    return _shape(grants.exchange(asked.text("app_key"), asked.text("app_secret"), asked.text("auth_code")))


@operation(
    "Refresh Access Token",
    query=[*_PROOF, must("refresh_token", TEXT), must("grant_type", {"type": "string", "enum": list(AGAIN)})],
)
def refresh(_nobody: None, asked: Asked) -> TokenShape:
    """New tokens for a refresh token, which is used up."""
    _of_kind(asked, *AGAIN)
    return _shape(grants.refresh(asked.text("app_key"), asked.text("app_secret"), asked.text("refresh_token")))


@operation("Get Authorized Shops")
def shops(caller: Caller, asked: Asked) -> ShopsShape:
    """The shops of the token's seller that have let the program in, with the ciphers that name them."""
    rows = Grant.objects.filter(app=caller.app, shop__seller=caller.token.seller_id).select_related("shop")
    return {"shops": [_shop(row.shop, row.cipher) for row in rows.order_by("pk")[:MOST]]}


def _of_kind(asked: Asked, *kinds: str) -> None:
    if asked.text("grant_type") not in kinds:
        raise faults.bad(f"grant_type must be {kinds[0]}")


def _shape(pair: Pair) -> TokenShape:
    token = pair.token
    return {
        "access_token": pair.access,
        "access_token_expire_in": int(token.access_until.timestamp()),
        "refresh_token": pair.refresh,
        "refresh_token_expire_in": int(token.refresh_until.timestamp()),
        "open_id": _open_id(token.app, token.seller),
        "seller_name": token.seller.name,
        "seller_base_region": _region(token.seller.shops.order_by("pk").first()),
        "user_type": 0,
        "granted_scopes": list(token.app.scopes),
    }


def _open_id(app: App, seller: Seller) -> str:
    """Name a seller to one program; two programs can't compare what they know."""
    return hashlib.sha256(f"{app.key} {seller.pk}".encode()).hexdigest()[:32]


def _shop(shop: Shop, cipher: str) -> ShopShape:
    return {
        "id": str(shop.pk),
        "name": shop.name,
        "region": _region(shop),
        "seller_type": "LOCAL",
        "cipher": cipher,
        "code": f"S{shop.pk:08d}",
    }


def _region(shop: Shop | None) -> str:
    """Guess the market: the country of the shop's time zone, as far as it is one of those the platform has."""
    zone = shop.time_zone if shop else ""
    return _REGIONS.get(zone, "")


_REGIONS = {
    **dict.fromkeys(("Asia/Shanghai", "Asia/Chongqing", "Asia/Urumqi"), "CN"),
    **{"Asia/Jakarta": "ID", "Asia/Singapore": "SG", "Asia/Bangkok": "TH", "Asia/Manila": "PH", "Asia/Tokyo": "JP"},
    **{"Asia/Kuala_Lumpur": "MY", "Asia/Ho_Chi_Minh": "VN", "Europe/London": "GB", "Europe/Berlin": "DE"},
    **{"Europe/Paris": "FR", "Europe/Rome": "IT", "Europe/Madrid": "ES", "Europe/Dublin": "IE"},
    **dict.fromkeys(("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"), "US"),
    **{"America/Mexico_City": "MX", "America/Sao_Paulo": "BR"},
}
