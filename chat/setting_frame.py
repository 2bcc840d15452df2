"""What the settings pages share: their side list, who may change what in words, a form's refusal at its field."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.policy_words import roles
from shops import pages, permissions, presets, widget
from shops.errors import Invalid, Refused
from shops.models import Member


class Tab(NamedTuple):
    """A page of the settings."""

    key: str
    address: str  # the name of its URL
    label: Any
    action: str = "work here"  # what the page asks of a member, see permissions.toml


PERSONAL = (Tab("personal", "desk-settings", gettext_lazy("Personal")),)
OF_SHOP = (
    Tab("talk", "settings-talk", gettext_lazy("Conversation settings")),
    Tab("hours", "settings-hours", gettext_lazy("Business hours")),
    Tab("replies", "settings-replies", gettext_lazy("Quick replies"), "keep quick replies"),
    Tab("rules", "settings-rules", gettext_lazy("Platform rules")),
    Tab("data", "settings-data", gettext_lazy("Data"), "keep buyers' data"),
    Tab("integration", "settings-integration", gettext_lazy("Integration")),
    Tab("webhooks", "settings-webhooks", gettext_lazy("Webhooks"), "keep webhooks"),
    Tab("apps", "settings-apps", gettext_lazy("Apps"), "let programs in"),
    Tab("keys", "settings-keys", gettext_lazy("Keys"), "keep storefront keys"),
)


def frame(member: Member, tab: str) -> dict[str, Any]:
    """Return what the frame around a page of settings shows."""
    shown = [one for one in OF_SHOP if permissions.may(member, one.action)]
    return pages.frame(member, "settings") | {"tab": tab, "own_tabs": PERSONAL, "shop_tabs": shown}


def may_set(member: Member) -> bool:
    """Whether the member sets what concerns the shop's conversations (A3)."""
    return permissions.may(member, "set the desk")


def who(member: Member) -> str:
    """Say who sets it, to those who may only read."""
    names = member.shop.policy.desk_setting_roles
    if names == (presets.OWNER,):
        return _("On this platform only the owner changes this.")
    return _("These roles change this: %(roles)s.") % {"roles": roles(names)}


def saved(request: HttpRequest, form: forms.Form, action: Callable[[], object]) -> bool:
    """Do it and say so; a refusal is said at the field that its code belongs to."""
    try:
        action()
    except Refused as refusal:
        form.add_error(_FIELD_OF.get(refusal.code), refusal.words)
        return False
    except Invalid as wrong:
        for name, words in wrong.fields.items():
            form.add_error(name if name in form.fields else None, words)
        return False
    messages.success(request, _("Saved."))
    return True


_FIELD_OF = {"not_offered": "queue_order", **widget.FIELD_OF}
