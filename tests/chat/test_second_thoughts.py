"""Recall, undo, notes, mute and report (C21, C23, C24, C26, F3): what they change, whom they tell, when they refuse."""

from datetime import timedelta

import pytest

from chat import topics
from chat.actions import mutes, notes, people, ratings, recalls, reports, sessions, undoing
from chat.models import Assignment, Message, ServiceSession
from lib import topic_words
from shops.errors import NotYours, Refused
from tests import base, invariants
from tests.chat.stage import Stage, held

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("C21")
def test_a_recalled_message_keeps_its_number_and_its_deed_and_loses_its_words():
    stage = Stage()
    session = held(stage)
    seq = base.replies(stage.lin, session, "A secret").event["seq"]
    before = base.session(stage.line)
    with stage.listening():
        recalls.recall(session.pk, stage.lin, seq)
        told = stage.pages[stage.line.pk].ears.wait_for(1)
    assert (told[0]["kind"], told[0]["data"]) == ("message.recalled", {"seq": seq, "agent": "Lin"})
    said = Message.objects.get(session=session, seq=seq)
    assert (said.kind, said.text, said.data, said.body_hash) == ("recalled", "", {}, "")
    after = base.session(stage.line)
    assert (after.first_human_at, after.waiting_since, after.last_human_seq) == (before.first_human_at, None, seq)
    assert "secret" not in str(base.phone(stage.line).get("/api/v1/buyer/events").json())
    with pytest.raises(Refused, match="already_recalled"):
        recalls.recall(session.pk, stage.lin, seq)
    with pytest.raises(NotYours):
        recalls.recall(session.pk, stage.wu, seq)
    invariants.check()


@pytest.mark.rule("C21")
def test_after_two_minutes_a_message_stays():
    stage = Stage()
    session = held(stage)
    seq = base.replies(stage.lin, session).event["seq"]
    said = Message.objects.get(session=session, seq=seq)
    Message.objects.filter(pk=said.pk).update(created_at=said.created_at - timedelta(minutes=3))
    with pytest.raises(Refused, match="too_late"):
        recalls.recall(session.pk, stage.lin, seq)


@pytest.mark.rule("C21", "B6")
def test_an_undone_close_is_as_if_it_had_not_been():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        sessions.close(session.pk, stage.lin)
        undoing.close(session.pk, stage.lin)
        stage.heard()
    after = base.session(stage.line)
    assert (after.state, after.assignee, after.closed_at, after.topic) == ("assigned", stage.lin, None, "")
    assert after.closes_at == session.closes_at
    assert Assignment.objects.get(session=session).ended_at is None


@pytest.mark.rule("C21")
def test_a_close_is_not_undone_once_something_followed_or_by_somebody_else():
    stage = Stage()
    session = held(stage)
    sessions.close(session.pk, stage.lin)
    with pytest.raises(Refused, match="too_late"):
        undoing.close(session.pk, stage.wu)
    ratings.rate(stage.shop.pk, stage.line.pk, session.pk, 5)
    with pytest.raises(Refused, match="too_late"):
        undoing.close(session.pk, stage.lin)
    base.writes(stage.line)
    with pytest.raises(Refused, match="too_late"):
        undoing.close(session.pk, stage.lin)
    invariants.check()


@pytest.mark.rule("C21", "B6")
def test_a_transfer_is_undone_until_the_receiver_has_answered():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        sessions.transfer(session.pk, stage.wu, stage.lin, "Knows lamps")
        undoing.transfer(session.pk, stage.lin)
        stage.heard()
    assert [row.member for row in Assignment.objects.filter(session=session)] == [stage.lin]
    sessions.transfer(session.pk, stage.wu, stage.lin)
    base.replies(stage.wu, base.session(stage.line))
    with pytest.raises(Refused, match="too_late"):
        undoing.transfer(session.pk, stage.lin)
    invariants.check()


