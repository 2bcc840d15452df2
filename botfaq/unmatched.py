"""What the bot had no answer to (E10): kept once a wording, grouped by meaning, settled or dismissed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from botfaq import access, actions, matching
from botfaq.forms import PHRASINGS
from botfaq.models import Miss, Phrasing, Question
from botfaq.recognition import encoders
from botfaq.recognition.groups import grouped
from botfaq.recognition.normal import normal
from lib.db import write
from shops.errors import NotYours, Refused
from shops.models import Member, Shop

LOOKED_AT = 300  # wordings that are grouped, the newest
KEPT = timedelta(days=90)  # since it was said last
SESSIONS, NEAR = 3, 3  # shown of a group
LIKELY = 0.75  # of the score at which the bot would have offered the question
ANSWERED, DISMISSED = Miss.Settled.ANSWERED, Miss.Settled.DISMISSED


@dataclass(frozen=True)
class Group:
    """Wordings that mean the same, the most frequent first; `near` are the questions it could be a phrasing of."""

    misses: list[Miss]
    count: int
    last_at: datetime
    sessions: list[int]
    near: list[Question]


def missed(shop_id: int, text: str, session_id: int, now: datetime) -> None:
    """Keep words that the bot had no answer to; inside the bot's transaction, under the shop's desk lock.

    What was dismissed stays so; what was answered comes back when it is missed although its question is published.
    """
    key, said = normal(text)[:200], " ".join(text.split())[:200]
    if not key:
        return
    seen = {"text": said, "last_session": session_id, "last_at": now}
    mine = Miss.objects.filter(shop_id=shop_id, key=key)
    if mine.update(count=F("count") + 1, **seen):
        public = Exists(Question.objects.filter(pk=OuterRef("question"), published=True))
        mine.filter(public | Q(question=None), settled=ANSWERED).update(settled="", count=1)
        return
    Miss.objects.create(shop_id=shop_id, key=key, **seen)
    Miss.objects.filter(shop_id=shop_id, last_at__lt=now - KEPT).delete()


def forget(shop_id: int, texts: Iterable[str]) -> None:
    """Forget these words of a buyer whose data is erased, whoever else said the same. In the caller's transaction."""
    keys = {normal(text)[:200] for text in texts} - {""}
    Miss.objects.filter(shop_id=shop_id, key__in=keys).delete()


def forget_older(shop_id: int, before: datetime) -> None:
    """Forget what was said last before a moment (the shop's retention). In the caller's transaction."""
    Miss.objects.filter(shop_id=shop_id, last_at__lt=before).delete()


def groups(shop: Shop, patience: float = 5.0) -> list[Group]:
    """Return what waits for an answer, grouped by meaning, the most frequent first. Not on the event loop."""
    waiting = Miss.objects.filter(shop=shop, settled="", last_at__gte=timezone.now() - KEPT)
    found = list(waiting.order_by("-last_at", "-pk")[:LOOKED_AT])
    parts = grouped([one.text for one in found], encoders.load(settings.BOT_ENCODER))
    together = [sorted((found[at] for at in part), key=lambda one: (-one.count, one.pk)) for part in parts]
    rows = [_group(shop, misses, patience) for misses in together]
    return sorted(rows, key=lambda one: (-one.count, -one.last_at.timestamp()))


def _group(shop: Shop, misses: list[Miss], patience: float) -> Group:
    newest = sorted(misses, key=lambda one: one.last_at, reverse=True)
    sessions = list(dict.fromkeys(one.last_session for one in newest))[:SESSIONS]
    why = matching.explain(shop, misses[0].text, NEAR, patience)
    likely = [one.question_id for one in why if one.score >= LIKELY * one.offer_from]
    near = access.offered(shop.pk, likely)
    return Group(misses, sum(one.count for one in misses), newest[0].last_at, sessions, near)


def make_question(by: Member, miss_ids: Sequence[int]) -> Question:
    """Make a draft of the most frequent wording, the others being its phrasings; its answer is still to be written."""
    with write():
        actions.changed(by.shop_id)
        misses = _mine(by, miss_ids)
        texts = [one.text for one in misses]
        fresh = Question(text=texts[0], answer="", published=False)
        draft = actions.save(by, fresh, texts[1 : PHRASINGS + 1], mark=False)
        _settle(misses, ANSWERED, draft)
    return draft


def add_phrasings(by: Member, miss_ids: Sequence[int], question: Question) -> int:
    """Let a question be asked in these words too; return how many were new. Refused `too_many`."""
    access.writer(by)
    with write():
        actions.changed(by.shop_id)
        misses = _mine(by, miss_ids)
        texts = [question.text, *question.phrasings.values_list("text", flat=True)]
        there = {*texts, *map(normal, texts)}  # of a long one the key was cut elsewhere than the text
        fresh = list(dict.fromkeys(one.text for one in misses if not there & {one.key, one.text}))
        if question.phrasings.count() + len(fresh) > PHRASINGS:
            raise Refused("too_many", _("A question has at most %(most)s phrasings.") % {"most": PHRASINGS})
        Phrasing.objects.bulk_create(Phrasing(question=question, text=text) for text in fresh)
        _settle(misses, ANSWERED, question)
    return len(fresh)


def dismiss(by: Member, miss_ids: Sequence[int]) -> None:
    """Take these off the list; they stay off however often they are said."""
    access.writer(by)
    with write():
        _settle(_mine(by, miss_ids), DISMISSED, None)


def restore(by: Member, miss_ids: Sequence[int]) -> None:
    """Undo a dismissal."""
    access.writer(by)
    with write():
        _settle([one for one in _mine(by, miss_ids) if one.settled == DISMISSED], "", None)


def _mine(by: Member, miss_ids: Sequence[int]) -> list[Miss]:
    """Return these misses, the most frequent first; raise NotYours if one is not the shop's."""
    wanted = set(miss_ids)
    found = list(Miss.objects.filter(shop=by.shop, pk__in=wanted).order_by("-count", "pk"))
    if not found or len(found) != len(wanted):
        raise NotYours
    return found


def _settle(misses: list[Miss], how: str, question: Question | None) -> None:
    Miss.objects.filter(pk__in=[one.pk for one in misses]).update(settled=how, question=question)
