"""The pages of programs: the platform issues them, a shop's owner or super admin lets them in. Secrets show once."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from chat import deliveries, platform_pages
from chat.actions import outbox
from chat.models import Outbox
from chat.setting_frame import frame
from openplatform import access, consenting, grants
from openplatform.models import App, Scope
from shops import pages
from shops.errors import Invalid, Refused
from shops.models import Member

SHOWN = 200  # programs on the platform's page
LOST = 20  # webhooks that failed, of one program


class Consent(forms.Form):
    """Which program a shop lets in, and in whose name it writes."""

    key = forms.CharField(
        label=gettext_lazy("App key"),
        max_length=32,
        help_text=gettext_lazy("The maker of the app gives it to you. It is no secret."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    speaker = forms.ModelChoiceField(
        label=gettext_lazy("Writes in the name of"),
        queryset=Member.objects.none(),
        empty_label=None,
        help_text=gettext_lazy(
            "Buyers see this account's nickname. What the app answers is this account's conversation and counts in its "
            "figures; only a lead's app can answer for colleagues."
        ),
    )

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data, initial={"speaker": member.pk})
        speaker = self.fields["speaker"]
        assert isinstance(speaker, forms.ModelChoiceField)
        speaker.queryset = Member.objects.agents().filter(shop_id=member.shop_id).order_by("nickname")


class New(forms.Form):
    """A program that the platform issues."""

    name = forms.CharField(label=gettext_lazy("Name of the app"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=Scope.choices,
        initial=list(Scope.values),
        widget=forms.CheckboxSelectMultiple,
    )

    redirect = forms.CharField(
        label=gettext_lazy("Redirect address"),
        max_length=consenting.ADDRESS,
        required=False,
        help_text=gettext_lazy("Where a seller who agrees is sent back to, with the code. It must match exactly."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )

    def clean_redirect(self) -> str:
        try:
            return consenting.address(self.cleaned_data["redirect"])
        except Invalid as wrong:
            raise forms.ValidationError(wrong.fields["redirect"]) from None


@never_cache
@pages.of_shop
def of_shop(request: HttpRequest, member: Member) -> HttpResponse:
    """The programs that a shop has let in; a new consent shows its code, once."""
    asked = request.POST.get("do", "")
    form = Consent(member, request.POST if asked == "authorise" else None)
    given = None
    if asked in ("revoke", "again"):
        found = access.grant(member, pages.number(request.POST.get("grant", "")))
        if asked == "revoke":
            grants.revoke(found, member)
        else:
            outbox.again(access.failed(found))
        return redirect("settings-apps", member.shop_id)
    if form.is_valid():
        try:
            given = grants.authorise(member, form.cleaned_data["key"].strip(), form.cleaned_data["speaker"])
        except Refused as refusal:
            form.add_error("key" if refusal.code == "no_app" else "speaker", refusal.words)
        else:
            form = Consent(member)
    shown = [(one, [_lost(row) for row in access.failed(one)[:LOST]]) for one in access.grants(member)]
    about = {"form": form, "given": given, "grants": shown}
    return render(request, "openplatform/apps.html", frame(member, "apps") | about)


def _lost(row: Outbox) -> dict[str, Any]:
    return {"at": row.created_at, "why": deliveries.why(row.error)}


@never_cache
@platform_pages.of_platform
def of_platform(request: HttpRequest) -> HttpResponse:
    """Every program; a new one, or a new secret, shows it once."""
    asked = request.POST.get("do", "")
    form = New(request.POST if asked == "issue" else None)
    issued = None
    if form.is_valid():
        data = form.cleaned_data
        by = platform_pages.person(request)
        issued, form = grants.issue(data["name"].strip(), data["scopes"], by, data["redirect"]), New()
    elif asked == "redirect":
        found = access.app(pages.number(request.POST.get("app", "")))
        given = request.POST.get("redirect", "")
        pages.tried(request, lambda: grants.redirect(found, consenting.address(given), platform_pages.person(request)))
        return redirect("platform-apps")
    elif request.method == "POST" and asked in ("secret", "off", "on"):
        found = access.app(pages.number(request.POST.get("app", "")))
        if asked != "secret":
            grants.switch(found, asked == "on", platform_pages.person(request))
            return redirect("platform-apps")
        issued = grants.renew_secret(found, platform_pages.person(request))
    rows = App.objects.order_by("-pk")[:SHOWN]
    labels = {scope.value: scope.label for scope in Scope}
    shown = [(row, [labels[one] for one in row.scopes if one in labels]) for row in rows]
    return render(
        request, "openplatform/platform_apps.html", {"here": "apps", "form": form, "issued": issued, "rows": shown}
    )
