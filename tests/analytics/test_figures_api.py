"""The figures over REST: who may see them, what they say, and the sessions behind each number."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics import metrics
from chat.actions import ratings, sessions
from chat.models import ServiceSession
from shops.models import Member, Shop
from tests import base

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai
REPORTS = (
    "overview", "trend", "agents", "quality", "ratings", "ratings/latest", "sessions", "dissatisfaction", "bot",
    "heatmap", "distribution", "bot/trend",
)  # fmt: skip
DAY: dict[str, Any] = {"range": "custom", "start": "2026-11-21", "end": "2026-11-21"}


@pytest.fixture
def shop(time_machine: Any) -> Shop:
    time_machine.move_to(NOW, tick=False)
    return base.shop("Harbour", "tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Boss", role="owner", im=False, online=False)


def ask(who: Member, name: str, status: int = 200, **query: Any) -> Any:
    answer = base.desk(who).get(f"/api/v1/shops/{who.shop_id}/analytics/{name}", query)
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def busy_day(shop: Shop, time_machine: Any) -> dict[str, ServiceSession]:
    """On Saturday the 21st: one answered after a minute, one late, one by the FAQ card, one not at all."""
    time_machine.move_to(NOW - timedelta(days=2), tick=False)
    lin, question = base.agent(shop, "Lin"), base.question(shop)
    lines = {name: base.buyer(shop, name) for name in ("quick", "late", "card", "lost")}
    found = {name: base.writes(line) for name, line in lines.items() if name != "card"}
    found["card"] = base.clicks(lines["card"], question)
    time_machine.shift(60)
    base.replies(lin, found["quick"])
    ratings.rate(shop.pk, lines["quick"].pk, found["quick"].pk, 1, "Rude")
    sessions.close(found["quick"].pk, lin)
    time_machine.shift(timedelta(hours=25))
    base.replies(lin, found["late"])
    ratings.rate(shop.pk, lines["late"].pk, found["late"].pk, 5)
    time_machine.move_to(NOW, tick=False)
    return found


@pytest.mark.rule("A2")
@pytest.mark.parametrize("name", REPORTS)
def test_owner_and_super_admin_see_the_shops_figures_and_nobody_else(shop: Shop, owner: Member, name: str) -> None:
    ask(owner, name)
    ask(base.agent(shop, "Vice", role="super_admin", online=False), name)
    for role in ("service_lead", "agent", "staff"):
        ask(base.agent(shop, role, role=role, online=False), name, 403)
    stranger = base.agent(base.shop("Other"), "Eve", role="owner", online=False)
    assert base.desk(stranger).get(f"/api/v1/shops/{shop.pk}/analytics/{name}").status_code == 404


@pytest.mark.rule("C9", "A2")
def test_an_agent_sees_its_own_figures_only(shop: Shop, busy_day: Any) -> None:
    lin, wu = Member.objects.get(nickname="Lin"), base.agent(shop, "Wu")
    own = {one["key"]: one["value"] for one in ask(lin, "mine", **DAY)["figures"]}
    assert own == {
        "assigned": 4, "needing": 3, "human_in_time": 1, "human_rate": 1 / 3, "late": 1, "unanswered": 1,
        "satisfaction": 0.5, "first_response": (60 + 60 + 25 * 3600) / 2,
    }  # fmt: skip
    assert {one["key"]: one["value"] for one in ask(wu, "mine", **DAY)["figures"]}["assigned"] == 0


@pytest.mark.rule("G1", "G2", "G3", "G4", "G5", "G6")
def test_the_overview_gives_each_figure_with_its_words_and_the_day_before(owner: Member, busy_day: Any) -> None:
    told = ask(owner, "overview", **DAY)
    found = {one["key"]: one for one in told["figures"]}
    assert {key: one["value"] for key, one in found.items()} == {
        "consultations": 4, "response_rate": 0.5, "satisfaction": 0.5, "first_response": (60 + 60 + 25 * 3600) / 2,
        "human_in_time": 1, "auto_solved": 1, "late": 1, "unanswered": 1, "conversion": 0.0, "guided_value": 0,
    }  # fmt: skip
    assert (found["consultations"]["previous"], found["consultations"]["change"]) == (0, 4)
    assert (found["response_rate"]["previous"], found["response_rate"]["of"]) == (None, 4)
    assert "24" in found["response_rate"]["label"]
    assert all(one["definition"] for one in found.values())
    assert told["range"]["previous_start"] == "2026-11-20"


@pytest.mark.rule("G1", "G2", "G3", "G4", "G5", "G6", "G8", "G9")
@pytest.mark.parametrize("key", [key for key, one in metrics.METRICS.items() if one.unit != "money"])
def test_every_number_opens_the_sessions_behind_it(owner: Member, busy_day: Any, key: str) -> None:
    behind = {"consultations": 4, "people": 4, "rating_rate": 4, "assigned": 4, "auto_rate": 1, "with_automatic": 1}
    behind |= {"auto_solved": 1, "human_in_time": 1, "late": 1, "unanswered": 1, "response_rate": 4, "needing": 3}
    behind |= {"human_rate": 3, "turns_fast": 0, "turns_slow": 2, "conversion": 3, "ratings": 2, "mean_stars": 2}
    behind |= dict.fromkeys([one.key for one in metrics.HANDED], 0)
    behind |= {"received": 0, "handed_over": 0, "bot_answers": 1, "solve_rate": 1, "feedback_rate": 0}
    behind |= dict.fromkeys(("suggested", "suggestion_use", "suggestion_as_is"), 0)
    rows = ask(owner, "sessions", figure=key, **DAY)["results"]
    assert len(rows) == behind.get(key, 2)
    if key in ("response_rate", "satisfaction", "dissatisfaction"):
        parts = [ask(owner, "sessions", figure=key, part=part, **DAY)["results"] for part in ("over", "rest")]
        assert sorted(one["id"] for part in parts for one in part) == sorted(one["id"] for one in rows)


@pytest.mark.rule("G7", "G9")
def test_the_lists_are_filtered_by_agent_rating_source_and_time(shop: Shop, owner: Member, busy_day: Any) -> None:
    lin, wu = Member.objects.get(nickname="Lin"), base.agent(shop, "Wu", online=False)
    assert [one["id"] for one in ask(owner, "sessions", rating="low", **DAY)["results"]] == [busy_day["quick"].pk]
    assert len(ask(owner, "sessions", rating="none", **DAY)["results"]) == 2
    assert len(ask(owner, "sessions", member=lin.pk, **DAY)["results"]) == 4
    assert ask(owner, "sessions", member=wu.pk, **DAY)["results"] == []
    assert ask(owner, "sessions", range="day", start="2026-11-22")["results"] == []
    assert [one["buyer"] for one in ask(owner, "sessions", q="card", **DAY)["results"]] == ["Card"]
    told = ask(owner, "ratings/latest")["results"]
    assert [(one["stars"], one["agent"]) for one in told] == [(5, "Lin"), (1, "Lin")]
    assert [one["words"] for one in ask(owner, "ratings/latest", rating="low", source="buyer")["results"]] == ["Rude"]
    row = ask(owner, "sessions", rating="low", **DAY)["results"][0]
    assert (row["outcome"], row["first_response"], row["stars"], row["first_replier"]) == (
        "human_in_time",
        60,
        1,
        "Lin",
    )


@pytest.mark.rule("G9")
def test_the_pages_of_all_sessions_follow_one_another(owner: Member, busy_day: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("analytics.listing.PAGE", 3)
    first = ask(owner, "sessions", **DAY)
    second = ask(owner, "sessions", cursor=first["next"], **DAY)
    ids = [one["id"] for one in first["results"] + second["results"]]
    assert ids == sorted((one.pk for one in busy_day.values()), reverse=True)
    assert second["next"] is None


@pytest.mark.rule("G9")
def test_the_quality_monitor_measures_turns(owner: Member, busy_day: Any) -> None:
    told = ask(owner, "quality", **DAY)
    assert {one["key"]: one["value"] for one in told["figures"]} == {
        "people": 4, "consultations": 4, "response_time": (60 + 60 + 25 * 3600) / 2, "turns_fast": 0, "turns_slow": 2,
        "first_response": (60 + 60 + 25 * 3600) / 2,
    }  # fmt: skip
    assert [(one["member"]["nickname"], one["values"]["people"]) for one in told["employees"]] == [("Lin", 4)]


def test_trend_heatmap_distribution_and_bot_count_the_same_sessions(owner: Member, busy_day: Any) -> None:
    week: dict[str, Any] = {"range": "last_7_days"}
    trend = ask(owner, "trend", **week)
    assert [one["values"]["consultations"] for one in trend["results"]] == [0, 0, 0, 0, 0, 4, 0]
    assert [one["values"]["consultations"] for one in ask(owner, "trend", by="week", **week)["results"]] == [4]
    heat = ask(owner, "heatmap", **week)
    assert (heat["cells"][5][12], sum(map(sum, heat["cells"])), heat["busiest"]) == (4, 4, 4)
    spread = ask(owner, "distribution", **week)
    assert [one["count"] for one in spread["results"]] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    told = ask(owner, "bot", **week)
    assert [one["value"] for one in told["figures"]] == [4, 1, 1, 1.0, 0, None, 1, 0.0, None, 0, None, None]
    assert [one["hits"] for one in told["questions"]] == [1]


@pytest.mark.rule("G8", "G13")
def test_the_dissatisfaction_report_says_what_better_ratings_would_change(owner: Member, busy_day: Any) -> None:
    told = ask(owner, "dissatisfaction")
    assert (told["figure"]["value"], told["figure"]["target"]) == (0.5, 0.15)
    assert (told["rated"], told["dissatisfied"], told["updated_on"], told["end"]) == (2, 1, "2026-11-23", "2026-11-22")
    assert told["what_if"][1] == {"more": 2, "value": 0.25, "reaches": False}
    assert [one["values"]["dissatisfaction"] for one in told["results"][-3:]] == [None, 0.5, 0.5]


@pytest.mark.parametrize(
    "query",
    [
        {"range": "custom"}, {"range": "year"}, {"range": "custom", "start": "2026-11-23", "end": "2026-11-21"},
        {"range": "custom", "start": "2026-08-24", "end": "2026-11-21"}, {"range": "week", "start": "2026-12-01"},
        {"range": "day", "start": "9999-12-31"}, {"range": "day", "start": "20261121"}, {"unknown": "1"},
        {"range": "custom", "start": "2026-11-21", "end": "2026-11-24"},
    ],
)  # fmt: skip
def test_ranges_that_make_no_sense_are_refused(owner: Member, query: dict[str, Any]) -> None:
    assert ask(owner, "overview", 400, **query)["code"] == "invalid"
