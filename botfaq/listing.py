"""The list of questions for their writers: searched, filtered, a page at a time."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from botfaq.models import Category, Phrasing, Question
from shops.models import Shop

PAGE = 50
STATES = ("published", "draft", "card")
SORTS = ("newest", "hits")
NEEDS = ("phrasings", "conflict", "vague")


class Key(NamedTuple):
    """The place of a row in the list: its hits (0 in the newest-first order) and its id."""

    hits: int
    pk: int


@dataclass(frozen=True)
class Asked:
    q: str = ""
    category: int | None = None  # 0: those without one
    state: str = ""
    only: frozenset[int] | None = None  # nothing but these
    sort: str = "newest"
    before: Key | None = None

    @property
    def by_hits(self) -> bool:
        return self.sort == "hits"


def page(shop: Shop, asked: Asked, size: int = PAGE) -> tuple[list[Question], Key | None]:
    """Return one page, phrasings and category at hand, and the place from which the next one goes on."""
    rows = _filtered(Question.objects.filter(shop=shop), asked)
    if asked.before:
        below = Q(pk__lt=asked.before.pk)
        rows = rows.filter(
            Q(hits__lt=asked.before.hits) | (Q(hits=asked.before.hits) & below) if asked.by_hits else below
        )
    order = ("-hits", "-pk") if asked.by_hits else ("-pk",)
    found = list(
        rows.select_related("category", "product").prefetch_related("phrasings", "related").order_by(*order)[: size + 1]
    )
    for row in found:
        row.shop = shop
    last = found[size - 1] if len(found) > size else None
    return found[:size], Key(last.hits if asked.by_hits else 0, last.pk) if last else None


def _filtered(rows: QuerySet[Question], asked: Asked) -> QuerySet[Question]:
    if asked.q:
        said = Exists(Phrasing.objects.filter(question=OuterRef("pk"), text__icontains=asked.q))
        rows = rows.filter(Q(text__icontains=asked.q) | Q(answer__icontains=asked.q) | said)
    if asked.category is not None:
        none = Q(category=None) | Q(category__removed_at__isnull=False)
        rows = rows.filter(Q(category=asked.category) if asked.category else none)
    if asked.state == "card":
        rows = rows.filter(card_place__isnull=False)
    elif asked.state:
        rows = rows.filter(published=asked.state == "published")
    return rows if asked.only is None else rows.filter(pk__in=asked.only)


def find(shop: Shop, text: str) -> Question | None:
    """Return the question that reads so, upper and lower case alike."""
    if "\0" in text:  # PostgreSQL can't even ask for it
        return None
    return Question.objects.filter(shop=shop, text__iexact=text.strip()).first()


def categories(shop: Shop) -> list[Category]:
    """Return the shop's headings by name, each with `size`, its number of questions."""
    size = Count("questions", filter=Q(questions__removed_at=None))
    return list(Category.objects.filter(shop=shop).annotate(size=size).order_by("name"))
