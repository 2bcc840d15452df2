"""The page to which a program sends a seller: what it asks for, and yes or no (docs/openplatform.md)."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openplatform import consenting, grants
from shops import access, pages
from shops.errors import Refused
from shops.models import Member, User


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def authorize(request: HttpRequest) -> HttpResponse:
    """Show what a program asks for; agreed or refused, go back to its registered address, and nowhere else."""
    try:
        asked = consenting.asked(request.GET)
    except Refused as refusal:
        return render(request, "openplatform/authorize.html", {"refusal": refusal.words}, status=400)
    assert isinstance(request.user, User)
    offered, wrong = consenting.speakers(request.user), ""
    if request.POST.get("do") == "refuse":
        return HttpResponseRedirect(asked.back(error="access_denied"))
    if request.POST.get("do") == "agree":
        try:
            return HttpResponseRedirect(asked.back(code=_code(request, asked, offered)))
        except Refused as refusal:
            wrong = refusal.words
    shops = [(shop, list(members)) for shop, members in groupby(offered, lambda one: one.shop)]
    mine = {member.pk for member in offered if member.user_id == request.user.pk}
    about = {"asked": asked, "shops": shops, "mine": mine, "wrong": wrong}
    page = render(request, "openplatform/authorize.html", about)
    # Browsers hold a form's redirect against the policy too.
    return pages.also_allow(page, "form-action", asked.origin)


def _code(request: HttpRequest, asked: consenting.Asked, offered: list[Member]) -> str:
    chosen = pages.number(request.POST.get("speaker", ""))
    speaker = next((one for one in offered if one.pk == chosen), None)
    if speaker is None:
        raise Refused("no_speaker", _("Choose in whose name the app writes."))
    by = access.member(request.user, speaker.shop_id)
    return grants.authorise(by, asked.app.key, speaker).code
