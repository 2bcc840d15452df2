"""Write the shop's common questions and choose those of the FAQ card. Whoever writes texts marks the base changed."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from botfaq import access
from botfaq.models import Category, KnowledgeBase, Phrasing, Question
from lib.db import write
from shops.errors import NotYours, Refused
from shops.models import Member

CARD = access.CARD
may_edit = access.may_edit
MOST = 2000  # questions of a shop
CATEGORIES = 100
UNDO = timedelta(days=7)  # so long a removed question waits for its undo
PURGED = 200


def save(
    by: Member,
    question: Question,
    phrasings: Sequence[str],
    related: Sequence[Question] | None = None,
    *,
    mark: bool = True,
) -> Question:
    """Store a question with exactly these other phrasings, and these related questions if given.

    Two questions of a shop never read the same; a draft leaves the card. Who stores many in one transaction calls
    `changed` itself, first, and has no `mark` made for each.
    Refused `question_exists` `too_many` `no_answer`.
    """
    access.writer(by)
    question.shop = by.shop
    if question.published and not question.answer:
        raise Refused("no_answer", _("Write its answer first, then publish it."))
    if not question.published:
        question.card_place = None
    try:
        with write():
            if mark:
                changed(by.shop_id)
            if question.pk is None and Question.objects.filter(shop=by.shop).count() >= MOST:
                raise Refused("too_many", _("At most %(most)s questions a shop.") % {"most": MOST})
            question.save()
            _rephrase(question, phrasings)
            if related is not None:
                question.related.set([one for one in related if one.pk != question.pk])
    except IntegrityError as error:
        raise Refused("question_exists", _("There is a question with these words already.")) from error
    return question


def _rephrase(question: Question, phrasings: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(text for text in phrasings if text != question.text))
    question.phrasings.exclude(text__in=wanted).delete()
    there = set(question.phrasings.values_list("text", flat=True))
    Phrasing.objects.bulk_create(Phrasing(question=question, text=t) for t in wanted if t not in there)


def publish(by: Member, question_ids: Sequence[int], on: bool) -> int:
    """Show these questions to buyers, or make them drafts again, which takes them off the card; return how many.

    What has no answer yet stays a draft.
    """
    access.writer(by)
    with write():
        changed(by.shop_id)
        mine = Question.objects.filter(shop=by.shop, pk__in=question_ids)
        return mine.exclude(answer="").update(published=True) if on else mine.update(published=False, card_place=None)


def sort(by: Member, question_ids: Sequence[int], into: Category | None) -> int:
    """Put these questions under a category, or under none; return how many."""
    access.writer(by)
    with write():
        changed(by.shop_id)
        return Question.objects.filter(shop=by.shop, pk__in=question_ids).update(category=into)


def delete(by: Member, question_id: int) -> None:
    """Take a question away, off the card too; raise NotYours."""
    with write():  # what is not there leaves no mark
        if not remove(by, [question_id]):
            raise NotYours


def remove(by: Member, question_ids: Sequence[int]) -> int:
    """Take these questions away, off the card too; for a week they can be brought back. Return how many."""
    access.writer(by)
    with write():
        changed(by.shop_id)
        mine = Question.objects.filter(shop=by.shop, pk__in=question_ids)
        return mine.update(removed_at=timezone.now(), card_place=None)


def purge(now: datetime) -> list[int]:
    """Let go of questions whose week is over, at most 200; return the pictures they had."""
    over = Question.everything.filter(removed_at__lt=now - UNDO).order_by("removed_at")
    rows = list(over.select_for_update(skip_locked=True)[:PURGED])
    Question.everything.filter(pk__in=[row.pk for row in rows]).delete()
    return [row.picture for row in rows if row.picture is not None]


def restore(by: Member, question_ids: Sequence[int]) -> int:
    """Bring removed questions back as they were, beside the card; Refused `question_exists`. Return how many."""
    access.writer(by)
    gone = Question.everything.filter(shop=by.shop, pk__in=question_ids, removed_at__isnull=False)
    if not gone.exists():  # nothing that the index would have to read anew
        return 0
    try:
        with write():
            changed(by.shop_id)
            return gone.update(removed_at=None)
    except IntegrityError as error:
        raise Refused("question_exists", _("There is a question with these words already.")) from error


def choose(by: Member, question_ids: Sequence[int]) -> None:
    """Put these questions on the FAQ card, in this order; at most five, none a draft (E2)."""
    access.writer(by)
    chosen = list(dict.fromkeys(question_ids))
    if len(chosen) > CARD:
        raise Refused("card_full", _("The card holds five questions at most."))
    with write():
        changed(by.shop_id)
        if not all(question.published for question in access.questions(by.shop_id, chosen)):
            raise Refused("draft", _("A draft can't stand on the card. Publish it first."))
        mine = Question.objects.filter(shop=by.shop)
        mine.update(card_place=None)
        for place, question_id in enumerate(chosen, 1):
            mine.filter(pk=question_id).update(card_place=place)


def add_category(by: Member, name: str) -> Category:
    """Add a heading; Refused `category_exists` `too_many`."""
    access.writer(by)
    with write():
        if Category.objects.filter(shop=by.shop).count() >= CATEGORIES:
            raise Refused("too_many", _("At most %(most)s categories a shop.") % {"most": CATEGORIES})
        return _named(Category(shop=by.shop), name)


def rename_category(by: Member, category: Category, name: str) -> Category:
    """Give a heading another name; Refused `category_exists`."""
    access.writer(by)
    return _named(category, name)


def _named(category: Category, name: str) -> Category:
    category.name = name
    try:
        with write():
            category.save()
    except IntegrityError as error:
        raise Refused("category_exists", _("There is a category of this name already.")) from error
    return category


def remove_category(by: Member, category: Category) -> None:
    """Take a heading away; its questions stay, without one. For a week it can be brought back."""
    access.writer(by)
    now = timezone.now()
    with write():
        changed(by.shop_id)  # what is deleted lets go of its questions
        Category.objects.filter(shop=by.shop, pk=category.pk).update(removed_at=now)
        Category.everything.filter(shop=by.shop, removed_at__lt=now - UNDO).delete()


def restore_category(by: Member, category_id: int) -> Category:
    """Bring a heading back, over the questions that had it; Refused `category_exists`."""
    access.writer(by)
    found = access.removed_category(by.shop_id, category_id)
    if found is None:
        raise NotYours
    found.removed_at = None
    return _named(found, found.name)


def changed(shop_id: int) -> None:
    """Mark the words of the shop's questions as changed; whoever writes them calls it first in the same transaction.

    Its row is the lock of those who write questions: two who change the same ones in another order wait, not deadlock.
    The mark is random, not a counter: after a rollback the same number never stands for other words.
    """
    KnowledgeBase.objects.update_or_create(shop_id=shop_id, defaults={"stamp": secrets.randbits(62)})
