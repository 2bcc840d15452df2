"""The shop's orders in the seller center: list, detail, and the way to the buyer (C7, C20)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import access, contacts, inbox
from chat.actions import contact as contact_action
from commerce import listing, recipients
from commerce.models import Order
from shops import pages
from shops.errors import Invalid, Refused
from shops.models import Member

TABS = {
    "": _("All orders"),
    "unpaid": _("Unpaid"),
    "to_ship": _("To ship"),
    "shipped": _("Shipped"),
    "completed": _("Completed"),
    "cancelling": _("Cancelling"),
    "cancelled": _("Cancelled"),
}
TONES = {
    Order.State.DELIVERY_FAILED: "danger",
    Order.State.CANCELLING: "warn",
    Order.State.UNPAID: "warn",
    Order.State.COMPLETED: "ok",
    Order.State.DELIVERED: "ok",
    Order.State.CANCELLED: "",
}


@pages.of_shop
def orders(request: HttpRequest, member: Member) -> HttpResponse:
    """All orders of the shop by tab, searched by number or buyer, a page at a time."""
    state, q = request.GET.get("state", ""), request.GET.get("q", "").strip().replace("\0", "")[:64]
    if state not in TABS and state not in Order.State:
        state = ""
    try:
        before = inbox.read_cursor(request.GET["before"]) if request.GET.get("before") else None
    except Invalid:
        before = None
    found, following = listing.page(member.shop, listing.Asked(state, q, before))
    about = {
        "rows": rows(member, found),
        "tabs": [{"id": name, "label": label, "address": _address(name, q)} for name, label in TABS.items()],
        "tab": next((tab for tab, states in Order.GROUPS.items() if state in (tab, *states)), ""),
        "parts": _parts(state, q),
        "state": state,
        "q": q,
        "next": _address(state, q, inbox.write_cursor(*following)) if following else "",
        "later": before is not None,
    }
    return render(request, "chat/orders.html", {**pages.frame(member, "orders"), **about})


@pages.of_shop
def order(request: HttpRequest, member: Member, order_id: int) -> HttpResponse:
    """One order: what was bought, its parcels, its after-sale cases, and the buyer."""
    found = access.order(member, order_id)
    about = {
        "row": rows(member, [found])[0],
        "sum_of_items": sum(i.quantity * i.price for i in found.items.all()),
        "recipient": recipients.masked(found),
        "may_unmask": bool(access.served(member, [found.buyer_id])),
    }
    return render(request, "chat/order.html", {**pages.frame(member, "orders"), **about})


@pages.of_shop
def contact_buyer(request: HttpRequest, member: Member, order_id: int) -> HttpResponse:
    """Open a session with the order's buyer and go to it; a refusal is told on the order's page."""
    found = access.order(member, order_id)
    try:
        session = contact_action.start(member, found.buyer, found).session
    except Refused as refusal:
        messages.error(request, refusal.words)
        return redirect("order", member.shop_id, found.pk)
    return redirect(reverse("desk", args=[member.shop_id]) + f"#session={session.pk}")


def rows(member: Member, found: list[Order]) -> list[dict[str, Any]]:
    """Return orders as the pages show them, each with why its buyer can't be written to, if so."""
    why = contacts.refusals(member, found, timezone.now())
    return [{"order": one, "tone": TONES.get(Order.State(one.state), "accent"), "reason": why[one.pk]} for one in found]


def _parts(state: str, q: str) -> list[dict[str, Any]]:
    """Return the single states of the tab that is open, where there are several."""
    for tab, states in Order.GROUPS.items():
        if state in (tab, *states) and len(states) > 1:
            every = {"id": tab, "label": _("All of these"), "address": _address(tab, q)}
            single = [{"id": s, "label": Order.State(s).label, "address": _address(s, q)} for s in states]
            return [every, *single]
    return []


def _address(state: str, q: str, before: str = "") -> str:
    """Return the query of a link into the list."""
    given = {"state": state, "q": q, "before": before}
    return "?" + urlencode({name: value for name, value in given.items() if value})
