"""What pages show, an app reads: the past, single sessions, agents' settings, reports, the audit log as a file."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone

from chat.actions import ratings, reports, sessions
from chat.models import ServiceSession
from shops import audit
from shops.models import AuditEntry, Member, Shop
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("H1")]


@pytest.fixture
def shop() -> Shop:
    return base.shop("Harbour", "tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", im=False, online=False)


@pytest.fixture
def lin(shop: Shop) -> Member:
    return base.agent(shop, "Lin")


@pytest.fixture
def stranger() -> Member:
    return base.agent(base.shop("Other", "tiktok_shop"), "Eve", role="owner")


def read(who: Member, path: str, status: int = 200, shop: Shop | None = None, **query: Any) -> Any:
    answer = base.desk(who).get(f"/api/v1/shops/{(shop or who.shop).pk}/{path}", query)
    assert answer.status_code == status, answer.content
    return answer if query.get("format") else answer.json()


def talked(by: Member, uid: str, words: str = "Does it ship?") -> ServiceSession:
    """Let a conversation be over that the agent had."""
    session = sessions.take(base.writes(base.buyer(by.shop, uid), words).pk, by) if not by.accepting else None
    session = session or base.writes(base.buyer(by.shop, uid), words)
    base.replies(by, session, "Today.")
    return sessions.close(session.pk, by)


def ids(answer: Any) -> list[int]:
    return [row["id"] for row in answer["results"]]


@pytest.mark.rule("C8")
def test_the_past_is_read_by_day_agent_and_buyer(owner: Member, lin: Member, stranger: Member) -> None:
    mia = talked(lin, "mia", "Call me at 13800138000")
    wu = base.agent(lin.shop, "Wu", accepting=False)
    Member.objects.filter(pk=lin.pk).update(accepting=False)
    ben = talked(wu, "ben")
    assert ids(read(owner, "history")) == [ben.pk, mia.pk]
    assert ids(read(owner, "history", agent=wu.pk)) == [ben.pk]
    assert ids(read(owner, "history", buyer="mia")) == [mia.pk]
    assert ids(read(owner, "history", end="2020-01-01")) == []
    assert ids(read(owner, "history", start="2020-01-01", end="2199-12-31")) == [ben.pk, mia.pk]
    assert ids(read(lin, "history", agent=wu.pk)) == [mia.pk], "an agent reads its own"
    assert AuditEntry.objects.get().kind == audit.Kind.HISTORY
    read(base.agent(lin.shop, "Office", role="staff", im=False, online=False), "history", 403)
    read(stranger, "history", 404, lin.shop)


@pytest.mark.rule("C8")
def test_pages_of_the_past_follow_one_another_and_mask_what_buyers_wrote(
    owner: Member, lin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.past.PAGE", 2)
    said = [talked(lin, f"b{n}", "My number is 13800138000").pk for n in range(3)]
    first = read(owner, "history")
    second = read(owner, "history", cursor=first["next"])
    assert (ids(first) + ids(second), second["next"]) == (said[::-1], None)
    open_one = base.writes(base.buyer(lin.shop, "b9"), "My number is 13800138000")
    sessions.close(open_one.pk, lin)
    assert "13800138000" not in str(read(owner, "history"))


@pytest.mark.rule("C8")
def test_the_past_tells_what_its_page_shows_and_no_more(lin: Member) -> None:
    lead = base.agent(lin.shop, "Lea", role="service_lead", im=False, online=False)
    mia = talked(lin, "mia", "Call me at 13800138000")
    sessions.mark(mia.pk, lin, True, "Her number is 13900139000")
    ratings.rate(mia.shop_id, mia.conversation_id, mia.pk, 2, "Call 13700137000", ["slow"])
    read(lead, "sessions", 403, list="history")
    for who in (lead, lin):
        row = read(who, "history")["results"][0]
        assert row == {
            "id": mia.pk,
            "buyer": {"id": mia.buyer_id, "uid": "mia", "nickname": "Mia"},
            "agent": {"id": lin.pk, "nickname": "Lin"},
            "last_message_at": row["last_message_at"],
            "last_message_text": "Today.",
            "removed": False,
            "close_reason": "agent",
            "entry": "product",
            "topic": "pre_sale",
            "stars": 2,
        }
    ServiceSession.objects.filter(pk=mia.pk).update(last_message_text="Or write to 13800138000")
    told = str(read(lead, "history"))
    assert "Or write to" in told
    for number in ("13800138000", "13900139000", "13700137000"):
        assert number not in told
    ServiceSession.objects.filter(pk=mia.pk).update(removed_at=timezone.now(), last_assignee=None)
    row = read(lead, "history")["results"][0]
    assert (row["agent"], row["removed"], row["last_message_text"]) == (None, True, "")


@pytest.mark.rule("A2")
def test_who_sees_the_figures_reads_the_sessions_behind_them(owner: Member, lin: Member, stranger: Member) -> None:
    mia = talked(lin, "mia")
    one = read(owner, f"analytics/sessions/{mia.pk}")
    assert one["id"] == mia.pk
    assert [agent["nickname"] for agent in one["agents"]] == ["Lin"]
    said = read(owner, f"analytics/sessions/{mia.pk}/messages")
    assert [row["message"]["text"] for row in said["results"]] == ["Does it ship?", "Today."]
    assert AuditEntry.objects.get().data == {"how": "analytics"}, "a look at what a colleague said"
    after = read(lin, f"analytics/sessions/{mia.pk}/messages", after=said["results"][0]["seq"])
    assert [row["message"]["text"] for row in after["results"]] == ["Today."]
    assert AuditEntry.objects.count() == 1, "one's own is free"
    wu = base.agent(lin.shop, "Wu", online=False)
    for path in (f"analytics/sessions/{mia.pk}", f"analytics/sessions/{mia.pk}/messages"):
        read(wu, path, 404)
        read(stranger, path, 404)
        read(stranger, path, 404, lin.shop)
        read(base.agent(lin.shop, path[-9:], role="staff", im=False, online=False), path, 403)


@pytest.mark.rule("A2", "C9")
def test_an_agent_lists_its_own_sessions_with_their_facts(
    owner: Member, lin: Member, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    time_machine.move_to("2026-11-21T04:00:00Z", tick=False)
    mia = talked(lin, "mia")
    wu = base.agent(lin.shop, "Wu", accepting=False)
    asked: Any = {"range": "custom", "start": "2026-11-21", "end": "2026-11-21"}
    assert ids(read(lin, "analytics/mine/sessions", **asked)) == [mia.pk]
    assert ids(read(wu, "analytics/mine/sessions", **asked)) == []
    read(wu, "analytics/mine/sessions", 400, member=lin.pk)
    assert read(lin, "analytics/mine/sessions", **asked, format="csv").content.count(b"\n") == 2
    read(owner, "analytics/mine/sessions", 403)
    monkeypatch.setattr("analytics.files.MOST", 0)
    assert read(lin, "analytics/mine/sessions", 409, **asked, format="csv").json()["code"] == "too_many_rows"
    assert ids(read(lin, "analytics/mine/sessions", **asked)) == [mia.pk], "pages go on"


@pytest.mark.rule("A3")
def test_what_agents_set_for_themselves_is_read_by_who_sets_the_desk(
    owner: Member, lin: Member, stranger: Member
) -> None:
    base.agent(lin.shop, "Wu", online=False, capacity=7, after_low_rating=True)
    told = read(owner, "team/settings")
    assert [one["nickname"] for one in told["results"]] == ["Lin", "Wu"]
    wu = told["results"][1]
    assert (wu["capacity"], wu["accepting"], wu["after_low_rating"]) == (7, True, True)
    assert (told["capacity_min"], told["capacity_max"]) == (
        owner.shop.policy.capacity_min,
        owner.shop.policy.capacity_max,
    )
    read(lin, "team/settings", 403)
    read(stranger, "team/settings", 404, lin.shop)


@pytest.mark.rule("F3")
def test_reports_are_followed_without_im_permission_and_by_state(owner: Member, lin: Member) -> None:
    one = reports.submit(talked(lin, "mia").pk, lin, "spam", "Look.")
    assert ids(read(owner, "reports")) == ids(read(lin, "reports", state="pending")) == [one.pk]
    assert ids(read(owner, "reports", state="approved")) == []
    read(owner, "reports", 400, state="lost")
    staff = base.agent(lin.shop, "Office", role="staff", im=False, online=False)
    assert ids(read(staff, "reports")) == []


def test_the_audit_log_is_taken_as_a_file(owner: Member, lin: Member) -> None:
    answer = read(owner, "audit", format="csv")
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (answer["Cache-Control"], len(table)) == ("private, no-store", 2)
    assert AuditEntry.objects.get().data == {"what": "audit", "form": "csv"}
    read(owner, "audit", 400, format="xlsx")
    read(lin, "audit", 403, format="csv")
