"""Exports: the same numbers as page and API, nothing that a spreadsheet would run, big ones in the background."""

import csv
import io
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.storage import default_storage
from openpyxl import load_workbook

from analytics import exports, kinds, writing
from analytics.models import Export
from chat.actions import ratings
from chat.models import ServiceSession
from chat.worker import SWEEP, Worker
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
DAY = "range=custom&start=2026-11-21&end=2026-11-21"


@pytest.fixture
def shop(time_machine: Any) -> Shop:
    time_machine.move_to(NOW, tick=False)
    return base.shop("Harbour", "tiktok_shop", time_zone="Asia/Shanghai")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Boss", role="owner", im=False, online=False)


@pytest.fixture
def rated(shop: Shop, time_machine: Any) -> list[ServiceSession]:
    """On Saturday the 21st at noon: three sessions, one with 1 star and words that a spreadsheet would run."""
    time_machine.move_to(NOW - timedelta(days=2), tick=False)
    lin = base.agent(shop, "Lin")
    found = [base.writes(base.buyer(shop, uid)) for uid in ("13800138000", "b", "c")]
    time_machine.shift(61)
    for one in found:
        base.replies(lin, one)
    ratings.rate(shop.pk, found[0].conversation_id, found[0].pk, 1, "=HYPERLINK(1)")
    ratings.rate(shop.pk, found[1].conversation_id, found[1].pk, 5)
    time_machine.move_to(NOW, tick=False)
    return found


signed_in = partial(base.web, language="en")


def rows_of(answer: Any, form: str) -> list[list[Any]]:
    content = b"".join(answer)
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


def taken(who: Member, kind: str, form: str) -> list[list[Any]]:
    answer = signed_in(who).get(f"/shops/{who.shop_id}/analytics/exports/{kind}.{form}?{DAY}")
    assert answer.status_code == 200
    return rows_of(answer, form)


def ordered(who: Member, kind: str, form: str, query: str = DAY) -> Export:
    """Ask for a big table as its page does, and let the worker make it."""
    address = f"/shops/{who.shop_id}/analytics/exports/?{query}"
    assert signed_in(who).post(address, {"kind": kind, "form": form}).status_code == 302
    assert exports.make_next(NOW + timedelta(seconds=1))
    return Export.objects.filter(shop=who.shop).latest("pk")


def fetched(who: Member, export: Export) -> list[list[Any]]:
    return rows_of(signed_in(who).get(f"/shops/{who.shop_id}/analytics/exports/{export.pk}/"), export.form)


@pytest.mark.rule("G11", "G12")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_files_hold_the_numbers_of_the_api(owner: Member, rated: Any, form: str) -> None:
    told = base.desk(owner).get(f"/api/v1/shops/{owner.shop_id}/analytics/overview?{DAY}").json()["figures"]
    found = taken(owner, "overview", form)[1:]
    assert [float(row[1]) if row[1] not in ("", None) else None for row in found] == [one["value"] for one in told]
    agents = base.desk(owner).get(f"/api/v1/shops/{owner.shop_id}/analytics/agents?{DAY}").json()["results"]
    (row,) = taken(owner, "agents", form)[1:]
    assert row[0] == "Lin"
    assert [float(value) for value in row[1:]] == list(agents[0]["values"].values())


@pytest.mark.rule("G11")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", sorted(kinds.SMALL))
def test_every_table_is_there_in_both_forms(owner: Member, rated: Any, kind: str, form: str) -> None:
    found = taken(owner, kind, form)
    assert len(found) > (0 if kind == "bot_questions" else 1), "no question was asked"
    assert len({len(row) for row in found}) == 1


@pytest.mark.rule("G11")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_all_sessions_come_one_a_row_with_harmless_text(owner: Member, rated: Any, form: str) -> None:
    made = ordered(owner, "sessions", form)
    assert (made.state, made.rows, made.total) == ("done", 3, 3)
    head, *found = fetched(owner, made)
    assert len(head) == len(found[0]) == 24
    words = next(row[head.index("Words")] for row in found if row[head.index("Words")])
    buyer = next(row[head.index("Buyer")] for row in found if "138" in str(row[head.index("Buyer")]))
    quote = "'" if form == "csv" else ""  # a cell of a sheet says itself that it is text
    assert (words, buyer) == (f"{quote}=HYPERLINK(1)", f"{quote}13800138000")
    assert {str(row[head.index("Started")]) for row in found} == {"2026-11-21 12:00:00"}
    assert float(found[0][head.index("First response (seconds)")]) == 61


