"""The pages of the bot that reach into the chat: pictures in answers, the FAQ card, its settings (E1-E3, E6)."""

import io
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from botfaq import access
from botfaq.models import Question
from chat.models import Attachment, Message, Outbox
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return base.shop(language="en", bot_enabled=True)


@pytest.fixture
def boss(shop: Shop) -> Member:
    return base.agent(shop, "Mia", role="owner", online=False)


web = partial(base.web, language="en")


def picture(colour: str = "red") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return SimpleUploadedFile("size.png", out.getvalue(), "image/png")


def written(member: Member, question: Question, **more: Any) -> Any:
    form = {"text": question.text, "answer": question.answer, "phrasings": "", "publish": "1", **more}
    return web(member).post(f"/shops/{member.shop_id}/bot/questions/{question.pk}/", form)


@pytest.mark.rule("E1")
def test_the_picture_of_an_answer_reaches_the_buyer_and_outlives_its_question(shop: Shop, boss: Member) -> None:
    question = base.question(shop)
    assert written(boss, question, upload=picture()).status_code == 302
    first = Attachment.objects.get()
    assert first.bound
    line = base.buyer(shop)
    base.answered(line, question)
    said = base.phone(line).get("/api/v1/buyer/events").json()["results"][-1]["message"]
    assert (said["kind"], said["attachment"]["id"], said["attachment"]["width"]) == ("bot_answer", first.pk, 60)
    written(boss, question, upload=picture("blue"))
    second = Attachment.objects.latest("pk")
    written(boss, question, no_picture="on")
    assert list(Attachment.objects.all()) == [first]
    assert Outbox.objects.get().payload["files"] == [second.file, second.preview]
    assert Message.objects.get(kind="bot_answer").attachment == first
    question.refresh_from_db()
    assert question.picture is None


@pytest.mark.rule("E1")
def test_what_is_no_picture_is_refused_at_its_field(shop: Shop, boss: Member) -> None:
    question = base.question(shop)
    for file in (SimpleUploadedFile("a.png", b"text"), SimpleUploadedFile("a.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 60)):
        answer = written(boss, question, upload=file)
        assert list(answer.context["form"].errors) == ["upload"]
    assert not Attachment.objects.exists()


@pytest.mark.rule("E2")
def test_the_card_is_chosen_in_its_order_and_its_mode_is_kept(shop: Shop, boss: Member) -> None:
    first, second, third = (base.question(shop, f"Number {n}?", place=None) for n in range(3))
    page, client = f"/shops/{shop.pk}/bot/card/", web(boss)
    client.post(page, {"mode": "hand", "place": [third.text, "", first.text.upper(), third.text]})
    assert list(access.card(shop)) == [third, first]
    Question.objects.filter(pk=second.pk).update(hits=9)
    client.post(page, {"mode": "hits", "place": [third.text, first.text]})
    shop.refresh_from_db()
    assert list(access.card(shop)) == [second, first, third]
    shown = client.get(page).context
    assert (shown["by_hand"], shown["by_hits"][0]) == ([third.text, first.text], second.text)


@pytest.mark.rule("E2")
def test_what_can_not_stand_on_the_card_leaves_it_as_it_was(shop: Shop, boss: Member) -> None:
    on, draft = base.question(shop), base.question(shop, "Draft?", place=None)
    Question.objects.filter(pk=draft.pk).update(published=False)
    base.question(base.shop("Other"), "Far?", place=None)
    for words in ("Nobody asks this", "Draft?", "Far?", "\0"):
        answer = web(boss).post(f"/shops/{shop.pk}/bot/card/", {"mode": "hits", "place": [words]})
        assert answer.status_code == 200
        assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    shop.refresh_from_db()
    assert (list(access.card(shop)), shop.faq_by_hits) == ([on], False)


@pytest.mark.rule("E3", "E6")
def test_the_settings_keep_when_the_bot_receives_and_who_gets_its_low_ratings(shop: Shop, boss: Member) -> None:
    lin, wu = base.agent(shop, "Lin", online=False), base.agent(shop, "Wu", online=False)
    far = base.agent(base.shop("Other"), "Far", online=False)
    page, client = f"/shops/{shop.pk}/bot/settings/", web(boss)
    client.post(page, {"when": "off_hours", "agent": [lin.pk, far.pk, "x"]})
    shop.refresh_from_db()
    named = Member.objects.filter(after_low_rating=True)
    assert (shop.bot_only_off_hours, list(named)) == (True, [lin])
    client.post(page, {"when": "always", "agent": [wu.pk]})
    shop.refresh_from_db()
    assert (shop.bot_only_off_hours, list(named.all())) == (False, [wu])
    client.post(f"/shops/{shop.pk}/bot/switch/", {"on": "0"})
    shop.refresh_from_db()
    assert shop.bot_enabled is False
