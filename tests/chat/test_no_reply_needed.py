"""No reply needed (F4, C16): out of the unreplied, until the buyer writes again; P3 runs on."""

import pytest

from chat.actions import sessions
from chat.models import ServiceSession
from shops.errors import Refused
from tests import base, invariants

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lin():
    return base.agent(base.shop(preset="tiktok_shop"), "Lin")


@pytest.fixture
def asked(lin):
    return base.writes(base.buyer(lin.shop), "OK, thank you")


@pytest.mark.rule("F4", "C4", "C16")
def test_the_label_goes_and_the_session_still_closes_when_it_was_due(lin, asked):
    sessions.no_reply_needed(asked.pk, lin, True)
    after = base.session(asked.conversation)
    assert (after.no_reply_needed, after.waiting_since, after.timer_at, after.expires_at) == (True, None, None, None)
    assert after.closes_at == asked.closes_at
    counts = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions/counts").json()
    assert (counts["open"], counts["unreplied"]) == (1, 0)
    invariants.check()


@pytest.mark.rule("F4", "C4")
def test_the_buyers_next_message_ends_it_and_counts_from_itself(lin, asked):
    sessions.no_reply_needed(asked.pk, lin, True)
    again = base.writes(asked.conversation, "One more thing")
    assert (again.no_reply_needed, again.waiting_since) == (False, again.last_buyer_at)
    assert again.closes_at > asked.closes_at
    invariants.check()


@pytest.mark.rule("F4")
def test_taking_it_back_counts_from_the_oldest_unanswered_message(lin, asked):
    base.writes(asked.conversation, "Bye")
    sessions.no_reply_needed(asked.pk, lin, True)
    sessions.no_reply_needed(asked.pk, lin, False)
    after = base.session(asked.conversation)
    assert (after.waiting_since, after.timer_at) == (asked.waiting_since, asked.timer_at)
    assert (after.closes_at, after.expires_at) == (asked.closes_at, asked.expires_at)
    invariants.check()


@pytest.mark.rule("F4")
def test_it_is_refused_where_nothing_is_unanswered_and_to_who_has_not_the_session(lin, asked):
    other = base.agent(lin.shop, "Wu")
    with pytest.raises(Refused, match="not_assignee"):
        sessions.no_reply_needed(asked.pk, other, True)
    base.replies(lin, asked)
    with pytest.raises(Refused, match="nothing_unanswered"):
        sessions.no_reply_needed(asked.pk, lin, True)
    assert not ServiceSession.objects.get(pk=asked.pk).no_reply_needed


@pytest.mark.rule("F4")
def test_the_call_answers_the_row(lin, asked):
    here = f"/api/v1/shops/{lin.shop_id}/sessions/{asked.pk}/no-reply-needed"
    answer = base.desk(lin).post(here, {"on": True}, format="json")
    assert (answer.status_code, answer.json()["no_reply_needed"], answer.json()["waiting_since"]) == (200, True, None)
    assert base.desk(lin).post(here, {}, format="json").status_code == 400
