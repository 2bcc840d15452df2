"""The platform's decision of a report (F3): who decides, what leaves the figures and comes back, whom it tells."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.actions import reports, sessions
from chat.models import DayMark, ServiceSession, UserReport
from shops.errors import Refused
from shops.models import User
from tests import base
from tests.chat.stage import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def reviewer() -> User:
    return User.objects.create_user(username="reviewer")


def reported(stage: Stage) -> tuple[ServiceSession, UserReport]:
    session = base.writes(stage.line, "You fools")
    return session, reports.submit(session.pk, stage.lin, "abuse", "Rude")


def upheld(session: ServiceSession) -> bool:
    return ServiceSession.objects.get(pk=session.pk).report_upheld


@pytest.mark.rule("F3", "A7")
def test_an_approved_session_leaves_the_figures_until_it_is_reversed(stage: Stage, reviewer: User) -> None:
    session, report = reported(stage)
    sessions.close(session.pk, stage.lin)
    marks = DayMark.objects.count()
    decided = reports.decide(report, reviewer, True, "Insults")
    assert (decided.state, decided.decided_by, decided.decision) == ("approved", reviewer, "Insults")
    assert (upheld(session), DayMark.objects.count()) == (True, marks + 1)
    with pytest.raises(Refused, match="already_reported"):
        reports.submit(session.pk, stage.lin, "spam", "Again")
    assert reports.reverse(report, reviewer).state == "reversed"
    assert (upheld(session), DayMark.objects.count()) == (False, marks + 2)
    assert reports.submit(session.pk, stage.lin, "spam", "Again").state == "pending"


@pytest.mark.rule("F3", "A7")
def test_a_rejected_report_changes_no_figure(stage: Stage, reviewer: User) -> None:
    session, report = reported(stage)
    sessions.close(session.pk, stage.lin)
    marks = DayMark.objects.count()
    assert reports.decide(report, reviewer, False).state == "rejected"
    assert (upheld(session), DayMark.objects.count()) == (False, marks)


@pytest.mark.rule("F3")
def test_an_overdue_report_stays_in_the_figures_and_can_still_be_decided(
    stage: Stage, reviewer: User, time_machine: Any
) -> None:
    session, report = reported(stage)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    assert (UserReport.objects.get(pk=report.pk).state, upheld(session)) == ("pending", False)
    reports.decide(report, reviewer, True)
    assert upheld(session)


@pytest.mark.rule("F3", "A7")
def test_a_report_is_decided_once_and_not_in_ones_own_shop(stage: Stage, reviewer: User) -> None:
    _session, report = reported(stage)
    with pytest.raises(Refused, match="own_shop"):
        reports.decide(report, stage.lead.user, True)
    with pytest.raises(Refused, match="already_decided"):
        reports.reverse(report, reviewer)  # nothing is approved yet
    reports.decide(report, reviewer, False)
    with pytest.raises(Refused, match="already_decided"):
        reports.decide(report, reviewer, True)


@pytest.mark.rule("F3")
@pytest.mark.django_db(transaction=True)
def test_a_decision_tells_the_desk_and_never_the_buyer(stage: Stage, reviewer: User) -> None:
    session, report = reported(stage)
    with stage.listening():
        reports.decide(report, reviewer, True)
        told = stage.heard()
    assert [(one["kind"], one["note"]) for one in told["Lin"]] == [("session.reported", None)]
    assert told["Lin"][0]["row"]["id"] == session.pk
    assert told[stage.line.pk] == []
