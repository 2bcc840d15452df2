"""The two pages people talk on: the buyer's and the agent's console."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from shops import access, pages
from shops.errors import NotYours
from shops.models import Desk, Member


def buyer(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The buyer's chat page; who the buyer is comes with the page's own token, not with a cookie."""
    try:
        shop = access.shop(shop_id)
    except NotYours:
        raise Http404 from None
    return render(request, "chat/buyer.html", {"shop": shop, "page": {"id": shop.pk, "name": shop.name}})


@pages.of_shop
def console(request: HttpRequest, member: Member) -> HttpResponse:
    """The agent's console; only with IM permission (A1)."""
    shop = access.with_im(member).shop
    seen = {
        "desk_seq": Desk.objects.get(shop=shop).last_seq,
        "can_invite": shop.policy.survey_by_invitation,
        "sees_figures": member.role in pages.FIGURE_ROLES,
    }
    return render(request, "chat/console.html", {"member": member, "shop": shop, **seen})
