"""Quick replies (C17, P10): the shop's and one's own, in groups and in order; as a file, out and in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chat import access, incoming, reply_moving
from chat.actions import quick_replies
from chat.models import QuickReply
from chat.setting_frame import frame
from chat.tools_api import GROUP, TITLE
from shops import moving, pages
from shops.errors import Invalid, NotYours, Refused
from shops.models import Member
from shops.moving import Report

QUESTION = 60  # characters of a search
DROPPED = "dropped quick reply"  # in the session: what an undo would bring back


@pages.of_shop
def replies(request: HttpRequest, member: Member) -> HttpResponse:
    """Every sentence that the member has at hand; search, write, change, put in order, remove, undo."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:QUESTION]
    editing = _chosen(request, member, request.GET.get("edit", ""))
    wrong: dict[str, str] = {}
    reports: list[Report] | None = None
    if request.method == "POST":
        form = request.POST.get("form", "")
        if form == "import":
            reports, wrong = _import(request, member)
        else:
            wrong = _change(request, member, editing)
            if not wrong:
                return redirect("settings-replies", member.shop_id)
    about: dict[str, Any] = {
        **{"q": q, "editing": editing, "wrong": wrong, "given": request.POST, "question": QUESTION},
        **moving.shown(request, reports),
        "lists": [_list(member, scope, q) for scope in access.reply_scopes(member)],
        "scopes": scopes(member),
        "groups": sorted({one.group for one in access.quick_replies(member) if one.group}),
        "dropped": request.session.get(DROPPED) if request.method == "GET" else None,
        "limits": {"title": TITLE, "group": GROUP, "text": incoming.TEXT_LIMIT},
    }
    return render(request, "chat/settings/replies.html", frame(member, "replies") | about)


@pages.of_shop
def export(request: HttpRequest, member: Member, scope: str, kind: str) -> HttpResponse:
    """Download one list."""
    if scope not in access.reply_scopes(member):
        raise Http404
    rows = reply_moving.rows(member, scope)
    return moving.away(member, f"quick-replies-{scope}", rows, reply_moving.COLUMNS, "quick-replies", kind)


def scopes(member: Member) -> list[str]:
    """Return the lists that the member may change, its own first."""
    return [one for one in (quick_replies.AGENT, quick_replies.SHOP) if quick_replies.may_edit(member, one)]


def _list(member: Member, scope: str, q: str) -> dict[str, Any]:
    """Return one list: its sentences under their groups, each with its place among all."""
    rows = [one for one in access.quick_replies(member) if quick_replies.scope_of(one) == scope]
    sought = q.casefold()
    shown = [
        {"reply": one, "place": place, "first": place == 0, "last": place == len(rows) - 1}
        for place, one in enumerate(rows)
        if sought in f"{one.title}\n{one.text}\n{one.group}".casefold()
    ]
    return {"scope": scope, "rows": shown, "count": len(rows), "may": quick_replies.may_edit(member, scope)}


def _chosen(request: HttpRequest, member: Member, text: str) -> QuickReply | None:
    """Return the sentence of an address or form, of those that the member may change."""
    if not text:
        return None
    found = access.quick_reply(member, pages.number(text))
    if not quick_replies.may_edit(member, quick_replies.scope_of(found)):
        raise NotYours
    return found


def _change(request: HttpRequest, member: Member, editing: QuickReply | None) -> dict[str, str]:
    """Do what one of the page's forms asks; return what is wrong, by field."""
    action = _FORMS.get(request.POST.get("form", ""))
    if action is None:
        return {"form": _("This form is not known.")}
    dropped = request.session.pop(DROPPED, None)
    try:
        messages.success(request, action(request, member, editing or dropped))
    except Invalid as invalid:
        return dict(invalid.fields)
    except Refused as refusal:
        return {"form": refusal.words}
    return {}


def _save(request: HttpRequest, member: Member, editing: Any) -> str:
    """Add a sentence, or change the one of the address."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, limit in (("title", TITLE), ("text", incoming.TEXT_LIMIT), ("group", GROUP)):
        try:
            values[name] = incoming.words(request.POST.get(name, ""), name, limit, empty=name == "group")
        except Invalid as invalid:
            wrong |= invalid.fields
    if wrong:
        raise Invalid(**wrong)
    if isinstance(editing, QuickReply):
        quick_replies.change(editing, member, **values)
        return _("Saved.")
    scope = incoming.choice(request.POST.get("scope"), "scope", tuple(scopes(member)))
    quick_replies.create(member, scope, **values)
    return _("Added.")


def _move(request: HttpRequest, member: Member, _editing: Any) -> str:
    found = _required(request, member)
    quick_replies.change(found, member, place=min(pages.number(request.POST.get("place", "")), quick_replies.MOST))
    return _("Moved.")


def _drop(request: HttpRequest, member: Member, _editing: Any) -> str:
    """Remove a sentence; what it was stays in the session for an undo."""
    found = _required(request, member)
    kept = {name: getattr(found, name) for name in ("title", "text", "group", "place")}
    scope = quick_replies.scope_of(found)
    quick_replies.delete(found, member)
    request.session[DROPPED] = {**kept, "scope": scope, "shop": member.shop_id}
    return _("“%(title)s” was removed.") % {"title": kept["title"]}


def _undo(request: HttpRequest, member: Member, dropped: Any) -> str:
    if not isinstance(dropped, dict) or dropped.get("shop") != member.shop_id:
        raise Refused("too_late", _("It is too late to take this back."))
    values = {name: dropped[name] for name in ("title", "text", "group", "place")}
    quick_replies.create(member, dropped["scope"], **values)
    return _("“%(title)s” is there again.") % {"title": dropped["title"]}


def _required(request: HttpRequest, member: Member) -> QuickReply:
    found = _chosen(request, member, request.POST.get("reply") or "0")
    assert found is not None
    return found


def _import(request: HttpRequest, member: Member) -> tuple[list[Report] | None, dict[str, str]]:
    """Take a file in, or only check it; return what became of each row, and what is wrong with the file."""
    try:
        scope = incoming.choice(request.POST.get("scope"), "import_scope", tuple(scopes(member)))
        lines = reply_moving.read(moving.sent(request))
        return reply_moving.take_in(member, scope, lines, moving.only_checks(request)), {}
    except Refused as refusal:
        return None, {"file": refusal.words}
    except Invalid as invalid:
        return None, dict(invalid.fields)


_FORMS = {"save": _save, "move": _move, "drop": _drop, "undo": _undo}
