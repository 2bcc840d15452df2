"""What the stores of all kinds do alike: compare with what is there, write what changed, hold whom it names."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from commerce.models import Product
from lib import bulk
from shops.errors import Refused
from shops.models import Buyer, Shop
from storefront.reading import Draft

ADDED, CHANGED, UNCHANGED, OLDER, REFUSED = "added", "changed", "unchanged", "older", "refused"
RESULTS = (ADDED, CHANGED, UNCHANGED, OLDER, REFUSED)
Row = TypeVar("Row", bound=Model)
Became = dict[str, str | Refused]  # by the storefront's own numbers


class Sorted(NamedTuple):
    """Which rows are new, and which of those known changed in which fields; `became` says of every one what it was."""

    new: list[Draft]
    changed: list[tuple[Any, Draft, list[str]]]
    became: Became


def settle(drafts: Iterable[Draft], known: dict[str, Any], became: Became) -> Sorted:
    """Compare with what is stored: what is older is left out, what is equal is only taken for seen."""
    found = Sorted([], [], became)
    for draft in drafts:
        old = known.get(draft.ref)
        if old is None:
            became[draft.ref] = ADDED
            found.new.append(draft)
        elif old.updated_at and draft.updated_at < old.updated_at:
            became[draft.ref] = OLDER
        else:
            differs = [name for name, value in draft.values.items() if getattr(old, name) != value]
            became[draft.ref] = CHANGED if differs else UNCHANGED
            found.changed.append((old, draft, differs))
    return found


def apply(model: type[Model], changed: Iterable[tuple[Any, Draft, list[str]]], names: tuple[str, ...]) -> None:
    """Write the changed fields of known rows, all in one statement."""
    rows = []
    for old, draft, _differs in changed:
        for name, value in {**draft.values, "updated_at": draft.updated_at}.items():
            setattr(old, name, value)
        rows.append([*(getattr(old, name) for name in names), old.pk])
    bulk.update(model, names, rows)


def held(rows: "QuerySet[Row]") -> list[Row]:
    """Return rows locked in the order of their keys, where the database has row locks."""
    return list(rows.select_for_update(of=("self",), no_key=connection.vendor == "postgresql").order_by("pk"))


def products_named(shop: Shop, skus: Iterable[str]) -> dict[str, int]:
    """Return the shop's products by their own numbers."""
    return dict(Product.objects.filter(shop=shop, sku__in=set(skus)).values_list("sku", "pk"))


def buyers_named(shop: Shop, names: dict[str, str]) -> dict[str, Buyer]:
    """Return buyers by the storefront's own numbers, locked, those who are new made; from now on none is erased."""
    fresh = [Buyer(shop=shop, uid=uid, nickname=name) for uid, name in sorted(names.items())]
    Buyer.objects.bulk_create(fresh, ignore_conflicts=True)
    return {one.uid: one for one in held(Buyer.objects.filter(shop=shop, uid__in=names))}


def erased() -> Refused:
    return Refused("erased", _("This buyer's data was erased; nothing is written any more."))
