"""The page of what automatic reception did (E4). Owner and super admin only (A2)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from analytics import asked, bot_reports, metrics, panels, tables
from analytics.asked import Picked
from analytics.views import course, frame
from lib.db import snapshot
from shops import pages
from shops.models import Member

# Of a question, which sessions a cell opens: the figure and its part.
BEHIND = {
    "hits": ("bot_answers", ""), "solved": ("solve_rate", "over"), "unsolved": ("feedback_rate", "rest"),
    "solve_rate": ("bot_answers", ""), "feedback_rate": ("feedback_rate", ""),
}  # fmt: skip


@pages.of_shop
@snapshot()
def bot(request: HttpRequest, member: Member) -> HttpResponse:
    """The bot's figures, their course, why it handed over, and how each question's answers did."""
    shop, now, chosen = member.shop, timezone.now(), asked.picked(request, member.shop)
    told = bot_reports.bot(shop, chosen.range, now)
    why = tables.reasons(told["reasons"])
    more = {
        "cards": panels.cards(shop, chosen.range, told["figures"]),
        **course(request, shop, chosen.range, metrics.BOT, now),
        "why": panels.bars(why, shop, [one["count"] for one in told["reasons"]], _of_reason(member, chosen)),
        "table": tables.shown(tables.questions(told["questions"]), shop, _of_question(member, chosen)),
    }
    return render(request, "analytics/bot.html", frame(request, member, "bot", chosen, **more))


def _of_reason(member: Member, chosen: Picked) -> tables.Link:
    return lambda reason, key: panels.behind(member.shop, chosen.range, f"handed_{reason}") if key == "count" else ""


def _of_question(member: Member, chosen: Picked) -> tables.Link:
    here = reverse("analytics-sessions", args=[member.shop_id])

    def link(question: int, key: str) -> str:
        if key not in BEHIND:
            return ""
        figure, part = BEHIND[key]
        return f"{here}?{asked.query_of(chosen.range, figure=figure, part=part, question=question)}"

    return link
