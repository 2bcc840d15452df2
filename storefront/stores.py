"""How each kind of row is stored, many at a time: products, coupons, after-sale cases, orders."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from commerce.models import AfterSale, Coupon, Order, Product
from shops.errors import Refused
from shops.models import Buyer, Shop
from storefront import orders
from storefront.reading import Draft
from storefront.settling import Became, apply, erased, held, settle

_PRODUCT = ("title", "price", "stock", "on_sale", "picture", "updated_at")
_COUPON = (
    *("title", "kind", "discount", "minimum", "starts_at", "ends_at", "total", "claimed", "is_on", "link"),
    "updated_at",
)
_CASE = ("kind", "state", "reason", "updated_at")


def products(shop: Shop, drafts: list[Draft]) -> Became:
    known = {one.sku: one for one in held(Product.objects.filter(shop=shop, sku__in=[one.ref for one in drafts]))}
    found = settle(drafts, known, {})
    Product.objects.bulk_create(
        Product(shop=shop, sku=one.ref, updated_at=one.updated_at, **one.values) for one in found.new
    )
    apply(Product, found.changed, _PRODUCT)
    return found.became


def coupons(shop: Shop, drafts: list[Draft]) -> Became:
    known = {one.number: one for one in held(Coupon.objects.filter(shop=shop, number__in=[d.ref for d in drafts]))}
    found = settle(drafts, known, {})
    Coupon.objects.bulk_create(
        Coupon(shop=shop, number=one.ref, updated_at=one.updated_at, **one.values) for one in found.new
    )
    apply(Coupon, found.changed, _COUPON)
    return found.became


def after_sales(shop: Shop, drafts: list[Draft]) -> Became:
    of = Order.objects.filter(shop=shop, number__in={one.order for one in drafts}).values_list("number", "pk", "buyer")
    orders_named = {number: (pk, buyer) for number, pk, buyer in of}
    buyers = {one.pk: one for one in held(Buyer.objects.filter(pk__in={buyer for _pk, buyer in orders_named.values()}))}
    known = {one.number: one for one in held(AfterSale.objects.filter(shop=shop, number__in=[d.ref for d in drafts]))}
    became: Became = {}
    good = []
    for draft in drafts:
        order, buyer = orders_named.get(draft.order, (0, 0))
        old = known.get(draft.ref)
        if not order:
            became[draft.ref] = Refused("no_order", _("There is no order with this number."))
        elif buyers[buyer].erased_at:
            became[draft.ref] = erased()
        elif old and old.order_id != order:
            became[draft.ref] = Refused("other_order", _("This case belongs to another order."))
        else:
            good.append(draft)
    found = settle(good, known, became)
    AfterSale.objects.bulk_create(
        AfterSale(
            shop=shop, order_id=orders_named[one.order][0], number=one.ref, updated_at=one.updated_at,
            **one.first, **one.values,
        )
        for one in found.new
    )  # fmt: skip
    apply(AfterSale, found.changed, _CASE)
    return found.became


STORES: dict[str, Callable[[Shop, list[Draft]], Became]] = {
    "products": products,
    "coupons": coupons,
    "orders": orders.store,
    "after_sales": after_sales,
}
