"""The two pages people talk on: the buyer's and the agent's console."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from shops import access, pages, permissions, widget
from shops.errors import NotYours
from shops.models import Desk, Member, Shop, Widget


def buyer(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The buyer's chat page; who the buyer is comes with the page's own token, not with a cookie."""
    try:
        shop = access.shop(shop_id)
    except NotYours:
        raise Http404 from None
    return buyer_page(request, shop, widget.of(shop))


def buyer_page(request: HttpRequest, shop: Shop, look: Widget, hosts: list[str] | None = None) -> HttpResponse:
    """Render the chat; `hosts` are the sites whose pages may speak to it through their frame, none: no frame."""
    asked = request.GET.get("lang", "")
    page = {"id": shop.pk, "name": shop.name, "anonymous": look.anonymous, "hosts": hosts}
    with translation.override(asked if asked in dict(settings.LANGUAGES) else translation.get_language()):
        about = {"shop": shop, "page": page, "accent": look.accent, "framed": hosts is not None, "lang": asked}
        return _with_goods(render(request, "chat/buyer.html", about))


@pages.of_shop
def console(request: HttpRequest, member: Member) -> HttpResponse:
    """The agent's console; only with IM permission (A1)."""
    shop = member.shop
    seen = {
        "desk_seq": Desk.objects.get(shop=shop).last_seq,
        "can_invite": shop.policy.survey_by_invitation,
        "sees_figures": permissions.may(member, "see figures"),
        "sees_team": permissions.may(member, "see the team"),
    }
    return _with_goods(render(request, "chat/console.html", {"member": member, "shop": shop, **seen}))


def _with_goods(answer: HttpResponse) -> HttpResponse:
    """Let a page show the pictures of the shop's products, which lie on servers of the shop's own choice."""
    return pages.also_allow(answer, "img-src", "https:")
