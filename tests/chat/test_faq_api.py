"""REST of the knowledge base: what an owner's app reads and writes, and what is refused (E1-E3, E6, E7, A3)."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from botfaq import matching
from botfaq.models import Question
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
SHIP = "When do you ship?"


@pytest.fixture
def shop() -> Shop:
    return base.shop(language="en")


@pytest.fixture
def boss(shop: Shop) -> Member:
    return base.agent(shop, "Mia", role="owner", online=False)


@pytest.fixture
def api(boss: Member) -> APIClient:
    return base.desk(boss)


def at(shop: Shop, path: str) -> str:
    return f"/api/v1/shops/{shop.pk}/faq/{path}"


def add(api: APIClient, shop: Shop, text: str = SHIP, **more: Any) -> Any:
    return api.post(at(shop, "questions"), {"text": text, "answer": "Every day at noon.", **more}, format="json")


@pytest.mark.rule("E1")
def test_a_question_with_all_that_goes_with_it_reads_as_it_was_written(
    shop: Shop, boss: Member, api: APIClient
) -> None:
    back = add(api, shop, "How do I return it?").json()
    category = api.post(at(shop, "categories"), {"name": "Shipping"}, format="json").json()
    lamp, out = base.product(shop), io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "PNG")
    file = SimpleUploadedFile("a.png", out.getvalue())
    picture = api.post(f"/api/v1/shops/{shop.pk}/attachments", {"file": file}, format="multipart").json()
    more = {"phrasings": ["Dispatch time"], "category": category["id"], "link": "https://example.com/a"}
    more |= {"product": lamp.pk, "picture": picture["id"], "related": [back["id"]]}
    made = add(api, shop, **more)
    assert made.status_code == 201
    found = made.json()
    assert {**found, "product": found["product"]["id"], "picture": found["picture"]["id"]} == {
        **{"id": found["id"], "text": SHIP, "answer": "Every day at noon.", "published": True, "card_place": None},
        **{
            **more,
            "category": category,
            "related": [{"id": back["id"], "text": back["text"]}],
            "hits": 0,
            "vague": None,
        },
    }
    here = at(shop, f"questions/{found['id']}")
    assert api.get(here).json() == found
    changed = api.patch(here, {"published": False, "picture": None, "category": None}, format="json").json()
    assert changed == {**found, "published": False, "picture": None, "category": None}
    assert [row["id"] for row in api.get(at(shop, "questions"), {"state": "draft"}).json()["results"]] == [found["id"]]


@pytest.mark.rule("E1", "H1")
def test_a_removed_heading_comes_back_over_its_questions(shop: Shop, api: APIClient) -> None:
    made = api.post(at(shop, "categories"), {"name": "Shipping"}, format="json").json()
    question = add(api, shop, category=made["id"]).json()
    here, back = at(shop, f"categories/{made['id']}"), at(shop, f"categories/{made['id']}/restore")
    assert api.delete(here).status_code == 204
    assert api.get(at(shop, f"questions/{question['id']}")).json()["category"] is None
    assert [api.post(back, {}, format="json").json() for _again in range(2)] == [made, made]
    assert api.get(at(shop, f"questions/{question['id']}")).json()["category"] == made
    api.delete(here)
    api.post(at(shop, "categories"), {"name": "Shipping"}, format="json")
    assert api.post(back, {}, format="json").json()["code"] == "category_exists"
    for gone in (999_999, 2**63):
        assert api.post(at(shop, f"categories/{gone}/restore"), {}, format="json").status_code == 404
    far = base.agent(base.shop("Far"), "Far", role="owner")
    assert base.desk(far).post(back, {}, format="json").status_code == 404
    assert base.desk(far).post(at(far.shop, f"categories/{made['id']}/restore"), {}, format="json").status_code == 404


@pytest.mark.rule("E1")
def test_each_write_is_recognised_at_once_and_a_removal_can_be_taken_back(shop: Shop, api: APIClient) -> None:
    here = at(shop, f"questions/{add(api, shop).json()['id']}")
    api.patch(here, {"phrasings": ["Dispatch time"]}, format="json")
    assert matching.match(shop, "dispatch time") is not None
    assert api.delete(here).status_code == 204
    assert matching.match(shop, "dispatch time") is None
    assert [api.get(here).status_code, api.delete(here).status_code] == [404, 404]
    assert api.post(here + "/restore", {}, format="json").json()["phrasings"] == ["Dispatch time"]
    assert matching.match(shop, "dispatch time") is not None


@pytest.mark.rule("E1")
def test_what_is_wrong_is_named(shop: Shop, boss: Member, api: APIClient) -> None:
    add(api, shop)
    foreign = base.question(base.shop("Other"), "Far?")
    assert add(api, shop).json()["code"] == "question_exists"
    for field, value in {
        "link": "http://a.example",
        "phrasings": ["x" * 201],
        "published": 1,
        "related": [1] * 4,
    }.items():
        answer = add(api, shop, "New?", **{field: value})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    for field in ("category", "product"):
        assert add(api, shop, "New?", **{field: 999_999}).status_code == 404
    assert add(api, shop, "New?", related=[foreign.pk]).status_code == 404
    assert add(api, shop, "New?", picture=999_999).json()["code"] == "attachment_gone"
    assert Question.objects.filter(shop=shop).count() == 1


def test_the_list_is_paged_and_costs_the_same_however_long(
    shop: Shop, boss: Member, api: APIClient, django_assert_num_queries: Any
) -> None:
    lamp = base.product(shop)
    rows = [Question(shop=shop, text=f"{n}?", answer="Yes.", product=lamp, hits=n % 3) for n in range(120)]
    Question.objects.bulk_create(rows)
    for sort in ("newest", "hits"):
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            with django_assert_num_queries(7):
                page = api.get(at(shop, "questions"), {"sort": sort, **({"cursor": cursor} if cursor else {})}).json()
            seen += [row["id"] for row in page["results"]]
            cursor = page["next"]
        assert len(seen) == len(set(seen)) == 120


@pytest.mark.rule("E2")
def test_the_card_is_read_and_set(shop: Shop, api: APIClient) -> None:
    first, second = add(api, shop).json(), add(api, shop, "Second?").json()
    draft = add(api, shop, "Draft?", published=False).json()
    card = api.put(at(shop, "card"), {"questions": [second["id"], first["id"]]}, format="json").json()
    assert [one["text"] for one in card["shown"]] == ["Second?", SHIP]
    Question.objects.filter(pk=first["id"]).update(hits=3)
    card = api.put(at(shop, "card"), {"questions": [second["id"]], "by_hits": True}, format="json").json()
    assert [one["text"] for one in card["shown"]] == [SHIP, "Second?"]
    assert [one["text"] for one in card["questions"]] == ["Second?"]
    refused = api.put(at(shop, "card"), {"questions": [draft["id"]]}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "draft")
    assert api.get(at(shop, "card")).json() == card


@pytest.mark.rule("E3", "E6")
def test_the_bot_is_read_and_set(shop: Shop, boss: Member, api: APIClient) -> None:
    lin = base.agent(shop, "Lin", online=False)
    body = {"on": True, "only_off_hours": True, "tells_parcels": True, "after_low_rating": [lin.pk]}
    found = api.patch(at(shop, "bot"), body, format="json").json()
    assert found == {**body, "receives": False, "may_edit": True}
    assert api.patch(at(shop, "bot"), {"only_off_hours": False}, format="json").json()["receives"] is True
    far = base.agent(base.shop("Other"), "Far", online=False)
    assert api.patch(at(shop, "bot"), {"after_low_rating": [far.pk]}, format="json").status_code == 404
    assert api.get(at(shop, "bot")).json()["after_low_rating"] == [lin.pk]


@pytest.mark.rule("E7")
def test_a_draft_of_a_question_is_checked_before_it_is_saved(shop: Shop, api: APIClient) -> None:
    made = add(api, shop, phrasings=["Dispatch time"]).json()
    body = {"answer": "Let me look into this for you.", "phrasings": ["dispatch time", "Do you sell tea?"]}
    found = api.post(at(shop, "check"), body, format="json").json()
    assert (found["vague"]["reason"], found["vague"]["words"]) == ("looking", "Let me look into this for you")
    assert found["caught"] == [{"words": "dispatch time", "by": {"id": made["id"], "text": SHIP}}]
    own = api.post(at(shop, "check"), {**body, "question": made["id"]}, format="json").json()
    assert own["caught"] == []


def test_trying_tells_score_and_reason(shop: Shop, api: APIClient) -> None:
    made = add(api, shop, phrasings=["Dispatch time"]).json()
    found = api.post(at(shop, "try"), {"text": "dispatch time?"}, format="json").json()
    assert (found["ready"], found["does"], found["candidates"][0]["score"]) == (True, "answer", 100)
    assert found["candidates"][0]["question"]["id"] == made["id"]
    assert found["candidates"][0]["phrasing"] == "Dispatch time"


@pytest.mark.rule("A3")
@pytest.mark.parametrize(("preset", "status"), [("douyin", 201), ("tiktok_shop", 403)])
def test_agents_read_and_write_as_the_platform_lets_them(preset: str, status: int) -> None:
    shop = base.shop(preset=preset)
    question = base.question(shop)
    lin, sam = base.agent(shop, "Lin", online=False), base.agent(shop, "Sam", role="staff", im=False, online=False)
    far = base.agent(base.shop("Far"), "Far", role="owner", online=False)
    agent, staff, stranger = base.desk(lin), base.desk(sam), base.desk(far)
    assert add(agent, shop, "New?").status_code == status
    assert agent.get(at(shop, "bot")).json()["may_edit"] is (status == 201)
    for path in ("questions", f"questions/{question.pk}", "categories", "card", "bot"):
        assert agent.get(at(shop, path)).status_code == 200
        assert staff.get(at(shop, path)).status_code == 403
        assert stranger.get(at(shop, path)).status_code == 404
    if status == 403:
        assert agent.delete(at(shop, f"questions/{question.pk}")).status_code == 403
        assert agent.put(at(shop, "card"), {"questions": []}, format="json").status_code == 403
        assert agent.patch(at(shop, "bot"), {"on": True}, format="json").status_code == 403
        assert agent.post(at(shop, "categories"), {"name": "New"}, format="json").status_code == 403
