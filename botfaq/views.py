"""The knowledge base in the seller center: the list, its headings, preset questions, and the box to try it (E1)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from botfaq import access, actions, health, listing, presets_taken, trying
from botfaq.models import Question
from shops import pages
from shops.access import MAX_ID
from shops.errors import Refused
from shops.models import Member

NAMES = ("q", "category", "state", "need", "sort")
NAME = 40  # characters of a category's name
TEXT = 200  # characters that are tried
CLASHES = 2  # named in a row


@pages.of_shop
def bot(request: HttpRequest, member: Member) -> HttpResponse:
    """List the questions with what should be mended in each."""
    given = {name: _words(request, name, 60) for name in NAMES}
    found = health.examine(member.shop)
    asked = _asked(given, found, request.GET.get("before", ""))
    rows, following = listing.page(member.shop, asked)
    removed = [int(one) for one in request.GET.get("removed", "").split(",") if _is_id(one)]
    kept = {name: value for name, value in given.items() if value}
    about: dict[str, Any] = {
        "rows": _rows(member.shop_id, rows, found),
        "health": found,
        "accuracy": round(100 * found.accuracy) if found.accuracy is not None else None,
        "categories": listing.categories(member.shop),
        "given": given,
        "filtered": bool(set(kept) - {"sort"}),
        "later": asked.before is not None,
        "first": "?" + urlencode(kept),
        "next": "?" + urlencode({**kept, "before": "{}-{}".format(*following)}) if following else "",
        "removed": access.removed(member.shop_id, removed[: listing.PAGE]) if removed else [],
        "empty": not rows and not Question.objects.filter(shop=member.shop).exists(),
    }
    return render(request, "botfaq/questions.html", frame(member, "questions") | about)


def frame(member: Member, tab: str) -> dict[str, Any]:
    """Return what the frame around the bot's pages shows."""
    return {**pages.frame(member, "bot"), "tab": tab, "may_edit": access.may_edit(member)}


def _rows(shop_id: int, questions: list[Question], found: health.Health) -> list[dict[str, Any]]:
    """Return the page's questions, each with what should be mended in it."""
    clashes = [one for question in questions for one in found.conflicts.get(question.pk, ())[:CLASHES]]
    others = {one.pk: one.text for one in access.offered(shop_id, {one.caught_by for one in clashes})}
    return [
        {
            "question": question,
            "vague": found.vague.get(question.pk),
            "weak": question.pk in found.weak,
            "conflicts": [
                {"words": one.phrasing, "other": others[one.caught_by], "same": one.score == 1.0}
                for one in found.conflicts.get(question.pk, ())[:CLASHES]
                if one.caught_by in others
            ],
        }
        for question in questions
    ]


def _asked(given: dict[str, str], found: health.Health, before: str) -> listing.Asked:
    """Return what the address asks for; what can't be read is left out."""
    hits, _dash, pk = before.partition("-")
    key = listing.Key(int(hits), int(pk)) if _is_id(hits) and _is_id(pk) else None
    return listing.Asked(
        q=given["q"],
        category=int(given["category"]) if _is_id(given["category"]) else None,
        state=given["state"] if given["state"] in listing.STATES else "",
        only=found.ids(given["need"]) if given["need"] in listing.NEEDS else None,
        sort=given["sort"] if given["sort"] in listing.SORTS else listing.SORTS[0],
        before=key,
    )


@pages.of_shop
def bulk(request: HttpRequest, member: Member) -> HttpResponse:
    """Publish, unpublish, sort or remove the ticked questions."""
    ids = _ids(request)
    back, do = request.POST.get("back", ""), request.POST.get("do", "")
    address = reverse("bot", args=[member.shop_id]) + (back if back.startswith("?") else "")
    if not ids:
        messages.error(request, _("Tick the questions first."))
    elif do == "remove":
        actions.remove(member, ids)
        return redirect(f"{reverse('bot', args=[member.shop_id])}?removed={','.join(map(str, ids))}")
    elif do in ("publish", "draft"):
        count = actions.publish(member, ids, do == "publish")
        messages.success(request, _changed(count))
    elif do.startswith("sort-") and _is_id(do[5:]):
        into = access.category(member.shop_id, int(do[5:])) if int(do[5:]) else None
        messages.success(request, _changed(actions.sort(member, ids, into)))
    return redirect(address)


