"""The pages of webhooks (H2): what is told where, what was sent and what came of it. Secrets show once."""

from collections.abc import Callable
from typing import Any

import orjson
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from chat import deliveries
from chat.models import Outbox
from chat.setting_frame import frame, saved
from shops import pages
from shops.models import Member
from webhooks import access, actions, shapes
from webhooks.models import TEST, Endpoint, Kind


class Form(forms.Form):
    """What people decide about a webhook; webhooks/actions.py checks it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=actions.NAME)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=actions.URL,
        help_text=gettext_lazy("https, open to the internet. It is sent a POST for each event."),
        widget=forms.TextInput(
            attrs={"placeholder": "https://shop.example.com/hooks/chat", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events"), choices=Kind.choices, widget=forms.CheckboxSelectMultiple
    )


class Change(Form):
    is_on = forms.BooleanField(label=gettext_lazy("On"), required=False)


@never_cache
@pages.of_shop
def endpoints(request: HttpRequest, member: Member) -> HttpResponse:
    """The shop's webhooks; a new one shows its secret, once."""
    form, issued = Form(request.POST or None, initial={"kinds": Kind.values}), None
    if form.is_valid():
        data, made = form.cleaned_data, list[actions.Issued]()
        base = pages.base_of(request)
        if saved(request, form, lambda: made.append(actions.add(member, **data, base=base))):
            [issued], form = made, Form(initial={"kinds": Kind.values})
    about = {"form": form, "issued": issued, "endpoints": access.endpoints(member)}
    return render(request, "webhooks/endpoints.html", frame(member, "webhooks") | about)


@never_cache
@pages.of_shop
def endpoint(request: HttpRequest, member: Member, endpoint_id: int) -> HttpResponse:
    """One webhook: change it, try it, see what was sent; a new secret shows once."""
    found = access.endpoint(member, endpoint_id)
    asked = request.POST.get("do", "")
    initial = {name: getattr(found, name) for name in ("name", "url", "kinds", "is_on")}
    form, issued = Change(request.POST if asked == "save" else None, initial=initial), None
    if asked == "save" and form.is_valid():
        if saved(request, form, lambda: actions.change(member, found, **form.cleaned_data)):
            return redirect("settings-webhook", member.shop_id, found.pk)
    elif asked == "secret":
        issued = actions.renew_secret(member, found)
        found = issued.endpoint
    elif asked in _DO:
        return _DO[asked](request, member, found)
    failed, below = request.GET.get("show") == "failed", pages.number(request.GET.get("before", ""))
    rows, following = deliveries.page(found.target, failed=failed, below=below or None)
    both = found.before_until if found.before_until and found.before_until > timezone.now() else None
    about: dict[str, Any] = {"form": form, "issued": issued, "one": found, "both": both, "failed": failed}
    about |= {"rows": [_row(row) for row in rows], "next": following, "later": bool(below)}
    return render(request, "webhooks/endpoint.html", frame(member, "webhooks") | about)


@pages.of_shop
def delivery(request: HttpRequest, member: Member, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """What was sent and every answer; it can be sent again."""
    found = access.endpoint(member, endpoint_id)
    row = access.delivery(found, delivery_id)
    if request.method == "POST":
        if pages.tried(request, lambda: actions.send_again(found, row)):
            messages.success(request, _("It is being sent again."))
        return redirect("settings-webhook-delivery", member.shop_id, found.pk, row.pk)
    body = shapes.one_delivery(found, row)["body"]
    about = {
        "one": found,
        "row": _row(row),
        "body": orjson.dumps(body, option=orjson.OPT_INDENT_2).decode() if body else "",
        "attempts": [_attempt(one) for one in reversed(row.attempts)],
    }
    return render(request, "webhooks/delivery.html", frame(member, "webhooks") | about)


def _test(request: HttpRequest, member: Member, found: Endpoint) -> HttpResponse:
    row = actions.test(member, found)
    return redirect("settings-webhook-delivery", member.shop_id, found.pk, row.pk)


def _again(request: HttpRequest, member: Member, found: Endpoint) -> HttpResponse:
    count = list[int]()
    if pages.tried(request, lambda: count.append(actions.send_again(found))):
        words = ngettext("%(n)s delivery is being sent again.", "%(n)s deliveries are being sent again.", count[0])
        messages.success(request, words % {"n": count[0]})
    return redirect("settings-webhook", member.shop_id, found.pk)


def _remove(request: HttpRequest, member: Member, found: Endpoint) -> HttpResponse:
    actions.remove(member, found)
    messages.success(request, _("The webhook “%(name)s” was removed.") % {"name": found.name})
    return redirect("settings-webhooks", member.shop_id)


_DO: dict[str, Callable[[HttpRequest, Member, Endpoint], HttpResponse]] = {
    "test": _test,
    "again": _again,
    "remove": _remove,
}


def _row(row: Outbox) -> dict[str, Any]:
    kind = row.payload["type"]
    last = row.attempts[-1] if row.attempts else {}
    return {
        "row": row,
        "kind": _("Test") if kind == TEST else Kind(kind).label,
        "type": kind,
        "state": deliveries.STATES[row.state],
        "why": deliveries.why(row.error),
        "status": last.get("status"),
    }


def _attempt(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "at": parse_datetime(one["at"]), "why": deliveries.why(one["error"])}
