"""One buyer's data in the seller center: find the buyer, take the data as a file or erase it, see how far that is."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chat import access, contacts
from chat.actions import data_jobs
from chat.media_views import download
from chat.models import DataRequest
from lib.db import write
from shops import audit, pages
from shops.errors import Invalid, NotYours
from shops.models import Member

FOUND, LISTED, QUESTION = 20, 50, 64


@pages.of_shop
def requests(request: HttpRequest, member: Member) -> HttpResponse:
    """Buyers by UID or nickname with what can be done, and the jobs of the shop."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:QUESTION]
    if request.method == "POST" and pages.tried(request, lambda: _order(request, member)):
        return redirect("buyer-data", member.shop_id)
    jobs = list(DataRequest.objects.filter(shop=member.shop).select_related("buyer").order_by("-pk")[:LISTED])
    about: dict[str, Any] = {
        "q": q,
        "found": contacts.named(member.shop, q, FOUND) if q else [],
        "jobs": jobs,
        "pending": any(not one.is_over for one in jobs),
        "question": QUESTION,
    }
    return render(request, "chat/buyer_data.html", {**pages.frame(member, "team"), **about})


@pages.of_shop
def file(request: HttpRequest, member: Member, request_id: int) -> HttpResponseBase:
    """The file of a finished export; gone when it has expired."""
    return take(member, request_id)


def take(member: Member, request_id: int) -> HttpResponseBase:
    """Hand a finished export out, to a browser or an app, and log it; NotYours, Http404 where it has expired."""
    found = access.data_request(member, request_id)
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="buyer-{found.buyer_id}.zip"',
        "Cache-Control": "private, no-store",
    }
    answer = download(found.ready, found.size, headers)
    with write():
        audit.record(
            audit.Kind.EXPORTED,
            member,
            subject=audit.Subject.BUYER,
            subject_id=found.buyer_id,
            what="buyer",
            form="zip",
        )
    return answer


def _order(request: HttpRequest, member: Member) -> None:
    try:
        buyer = access.any_buyer(member, pages.number(request.POST.get("buyer", "")))
    except NotYours:
        raise Invalid(buyer=_("Choose a buyer.")) from None
    match request.POST.get("do"):
        case "export":
            data_jobs.order(buyer, DataRequest.Kind.EXPORT, member)
            messages.success(request, _("The file is being made; it appears below."))
        case "erase":
            if request.POST.get("sure") != "yes":
                raise Invalid(sure=_("Confirm that the data is to be erased: it can't be brought back."))
            data_jobs.order(buyer, DataRequest.Kind.ERASE, member)
            messages.success(request, _("The buyer's data is being erased."))
