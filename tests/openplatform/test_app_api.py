"""An owner's app lets programs in and shuts them out, as the page does (H1)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Outbox
from openplatform import grants, hooks
from openplatform.models import Grant, Subscription
from shops.audit_entry import AuditEntry
from shops.models import Member
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Member:
    return base.agent(base.shop(), "Owner", role="owner")


def says(member: Member, **body: Any) -> Any:
    return base.desk(member).post(f"/api/v1/shops/{member.shop_id}/apps", body, format="json")


@pytest.mark.rule("H1")
def test_a_program_is_let_in_named_and_shut_out(owner: Member) -> None:
    made = grants.issue("Helper", ["seller.customer_service"], None)
    given = says(owner, key=made.app.key, speaker=owner.pk)
    assert (given.status_code, given.headers["cache-control"]) == (201, "no-store")
    assert grants.exchange(made.app.key, made.secret, given.json()["code"]).token.seller == owner.shop.seller
    desk, here = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/apps"
    (found,) = desk.get(here).json()["results"]
    assert {**found, "code": given.json()["code"]} == given.json()
    assert (found["name"], found["speaker"]["nickname"], found["failed"]) == ("Helper", "Owner", 0)
    assert desk.get(f"{here}/{found['id']}").json() == found
    assert desk.post(f"{here}/{found['id']}/again", {}, format="json").json() == {"again": 0}
    assert desk.delete(f"{here}/{found['id']}").status_code == 204
    assert not Grant.objects.exists()
    assert AuditEntry.objects.filter(kind="key.changed", shop=owner.shop, actor=owner.user).count() == 2


@pytest.mark.rule("H1")
def test_failed_webhooks_are_counted_for_all_programs_at_once(owner: Member, django_assert_num_queries: Any) -> None:
    desk, here = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/apps"
    for failed in (2, 0, 1):
        with_failed(owner, failed)
    assert [one["failed"] for one in desk.get(here).json()["results"]] == [1, 0, 2]
    with CaptureQueriesContext(connection) as three:
        desk.get(here)
    with_failed(owner, 3)
    with django_assert_num_queries(len(three)):
        assert desk.get(here).json()["results"][0]["failed"] == 3


def with_failed(owner: Member, count: int) -> None:
    """Let a program in that was not reached so many times, and once waits and once was reached."""
    grant = grants.authorise(owner, grants.issue("Helper", [], None).app.key, owner).grant
    hook = Subscription.objects.create(grant=grant, event="NEW_MESSAGE", address="https://a.example", base="")
    now = timezone.now()
    states: list[dict[str, Any]] = [{"dead": True}] * count + [{"dead": False}, {"done_at": now}]
    Outbox.objects.bulk_create(
        Outbox(shop=owner.shop, kind="program", payload={}, due_at=now, target=hooks.target(hook.pk), **state)
        for state in states
    )


@pytest.mark.rule("H1", "A1", "A6")
def test_who_can_t_write_to_buyers_or_is_elsewhere_speaks_for_no_program(owner: Member) -> None:
    key = grants.issue("Helper", [], None).app.key
    mute = base.agent(owner.shop, "Desk-less", im=False, online=False)
    far = base.agent(base.shop("Other"), "Far", role="owner")
    assert says(owner, key="nobody's", speaker=owner.pk).json()["code"] == "no_app"
    assert says(owner, key=key, speaker=mute.pk).json()["code"] == "not_agent"
    assert says(owner, key=key, speaker=far.pk).status_code == 404
    mine = grants.authorise(owner, key, owner).grant
    assert base.desk(far).delete(f"/api/v1/shops/{far.shop_id}/apps/{mine.pk}").status_code == 404
    assert Grant.objects.get() == mine
