"""What the pages do with files of questions and quick replies, an app does: out, in, a report by row (E1, C17)."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from botfaq.models import Question
from chat.actions import quick_replies
from chat.models import QuickReply
from shops import sheets
from shops.models import AuditEntry, Member, Shop
from tests import base
from tests.chat import samples

pytestmark = [pytest.mark.django_db, pytest.mark.rule("E1", "C17", "H1")]
QUESTIONS, REPLIES = "faq/questions/file", "quick-replies/file"


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner")


def desk(member: Member) -> APIClient:
    client = base.desk(member)
    client.credentials(HTTP_ACCEPT_LANGUAGE="en")
    return client


def at(shop: Shop, path: str) -> str:
    return f"/api/v1/shops/{shop.pk}/{path}"


def send(member: Member, path: str, text: str | bytes, **more: Any) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return desk(member).post(at(member.shop, path), {"file": samples.sent(data, "x.csv"), **more})


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_questions_that_go_out_of_one_shop_come_into_another(owner: Member, form: str) -> None:
    base.question(owner.shop, "Does it ship?", "Today.", place=None)
    taken = desk(owner).get(at(owner.shop, QUESTIONS), {"format": form})
    assert (taken.status_code, taken["Content-Type"]) == (200, sheets.FORMATS[form])
    assert AuditEntry.objects.get(kind="exported").data == {"what": "questions", "form": form}
    far = base.agent(base.shop("Far", preset="tiktok_shop"), "Far", role="owner")
    told = send(far, QUESTIONS, taken.content)
    assert told.status_code == 200, told.content
    row = {"row": 2, "name": "Does it ship?", "result": "added", "detail": ""}
    assert told.json() == {"added": 1, "changed": 0, "refused": 0, "results": [row]}
    assert Question.objects.get(shop=far.shop).answer == "Today."
    assert send(far, QUESTIONS, taken.content).json()["changed"] == 1


def test_each_row_says_why_it_was_refused_and_a_check_stores_nothing(owner: Member) -> None:
    table = "Question,Answer\nFresh?,Yes.\nNo answer?,\n"
    for do, count in (("check", 0), ("import", 1)):
        told = send(owner, QUESTIONS, table, do=do).json()
        assert [told[name] for name in ("added", "changed", "refused")] == [1, 0, 1]
        assert [one["row"] for one in told["results"]] == [2, 3]
        assert told["results"][1]["detail"].startswith("Answer: ")
        assert Question.objects.count() == count


def test_quick_replies_go_out_and_in_list_by_list(shop: Shop, owner: Member) -> None:
    ann = base.agent(shop, "Ann")
    quick_replies.create(owner, "shop", "Hello", "Hello, {buyer}!")
    text = desk(ann).get(at(shop, REPLIES), {"scope": "shop"}).content.decode("utf-8-sig")
    assert text.splitlines() == ["Title,Text,Group", 'Hello,"Hello, {buyer}!",']
    told = send(ann, REPLIES, text, scope="agent").json()
    assert [told["added"], told["results"][0]["name"]] == [1, "Hello"]
    assert set(QuickReply.objects.values_list("member", "text")) == {
        (None, "Hello, {buyer}!"),
        (ann.pk, "Hello, {buyer}!"),
    }
    for do in ("check", "import"):
        assert send(ann, REPLIES, text, scope="shop", do=do).status_code == 403
    assert send(owner, REPLIES, text, scope="shop").json()["changed"] == 1
    assert "Hello" in desk(ann).get(at(shop, REPLIES)).content.decode()


def test_a_list_that_one_does_not_have_goes_nowhere(owner: Member) -> None:
    without = base.agent(base.shop("Own"), "Own", role="owner")  # on that platform shops have no list of their own
    off_desk = base.agent(owner.shop, "Off", role="super_admin", im=False, online=False)
    for member, scope, status in (
        (without, "shop", 404), (without, "agent", 200), (off_desk, "agent", 404), (off_desk, "shop", 200),
    ):  # fmt: skip
        assert desk(member).get(at(member.shop, REPLIES), {"scope": scope}).status_code == status


@pytest.mark.parametrize(
    ("path", "more"),
    [(QUESTIONS, {}), (REPLIES, {"scope": "agent"})],
)
def test_what_is_no_table_is_refused_in_words(owner: Member, path: str, more: dict[str, str]) -> None:
    for data in (b"", b"PK\x03\x04 no zip", b"a,b\n1,2", b"x" * (sheets.BYTES + 1)):
        answer = send(owner, path, data, **more)
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["file"])
    good = "Question,Answer,Title,Text\nA?,B.,C,D\n"
    assert desk(owner).post(at(owner.shop, path), more).json()["fields"]["file"]
    assert list(send(owner, path, good, **more, do="drop").json()["fields"]) == ["do"]
    assert list(send(owner, path, good, **more, other="x").json()["fields"]) == ["other"]
    assert send(owner, REPLIES, good, scope="everybody").status_code == 400
    assert desk(owner).get(at(owner.shop, path), {"format": "pdf"}).status_code == 400
    assert (Question.objects.count(), QuickReply.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_only_whose_page_it_is_moves_them_and_nobody_elses(shop: Shop, owner: Member) -> None:
    ann = base.agent(shop, "Ann")
    assert desk(ann).get(at(shop, QUESTIONS)).status_code == 403
    assert send(ann, QUESTIONS, "Question,Answer\nA?,B.\n").status_code == 403
    far = base.agent(base.shop("Far", preset="tiktok_shop"), "Far", role="owner")
    for path in (QUESTIONS, REPLIES):
        assert desk(far).get(at(shop, path)).status_code == 404
        assert desk(far).post(at(shop, path), {"file": samples.sent(b"x", "x.csv")}).status_code == 404
    assert desk(base.agent(base.shop("Own"), "Own", role="owner")).get(at(shop, QUESTIONS)).status_code == 404