@pages.of_shop
def restore(request: HttpRequest, member: Member) -> HttpResponse:
    """Bring back what was just removed: questions, or a category."""
    category = request.POST.get("category", "")
    try:
        if _is_id(category):
            actions.restore_category(member, int(category))
        else:
            actions.restore(member, _ids(request))
    except Refused as refusal:
        messages.error(request, refusal.words)
    else:
        messages.success(request, _("Brought back."))
    return redirect("bot-categories" if category else "bot", member.shop_id)


@pages.of_shop
def delete(request: HttpRequest, member: Member, question_id: int) -> HttpResponse:
    """Delete a question; the list offers to bring it back."""
    actions.delete(member, question_id)
    return redirect(f"{reverse('bot', args=[member.shop_id])}?removed={question_id}")


@pages.of_shop
def categories(request: HttpRequest, member: Member) -> HttpResponse:
    """The headings: add, rename, remove, bring back."""
    here = reverse("bot-categories", args=[member.shop_id])
    if request.method == "POST":
        try:
            gone = _change_category(request, member)
        except Refused as refusal:
            messages.error(request, refusal.words)
            return redirect(here)
        return redirect(f"{here}?removed={gone}" if gone else here)
    removed = request.GET.get("removed", "")
    about = {
        "categories": listing.categories(member.shop),
        "removed": access.removed_category(member.shop_id, int(removed)) if _is_id(removed) else None,
        "limit": NAME,
    }
    return render(request, "botfaq/categories.html", frame(member, "categories") | about)


def _change_category(request: HttpRequest, member: Member) -> int:
    """Do what the form says; return the id of a removed category, else 0."""
    given, name = request.POST.get("category", ""), " ".join(request.POST.get("name", "").split()).replace("\0", "")
    category = access.category(member.shop_id, int(given)) if _is_id(given) else None
    if category and request.POST.get("do") == "remove":
        actions.remove_category(member, category)
        return category.pk
    if not 0 < len(name) <= NAME:
        raise Refused("bad_name", _("A name of 1 to %(limit)s characters, please.") % {"limit": NAME})
    if category:
        actions.rename_category(member, category, name)
    else:
        actions.add_category(member, name)
    messages.success(request, _("Saved."))
    return 0


@pages.of_shop
def presets(request: HttpRequest, member: Member) -> HttpResponse:
    """Preset questions of a market's language: take them over as drafts, then rewrite and publish them."""
    languages = presets_taken.languages(member.shop)
    language = _words(request, "language", 10)
    language = language if language in dict(languages) else languages[0][0]
    if request.method == "POST":
        wanted = [int(one) for one in request.POST.getlist("preset") if _is_id(one)]
        count = presets_taken.take(member, language, wanted)
        said = ngettext("%(n)s question added as a draft.", "%(n)s questions added as drafts.", count) % {"n": count}
        messages.success(request, said)
        return redirect(f"{reverse('bot', args=[member.shop_id])}?state=draft")
    rows = presets_taken.rows(member.shop, language)
    fresh = any(not row.there for row in rows)
    about = {"rows": rows, "fresh": fresh, "languages": languages, "language": language}
    return render(request, "botfaq/presets.html", frame(member, "questions") | about)


@pages.of_shop
def try_it(request: HttpRequest, member: Member) -> HttpResponse:
    """What the bot would make of a text: which question, with which score, and why."""
    text = _words(request, "text", TEXT)
    about = {"text": text, "limit": TEXT, "result": trying.look(member.shop, text) if text else None}
    return render(request, "botfaq/try.html", frame(member, "try") | about)


def _changed(count: int) -> str:
    return ngettext("%(n)s question changed.", "%(n)s questions changed.", count) % {"n": count}


def _ids(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("question") if _is_id(one)][: listing.PAGE]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= MAX_ID


def _words(request: HttpRequest, name: str, limit: int) -> str:
    data = request.POST if request.method == "POST" else request.GET
    return data.get(name, "").replace("\0", "").strip()[:limit]
