"""Outside business hours (SPEC E5): told once a session, queued and kept all the same, no answer in any figure."""

from datetime import UTC, datetime, timedelta

import pytest

from chat.actions import policy, sessions
from chat.models import Message
from shops.errors import NotAllowed, Refused
from tests import base, invariants
from tests.chat.test_buyer_side import enter

pytestmark = pytest.mark.django_db(transaction=True)
NINE_TO_SIX = [[["09:00", "18:00"]]] * 7
NOON, NIGHT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC), datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 12 and 22 h here
WORDS = "We are back at nine."


def closing(**settings):
    return base.shop(business_week=NINE_TO_SIX, off_hours_reply=WORDS, **settings)


def told(line):
    return list(Message.objects.filter(conversation=line, data__code="off_hours").values_list("text", flat=True))


@pytest.mark.rule("E5")
def test_a_session_outside_business_hours_is_told_once_and_waits_all_the_same(time_machine):
    time_machine.move_to(NIGHT, tick=False)
    shop = closing()
    line = base.buyer(shop)
    session = base.writes(line)
    base.writes(line, "Anybody?")
    assert (session.state, told(line)) == ("queued", [WORDS])
    events = base.phone(line).get("/api/v1/buyer/events").json()["results"]
    note = next(event["message"] for event in events if event["message"] and event["message"]["kind"] == "note")
    assert (note["sender"]["kind"], note["data"]) == ("system", {"code": "off_hours"})
    invariants.check()


@pytest.mark.rule("E5")
def test_nobody_is_told_in_business_hours_or_where_no_words_are_set(time_machine):
    time_machine.move_to(NOON, tick=False)
    open_now = base.buyer(closing())
    base.writes(open_now)
    time_machine.move_to(NIGHT, tick=False)
    silent = base.buyer(base.shop(business_week=NINE_TO_SIX))
    base.writes(silent)
    always = base.buyer(base.shop(off_hours_reply=WORDS))
    base.writes(always)
    assert (told(open_now), told(silent), told(always)) == ([], [], [])


@pytest.mark.rule("E5")
def test_a_session_that_runs_into_the_night_is_told_at_the_buyers_next_message(time_machine):
    time_machine.move_to(NOON, tick=False)
    shop = closing(overrides={"buyer_silent_close": None})
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    base.replies(lin, base.writes(line))
    time_machine.move_to(NIGHT, tick=False)
    base.writes(line, "Still there?")
    base.writes(line, "Hello?")
    assert told(line) == [WORDS]
    sessions.close(base.session(line).pk, lin)
    base.writes(line, "A new question")
    assert told(line) == [WORDS, WORDS]  # once a session
    invariants.check()


@pytest.mark.rule("E5")
def test_while_the_bot_answers_nobody_is_told_and_at_the_hand_over_they_are(time_machine):
    time_machine.move_to(NIGHT, tick=False)
    line = base.buyer(closing(bot_enabled=True))
    base.writes(line)
    assert told(line) == []
    sessions.ask_human(line.shop_id, line.pk)
    assert told(line) == [WORDS]


@pytest.mark.rule("E5", "P2", "G5")
def test_the_off_hours_reply_is_no_answer_of_any_kind(time_machine):
    time_machine.move_to(NIGHT, tick=False)
    line = base.buyer(closing())
    before = NIGHT + timedelta(seconds=0)
    session = base.writes(line)
    assert told(line) == [WORDS]
    assert (session.last_answer_at, session.first_human_at) == (None, None)
    assert (session.last_automatic_seq, session.last_human_seq) == (0, 0)
    assert (session.waiting_since, session.last_sender) == (before, "buyer")
    assert session.closes_at is None  # P2: nobody has answered, so the buyer's silence closes nothing
    assert session.unread == 1


@pytest.mark.rule("E5", "P3")
def test_the_off_hours_reply_moves_no_clock_of_an_answered_session(time_machine):
    time_machine.move_to(NOON, tick=False)
    shop = closing(preset="tiktok_shop")
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    base.replies(lin, base.writes(line))
    answered = base.session(line)
    time_machine.move_to(NIGHT, tick=False)
    session = base.writes(line, "One more thing")
    assert session.last_answer_at == answered.last_answer_at
    assert session.waiting_since == NIGHT
    assert session.closes_at == NIGHT + timedelta(days=7)


@pytest.mark.rule("E5")
def test_holiday_mode_and_closed_doors_are_told_on_entry_and_the_session_remembers_the_holiday(time_machine):
    time_machine.move_to(NIGHT, tick=False)
    shop = closing()
    owner = base.agent(shop, "Mei", role="owner", online=False)
    line, product = base.buyer(shop), base.product(shop)
    entered = enter(line, "product", product.sku).json()
    assert (entered["holiday"], entered["closed"]) == (None, True)
    assert entered["opens_at"] == "2026-11-24T01:00:00.000Z"
    policy.set_holiday(shop, True, " Back on Monday. ", owner)
    assert enter(line, "product", product.sku).json()["holiday"] == "Back on Monday."
    policy.set_holiday(shop, True, "", owner)
    assert "休假" in enter(line, "product", product.sku).json()["holiday"]  # the usual words, in the buyer's language
    assert base.writes(line).holiday_mode is True
    time_machine.move_to(NOON, tick=False)
    assert enter(line, "product", product.sku).json()["closed"] is False


@pytest.mark.rule("E5", "A3")
def test_hours_holiday_and_reply_are_set_by_the_roles_of_the_platform():
    shop = base.shop()
    owner, lead = base.agent(shop, "Mei", role="owner"), base.agent(shop, "Qing", role="service_lead")
    for change in (lambda by: policy.set_week(shop, NINE_TO_SIX, by),
                   lambda by: policy.set_off_hours_reply(shop, f" {WORDS} ", by),
                   lambda by: policy.set_holiday(shop, True, "", by)):  # fmt: skip
        with pytest.raises(NotAllowed):
            change(lead)
        change(owner)
    shop.refresh_from_db()
    assert (shop.business_week, shop.off_hours_reply, shop.holiday_mode) == (NINE_TO_SIX, WORDS, True)
    with pytest.raises(Refused):
        policy.set_week(shop, [[["18:00", "09:00"]]] * 7, owner)
