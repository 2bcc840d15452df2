"""The demo storefront: stands in for a shop's own site and signs its buyers in. Only with DEMO=1."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from chat.models import ServiceSession
from commerce.models import Order, Product
from shops import access, identity, pages
from shops.errors import NotYours
from shops.models import Buyer, Shop

FACES = 8  # buyers to choose from
SIGNS = {"CNY": "¥", "GBP": "£", "USD": "$"}
Page = Callable[..., HttpResponse]


def demo_only(page: Page) -> Page:
    """Hide a page unless this is a demo: the storefront gives anybody a buyer's identity."""

    @wraps(page)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        try:
            answer = page(request, *args, **kwargs)
        except NotYours:
            raise Http404 from None
        # What a storefront allows so that the chat can be embedded (docs/widget.md); its scripts are ours already.
        return pages.also_allow(answer, "frame-src", "'self'")

    return view


@demo_only
def landing(request: HttpRequest) -> HttpResponse:
    """Both sides of each shop, side by side."""
    shops = Shop.objects.order_by("pk").prefetch_related("members__user")
    return render(request, "demo/landing.html", {"shops": shops})


@demo_only
def storefront(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The shop's products."""
    shop, buyer = _visit(request, shop_id)
    products = Product.objects.filter(shop=shop).order_by("-on_sale", "pk")
    return render(request, "demo/storefront.html", {**_frame(shop, buyer, "shop"), "products": products})


@demo_only
def product(request: HttpRequest, shop_id: int, product_id: int) -> HttpResponse:
    """One product, with the pre-sale entry (D1)."""
    shop, buyer = _visit(request, shop_id)
    about = {"product": _product(shop, product_id), "kind": "product", "ref": product_id}
    return render(request, "demo/product.html", {**_frame(shop, buyer, "shop"), **about})


@demo_only
def advertisement(request: HttpRequest, shop_id: int, template: str, product_id: int) -> HttpResponse:
    """The page behind an advertisement: only the template for shop traffic has the pre-sale entry (D1 [004])."""
    shop, buyer = _visit(request, shop_id)
    if template not in ServiceSession.Landing.values:
        raise NotYours
    asks = template == ServiceSession.Landing.TRAFFIC
    about = {"product": _product(shop, product_id), "kind": "product", "ref": product_id, "landing": template}
    return render(request, "demo/advertisement.html", {**_frame(shop, buyer, "shop"), **about, "asks": asks})


def _product(shop: Shop, product_id: int) -> Product:
    found = Product.objects.filter(shop=shop, pk=min(product_id, access.MAX_ID)).first()
    if found is None:
        raise NotYours
    return found


@demo_only
def orders(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The orders of the buyer that one plays."""
    shop, buyer = _visit(request, shop_id)
    found = _orders(shop, buyer).order_by("-created_at")
    return render(request, "demo/orders.html", {**_frame(shop, buyer, "orders"), "orders": found})


@demo_only
def order(request: HttpRequest, shop_id: int, order_id: int) -> HttpResponse:
    """One order with its after-sale cases, each with a post-sale entry (D1)."""
    shop, buyer = _visit(request, shop_id)
    found = _orders(shop, buyer).filter(pk=min(order_id, access.MAX_ID)).first()
    if found is None:
        raise NotYours
    about = {"order": found, "kind": "order", "ref": found.pk, "landing": request.GET.get("from", "")}
    return render(request, "demo/order.html", {**_frame(shop, buyer, "orders"), **about})


@demo_only
def me(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Choose which buyer to be."""
    shop, buyer = _visit(request, shop_id)
    if request.method == "POST":
        answer = redirect("demo-shop", shop.pk)
        answer.set_cookie(_cookie(shop), request.POST.get("uid", "")[:64], samesite="Lax", httponly=True)
        return answer
    return render(request, "demo/me.html", {**_frame(shop, buyer, "me"), "faces": _faces(shop)})


@demo_only
def ask(request: HttpRequest, shop_id: int, kind: str, ref: int) -> HttpResponse:
    """Go to the chat with a fresh identity; it is signed at the click, since it lives for minutes only.

    It travels behind the #, so that it reaches neither a server's log nor a referrer.
    """
    shop, buyer = _visit(request, shop_id)
    if kind not in ("product", "order", "after_sale"):
        raise NotYours
    fragment = urlencode({"identity": identity.sign(shop, buyer.uid, buyer.nickname), "kind": kind, "ref": ref})
    return redirect(reverse("buyer-chat", args=[shop.pk]) + "#" + fragment)


def _visit(request: HttpRequest, shop_id: int) -> tuple[Shop, Buyer]:
    """Return the shop and the buyer that this browser plays; at first one with orders."""
    shop = access.shop(shop_id)
    faces = _faces(shop)
    uid = request.COOKIES.get(_cookie(shop))
    buyer = next((face for face in faces if face.uid == uid), faces[0] if faces else None)
    if buyer is None:
        raise NotYours
    return shop, buyer


def _faces(shop: Shop) -> list[Buyer]:
    return list(Buyer.objects.filter(shop=shop, uid__startswith="demo-").order_by("pk")[:FACES])


def _orders(shop: Shop, buyer: Buyer) -> Any:
    found = Order.objects.filter(shop=shop, buyer=buyer)
    return found.prefetch_related("items__product", "after_sales")


def _cookie(shop: Shop) -> str:
    return f"demo-buyer-{shop.pk}"


def _frame(shop: Shop, buyer: Buyer, here: str) -> dict[str, Any]:
    sign = SIGNS.get(shop.currency, f"{shop.currency} ")
    signed = identity.sign(shop, buyer.uid, buyer.nickname)
    return {"shop": shop, "buyer": buyer, "here": here, "sign": sign, "identity": signed}
