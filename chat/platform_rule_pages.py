"""The rules of one shop, for the platform's staff: the preset's values and the shop's own (A7, P)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chat import platform, policy_forms, policy_words
from chat.actions import policy
from chat.platform_pages import of_platform, person
from shops.errors import Invalid, NotYours, Refused
from shops.models import Shop


@of_platform
def rules(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Every rule beside the preset's value, each with its form; resetting takes the preset's again."""
    shop = platform.shop(request.user, shop_id).shop
    wrong: dict[str, str] = {}
    sent = request.POST.get("rule", "")
    if request.method == "POST":
        line = _line(shop, sent)
        wrong = _change(request, shop, line)
        if not wrong:
            return redirect(f"{reverse('platform-rules', args=[shop_id])}#{sent}")
    said = {one.extra_tags: str(one) for one in messages.get_messages(request)}
    groups = _groups(request, shop, sent if wrong else "", said)
    about = {"here": "shops", "shop": shop, "groups": groups, "wrong": wrong}
    return render(request, "chat/platform_rules.html", about)


def _change(request: HttpRequest, shop: Shop, line: policy_words.Line) -> dict[str, str]:
    """Do what a rule's form asks; return what is wrong, by field."""
    try:
        if request.POST.get("do") == "reset":
            policy.override(shop, {}, line.fields, person(request))
            messages.success(request, _("As the preset says again."), line.key)
        else:
            found = policy_forms.read(line, shop, request.POST, request.POST.getlist)
            policy.override(shop, found, (), person(request))
            messages.success(request, _("Saved. Open consoles have been told."), line.key)
    except Invalid as invalid:
        return dict(invalid.fields)
    except Refused:  # another has changed numbers meanwhile that these do not go together with
        return {line.key: _("Another change came first and does not go together with this one.")}
    return {}


def _line(shop: Shop, name: str) -> policy_words.Line:
    """Return the rule whose first field it is; raise NotYours."""
    for _heading, lines in policy_words.groups(shop.policy):
        for line in lines:
            if line.key == name:
                return line
    raise NotYours


def _groups(
    request: HttpRequest, shop: Shop, failed: str, said: dict[str, str]
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return every rule with its form and what was done to it; what could not be saved stays as it was typed."""
    in_force, found = shop.policy, []
    for heading, rules in policy_words.rules(shop):
        rows: list[dict[str, Any]] = []
        for rule in rules:
            key, fields = rule.line.key, policy_forms.fields(rule.line, in_force)
            if key == failed:
                fields = [_as_sent(request, field) for field in fields]
            rows.append({"rule": rule, "key": key, "fields": fields, "failed": key == failed, "said": said.get(key)})
        found.append((heading, rows))
    return found


def _as_sent(request: HttpRequest, field: policy_forms.Field) -> policy_forms.Field:
    sent = request.POST.getlist(f"{field.name}-unit" if field.kind == "span" else field.name)
    options = tuple((value, words, value in sent) for value, words, _chosen in field.options)
    return field._replace(value=request.POST.get(field.name, "")[:20], options=options)
