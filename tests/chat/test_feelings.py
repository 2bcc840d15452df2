"""Which waiting buyers sound upset (C6, E9): whose, from which words, and what asking costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import feelings
from chat.actions import sessions
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C6", "E9")]


@pytest.fixture
def lin():
    return base.agent(base.shop(), "Lin", capacity=50)


def upset(member):
    answer = base.desk(member).get(f"/api/v1/shops/{member.shop_id}/sessions/upset")
    assert answer.status_code == 200
    return answer.json()["upset"]


def test_only_who_waits_and_sounds_so_is_named(lin):
    angry = base.writes(base.buyer(lin.shop), "垃圾商家，骗子！太让人失望了")
    base.writes(angry.conversation, "???")  # what follows without words leaves the mood as it was
    english = base.writes(base.buyer(lin.shop), "This is terrible, the worst shop ever")
    base.writes(base.buyer(lin.shop), "你们的东西很好，谢谢")
    base.writes(base.buyer(lin.shop), kind="emoji", text="😡")
    assert upset(lin) == [angry.pk, english.pk]
    base.replies(lin, english, "I am sorry, I send a new one today.")
    assert upset(lin) == [angry.pk]
    base.writes(english.conversation, "好的，谢谢")  # what was answered is past
    assert upset(lin) == [angry.pk]
    sessions.no_reply_needed(angry.pk, lin, True)
    assert upset(lin) == []


def test_nobody_learns_it_of_sessions_that_are_not_its_own(lin):
    base.writes(base.buyer(lin.shop), "垃圾商家，骗子！")
    lead = base.agent(lin.shop, "Lea", role="service_lead", accepting=False)
    assert upset(lead) == upset(base.agent(base.shop("Other"), "Far")) == []
    path = f"/api/v1/shops/{lin.shop_id}/sessions/upset"
    assert base.desk(base.agent(base.shop("Third"), "Eve")).get(path).status_code == 404


def test_asking_costs_the_same_however_many_wait(lin):
    for count in (3, 6):
        for _ in range(3):
            base.writes(base.buyer(lin.shop), "垃圾商家，骗子！")
        with CaptureQueriesContext(connection) as asked:
            assert len(feelings.upset(lin)["upset"]) == count
        assert len(asked) == 2
