"""Write the shop's common questions and choose those of the FAQ card."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from botfaq import access as faq_access
from botfaq.models import KnowledgeBase, Miss, Phrasing, Question
from botfaq.recognition.normal import normal
from lib.db import write
from shops import access
from shops.errors import NotYours, Refused
from shops.models import Member

CARD = faq_access.CARD


def may_edit(member: Member) -> bool:
    """Whether the member may switch the bot and write its questions (A3)."""
    policy = member.shop.policy
    return member.role in policy.bot_setting_roles or (policy.bot_set_by_every_agent and member.is_agent)


def save(by: Member, question: Question, phrasings: Sequence[str]) -> Question:
    """Store a question with exactly these other phrasings; two questions of a shop never read the same."""
    _must(by)
    question.shop = by.shop
    try:
        with write():
            question.save()
            wanted = list(dict.fromkeys(text for text in phrasings if text != question.text))
            question.phrasings.exclude(text__in=wanted).delete()
            there = set(question.phrasings.values_list("text", flat=True))
            Phrasing.objects.bulk_create(Phrasing(question=question, text=t) for t in wanted if t not in there)
            changed(by.shop_id)
    except IntegrityError as error:
        raise Refused("question_exists", _("There is a question with these words already.")) from error
    return question


def delete(by: Member, question_id: int) -> None:
    """Take a question away, off the card too."""
    _must(by)
    with write():
        gone, _rows = Question.objects.filter(shop=by.shop, pk=question_id).delete()
        changed(by.shop_id)
    if not gone:
        raise NotYours


def choose(by: Member, question_ids: Sequence[int]) -> None:
    """Put these questions on the FAQ card, in this order; at most five (E2)."""
    _must(by)
    chosen = list(dict.fromkeys(question_ids))
    if len(chosen) > CARD:
        raise Refused("card_full", _("The card holds five questions at most."))
    with write():
        mine = Question.objects.filter(shop=by.shop)
        if mine.filter(pk__in=chosen).count() != len(chosen):
            raise NotYours
        mine.update(card_place=None)
        for place, question_id in enumerate(chosen, 1):
            mine.filter(pk=question_id).update(card_place=place)


def changed(shop_id: int) -> None:
    """Mark the words of the shop's questions as changed; whoever writes them calls it in the same transaction.

    The mark is random, not a counter: after a rollback the same number never stands for other words.
    """
    KnowledgeBase.objects.update_or_create(shop_id=shop_id, defaults={"stamp": secrets.randbits(62)})


def missed(shop_id: int, text: str, session_id: int, now: datetime) -> None:
    """Keep words that the bot had no answer to (E10); inside the bot's transaction, under the shop's desk lock."""
    key, said = normal(text)[:200], " ".join(text.split())[:200]
    if not key:
        return
    seen = {"text": said, "last_session": session_id, "last_at": now}
    if not Miss.objects.filter(shop_id=shop_id, key=key).update(count=F("count") + 1, **seen):
        Miss.objects.create(shop_id=shop_id, key=key, **seen)


def _must(by: Member) -> None:
    if not may_edit(by):
        access.require(by, ())
