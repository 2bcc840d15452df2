"""Sellers and shops, for the platform's staff (A7): the list, a new one with its owner, one of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chat import access, account_forms, founding_forms, platform
from chat.actions import founding, mails
from shops import invitations, pages, presets
from shops.errors import Invalid, NotYours, Refused
from shops.models import Invitation, Member, Seller, Shop, User

FIELDS = founding.Plan._fields
_FIELD_OF = {"seller_taken": "seller", "shop_taken": "name", "username_taken": "username"}


def of_platform(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show a page to the platform's staff; for everybody else it is not there."""

    @login_required
    @wraps(page)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            access.platform(request.user)
            return page(request, *args, **kwargs)
        except NotYours:
            raise Http404 from None

    return view


def person(request: HttpRequest) -> User:
    """Return who of the platform asks, for the audit log."""
    return access.platform(request.user)


@of_platform
def shops(request: HttpRequest) -> HttpResponse:
    """Every shop, the newest first, a page at a time."""
    q = request.GET.get("q", "").replace("\0", "").strip()[: platform.QUESTION]
    rows, following = platform.page(request.user, q, pages.number(request.GET.get("before", "")))
    found = [(row, invitations.state(row.owner) if row.owner else "") for row in rows]
    about = {"rows": found, "q": q, "next": following, "later": "before" in request.GET, "question": platform.QUESTION}
    return render(request, "chat/platform_shops.html", {"here": "shops", **about})


@of_platform
def new(request: HttpRequest) -> HttpResponse:
    """Open a shop with its owner's account; for a known seller where the address names one."""
    asked = request.GET.get("seller", "")
    seller = platform.seller(request.user, pages.number(asked)) if asked else None
    given = _first_values(seller)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in FIELDS}
        given["seller_id"] = str(seller.pk) if seller else ""
        try:
            owner = founding.found(founding_forms.plan(given), pages.base_of(request), person(request))
        except Invalid as invalid:
            wrong = invalid.fields
        except Refused as refusal:
            wrong = {_FIELD_OF.get(refusal.code, "username"): refusal.words}
        else:
            messages.success(request, _("%(name)s is open.") % {"name": owner.shop.name})
            return redirect("platform-shop", owner.shop_id)
    about = {"given": given, "wrong": wrong, "seller": seller, "presets": list(presets.LABELS.items())}
    return render(request, "chat/platform_new.html", {"here": "shops", "zones": founding_forms.zones(), **about})


@of_platform
def shop(request: HttpRequest, shop_id: int) -> HttpResponse:
    """One shop: what it is, and its owner's way in."""
    found = platform.shop(request.user, shop_id)
    if request.method == "POST" and found.owner and _invite(request, found.owner):
        return redirect("platform-shop", shop_id)
    about = {"shop": found.shop, "owner": found.owner, **_way_in(request, found.owner)}
    return render(request, "chat/platform_shop.html", {"here": "shops", **about})


def _first_values(seller: Seller | None) -> dict[str, Any]:
    owner = platform.owner_of(seller) if seller else None
    told = {"nickname": owner.nickname, "username": owner.user.username, "email": owner.user.email} if owner else {}
    like = owner.shop if owner else Shop(preset=next(iter(presets.PRESETS)))
    return told | {name: getattr(like, name) for name in ("preset", "time_zone", "currency", "language")}


def _invite(request: HttpRequest, owner: Member) -> bool:
    """Send the owner's invitation again, to another address where the form gives one."""
    base, address = pages.base_of(request), request.POST.get("email", "")

    def send() -> None:
        if address == owner.user.email:
            founding.invite_again(owner, base, person(request))
        else:
            founding.readdress(owner, account_forms.email(address), base, person(request))

    sent = pages.tried(request, send)
    if sent:
        messages.success(request, _("A new link is on its way; the old one no longer works."))
    return sent


def _way_in(request: HttpRequest, owner: Member | None) -> dict[str, Any]:
    """Return where the owner's account stands, and the link to pass on while it has no password."""
    if owner is None:
        return {"state": ""}
    pending: Invitation | None = getattr(owner.user, "invitation", None)
    state = invitations.state(owner)
    link = mails.link(pending, pages.base_of(request)) if pending and state == "invited" else ""
    return {"state": state, "link": link, "pending": pending}