@pytest.mark.rule("C26")
def test_a_lead_takes_over_and_nobody_else_does():
    stage = Stage()
    session = held(stage)
    with pytest.raises(Refused, match="not_assignee"):
        sessions.transfer(session.pk, stage.wu, stage.wu)
    sessions.transfer(session.pk, stage.lead, stage.lead, "Complaint")
    assert ServiceSession.objects.get(pk=session.pk).assignee == stage.lead
    invariants.check()


@pytest.mark.rule("C26", "C23")
def test_notes_go_to_who_has_the_session_and_never_to_the_buyer():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        notes.add(session.pk, stage.lin, "A secret")
        mutes.mute(session.pk, stage.lin, 5)
        told = stage.heard()
    assert told["Lin"][0]["note"]["text"] == "A secret"
    assert "secret" not in str(told["Wu"]) + str(told[stage.line.pk])
    assert told[stage.line.pk] == []
    here = f"/api/v1/shops/{stage.shop.pk}/sessions/{session.pk}/notes"
    assert [row["kind"] for row in base.desk(stage.lin).get(here).json()["results"]] == ["note", "muted"]
    assert base.desk(stage.wu).get(here).status_code == 404
    with pytest.raises(Refused, match="muted"):
        base.writes(stage.line, "Hello? Hello?")
    mutes.unmute(session.pk, stage.lin)
    base.writes(stage.line, "Hello?")


@pytest.mark.rule("F3")
def test_a_session_has_one_open_report_with_its_evidence():
    stage = Stage()
    session = held(stage)
    report = reports.submit(session.pk, stage.lin, "abuse", "Rude", [2])
    assert (report.state, [row["text"] for row in report.evidence]) == ("pending", ["Is it in stock?"])
    for by in (stage.lin, stage.lead):
        with pytest.raises(Refused, match="already_reported"):
            reports.submit(session.pk, by, "spam", "Again")
    with pytest.raises(Refused, match="not_assignee"):
        reports.submit(session.pk, stage.wu, "spam", "No")
    here = f"/api/v1/shops/{stage.shop.pk}/reports"
    assert len(base.desk(stage.lead).get(here).json()["results"]) == 1
    assert base.desk(stage.wu).get(here).json()["results"] == []


@pytest.mark.rule("C24")
@pytest.mark.parametrize(
    ("entry", "said", "topic"),
    [
        ("product", ["你好"], "pre_sale"),
        ("product", ["什么时候发货"], "logistics"),
        ("order", ["我要退款", "质量太差"], "after_sale"),
        ("order", [], "logistics"),
        ("after_sale", ["Where is my parcel?", "It never arrived"], "logistics"),
        ("product", ["Is it in stock? Which size?"], "pre_sale"),
        ("", ["哦"], "other"),
    ],
)
def test_a_topic_is_proposed_from_the_entry_and_the_words(entry, said, topic):
    assert topic_words.propose(entry, said) == topic


@pytest.mark.rule("C24")
def test_a_close_keeps_the_topic_chosen_else_the_proposal():
    stage = Stage()
    session = held(stage)
    assert sessions.close(session.pk, stage.lin, topic="other").topic == "other"
    again = base.writes(stage.line, "我要退款")
    assert sessions.close(again.pk, stage.lin).topic == "after_sale"


@pytest.mark.rule("C23")
def test_an_old_session_mutes_nobody_in_a_colleagues_new_one():
    stage = Stage()
    old = held(stage)
    sessions.close(old.pk, stage.lin)
    people.set_accepting(stage.lin, False)
    sessions.take(base.writes(stage.line).pk, stage.wu)
    with pytest.raises(Refused, match="not_assignee"):
        mutes.mute(old.pk, stage.lin, 5)
    base.writes(stage.line, "Hello?")


@pytest.mark.rule("C24")
def test_one_who_writes_a_lot_leaves_the_others_their_topics():
    shop = base.shop()
    flood, short = base.buyer(shop), base.buyer(shop)
    for number in range(topics.READ * 2 + 1):
        base.writes(flood, f"Hello {number}")
    asked = [base.session(flood), base.writes(short, "I want a refund")]
    assert (
        topics.proposals(asked)[asked[1].pk]
        == topics.proposals(asked[1:])[asked[1].pk]
        != topics.proposals(asked)[asked[0].pk]
    )
