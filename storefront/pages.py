"""The page of a shop's keys: make one, see when it was used, revoke it; and what came in bulk lately."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from chat.setting_frame import frame
from shops import identity, pages
from shops.errors import Refused
from shops.models import Member
from storefront import jobs, keys, telling

SHOWN = 10  # jobs


class New(forms.Form):
    """A key that is wanted."""

    name = forms.CharField(
        label=gettext_lazy("Name of the key"),
        max_length=keys.NAME,
        help_text=gettext_lazy("Where it is used, for example “Web shop, production”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@pages.of_shop
def of_shop(request: HttpRequest, member: Member) -> HttpResponse:
    """The shop's keys; a new one is shown, once."""
    asked, made = request.POST.get("do", ""), None
    form = New(request.POST if asked == "make" else None)
    if request.method == "POST" and asked == "revoke":
        keys.revoke(keys.one(member, pages.number(request.POST.get("key", ""))), member)
        return redirect("settings-keys", member.shop_id)
    if form.is_valid():
        try:
            made, form = keys.issue(member, form.cleaned_data["name"].strip()), New()
        except Refused as refusal:
            form.add_error("name", refusal.words)
    secret = identity.renew_secret(member) if request.method == "POST" and asked == "secret" else None
    rows = list(keys.of_shop(member))
    about: dict[str, Any] = {
        "form": form,
        "made": made,
        "secret": secret,
        "rows": [one for one in rows if one.revoked_at is None],
        "revoked": [one for one in rows if one.revoked_at],
        "jobs": jobs.of_shop(member.shop)[:SHOWN],
    }
    return render(request, "storefront/keys.html", frame(member, "keys") | about)


@pages.of_shop
def report(request: HttpRequest, member: Member, job_id: int) -> HttpResponse:
    """What was refused of a job, as a file."""
    return telling.as_file(jobs.one(member.shop, job_id), only_refused=True)
