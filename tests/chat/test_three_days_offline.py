"""An app that was offline for three days comes back, catches up by its positions, and holds what a new one would."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from chat.actions import answers, data_jobs, outbox, people, ratings, recalls, retention, sessions
from chat.history import BEHIND
from chat.models import ServiceSession
from shops import devices
from shops.models import Shop
from tests import base
from tests.chat.held import Held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("H1")]
AUTH = "/api/v1/auth/"


class Story:
    """A shop with Lin, whose phone goes offline, and Wu, who goes on."""

    def __init__(self) -> None:
        self.shop: Shop = base.shop(retention_days=30)
        self.owner = base.agent(self.shop, "Olga", role="owner", online=False)
        self.lin = base.agent(self.shop, "Lin")
        self.wu = base.agent(self.shop, "Wu", accepting=False)
        self.lines = {name: base.buyer(self.shop, name) for name in ("old", "mia", "bob", "ann", "eve")}
        self.given = devices.issue(self.lin.user, "phone", "", "")

    def talks(self, name: str, *texts: str) -> ServiceSession:
        """The buyer writes and Lin answers each message, at a console beside the phone."""
        people.came_online(self.lin, "test", f"console-{self.lin.pk}")
        for text in texts:
            session = base.writes(self.lines[name], f"{text}?")
            base.replies(session.assignee or self.lin, session, f"{text}.")
        return base.session(self.lines[name])

    def long_ago(self) -> None:
        """What retention will take: a session that is over, in a line that goes on."""
        self.question = base.question(self.shop)
        sessions.close(self.talks("old", "One", "Two").pk, self.lin)

    def before(self) -> None:
        for name in self.lines:
            self.talks(name, "Hello", "And now")
        self.answer = base.answered(self.lines["bob"], self.question)
        sessions.close(base.session(self.lines["eve"]).pk, self.lin)

    def first_day(self) -> None:
        mia = self.talks("mia", "Never mind")
        said = base.replies(self.lin, mia, "My number is 1234").event["seq"]
        recalls.recall(mia.pk, self.lin, said)
        sessions.transfer(mia.pk, self.wu, self.lin, "I am ill")
        base.leave(self.lin)
        base.replies(self.wu, base.session(self.lines["mia"]), "Wu here")

    def second_day(self) -> None:
        sessions.transfer(base.session(self.lines["mia"]).pk, self.lin, self.wu)
        answers.judge(self.shop.pk, self.lines["bob"].pk, self.answer, True)
        ann = base.session(self.lines["ann"])
        sessions.close(ann.pk, self.lin)
        ratings.rate(self.shop.pk, self.lines["ann"].pk, ann.pk, 5, "Fine", [])
        data_jobs.order(self.lines["eve"].buyer, "erase", self.owner)
        outbox.deliver_due()
        outbox.deliver_due()

    def third_day(self) -> None:
        sessions.close_due()
        self.talks("ann", "Me again")
        self.lines["new"] = base.buyer(self.shop, "new")
        self.talks("new", "I am new", "Really")
        base.writes(self.lines["new"], "Hello??")
        while retention.sweep(timezone.now()):
            outbox.deliver_due()

    def app(self) -> APIClient:
        """The phone asks for a new access token, as it must after ten minutes."""
        self.given = devices.refresh(self.given.refresh)
        return base.app(self.given.access)


def same(one: Any, other: Any) -> bool:
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS) == orjson.dumps(
        other, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    )


def equal(held: Held, story: Story) -> None:
    """The app holds, byte for byte, what one that has just been installed reads."""
    fresh = Held(story.app(), story.shop.pk).start()
    assert held.desk == fresh.desk
    for pk in fresh.rows.keys() | held.rows.keys():
        assert same(held.rows.get(pk), fresh.rows.get(pk)), (held.rows.get(pk), fresh.rows.get(pk))
    assert held.logs.keys() == fresh.logs.keys()
    for line, log in fresh.logs.items():
        assert held.logs[line].keys() == log.keys()
        for seq, event in log.items():
            assert same(held.logs[line][seq], event), (held.logs[line][seq], event)


@pytest.fixture
def clock(time_machine: Any) -> Any:
    time_machine.move_to("2026-03-02T04:00:00Z", tick=False)
    return time_machine


@pytest.fixture
def story(clock: Any) -> Story:
    found = Story()
    found.long_ago()
    clock.shift(timedelta(days=29))
    found.before()
    return found


def lives_on(story: Story, clock: Any) -> None:
    for day in (story.first_day, story.second_day, story.third_day):
        clock.shift(timedelta(days=1))
        day()


@pytest.mark.rule("C21")
def test_it_catches_up_and_equals_a_fresh_fetch(story: Story, clock: Any) -> None:
    held = Held(story.app(), story.shop.pk).start()
    lines = {name: line.pk for name, line in story.lines.items()}
    assert min(held.logs[lines["old"]]) == 1
    stale = held.client
    lives_on(story, clock)
    assert stale.get("/api/v1/me").json()["code"] == "unauthenticated"  # its access token ran out long ago
    held.client = story.app()
    held.sync()
    assert sorted(held.resets) == ["erased", "removed"]
    equal(held, story)
    assert min(held.logs[lines["old"]]) > 1  # retention took the start
    assert story.lines["new"].pk in held.logs
    texts = str(held.logs)
    assert "1234" not in texts
    assert {event["message"]["text"] for event in held.logs[lines["eve"]].values() if event["message"]} == {""}
    held.sync()
    equal(held, story)


def test_a_phone_that_must_sign_in_anew_goes_on_from_where_it_was(story: Story, clock: Any) -> None:
    held = Held(story.app(), story.shop.pk).start()
    used = devices.refresh(story.given.refresh)
    devices.refresh(used.refresh)
    lives_on(story, clock)
    client = APIClient()
    assert client.post(AUTH + "refresh", {"refresh": used.refresh}, "json").status_code == 401
    body = {"username": story.lin.user.username, "password": "not-a-secret-9", "device": "phone"}
    answer = client.post(AUTH + "token", body, "json")
    assert answer.status_code == 201, answer.content
    story.given = devices.issue(story.lin.user, "other", "", "")
    held.client = base.app(answer.json()["access"])
    held.sync()
    equal(held, story)


def test_a_position_at_the_desk_that_is_too_old_is_said_to_be(story: Story, clock: Any) -> None:
    held = Held(story.app(), story.shop.pk).start()
    lives_on(story, clock)
    mia = base.session(story.lines["mia"])
    for turn in range(BEHIND + 1):
        sessions.mark(mia.pk, story.lin, turn % 2 == 0)
    held.client = story.app()
    held.sync()
    assert sorted(held.resets) == ["desk", "erased", "removed"]
    equal(held, story)


def test_a_session_that_went_to_another_for_good_is_gone_from_the_phone(story: Story, clock: Any) -> None:
    held = Held(story.app(), story.shop.pk).start()
    clock.shift(timedelta(days=1))
    story.first_day()
    held.client = story.app()
    held.sync()
    assert story.lines["mia"].pk not in held.logs
    equal(held, story)
