"""The bot's page: its switch, the common questions and the FAQ card."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from botfaq import access, actions
from botfaq.forms import QuestionForm
from botfaq.models import Question
from shops import pages
from shops.errors import Refused
from shops.models import Member


@pages.of_shop
def bot(request: HttpRequest, member: Member) -> HttpResponse:
    """List the questions with their hits; what is on the card comes first."""
    _must_see(member)
    found = list(Question.objects.filter(shop=member.shop).prefetch_related("phrasings").order_by("pk"))
    found.sort(key=lambda question: (question.card_place or 99, -question.hits))
    about = {"questions": found, "may_edit": actions.may_edit(member), "card_size": actions.CARD}
    return render(request, "botfaq/bot.html", {**pages.frame(member, "bot"), **about})


@pages.of_shop
def question(request: HttpRequest, member: Member, question_id: int | None = None) -> HttpResponse:
    """Write a new question, or another wording of one."""
    _must_edit(member)
    found = access.question(member.shop_id, question_id) if question_id else Question(shop=member.shop)
    form = QuestionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save(member, form.save(commit=False), form.cleaned_data["phrasings"])
        except Refused as refusal:
            form.add_error("text", refusal.words)
        else:
            messages.success(request, _("Saved."))
            return redirect("bot", member.shop_id)
    return render(request, "botfaq/question.html", {**pages.frame(member, "bot"), "form": form, "question": found})


@require_POST
@pages.of_shop
def delete(request: HttpRequest, member: Member, question_id: int) -> HttpResponse:
    """Delete a question."""
    actions.delete(member, question_id)
    messages.success(request, _("Deleted."))
    return redirect("bot", member.shop_id)


@require_POST
@pages.of_shop
def card(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose the questions of the FAQ card."""
    chosen = [int(text) for text in request.POST.getlist("question") if text.isdecimal() and len(text) < 19]
    try:
        actions.choose(member, chosen)
    except Refused as refusal:
        messages.error(request, refusal.words)
    else:
        messages.success(request, _("Saved."))
    return redirect("bot", member.shop_id)


def _must_see(member: Member) -> None:
    if not (member.is_agent or actions.may_edit(member)):
        raise PermissionDenied(_("Your role may not do this."))


def _must_edit(member: Member) -> None:
    if not actions.may_edit(member):
        raise PermissionDenied(_("Your role may not do this."))
