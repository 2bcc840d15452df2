"""Moving in with history: figures over imported receptions are those over lived ones, and each comes in once."""

import json
import random
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics import periods, reports, rollups
from chat.actions import policy as rules
from chat.actions import sessions
from chat.models import Assignment, Conversation, Event, ImportedReception, Message, Rating, ServiceSession
from commerce.models import Order
from shops.models import Buyer, Shop
from tests import base, invariants
from tests.analytics.test_oracle import World

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def shop(time_machine: Any) -> Shop:
    time_machine.move_to(NOW, tick=False)
    return base.shop("Meadow", "tiktok_shop")


def at(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).isoformat()


def reception(key: str = "T-1", minutes: int = 0, uid: str = "ann", **fields: Any) -> dict[str, Any]:
    """A reception of six minutes: asked, assigned, answered, closed, rated with four stars."""
    events = [
        {"type": "message", "at": at(minutes), "from": "buyer", "text": "Is it in stock?"},
        {"type": "assigned", "at": at(minutes), "agent": "Lin"},
        {"type": "message", "at": at(minutes + 1), "from": "agent", "agent": "Lin", "text": "Yes, it is."},
        {"type": "closed", "at": at(minutes + 5), "reason": "agent"},
        {"type": "rated", "at": at(minutes + 6), "stars": 4, "words": "Quick"},
    ]
    return {"id": key, "buyer": {"uid": uid, "nickname": uid.title()}, "started_at": at(minutes), "events": events,
            **fields}  # fmt: skip


def write(path: Path, *lines: Any) -> Path:
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines))
    return path


