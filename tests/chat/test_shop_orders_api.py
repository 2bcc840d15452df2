"""An app lists the shop's orders and takes preset questions, as the pages do (C7, C20, E1, H1)."""

from typing import Any

import pytest

from botfaq.models import Question
from shops.models import Member
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(), "Lin", role="super_admin")


@pytest.mark.rule("C20", "C7", "H1")
def test_orders_come_in_pages_with_their_buyer_and_whether_one_may_write(lin: Member) -> None:
    line, far = base.buyer(lin.shop, "mei"), base.order(base.buyer(base.shop("Other")))
    made = [base.order(line, f"O-{n}", **base.RECIPIENT) for n in range(31)]
    desk, here = base.desk(lin), f"/api/v1/shops/{lin.shop_id}/orders"
    first = desk.get(here).json()
    rest = desk.get(here, {"cursor": first["next"]}).json()
    assert [row["id"] for row in first["results"] + rest["results"]] == [one.pk for one in reversed(made)]
    assert rest["next"] is None
    one = desk.get(f"{here}/{made[0].pk}").json()
    assert one == rest["results"][0]
    assert one["buyer"]["uid"] == "mei"
    assert one["contact"] == {"allowed": True, "reason": ""}
    assert base.RECIPIENT["recipient_phone"] not in str(first), "masked"
    assert [row["number"] for row in desk.get(here, {"q": "O-7"}).json()["results"]] == ["O-7"]
    assert desk.get(here, {"state": "cancelled"}).json()["results"] == []
    assert desk.get(f"{here}/{far.pk}").status_code == 404


@pytest.mark.rule("C20")
def test_a_page_of_orders_costs_the_same_however_many_there_are(
    lin: Member, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        base.order(base.buyer(lin.shop), f"O-{number}", **base.RECIPIENT)
    desk = base.desk(lin)
    with django_assert_max_num_queries(16):
        desk.get(f"/api/v1/shops/{lin.shop_id}/orders")


@pytest.mark.rule("E1", "H1")
def test_preset_questions_are_taken_over_as_drafts_once(lin: Member) -> None:
    desk, here = base.desk(lin), f"/api/v1/shops/{lin.shop_id}/faq/presets"
    shown = desk.get(here, {"language": "en"}).json()["results"]
    assert not any(row["there"] for row in shown)
    body = {"language": "en", "places": [0, 1]}
    assert desk.post(here, body, format="json").json() == {"added": 2}
    assert desk.post(here, body, format="json").json() == {"added": 0}
    assert [row["there"] for row in desk.get(here, {"language": "en"}).json()["results"]][:3] == [True, True, False]
    assert set(Question.objects.filter(shop=lin.shop).values_list("text", "published")) == {
        (shown[place]["text"], False) for place in (0, 1)
    }
    assert desk.post(here, {"language": "en", "places": [len(shown)]}, format="json").status_code == 400
