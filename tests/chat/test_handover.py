"""Handing over many sessions at once (SPEC C22): by leads for anybody, by everybody at the end of the shift."""

from functools import partial

import pytest

from chat.actions import handover, people, sessions
from chat.models import Assignment
from shops.errors import NotAllowed
from tests import base, invariants, racing
from tests.chat.stage import Stage, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C22")]


def post(by, **body):
    return base.desk(by).post(f"/api/v1/shops/{by.shop_id}/handover", body, format="json")


def test_a_lead_hands_all_of_an_absent_agents_sessions_to_a_colleague():
    stage = Stage()
    first, second = held(stage), base.writes(stage.other)
    base.leave(stage.lin)
    with stage.listening():
        done = post(stage.lead, member=stage.lin.pk, to=stage.wu.pk)
        told = stage.heard()
    assert done.json() == {"moved": [first.pk, second.pk], "left": []}
    assert {base.session(line).assignee for line in (stage.line, stage.other)} == {stage.wu}
    assert [frame["kind"] for frame in told["Wu"] if frame["type"] == "desk"] == ["session.transferred"] * 2
    assert [frame["kind"] for frame in told[stage.line.pk]] == ["session.assigned"]
    assert base.session(stage.other).timer_at == second.timer_at
    last = Assignment.objects.get(session=first, ended_at=None)
    assert (last.kind, last.by) == (Assignment.Kind.TRANSFER, stage.lead)
    stage.lin.refresh_from_db(), stage.wu.refresh_from_db()
    assert (stage.lin.load, stage.wu.load) == (0, 2)


def test_back_to_the_queue_they_keep_their_places_and_are_served_first():
    shop = base.shop()
    lin, lead = base.agent(shop, "Lin"), base.agent(shop, "Qing", role="service_lead", accepting=False)
    old = [base.writes(base.buyer(shop)) for _ in range(3)]
    base.leave(lin)
    later = base.writes(base.buyer(shop))
    assert post(lead, member=lin.pk, sessions=[old[2].pk, old[0].pk]).json()["moved"] == [old[2].pk, old[0].pk]
    places = [base.session(one.conversation).queued_at for one in old]
    assert places == [one.queued_at for one in old]
    people.set_capacity(lead, 2)
    people.set_accepting(lead, True)
    now = [base.session(one.conversation).assignee for one in (*old, later)]
    assert now == [lead, lin, lead, None]
    invariants.check()


def test_at_the_end_of_the_shift_ones_own_go_back_and_do_not_come_again():
    stage = Stage()
    mine = [held(stage), base.writes(stage.other)]
    with stage.listening():
        done = post(stage.lin, member=stage.lin.pk)
        stage.heard()
    assert done.json()["moved"] == [one.pk for one in mine]
    stage.lin.refresh_from_db()
    assert (stage.lin.accepting, stage.lin.load) == (False, 0)
    assert {base.session(line).state for line in (stage.line, stage.other)} == {"queued"}


def test_what_is_not_the_agents_any_more_is_left_and_named():
    stage = Stage()
    gone, closed, mine = held(stage), held(stage, stage.other), base.writes(base.buyer(stage.shop))
    sessions.transfer(gone.pk, stage.wu, stage.lin)
    sessions.close(closed.pk, stage.lin)
    ids = [gone.pk, mine.pk, closed.pk, 999_999, mine.pk]
    done = post(stage.lead, member=stage.lin.pk, to=stage.lead.pk, sessions=ids).json()
    assert done == {"moved": [mine.pk], "left": [gone.pk, closed.pk, 999_999]}
    assert base.session(stage.line).assignee == stage.wu
    invariants.check()


def test_who_may_not_and_what_makes_no_sense_is_refused():
    stage, other = Stage(), base.shop("Hill")
    session, zoe = held(stage), base.agent(other, "Zoe", role="service_lead")
    sam = base.agent(stage.shop, "Sam", im=False, online=False)
    far = base.writes(base.buyer(other))
    assert post(stage.wu, member=stage.lin.pk, to=stage.wu.pk).status_code == 403
    assert post(zoe, member=stage.lin.pk, to=zoe.pk).status_code == 404
    assert post(stage.lead, member=stage.lin.pk, to=zoe.pk).status_code == 404
    assert post(stage.lead, member=stage.lin.pk, to=stage.lead.pk, sessions=[far.pk]).json()["left"] == [far.pk]
    assert post(stage.lead, member=stage.lin.pk, to=sam.pk).json()["code"] == "not_agent"
    assert post(stage.lin, member=stage.lin.pk, to=sam.pk).json()["code"] == "not_agent"
    stage.lin.refresh_from_db()
    assert stage.lin.accepting, "a refusal changes nothing"
    assert post(stage.lead, member=stage.lin.pk, to=stage.lin.pk).json()["code"] == "same_agent"
    for body in ({}, {"member": stage.lin.pk, "sessions": []}, {"member": stage.lin.pk, "sessions": ["1"]},
                 {"member": stage.lin.pk, "sessions": 7}):  # fmt: skip
        assert post(stage.lead, **body).status_code == 400
    listing = f"/api/v1/shops/{stage.shop.pk}/handover"
    assert base.desk(stage.wu).get(listing, {"of": stage.lin.pk}).status_code == 403
    assert [row["id"] for row in base.desk(stage.lead).get(listing, {"of": stage.lin.pk}).json()["results"]] == [
        session.pk
    ]
    assert base.desk(stage.wu).get(listing).json()["results"] == []
    assert base.session(stage.line).assignee == stage.lin


@pytest.mark.rule("B4")
def test_the_only_agent_has_nobody_to_give_back_to():
    shop = base.shop(preset="tiktok_shop")
    lin = base.agent(shop, "Lin")
    base.writes(base.buyer(shop))
    refused = post(lin, member=lin.pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "sole_agent")
    lin.refresh_from_db()
    assert lin.accepting


@pytest.mark.rule("B7", "B8")
def test_hand_over_transfer_close_and_reply_at_once_lose_nothing():
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin", capacity=50), base.agent(shop, "Wu", capacity=50, accepting=False)
    lead = base.agent(shop, "Qing", role="service_lead", accepting=False)
    with racing.writers() as [writer]:
        for turn in range(4):
            racing.keep_consoles_open()
            people.set_accepting(lin, True)
            mine = [base.writes(base.buyer(shop)) for _ in range(4)]
            to = wu if turn % 2 else None
            said = base.from_agent(lin, mine[3])
            outcomes = racing.together(
                partial(handover.hand_over, lin, to, lead),
                partial(sessions.transfer, mine[0].pk, wu, lin),
                partial(sessions.close, mine[1].pk, lin),
                partial(handover.hand_over, lin, None, lin),
                lambda said=said: writer.submit(said).result(20),
            )
            assert racing.codes(outcomes) == sorted(
                code for code in racing.codes(outcomes) if code in ("not_assigned", "not_assignee")
            )
            invariants.check()
            for line in (one.conversation for one in mine):
                left = base.session(line)
                if left.state == "queued":
                    sessions.take(left.pk, wu)
                if left.is_open:
                    left.refresh_from_db()
                    sessions.close(left.pk, left.assignee)


def test_who_lost_the_right_meanwhile_moves_nothing():
    stage = Stage()
    held(stage)
    people.set_im_permission(stage.lead, False)
    with pytest.raises(NotAllowed):
        handover.hand_over(stage.lin, stage.wu, stage.lead)
    assert base.session(stage.line).assignee == stage.lin
