"""The shop's chat on its own sites (D2): which may frame it, who may write there, how it looks, the tag to copy."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from chat.setting_frame import frame, may_set, saved, who
from shops import pages, widget
from shops.models import Member, Widget


class Look(forms.Form):
    """What a shop decides about its embedded chat; shops/widget.py checks it."""

    origins = forms.CharField(
        label=_("Your sites"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://shop.example.com", "spellcheck": "false"}),
        help_text=_("One a line, https, without a path. Only these may show the chat."),
    )
    anonymous = forms.BooleanField(
        label=_("Visitors may write without a name"),
        required=False,
        help_text=_("Off: only buyers whom your back end signs in. On: a visitor keeps the line in the same browser."),
    )
    own_colour = forms.BooleanField(label=_("A colour of our own"), required=False)
    accent = forms.CharField(
        label=_("Colour"),
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Words on it stay readable: it is made darker or lighter where it has to be."),
    )
    position = forms.ChoiceField(label=_("Corner"), choices=Widget.Position.choices, widget=forms.RadioSelect)
    label = forms.CharField(
        label=_("Words on the button"),
        required=False,
        max_length=widget.LABEL,
        help_text=_("Empty: a sign alone."),
    )

    def __init__(self, found: Widget, data: Any = None) -> None:
        initial = {name: getattr(found, name) for name in ("anonymous", "position", "label")}
        accent = {"accent": found.accent or widget.OURS, "own_colour": bool(found.accent)}
        super().__init__(data, initial={**initial, **accent, "origins": "\n".join(found.origins)})

    def clean_origins(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["origins"].splitlines() if line.strip()]

    def look(self) -> widget.Look:
        data = self.cleaned_data
        accent = data["accent"] if data["own_colour"] else ""
        return {"accent": accent, "position": data["position"], "label": data["label"]}


@pages.of_shop
def integration(request: HttpRequest, member: Member) -> HttpResponse:
    """Set up the embedded chat; who may not reads how it is."""
    found = widget.of(member.shop)
    form = Look(found, request.POST or None)
    if form.is_valid() and saved(request, form, lambda: _save(member, form)):
        return redirect("settings-integration", member.shop_id)
    about = {
        "form": form,
        "may": may_set(member),
        "who": who(member),
        "widget": found,
        "snippet": widget.snippet(member.shop, pages.base_of(request)),
        "usual": widget.OURS,
        "demo": settings.DEMO,
    }
    return render(request, "chat/settings/integration.html", frame(member, "integration") | about)


def _save(member: Member, form: Look) -> None:
    data = form.cleaned_data
    widget.set_up(member.shop, member, origins=data["origins"], anonymous=data["anonymous"], look=form.look())