def bring_in(shop: Shop, path: Path, **options: Any) -> tuple[str, str]:
    """Return what the command said, and what it said was wrong."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_history", path, shop=shop.pk, stdout=out, stderr=err, **options)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue(), err.getvalue()


def exported(of: Shop) -> list[dict[str, Any]]:
    """Write down what was lived, reception by reception, in the format of docs/import.md."""
    found = ServiceSession.objects.filter(shop=of).select_related("buyer").order_by("started_at", "pk")
    return [_told(one) for one in found]


def _told(one: ServiceSession) -> dict[str, Any]:
    given = list(Assignment.objects.filter(session=one).values_list("started_at", flat=True))
    log = list(Event.objects.filter(session=one).select_related("message__member").order_by("seq"))
    last_close = max(event.seq for event in log if event.kind == "session.closed")
    events: list[dict[str, Any]] = []
    for event in log:
        line: dict[str, Any] = {"at": event.at.isoformat()}
        if event.message is not None:
            events.append(line | {"type": "message"} | _said(event.message))
        elif event.kind == "session.assigned" and event.at in given:
            events.append(line | {"type": "assigned", "agent": event.data["agent"]})
        elif event.kind == "session.rated":
            events.append(line | {"type": "rated", **{name: event.data[name] for name in ("stars", "words", "source")}})
        elif event.seq == last_close:
            events.append(line | {"type": "closed", "reason": event.data["reason"]})
    names = ("entry", "started_by", "holiday_mode", "no_reply_needed", "marked", "topic")
    return {
        "id": f"lived-{one.pk}", "buyer": {"uid": one.buyer.uid, "nickname": one.buyer.nickname},
        "started_at": one.started_at.isoformat(), "report": "approved" if one.report_upheld else "",
        **{name: getattr(one, name) for name in names}, "events": events,
    }  # fmt: skip


def _said(said: Message) -> dict[str, Any]:
    line: dict[str, Any] = {"from": said.sender_kind, "text": said.text}
    if said.member:
        line["agent"] = said.member.nickname
    if said.kind == "bot_answer":
        line["automatic"] = said.data["question"] is not None
    return line


def everything(of: Shop, now: datetime) -> Any:
    asked = [periods.chosen(of, now, key) for key in ("last_7_days", "last_28_days")]
    made = (reports.overview, reports.trend, reports.agents, reports.quality, reports.ratings, reports.distribution)
    found: list[Any] = [report(of, one, now) for report in made for one in asked]
    found += [reports.heatmap(of, one, now) for one in asked] + [reports.dissatisfaction(of, now)]
    return _without_ids(found)


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(one) for key, one in value.items() if key != "id"}
    return [_without_ids(one) for one in value] if isinstance(value, list) else value


def _ordered_alike(shop: Shop, twin: Shop) -> None:
    """Orders come with the storefront, not with the history."""
    for one in Order.objects.filter(shop=shop, buyer__uid__in=twin.buyers.values("uid")).select_related("buyer"):
        line = Conversation.objects.get(shop=twin, buyer__uid=one.buyer.uid)
        base.order(line, one.number, created_at=one.created_at, state=one.state, total=one.total)


def _all_closed(world: World) -> None:
    for one in ServiceSession.objects.filter(shop=world.shop).exclude(state="closed"):
        if one.state == "bot":
            sessions.ask_human(world.shop.pk, one.conversation_id)
            one.refresh_from_db()
        if one.state == "queued":
            sessions.give(one.pk, world.team[0], world.team[0])
        assignee = ServiceSession.objects.get(pk=one.pk).assignee
        assert assignee is not None
        sessions.close(one.pk, assignee)


@pytest.mark.rule("G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9")
@pytest.mark.parametrize(("preset", "profile"), [("douyin", "human_3min"), ("tiktok_shop", "guides")])
def test_every_figure_is_that_of_the_lived_history(
    preset: str, profile: str, time_machine: Any, tmp_path: Path
) -> None:
    world = World(random.Random(7), preset, "America/New_York", profile, time_machine)
    world.play(120)
    _all_closed(world)
    time_machine.shift(timedelta(days=1))
    twin = base.shop("Twin", preset, time_zone=Shop.objects.get(pk=world.shop.pk).time_zone)  # it may have moved
    twin = rules.set_overrides(twin, {"metric_profile": profile})
    for name in ("Lin", "Wu", "Mei"):
        base.agent(twin, name, online=False)
    lines = exported(world.shop)
    out, err = bring_in(twin, write(tmp_path / "lived.jsonl", *lines))
    assert err == ""
    assert f"{len(lines)} receptions stored" in out
    assert len(lines) > 10
    _ordered_alike(world.shop, twin)
    now = datetime.now(UTC)
    assert everything(twin, now) == everything(Shop.objects.get(pk=world.shop.pk), now)
    rollups.add_up_due()
    assert everything(twin, now) == everything(Shop.objects.get(pk=world.shop.pk), now)
    invariants.check(drained=False)


def test_what_a_line_tells_is_kept_with_its_times(shop: Shop, tmp_path: Path) -> None:
    lin = base.agent(shop, "Lin", online=False)
    line = reception(entry="product", topic="pre_sale", marked=True, mark_note="VIP", report="approved")
    bring_in(shop, write(tmp_path / "a.jsonl", line))
    one = ServiceSession.objects.get(shop=shop)
    assert (one.state, one.entry, one.topic, one.close_reason) == ("closed", "product", "pre_sale", "agent")
    assert (one.marked, one.mark_note, one.report_upheld) == (True, "VIP", True)
    assert (one.started_at, one.closed_at) == (START, START + timedelta(minutes=5))
    assert (one.first_reply_us, one.stars, one.rated_member_id) == (60_000_000, 4, lin.pk)
    assert list(Event.objects.filter(session=one).values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Message.objects.get(session=one, sender_kind="agent").created_at == START + timedelta(minutes=1)
    assert Rating.objects.get(session=one).words == "Quick"
    lin.refresh_from_db()
    assert lin.load == 0
    invariants.check(drained=False)


def test_agents_are_found_by_login_too_and_pictures_leave_a_word(shop: Shop, tmp_path: Path) -> None:
    lin = base.agent(shop, "Lin", online=False)
    line = reception()
    line["events"][1]["agent"] = line["events"][2]["agent"] = lin.user.username
    line["events"][0] |= {"kind": "image", "text": ""}
    assert bring_in(shop, write(tmp_path / "a.jsonl", line))[1] == ""
    assert Message.objects.get(sender_kind="buyer").text == "[image]"


def test_the_same_file_twice_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    base.agent(shop, "Lin", online=False)
    path = write(tmp_path / "a.jsonl", reception(), reception("T-2", 30), reception("T-2", 30))
    assert "2 receptions stored, 1 known already" in bring_in(shop, path)[0]
    before = list(Event.objects.order_by("pk").values())
    assert "0 receptions stored, 3 known already" in bring_in(shop, path)[0]
    assert list(Event.objects.order_by("pk").values()) == before
    write(path, reception("T-3", 60))  # a later file goes on where this one ended
    assert "1 receptions stored" in bring_in(shop, path)[0]
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 19))
    invariants.check(drained=False)


def test_bad_lines_are_named_and_the_good_ones_stored(shop: Shop, tmp_path: Path) -> None:
    base.agent(shop, "Lin", online=False)
    stranger, unfinished, backwards = (reception(key, 10, uid="bob") for key in ("X-1", "X-2", "X-3"))
    stranger["events"][1]["agent"] = "Nobody"
    unfinished["events"] = unfinished["events"][:3]
    backwards["events"][2:4] = reversed(backwards["events"][2:4])
    lines = [
        "{",
        reception(minutes=10),
        stranger,
        unfinished,
        backwards,
        reception("X-4", 5),
        '"x"',
        reception("T-2", 20),
    ]
    lines += [
        reception("X-5", 30, started_at="yesterday"),
        reception("X-6", 30, entry=["shop"]),
        reception("X-7", 10**6),
    ]
    out, err = bring_in(shop, write(tmp_path / "a.jsonl", *lines))
    assert "2 receptions stored, 0 known already, 9 lines left out." in out
    for number, words in (
        (1, "not JSON"), (3, "event 2: unknown agent 'Nobody'"), (4, "exactly one"), (5, "event 4: earlier"),
        (6, "earlier than the line before"), (7, "not an object"), (9, "started_at: a time"), (10, "entry: one of"),
        (11, "in the future"),
    ):  # fmt: skip
        assert any(f"line {number}: " in said and words in said for said in err.splitlines()), (number, err)
    assert set(ImportedReception.objects.values_list("key", flat=True)) == {"T-1", "T-2"}
    assert not Buyer.objects.filter(uid="bob").exists()


def test_a_check_reads_only(shop: Shop, tmp_path: Path) -> None:
    base.agent(shop, "Lin", online=False)
    out, err = bring_in(shop, write(tmp_path / "a.jsonl", reception(), "{"), check=True)
    assert "1 receptions could be stored" in out
    assert "line 2" in err
    assert [model.objects.count() for model in (Buyer, ServiceSession, ImportedReception)] == [0, 0, 0]


def test_history_goes_before_what_was_lived_here(shop: Shop, tmp_path: Path) -> None:
    base.agent(shop, "Lin", online=False)
    line = base.buyer(shop, "ann")
    opened = base.writes(line)
    before = list(Event.objects.values())
    _out, err = bring_in(shop, write(tmp_path / "a.jsonl", reception(), reception("T-2", uid="bob")))
    assert "line 1: this buyer has talked with the shop here" in err
    assert list(Event.objects.filter(conversation=line).values()) == before
    assert base.session(line) == opened
    assert ServiceSession.objects.filter(shop=shop).count() == 2
    base.writes(base.buyer(shop, "bob"))  # and who came with history talks on
    invariants.check(drained=False)


def test_the_second_shop_is_not_touched(shop: Shop, tmp_path: Path) -> None:
    other = base.shop("Harbour")
    base.agent(other, "Lin", online=False)
    base.writes(base.buyer(other, "ann"))
    path = write(tmp_path / "a.jsonl", reception())
    assert "unknown agent 'Lin'" in bring_in(shop, path)[1]
    base.agent(shop, "Lin", online=False)
    before = list(Event.objects.filter(shop=other).values())
    assert bring_in(shop, path)[1] == ""
    assert list(Event.objects.filter(shop=other).values()) == before
    assert "1 lines were left out" in bring_in(other, path)[1]  # ann has talked there: the key of one shop is its own