@pytest.mark.rule("G11")
def test_the_filters_of_the_list_hold_for_its_export(owner: Member, rated: Any) -> None:
    assert ordered(owner, "sessions", "csv", f"{DAY}&rating=low").rows == 1
    assert ordered(owner, "ratings_latest", "csv", "range=last_7_days").rows == 2


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\r1", "\n1", "＝1", "＋1", "－1", "＠x"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert writing.harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["a=1", "10:30", "O-1", "1234567890", "你好", ""])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert writing.harmless(text) == text


@pytest.mark.rule("A2", "G11")
def test_only_who_sees_the_figures_takes_them(shop: Shop, owner: Member, rated: Any) -> None:
    made = ordered(owner, "sessions", "csv")
    paths = ["exports/", "exports/agents.csv", f"exports/{made.pk}/"]
    lin = Member.objects.get(shop=shop, nickname="Lin")
    stranger = base.agent(base.shop("Other"), "Eve", role="owner", online=False)
    for path in paths:
        address = f"/shops/{shop.pk}/analytics/{path}"
        assert signed_in(owner).get(address).status_code == 200
        assert signed_in(lin).get(address).status_code == 403
        assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(lin).post(f"/shops/{shop.pk}/analytics/exports/", {"kind": "sessions"}).status_code == 403
    other = f"/shops/{stranger.shop_id}/analytics/exports/{made.pk}/"
    assert signed_in(stranger).get(other).status_code == 404


def test_a_silent_export_is_begun_anew_and_given_up_in_the_end(owner: Member, rated: Any) -> None:
    made = ordered(owner, "sessions", "csv")
    Export.objects.filter(pk=made.pk).update(state="running", touched_at=NOW, tries=1, file="")
    assert not exports.make_next(NOW + timedelta(seconds=30))
    assert exports.make_next(NOW + timedelta(minutes=2))
    assert Export.objects.get(pk=made.pk).state == "done"
    Export.objects.filter(pk=made.pk).update(state="queued", kind="unknown", asked={"days": None}, tries=2)
    assert exports.make_next(NOW + timedelta(minutes=3))
    assert Export.objects.get(pk=made.pk).state == "failed"


def test_a_sixth_export_has_to_wait(owner: Member, rated: Any) -> None:
    client, address = signed_in(owner), f"/shops/{owner.shop_id}/analytics/exports/?{DAY}"
    for _n in range(6):
        client.post(address, {"kind": "sessions", "form": "csv"})
    assert Export.objects.count() == 5
    assert "Five exports" in client.get(address).content.decode()


def test_files_go_after_a_week_and_their_rows_stay(owner: Member, rated: Any) -> None:
    made = ordered(owner, "sessions", "csv")
    assert exports.sweep(NOW + timedelta(days=6)) == 0
    assert exports.sweep(NOW + timedelta(days=8)) == 1
    assert not default_storage.exists(made.file)
    assert signed_in(owner).get(f"/shops/{owner.shop_id}/analytics/exports/{made.pk}/").status_code == 404
    assert "expired" in signed_in(owner).get(f"/shops/{owner.shop_id}/analytics/exports/").content.decode()


def test_what_fell_silent_at_its_last_try_has_failed_and_old_files_go_without_a_new_order(
    shop: Shop, owner: Member, rated: list[ServiceSession]
) -> None:
    about = {"shop": shop, "member": owner, "kind": kinds.RATINGS_LATEST, "form": "csv", "asked": {}, "language": "en"}
    long_ago = datetime.now(UTC) - timedelta(days=8)
    lost = Export.objects.create(
        **about, state="running", tries=exports.TRIES, created_at=long_ago, touched_at=long_ago
    )
    done = Export.objects.create(
        **about, state="done", file="exports/gone.csv", finished_at=long_ago, created_at=long_ago, touched_at=long_ago
    )
    at_work = Worker()
    at_work._swept -= SWEEP
    at_work._sweep()
    lost.refresh_from_db()
    done.refresh_from_db()
    assert (lost.state, done.file) == (Export.State.FAILED, "")


def test_a_member_asks_for_twenty_in_an_hour_at_most(owner: Member, time_machine: Any) -> None:
    address = f"/shops/{owner.shop_id}/analytics/exports/"
    for _export in range(exports.AN_HOUR):
        signed_in(owner).post(f"{address}?{DAY}", {"kind": "sessions", "form": "csv"})
        Export.objects.update(state=Export.State.DONE)
    assert Export.objects.count() == exports.AN_HOUR
    refused = signed_in(owner).post(f"{address}?{DAY}", {"kind": "sessions", "form": "csv"}, follow=True)
    assert "Twenty exports in an hour" in refused.content.decode()
    time_machine.shift(3601)
    signed_in(owner).post(f"{address}?{DAY}", {"kind": "sessions", "form": "csv"})
    assert Export.objects.count() == exports.AN_HOUR + 1
