"""Who lost the right between a request and its lock changes nothing, nor is given anything (SPEC A1)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chat.actions import handover, people, sessions, undoing
from shops.errors import NotAllowed, NotYours, Refused
from shops.models import Member
from tests import base
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


def _waiting(stage: Stage) -> int:
    people.set_accepting(stage.lin, False)
    return base.writes(stage.other).pk
