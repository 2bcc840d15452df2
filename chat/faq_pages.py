"""Pages of the bot that need the chat: a question with its picture, the FAQ card, the bot's settings (E1-E3, E6)."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from botfaq import access as faq_access
from botfaq import actions as knowledge
from botfaq import health, listing, vagueness
from botfaq.forms import PARTS, QuestionForm
from botfaq.models import Question
from botfaq.views import frame
from chat import access, media
from chat.actions import faq, policy
from commerce.models import Product
from shops import hours, pages
from shops.errors import Busy, Refused, Throttled
from shops.models import Member

OFFERED = 100  # questions and products that the page offers before one types


@pages.of_shop
def question(request: HttpRequest, member: Member, question_id: int | None = None) -> HttpResponse:
    """Write a question, published or as a draft; the page says what is vague and what collides (E1, E7)."""
    found = faq_access.question(member.shop_id, question_id) if question_id else Question(shop=member.shop)
    form = QuestionForm(request.POST or None, request.FILES or None, instance=found)
    if request.method == "POST" and form.is_valid() and _saved(request, member, form):
        messages.success(request, _("Published.") if form.instance.published else _("Saved as a draft."))
        return redirect("bot-question", member.shop_id, form.instance.pk)
    picture = access.answer_picture(found)
    about: dict[str, Any] = {
        "form": form,
        "question": found,
        "picture": media.preview_url(picture) if picture else "",
        "vague": vagueness.look(found.answer) if found.pk else None,
        "caught": _caught(found) if found.pk and found.published else [],
        "questions": Question.objects.filter(shop=member.shop).exclude(pk=found.pk).order_by("-hits", "-pk")[:OFFERED],
        "products": Product.objects.filter(shop=member.shop, on_sale=True).order_by("pk")[:OFFERED],
        "parts": PARTS,
    }
    return render(request, "botfaq/question.html", frame(member, "questions") | about)


def _saved(request: HttpRequest, member: Member, form: QuestionForm) -> bool:
    """Store what the form says, or say on the form why not."""
    data, file = form.cleaned_data, request.FILES.get("upload")
    draft = form.save(commit=False)
    draft.published = request.POST.get("publish") == "1"
    draft.product = data["product_words"]
    field = "upload"
    try:
        picture = None if data["no_picture"] else draft.picture
        if isinstance(file, UploadedFile):
            picture = faq.upload(member, file)
        field = "text"
        faq.save(member, draft, data["phrasings"], data["related"], picture)
    except Refused as refusal:
        form.add_error(field, refusal.words)
    except Throttled:
        form.add_error(field, _("This is too fast; please wait a moment."))
    except Busy:
        form.add_error(field, _("The server is busy. Please try again in a moment."))
    return not form.errors


def _caught(question: Question) -> list[dict[str, Any]]:
    """Return the question's wordings that another one answers, with that other one."""
    texts = [question.text, *question.phrasings.values_list("text", flat=True)]
    found = health.caught(question.shop, question.pk, texts)
    others = {one.pk: one for one in faq_access.offered(question.shop_id, {one.caught_by for one in found})}
    return [{"words": one.phrasing, "by": others[one.caught_by]} for one in found if one.caught_by in others]


@pages.of_shop
def card(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose how the FAQ card is filled, its questions and their order; preview it as buyers see it (E2)."""
    given = [words.strip() for words in request.POST.getlist("place")][: knowledge.CARD]
    if request.method == "POST" and _chosen(request, member, given):
        messages.success(request, _("Saved."))
        return redirect("bot-card", member.shop_id)
    public = Question.objects.filter(shop=member.shop, published=True)
    by_hand = [one.text for one in public.filter(card_place__isnull=False).order_by("card_place")]
    filled = (given if request.method == "POST" else by_hand) + [""] * knowledge.CARD
    about = {
        "places": filled[: knowledge.CARD],
        "by_hand": by_hand,
        "by_hits": [one.text for one in public.order_by("-hits", "pk")[: knowledge.CARD]],
        "questions": public.order_by("-hits", "-pk")[:OFFERED],
        "card_size": knowledge.CARD,
    }
    return render(request, "botfaq/card.html", frame(member, "card") | about)


def _chosen(request: HttpRequest, member: Member, given: list[str]) -> bool:
    """Store the card; return whether it was taken, else say why not."""
    chosen = []
    for words in filter(None, given):
        found = listing.find(member.shop, words)
        if found is None:
            messages.error(request, _("There is no question “%(words)s”.") % {"words": words[:60]})
            return False
        chosen.append(found.pk)
    try:
        knowledge.choose(member, chosen)
        policy.set_faq_by_hits(member.shop, request.POST.get("mode") == "hits", member)
    except Refused as refusal:
        messages.error(request, refusal.words)
        return False
    return True


@pages.of_shop
def settings(request: HttpRequest, member: Member) -> HttpResponse:
    """When the bot receives, and who gets the buyers who rated it low (E3, E6)."""
    agents = member.shop.members.agents().order_by("nickname", "pk")
    if request.method == "POST":
        policy.set_bot_hours(member.shop, request.POST.get("when") == "off_hours", member)
        policy.set_tells_parcels(member.shop, request.POST.get("parcels") == "1", member)
        named = set(request.POST.getlist("agent"))
        policy.set_after_low_rating(member.shop, [one.pk for one in agents if str(one.pk) in named], member)
        messages.success(request, _("Saved."))
        return redirect("bot-settings", member.shop_id)
    about = {
        "agents": agents,
        "has_hours": hours.has_hours(member.shop),
        "is_open": hours.is_open(member.shop, timezone.now()),
        "receives": hours.bot_receives(member.shop, timezone.now()),
        "ready": Question.objects.filter(shop=member.shop, published=True).exists(),
    }
    return render(request, "botfaq/settings.html", frame(member, "settings") | about)


@pages.of_shop
def switch(request: HttpRequest, member: Member) -> HttpResponse:
    """Switch the shop's bot on or off (E3)."""
    policy.set_bot(member.shop, request.POST.get("on") == "1", member)
    return redirect("bot-settings", member.shop_id)
