"""The page that every sign-in leads to: which shop to open."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat import inbox
from shops import permissions
from shops.models import Member, User


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Every shop of the person, with the own role and what waits there (A6)."""
    assert isinstance(request.user, User)
    members = Member.objects.active().select_related("shop__seller").filter(user=request.user)
    shops = [
        {
            "member": member,
            "unread": inbox.unread(member) if member.im_permission else 0,
            "queued": inbox.waiting(member.shop_id) if member.im_permission else 0,
            "sees_figures": permissions.may(member, "see figures"),
        }
        for member in members.order_by("shop__name", "pk")
    ]
    return render(request, "shops/home.html", {"shops": shops})
