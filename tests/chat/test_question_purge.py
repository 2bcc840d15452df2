"""A removed question goes for good after its week, and its picture with it (E1)."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from botfaq import actions as knowledge
from botfaq.models import Question
from chat.actions import faq, outbox
from chat.models import Attachment
from shops.errors import NotYours
from shops.models import Member
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("E1")]
WEEK = timedelta(days=7, minutes=1)


@pytest.fixture
def boss() -> Member:
    return base.agent(base.shop(language="en", bot_enabled=True), "Mia", role="owner", online=False)


def illustrated(boss: Member, text: str) -> Question:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "PNG")
    picture = faq.upload(boss, SimpleUploadedFile("size.png", out.getvalue(), "image/png"))
    return faq.save(boss, Question(shop=boss.shop, text=text, answer="See."), [], None, picture)


def file_of(question: Question) -> str:
    return Attachment.objects.get(pk=question.picture or 0).file


def test_the_week_over_the_question_and_its_file_are_gone(boss: Member) -> None:
    gone, back, kept = (illustrated(boss, text) for text in ("Size?", "Colour?", "Weight?"))
    files = {question: file_of(question) for question in (gone, back, kept)}
    assert all(default_storage.exists(name) for name in files.values())
    knowledge.remove(boss, [gone.pk, back.pk])
    now = timezone.now()
    assert faq.sweep(now + timedelta(days=6)) == 0
    knowledge.restore(boss, [back.pk])
    assert faq.sweep(now + WEEK) == 1
    outbox.deliver_due()
    assert set(Question.everything.filter(shop=boss.shop, picture__isnull=False)) == {back, kept}
    assert not default_storage.exists(files[gone])
    assert all(default_storage.exists(files[one]) for one in (back, kept))
    assert knowledge.restore(boss, [gone.pk]) == 0


def test_a_picture_that_a_buyer_was_sent_stays_with_its_message(boss: Member) -> None:
    question = illustrated(boss, "Size?")
    base.answered(base.buyer(boss.shop), question)
    knowledge.remove(boss, [question.pk])
    faq.sweep(timezone.now() + WEEK)
    assert not Question.everything.filter(pk=question.pk).exists()
    assert file_of(question)


def test_another_shop_purges_nothing_of_this_one_before_its_time(boss: Member) -> None:
    question = illustrated(boss, "Size?")
    far = base.agent(base.shop("Far"), "Far", role="owner", online=False)
    with pytest.raises(NotYours):
        knowledge.delete(far, question.pk)
    assert faq.sweep(timezone.now() + WEEK) == 0
    assert file_of(question)
