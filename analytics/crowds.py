"""Who consulted on a day, whom the shop answered, who ordered then (G9, G14): sets, because people do not add up."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import BooleanField, ExpressionWrapper, F

from analytics import conditions, periods
from chat.actions.figures import GUIDED
from chat.models import Assignment, SessionQuerySet
from commerce.models import Order
from lib import id_sets
from shops.models import Shop

NOT_BOUGHT = (Order.State.UNPAID, Order.State.CANCELLING, Order.State.CANCELLED)
BOUGHT = tuple(state for state in Order.State if state not in NOT_BOUGHT)
PEOPLE, SERVED, ORDERING, ORDERS = "people", "served", "ordering", "orders"


@dataclass(slots=True)
class Crowd:
    """One day's buyers and orders, by their keys."""

    people: set[int] = field(default_factory=set)  # who started a session
    served: set[int] = field(default_factory=set)  # whose session was answered, by a human or automatically
    ordering: set[int] = field(default_factory=set)  # who ordered within 7 days of such a session
    orders: dict[int, int] = field(default_factory=dict)  # what: its total in hundredths

    def packed(self) -> dict[str, bytes]:
        """Return the sets as a day's row stores them."""
        sets = {name: id_sets.pack(getattr(self, name)) for name in (PEOPLE, SERVED, ORDERING)}
        return {**sets, ORDERS: id_sets.pack_amounts(self.orders)}


def of_shop(sessions: SessionQuerySet, shop: Shop) -> dict[date, Crowd]:
    """Return the crowd of each day on which any of these sessions started."""
    found: dict[date, Crowd] = defaultdict(Crowd)
    answered = ExpressionWrapper(conditions.SERVED, output_field=BooleanField())
    begun = sessions.filter(conditions.BUYER).order_by().annotate(answered=answered)
    for at, buyer, served in begun.values_list("started_at", "buyer", "answered"):
        crowd = found[periods.local_day(shop, at)]
        crowd.people.add(buyer)
        if served:
            crowd.served.add(buyer)
    # One filter() with all that is asked of the order: apart, each would be about another order.
    followed = sessions.filter(conditions.SERVED).filter(
        buyer__orders__shop=shop,
        buyer__orders__state__in=BOUGHT,
        buyer__orders__created_at__gte=F("started_at"),
        buyer__orders__created_at__lte=F("started_at") + GUIDED,
    )
    columns = ("started_at", "buyer", "buyer__orders__pk", "buyer__orders__total")
    for at, buyer, order, total in followed.order_by().values_list(*columns):
        crowd = found[periods.local_day(shop, at)]
        crowd.ordering.add(buyer)
        crowd.orders[order] = round(total * 100)
    return found


def people(sessions: SessionQuerySet, shop: Shop) -> dict[date, set[int]]:
    """Return who started these sessions, by day (G9)."""
    found: dict[date, set[int]] = defaultdict(set)
    for at, buyer in sessions.filter(conditions.BUYER).order_by().values_list("started_at", "buyer"):
        found[periods.local_day(shop, at)].add(buyer)
    return found


def of_agents(sessions: SessionQuerySet, shop: Shop) -> dict[tuple[date, int], set[int]]:
    """Return for each agent and day whose sessions were assigned to it (G9)."""
    found: dict[tuple[date, int], set[int]] = defaultdict(set)
    mine = sessions.filter(conditions.BUYER).order_by()
    had = Assignment.objects.filter(session__in=mine, again=False)
    for at, member, buyer in had.values_list("session__started_at", "member", "session__buyer"):
        found[periods.local_day(shop, at), member].add(buyer)
    return found
