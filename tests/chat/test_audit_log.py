"""Reading the audit log, and the looks and exports that leave lines in it."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.actions import quick_replies, sessions
from chat.models import Conversation, QuickReply
from shops import audit
from shops.errors import NotYours
from shops.models import AuditEntry, Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
Kind = audit.Kind


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False)


@pytest.fixture
def agent(shop: Shop) -> Member:
    return base.agent(shop, "Ann")


@pytest.fixture
def line(shop: Shop, owner: Member, agent: Member) -> Conversation:
    return base.buyer(shop)


def page(member: Member, name: str = "audit", **asked: str) -> Any:
    client = base.web(member)
    return client.get(reverse(name, args=[member.shop_id]), asked)


def kinds(shop: Shop) -> list[str]:
    return list(AuditEntry.objects.filter(shop=shop).order_by("pk").values_list("kind", flat=True))


def test_a_lead_who_reads_a_colleagues_session_leaves_one_line(line: Conversation, owner: Member) -> None:
    session = base.writes(line)
    assert session.assignee_id not in (None, owner.pk)
    desk, address = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/sessions/{session.pk}"
    assert desk.get(address + "/messages").status_code == 200
    assert desk.get(address + "/events").status_code == 200
    (found,) = AuditEntry.objects.filter(shop=owner.shop)
    assert (found.kind, found.subject, found.subject_id) == (Kind.SAW, "session", session.pk)
    assert found.actor_id == owner.user_id


LOOKS = (
    ("get", "notes", None),
    ("get", "insight", None),
    ("get", "suggestions", None),
    ("post", "suggestions/draft", {"seq": 1}),
    ("post", "translate-messages", {"seqs": [1], "to": "en"}),
)


@pytest.mark.parametrize(("verb", "what", "body"), LOOKS)
def test_whatever_shows_what_a_colleagues_session_holds_leaves_a_line(
    verb: str, what: str, body: Any, line: Conversation, owner: Member, agent: Member
) -> None:
    session = base.writes(line, "你好")
    desk, address = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/sessions/{session.pk}/{what}"
    desk.get(address) if verb == "get" else desk.post(address, body, format="json")
    (found,) = AuditEntry.objects.filter(shop=owner.shop)
    assert (found.kind, found.subject_id) == (Kind.SAW, session.pk)
    assert found.data["how"] == {"translate-messages": "translation"}.get(what, what.partition("/")[0])


def test_who_has_or_had_the_session_leaves_none(line: Conversation, owner: Member, agent: Member) -> None:
    session = base.writes(line)
    sessions.transfer(session.pk, owner, agent)
    for member in (agent, owner):
        answer = base.desk(member).get(f"/api/v1/shops/{owner.shop_id}/sessions/{session.pk}/messages")
        assert answer.status_code == 200
    assert kinds(owner.shop) == []


def test_transcript_and_history_of_colleagues_leave_lines(line: Conversation, owner: Member, agent: Member) -> None:
    session = base.writes(line)
    sessions.close(session.pk, agent)
    client = base.web(owner)
    assert client.get(reverse("history", args=[owner.shop_id])).status_code == 200
    assert client.get(reverse("transcript", args=[owner.shop_id, session.pk])).status_code == 200
    assert client.get(reverse("analytics-session", args=[owner.shop_id, session.pk])).status_code == 200
    assert kinds(owner.shop) == [Kind.HISTORY, Kind.SAW]


def test_an_export_of_figures_leaves_a_line(owner: Member) -> None:
    answer = base.desk(owner).get(f"/api/v1/shops/{owner.shop_id}/analytics/agents?range=last_7_days&format=csv")
    assert answer.status_code == 200
    (found,) = AuditEntry.objects.filter(shop=owner.shop)
    assert (found.kind, found.data) == (Kind.EXPORTED, {"what": "agents", "form": "csv"})


def test_shared_quick_replies_are_written_own_ones_not(shop: Shop, owner: Member, agent: Member) -> None:
    made = quick_replies.create(owner, "shop", "Hello", "Good day")
    quick_replies.change(made, owner, text="Good evening")
    quick_replies.create(agent, "agent", "Mine", "My words")
    quick_replies.delete(made, owner)
    rows = AuditEntry.objects.filter(shop=shop, kind=Kind.QUICK_REPLY).order_by("pk")
    told = [(row.data.get("before"), row.data.get("after")) for row in rows]
    assert told[1] == ({"text": "Good day"}, {"text": "Good evening"})
    assert len(told) == 3


def test_a_reply_that_a_colleague_has_just_removed_is_not_there(shop: Shop, owner: Member) -> None:
    seen = quick_replies.create(owner, "shop", "Hello", "Good day")
    quick_replies.delete(QuickReply.objects.get(pk=seen.pk), owner)
    for late in (
        lambda: quick_replies.change(seen, owner, text="Good evening"),
        lambda: quick_replies.change(seen, owner, place=0),
        lambda: quick_replies.delete(seen, owner),
    ):
        with pytest.raises(NotYours):
            late()
    assert AuditEntry.objects.filter(shop=shop, kind=Kind.QUICK_REPLY).count() == 2


def test_the_owner_and_super_admins_read_it_others_are_refused(shop: Shop, owner: Member, agent: Member) -> None:
    admin = base.agent(shop, "Sue", role="super_admin", online=False)
    lead = base.agent(shop, "Leo", role="service_lead", online=False)
    stranger = base.agent(base.shop("Second"), "Zoe", role="owner", online=False)
    audit.record(Kind.SETTING, owner, after={"greeting": "Hello <b>you</b>"})
    address = f"/api/v1/shops/{shop.pk}/audit"
    for member, status in ((owner, 200), (admin, 200), (lead, 403), (agent, 403), (stranger, 404)):
        assert base.desk(member).get(address).status_code == status
        client = base.web(member)
        assert client.get(reverse("audit", args=[shop.pk])).status_code == status
        assert client.get(reverse("audit-file", args=[shop.pk])).status_code == status


def test_the_page_shows_before_and_after_escaped(owner: Member) -> None:
    audit.record(Kind.SETTING, owner, before={"greeting": "Old"}, after={"greeting": "<b>New</b>"})
    shown = page(owner).content.decode()
    assert "<del>Old</del>" in shown
    assert "&lt;b&gt;New&lt;/b&gt;" in shown


def test_keys_webhooks_and_apps_are_called_by_the_words_of_their_pages(owner: Member) -> None:
    audit.record(Kind.KEY, owner, what="Web shop (sfk_1…)", after={"active": True})
    audit.record(Kind.WEBHOOK, owner, after={"name": "Warehouse", "url": "https://x.example"}, name="Warehouse")
    audit.record_person(Kind.SIGNED_IN, owner.user, app="Olga's phone")
    audit.record(
        Kind.SETTING, owner, before={"anonymous": False, "label": ""}, after={"anonymous": True, "label": "Hi"}
    )
    audit.record(Kind.EXPORTED, owner, what="buyer", form="zip")
    asked = base.web(owner, language="en").get(reverse("audit-file", args=[owner.shop_id]))
    told = [row[4] for row in csv.reader(io.StringIO(asked.content.decode("utf-8-sig")))][1:]
    assert told[:0:-1] == [
        "In use: – → Yes; Item: Web shop (sfk_1…)",
        "Name: – → Warehouse; Address: – → https://x.example",
        "App: Olga's phone",
        "Visitors may write without a name: No → Yes; Words on the button: – → Hi",
        "Item: A buyer's data; Format: zip",
    ]


def test_it_is_filtered_by_who_what_and_day_and_paged(owner: Member, agent: Member) -> None:
    for n in range(60):
        audit.record(Kind.EXPORTED, owner, what=f"t{n}")
    audit.record(Kind.SETTING, agent)
    desk, address = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/audit"
    first = desk.get(address, {"actor": str(owner.pk), "kind": "exported"}).json()
    assert len(first["results"]) == 50
    second = desk.get(address, {"actor": str(owner.pk), "cursor": first["next"]}).json()
    seen = [row["data"]["what"] for row in [*first["results"], *second["results"]]]
    assert seen == [f"t{n}" for n in reversed(range(60))]
    assert second["next"] is None
    today = timezone.now().astimezone(owner.shop.zone).date().isoformat()
    assert len(desk.get(address, {"actor": str(agent.pk), "start": today, "end": today}).json()["results"]) == 1
    assert desk.get(address, {"end": "2020-01-01"}).json()["results"] == []
    stranger = base.agent(base.shop("Second"), "Zoe", online=False)
    assert desk.get(address, {"actor": str(stranger.pk)}).json()["results"] == []
    for wrong in ({"start": "yesterday"}, {"kind": "nothing"}, {"cursor": "x"}, {"end": "9999-12-31"}):
        assert desk.get(address, wrong).status_code == 400


def test_its_file_is_a_table_without_formulas_and_leaves_a_line(owner: Member) -> None:
    audit.record(Kind.SETTING, owner, after={"greeting": "x"})
    owner.nickname = "=cmd()"
    audit.record(Kind.SETTING, owner, after={"greeting": "y"})
    answer = page(owner, "audit-file", kind=Kind.SETTING)
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[1] for row in table[1:]] == ["'=cmd()", "Olga"]
    assert kinds(owner.shop)[-1] == Kind.EXPORTED


def test_a_page_asks_the_database_no_more_with_more_lines(owner: Member) -> None:
    client, counts = Client(), []
    client.force_login(owner.user)
    for lines in (2, 45):
        for _n in range(lines):
            audit.record(Kind.EXPORTED, owner, what="t")
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("audit", args=[owner.shop_id]))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 9
