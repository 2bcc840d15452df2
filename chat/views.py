"""The two pages people talk on: the buyer's and the agent's console."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from shops import access
from shops.errors import NotAllowed, NotYours
from shops.models import Desk


def buyer(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The buyer's chat page; who the buyer is comes with the page's own token, not with a cookie."""
    try:
        shop = access.shop(shop_id)
    except NotYours:
        raise Http404 from None
    return render(request, "chat/buyer.html", {"shop": shop, "page": {"id": shop.pk, "name": shop.name}})


@login_required
def console(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The agent's console; only with IM permission (A1)."""
    try:
        member = access.agent(request.user, shop_id)
    except NotYours:
        raise Http404 from None
    except NotAllowed:
        return render(request, "403.html", status=403)
    shop = member.shop
    seen = {"desk_seq": Desk.objects.get(shop=shop).last_seq, "can_invite": shop.policy.survey_by_invitation}
    return render(request, "chat/console.html", {"member": member, "shop": shop, **seen})
