"""What every page inside a shop shares: who asks, in which shop, and a refusal in words."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shops import access, permissions
from shops.errors import Busy, Invalid, NotAllowed, NotYours, Refused
from shops.models import Member

Page = Callable[..., HttpResponseBase]


class Warned(NamedTuple):
    """What a member reads on top of every page until it is seen to at that address."""

    words: str
    address: str


_warners: list[Callable[[Member], Iterable[Warned]]] = []


def warn(warner: Callable[[Member], Iterable[Warned]]) -> None:
    """Let a room that this one may not look into warn people; called from AppConfig.ready()."""
    _warners.append(warner)


def also_allow(answer: HttpResponse, directive: str, *sources: str) -> HttpResponse:
    """Let one page reach more than the policy of all pages says (Content-Security-Policy)."""
    answer._csp_update = {directive: list(sources)}  # type: ignore[attr-defined]
    return answer


def of_shop(page: Page) -> Page:
    """Give a page the member instead of the shop's id, if its row in permissions.toml lets the member in.

    A foreign shop is not there, a refusal is 403.
    """

    @login_required
    @wraps(page)
    def view(request: HttpRequest, shop_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            member = access.member(request.user, shop_id)
            if not permissions.knows(request):
                return HttpResponseNotAllowed(map(str, permissions.methods(request)))
            permissions.enter(member, request)
            return page(request, member, *args, **kwargs)
        except NotYours:
            raise Http404 from None
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    return view


def number(text: str) -> int:
    """Return an id or a place of an address or form; what can't be one is 0."""
    known = text.isascii() and text.isdigit() and len(text) <= 19
    return found if known and (found := int(text)) <= access.MAX_ID else 0


def tried(request: HttpRequest, action: Callable[[], object]) -> bool:
    """Do it, or say on the page why not."""
    try:
        action()
    except Refused as refusal:
        messages.error(request, refusal.words)
    except Invalid as wrong:
        messages.error(request, " ".join(wrong.fields.values()))
    except Busy:
        messages.error(request, _("The server is busy. Please try again in a moment."))
    else:
        return True
    return False


def frame(member: Member, here: str) -> dict[str, Any]:
    """Return what the frame around a shop's page shows: the shop and the menu, with what this member may open."""
    return {
        "member": member,
        "shop": member.shop,
        "here": here,
        "sees_figures": permissions.may(member, "see figures"),
        "manages": permissions.may(member, "manage accounts"),
        "sees_team": permissions.may(member, "see the team"),
        "sees_settings": permissions.may(member, "set the desk"),
        "warnings": [one for warner in _warners for one in warner(member)],
    }


def base_of(request: HttpRequest) -> str:
    """Return the address that letters name: PUBLIC_URL, else what this request, whose host was checked, came to."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
