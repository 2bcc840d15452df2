"""An app asks for a big table, sees how far it is and takes it; so it takes a buyer's data (G11, H1)."""

import asyncio
from typing import Any

import pytest
from django.utils import timezone

from analytics import exports
from shops.audit_entry import AuditEntry
from shops.models import Member
from tests import base
from tests.hostile.oneself import request

pytestmark = pytest.mark.django_db


def content(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return asyncio.run(read())


@pytest.fixture
def owner() -> Member:
    return base.agent(base.shop(), "Boss", role="owner")


@pytest.mark.rule("G11", "H1", "A6")
def test_a_table_is_asked_for_made_and_taken(owner: Member) -> None:
    base.writes(base.buyer(owner.shop))
    desk, here = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/analytics/exports"
    made = desk.post(f"{here}?range=month", {"kind": "sessions", "format": "csv"}, format="json").json()
    assert (made["state"], made["ready"], made["by"]) == ("queued", False, "Boss")
    assert desk.get(f"{here}/{made['id']}/file").status_code == 404
    assert exports.make_next(timezone.now())
    done = desk.get(f"{here}/{made['id']}").json()
    assert (done["state"], done["ready"], done["rows"]) == ("done", True, 1)
    assert desk.get(here).json()["results"] == [done]
    file = content(desk.get(f"{here}/{made['id']}/file"))
    assert file.count(b"\n") == 2
    assert AuditEntry.objects.filter(kind="exported", subject_id=made["id"]).count() == 1
    far = base.agent(base.shop("Other"), "Far", role="owner")
    assert base.desk(far).get(f"/api/v1/shops/{far.shop_id}/analytics/exports/{made['id']}/file").status_code == 404


@pytest.mark.rule("H1")
def test_a_buyer_s_data_is_taken_and_that_is_written_down(owner: Member) -> None:
    made = request(owner.shop, owner)
    answer = base.desk(owner).get(f"/api/v1/shops/{owner.shop_id}/data-requests/{made}/file")
    assert (answer.headers["content-type"], content(answer)) == ("application/zip", b"x")
    assert AuditEntry.objects.filter(kind="exported", data__what="buyer").count() == 1
