"""Ways into the chat (D1): from a product, an order, a case or any page, and from the pages behind advertisements."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from chat import access, serializers
from chat.models import ServiceSession
from commerce.models import AfterSale, Order, Product
from shops import identity
from shops.errors import NotYours
from shops.models import Shop
from storefront.shapes import IdentityShape, LinkShape, LinksShape

Entry = ServiceSession.Entry
LANDINGS = ("", *ServiceSession.Landing.values)
THINGS = ("product", "order", "after_sale")  # what a link may start from, by the storefront's own numbers


class Asked(NamedTuple):
    """What links are wanted for; `uid` empty: without an identity, `landing` None: every page there is."""

    uid: str = ""
    name: str = ""
    product: str = ""
    order: str = ""
    after_sale: str = ""
    landing: str | None = None


def signed(shop: Shop, uid: str, name: str) -> IdentityShape:
    """Sign who the buyer is, as the storefront's own code would (docs/widget.md)."""
    return {"identity": identity.sign(shop, uid, name), "expires_at": serializers.moment(_until())}


def matrix(shop: Shop, base: str, asked: Asked) -> LinksShape:
    """Return a link for each thing asked for and each page; none where a template has no such entry. Raise NotYours."""
    who = signed(shop, asked.uid, asked.name) if asked.uid else None
    pages = LANDINGS if asked.landing is None else (asked.landing,)
    start = base + reverse("buyer-chat", args=[shop.pk])
    found = [_link(start, who, kind, ref, page) for kind, ref in _things(shop, asked) for page in pages]
    return {"results": found, "expires_at": who["expires_at"] if who else None}


def _until() -> datetime:
    return timezone.now() + identity.IDENTITY_LIFE


def _things(shop: Shop, asked: Asked) -> list[tuple[str, str]]:
    """Return the entries asked for, each of something that is there, and the buyer's where one is named."""
    orders = Order.objects.filter(shop=shop, number=asked.order)
    cases = AfterSale.objects.filter(shop=shop, number=asked.after_sale)
    if asked.uid:
        orders, cases = orders.filter(buyer__uid=asked.uid), cases.filter(order__buyer__uid=asked.uid)
    wanted = (
        (Entry.PRODUCT, asked.product, Product.objects.filter(shop=shop, sku=asked.product)),
        (Entry.ORDER, asked.order, orders),
        (Entry.AFTER_SALE, asked.after_sale, cases),
    )
    found = []
    for kind, ref, rows in wanted:
        if ref:
            if not rows.exists():
                raise NotYours
            found.append((str(kind), ref))
    return found or [(str(Entry.SHOP), "")]


def _link(start: str, who: IdentityShape | None, kind: str, ref: str, landing: str) -> LinkShape:
    said = {"identity": who["identity"]} if who else {}
    said |= {"kind": kind, **({"ref": ref} if ref else {}), **({"landing": landing} if landing else {})}
    return {
        "kind": kind,
        "ref": ref,
        "landing": landing,
        "scene": "pre_sale" if kind in access.PRE_SALE else "post_sale",
        "url": f"{start}#{urlencode(said)}" if access.offers(kind, landing) else None,
    }
