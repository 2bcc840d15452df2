"""Who lost the right between a request and its lock changes nothing, nor is given anything (SPEC A1)."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from chat import incoming, sending
from chat.actions import attachments, handover, mutes, people, recalls, reports, sessions, undoing
from chat.actions.items import Post
from shops.errors import NotAllowed, NotYours, Refused
from shops.models import Member, Presence
from tests import base
from tests.chat import samples
from tests.chat.stage import Stage, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("A1", "A6")]


def loses_it(member: Member) -> None:
    """Take the right away as another process does, whose change this one has not seen."""
    Member.objects.filter(pk=member.pk).update(im_permission=False)


def test_who_lost_the_right_closes_hands_on_and_takes_nothing() -> None:
    stage = Stage()
    mine, waits = held(stage), _waiting(stage)
    calls: list[Callable[[], Any]] = [
        lambda: sessions.close(mine.pk, stage.lin),
        lambda: sessions.transfer(mine.pk, stage.wu, stage.lin),
        lambda: sessions.no_reply_needed(mine.pk, stage.lin, True),
        lambda: sessions.give(waits, stage.wu, stage.lin),
        lambda: handover.hand_over(stage.lin, None, stage.lin, []),
        lambda: undoing._agent(stage.lin),
        lambda: people.came_online(stage.lin, "test", "another"),
    ]
    Member.objects.filter(pk=stage.lin.pk).update(accepting=True)
    stage.lin.refresh_from_db()
    loses_it(stage.lin)
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert base.session(stage.line).assignee == stage.lin
    stage.lin.refresh_from_db()
    assert stage.lin.accepting
    Member.objects.filter(pk=stage.lin.pk).update(im_permission=True)
    assert sessions.give(waits, stage.wu, stage.lin).assignee == stage.wu
    assert sessions.close(mine.pk, stage.lin).state == "closed"


def test_a_lead_who_lost_the_right_takes_nothing_over() -> None:
    stage = Stage()
    session = held(stage)
    loses_it(stage.lead)
    with pytest.raises(Refused, match="not_agent"):
        sessions.transfer(session.pk, stage.lead, stage.lead)
    Member.objects.filter(pk=stage.lead.pk).update(im_permission=True)
    assert sessions.transfer(session.pk, stage.lead, stage.lead).assignee == stage.lead


def test_nobody_is_given_anything_who_lost_the_right_or_works_elsewhere() -> None:
    stage = Stage()
    session, waits = held(stage), _waiting(stage)
    far = base.agent(base.shop("Meadow"), "Far")
    loses_it(stage.wu)
    for nobody in (stage.wu, far):
        for call in (lambda to=nobody: sessions.transfer(session.pk, to, stage.lin),
                     lambda to=nobody: sessions.give(waits, to, stage.lin),
                     lambda to=nobody: handover.hand_over(stage.lin, to, stage.lead)):  # fmt: skip
            with pytest.raises(Refused, match="not_agent"):
                call()
    Member.objects.filter(pk=stage.wu.pk).update(im_permission=True)
    assert handover.hand_over(stage.lin, stage.wu, stage.lead).moved == [session.pk]


@pytest.mark.parametrize("loser", ["lead", "wu"])
def test_a_right_that_is_lost_before_the_lock_hands_nothing_over(loser: str) -> None:
    stage = Stage()
    session = held(stage)

    def meanwhile() -> Iterator[int]:
        loses_it(getattr(stage, loser))
        yield session.pk

    with pytest.raises((NotAllowed, Refused)):
        handover.hand_over(stage.lin, stage.wu, stage.lead, meanwhile())  # type: ignore[arg-type]
    assert base.session(stage.line).assignee == stage.lin


def test_another_shops_session_is_not_there_for_any_action() -> None:
    stage = Stage()
    session, far = held(stage), base.agent(base.shop("Meadow"), "Far", role="service_lead")
    for call in (lambda: sessions.close(session.pk, far), lambda: sessions.mark(session.pk, far, True),
                 lambda: sessions.transfer(session.pk, far, far)):  # fmt: skip
        with pytest.raises(NotYours):
            call()
    for other in (stage.wu, stage.lead):
        for call in (lambda by=other: sessions.close(session.pk, by),
                     lambda by=other: sessions.mark(session.pk, by, True),
                     lambda by=other: sessions.no_reply_needed(session.pk, by, True)):  # fmt: skip
            with pytest.raises(Refused, match="not_assignee"):
                call()
    assert sessions.mark(session.pk, stage.lin, True).marked


def test_only_who_has_a_session_and_the_right_writes_into_it_open_or_closed() -> None:
    stage = Stage()
    session, beside = held(stage), base.writes(stage.other)
    sessions.close(beside.pk, stage.lin)
    for _ in ("open", "closed"):
        _refused(base.from_agent(stage.wu, session), "not_assignee")
        loses_it(stage.lin)
        _refused(base.from_agent(stage.lin, session), "not_assignee")
        Member.objects.filter(pk=stage.lin.pk).update(im_permission=True)
        assert base.replies(stage.lin, session)
        if _ == "open":
            sessions.close(session.pk, stage.lin)
    astray = base.from_agent(stage.lin, session)
    astray.session_id = beside.pk
    assert isinstance(base.send(astray)[0], NotYours)


def test_a_file_goes_with_a_message_of_whose_it_is() -> None:
    stage = Stage()
    session = held(stage)
    for of, code in ((stage.wu, "attachment_gone"), (stage.lin, "")):
        file = attachments.upload(stage.shop, f"a:{of.pk}", samples.sent(samples.GOOD["png"](), "x.png"))
        given = {"client_msg_id": str(uuid.uuid4()), "kind": "image", "attachment": file.pk}
        said = sending.from_agent(stage.lin, session, incoming.draft(given, incoming.AGENT_KINDS))
        if code:
            _refused(said, code)
        else:
            base.done(base.send(said)[0])


def test_what_is_not_said_is_not_recalled_and_who_only_looks_reports_nobody() -> None:
    stage = Stage()
    session = held(stage)
    with pytest.raises(NotYours):
        recalls.recall(session.pk, stage.lin, 999)
    with pytest.raises(Refused, match="not_assignee"):
        reports.submit(session.pk, stage.wu, "spam")
    assert reports.submit(session.pk, stage.lead, "spam").pk
    with pytest.raises(Refused, match="not_assignee"):
        mutes.unmute(session.pk, stage.wu)
    assert mutes.unmute(session.pk, stage.lin) == session
    nobody = base.buyer(stage.shop)
    with pytest.raises(Refused, match="no_session"):
        sessions.ask_human(stage.shop.pk, nobody.pk)
    assert sessions.ask_human(stage.shop.pk, stage.line.pk) == session


def test_what_a_colleague_has_stays_with_the_colleague() -> None:
    stage = Stage()
    mine, theirs = held(stage), sessions.give(_waiting(stage), stage.wu, stage.wu)
    assert handover.hand_over(stage.lin, stage.lead, stage.lin) == ([mine.pk], [])
    Presence.objects.filter(member=stage.wu).update(expires_at=timezone.now() - people.LEASE)
    people.came_online(stage.lin, "test", "another")
    assert Presence.objects.filter(member=stage.wu).exists()
    people.disable(stage.lin)
    assert set(Presence.objects.values_list("member", flat=True)) == {stage.wu.pk, stage.lead.pk}
    loses_it(stage.lead)
    people.renew("new", {"one": stage.lead.pk, "two": stage.wu.pk})
    assert set(Presence.objects.filter(boot="new").values_list("member", flat=True)) == {stage.wu.pk}
    theirs.refresh_from_db()
    assert theirs.assignee == stage.wu


def _refused(said: Post, code: str) -> None:
    [outcome] = base.send(said)
    assert getattr(outcome, "code", outcome) == code


def _waiting(stage: Stage) -> int:
    people.set_accepting(stage.lin, False)
    return base.writes(stage.other).pk
