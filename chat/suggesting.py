"""Replies to the buyer's newest message from what the shop has said before (E8): pure reading, within 300 ms.

Three sources, each with its own index: the knowledge base, quick replies, answers of sessions rated 4-5 stars.
Whatever index is not there yet is left out and built beside the requests.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypedDict

from django.conf import settings
from django.utils import timezone

from botfaq import access as faq_access
from botfaq import matching
from botfaq.recognition.index import Index
from botfaq.recognition.normal import normal
from botfaq.recognition.shelf import Shelf
from chat import access
from chat.models import Message, Rating, ServiceSession, Suggestion
from shops.models import Member, Shop

MOST = 3
PATIENCE = 0.08  # seconds for each index
RATED, PAIRS = 60, 400  # newest well-rated sessions, and pairs of question and answer from them
FRESH = 900  # seconds that well-rated answers are kept
SHORT = 8  # characters; a shorter answer helps nobody else
# What belongs to one buyer: numbers of orders, parcels and telephones, addresses, links.
PERSONAL = re.compile(r"\d{4,}|@|https?:", re.IGNORECASE)
Source = Suggestion.Source
_quick, _earlier = Shelf(), Shelf()


class SuggestedReplyShape(TypedDict):
    source: str
    id: int
    title: str
    text: str


class SuggestionsShape(TypedDict):
    """`seq` is the buyer message they are for, null for none; not `ready`: ask once more in a second."""

    seq: int | None
    ready: bool
    results: list[SuggestedReplyShape]


class OfferedRepliesShape(SuggestionsShape):
    """`writes`: a language model may be asked to write one from these, see `suggestions/draft`."""

    writes: bool


class _Found(NamedTuple):
    strength: float  # score over the score from which the bot would answer
    reply: SuggestedReplyShape


def suggest(member: Member, session: ServiceSession) -> SuggestionsShape:
    """Return up to three different replies, the likeliest first; nothing once an agent has answered."""
    said = Message.objects.filter(session=session, sender_kind=Message.Sender.BUYER).order_by("-seq").first()
    if said is None or said.kind != Message.Kind.TEXT or session.last_human_seq > said.seq:
        return {"seq": None, "ready": True, "results": []}
    sources = (_from_questions, _from_quick_replies, _from_earlier)
    parts = [source(member, said.text) for source in sources]
    found = sorted((one for part in parts for one in part or ()), key=lambda one: -one.strength)
    ready = all(part is not None for part in parts)
    return {"seq": said.seq, "ready": ready, "results": list(_different(found))[:MOST]}


def _different(found: Iterable[_Found]) -> Iterable[SuggestedReplyShape]:
    seen = set()
    for one in found:
        key = normal(one.reply["text"])
        if key not in seen:
            seen.add(key)
            yield one.reply


def _from_questions(member: Member, text: str) -> list[_Found] | None:
    shop = member.shop
    if not matching.is_ready(shop, PATIENCE):
        return None
    why = [one for one in matching.explain(shop, text, MOST, 0) if one.score >= one.offer_from]
    strength = {one.question_id: one.score / one.answer_from for one in why}
    return [
        _Found(strength[one.pk], {"source": Source.FAQ, "id": one.pk, "title": one.text, "text": one.answer})
        for one in faq_access.offered(shop.pk, strength)
    ]


def _from_quick_replies(member: Member, text: str) -> list[_Found] | None:
    rows = {one.pk: one for one in access.quick_replies(member)}
    pairs = [(one.pk, words) for one in rows.values() for words in dict.fromkeys((one.title, one.text[:200]))]
    return _ranked(
        _quick.get(member.pk, None, lambda: pairs, settings.BOT_ENCODER, PATIENCE),
        text,
        lambda pk: {"source": Source.QUICK, "id": pk, "title": rows[pk].title, "text": rows[pk].text},
    )


def _from_earlier(member: Member, text: str) -> list[_Found] | None:
    shop, bucket = member.shop, int(timezone.now().timestamp() // FRESH)
    index = _earlier.get(shop.pk, bucket, lambda: _well_rated(shop), settings.BOT_ENCODER, PATIENCE)
    if index is None:
        return None
    ranked = [found.question for found in index.rank(text)]
    rows = Message.objects.filter(shop=shop, kind=Message.Kind.TEXT).in_bulk(ranked)
    return _ranked(
        index, text, lambda pk: {"source": Source.EARLIER, "id": pk, "title": "", "text": rows[pk].text}, rows
    )


def _ranked(
    index: Index | None, text: str, shape: Callable[[int], SuggestedReplyShape], known: Iterable[int] | None = None
) -> list[_Found] | None:
    if index is None:
        return None
    return [
        _Found(one.score / index.threshold, shape(one.question))
        for one in index.rank(text)
        if one.score >= index.offer_from and (known is None or one.question in known)
    ]


def _well_rated(shop: Shop) -> list[tuple[int, str]]:
    """Return (answer, what it answered) of the newest sessions whose agent got 4-5 stars; nothing personal."""
    good = Rating.objects.filter(shop=shop, stars__gte=4, member__isnull=False).order_by("-created_at", "-pk")
    sessions = list(good.values_list("session", flat=True)[:RATED])
    rows = Message.objects.filter(session__in=sessions, kind=Message.Kind.TEXT).order_by("session", "seq")
    found: dict[str, tuple[int, str]] = {}
    asked: tuple[int, str] | None = None
    for pk, session, sender, text in rows.values_list("pk", "session", "sender_kind", "text"):
        if sender == Message.Sender.BUYER:
            asked = (session, text)
        elif sender == Message.Sender.AGENT and asked and asked[0] == session:
            if len(text) >= SHORT and not PERSONAL.search(text):
                found.setdefault(normal(text), (pk, asked[1]))
            asked = None
    return list(found.values())[-PAIRS:]
