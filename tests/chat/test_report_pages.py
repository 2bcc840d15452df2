"""The pages of reports (F3, A7): what the seller follows, what the platform's reviewer sees and decides."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat.actions import reports
from chat.models import Message, Rating, ServiceSession, UserReport
from shops import actions as shop_actions
from shops.errors import Refused
from shops.models import Member, User
from tests import base
from tests.chat.stage import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def reviewer() -> User:
    return User.objects.create_user(username="reviewer", is_staff=True)


signed_in = partial(base.web, language="en")


def follows(member: Member, query: str = "") -> Any:
    return signed_in(member.user).get(f"/shops/{member.shop_id}/reports/{query}")


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def reported(stage: Stage, by: Member, said: str, words: str) -> UserReport:
    session = base.writes(base.buyer(stage.shop), said)
    ServiceSession.objects.filter(pk=session.pk).update(last_assignee=by)
    picked = Message.objects.get(session=session, sender_kind="buyer").seq
    return reports.submit(session.pk, by, "abuse", words, [picked])


@pytest.mark.rule("F3", "A2")
def test_an_agent_follows_its_own_reports_and_a_lead_the_shops(stage: Stage) -> None:
    reported(stage, stage.lin, "You fools", "By Lin")
    reported(stage, stage.lead, "You knaves", "By the lead")
    hers = text(follows(stage.lin))
    assert "By Lin" in hers
    assert "By the lead" not in hers
    leads = text(follows(stage.lead))
    assert "By Lin" in leads
    assert "By the lead" in leads
    stranger = base.agent(base.shop("Other"), "Stranger")
    assert signed_in(stranger.user).get(f"/shops/{stage.shop.pk}/reports/").status_code == 404


@pytest.mark.rule("F3")
def test_time_left_and_overdue_are_said_and_can_be_asked_for(stage: Stage, time_machine: Any) -> None:
    reported(stage, stage.lin, "You fools", "Insults")
    assert "Overdue" not in text(follows(stage.lin)).split("<tbody>")[1]
    assert "Insults" not in text(follows(stage.lin, "?state=overdue"))
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert "Overdue" in text(follows(stage.lin, "?state=overdue")).split("<tbody>")[1]
    assert "Insults" in text(follows(stage.lin, "?state=pending"))
    assert "Insults" not in text(follows(stage.lin, "?state=approved"))


@pytest.mark.rule("F3", "A7")
def test_a_reviewer_sees_the_case_and_decides_it_and_takes_it_back(stage: Stage, reviewer: User) -> None:
    report = reported(stage, stage.lin, "You fools", "Insults")
    platform = signed_in(reviewer)
    assert "Insults" in text(platform.get("/platform/reports/"))
    case = f"/platform/reports/{report.pk}/"
    assert "You fools" in text(platform.get(case))
    assert "Say why" in text(platform.post(case, {"decision": "reject"}))
    assert "Choose a decision" in text(platform.post(case, {"decision": "?"}))
    assert "left the figures" in text(platform.post(case, {"decision": "approve", "words": "Yes"}, follow=True))
    assert ServiceSession.objects.get(pk=report.session_id).report_upheld
    late = text(platform.post(case, {"decision": "reject", "words": "My long words"}))
    assert "decided this already" in late
    assert "Take the approval back" in late  # as it is now, and what was written stays
    assert "My long words" in late
    assert "Insults" not in text(platform.get("/platform/reports/"))
    assert "Insults" in text(platform.get("/platform/reports/?state=approved"))
    assert "in the figures again" in text(platform.post(case, {"decision": "reverse", "words": "Oh"}, follow=True))
    assert not ServiceSession.objects.get(pk=report.session_id).report_upheld
    assert "Oh" in text(follows(stage.lin))


@pytest.mark.rule("A7")
def test_only_the_platforms_people_decide_and_not_in_their_own_shops(stage: Stage, reviewer: User) -> None:
    report = reported(stage, stage.lin, "You fools", "Insults")
    case = f"/platform/reports/{report.pk}/"
    for address in ("/platform/reports/", case):
        assert signed_in(stage.lead.user).get(address).status_code == 404
        assert Client().get(address).status_code == 302
    shop_actions.add_member(stage.shop, reviewer, "Both", role="agent")
    assert "Insults" not in text(signed_in(reviewer).get("/platform/reports/"))
    assert signed_in(reviewer).get(case).status_code == 404
    assert signed_in(reviewer).post(case, {"decision": "approve"}).status_code == 404
    assert UserReport.objects.get().state == "pending"
    assert signed_in(reviewer).get(f"/platform/reports/{2**63}/").status_code == 404


@pytest.mark.rule("F3")
def test_ten_reports_in_a_day_are_enough(stage: Stage, time_machine: Any) -> None:
    for number in range(10):
        reported(stage, stage.lin, f"You fools {number}", "Insults")
    with pytest.raises(Refused, match="too_many_reports"):
        reported(stage, stage.lin, "You fools", "Insults")
    reported(stage, stage.lead, "You fools", "Insults")  # the limit is each member's own
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    reported(stage, stage.lin, "You fools", "Insults")


def test_what_no_address_can_mean_is_left_out(stage: Stage, reviewer: User) -> None:
    reported(stage, stage.lin, "You fools", "Insults")
    boss, platform = base.agent(stage.shop, "Boss", role="owner"), signed_in(reviewer)
    for much in ("9" * 5000, "٣", "-1", str(2**63)):
        assert follows(stage.lin, f"?before={much}").status_code == 200
        assert signed_in(boss.user).get(f"/shops/{stage.shop.pk}/accounts/?after={much}").status_code == 200
        assert platform.post("/platform/avatars/", {"review": much, "decision": "approve"}).status_code == 404
    queue = platform.get("/platform/reports/?state=foo")
    assert (queue.context["state"], len(queue.context["rows"])) == ("pending", 1)


@pytest.mark.rule("F3")
def test_pages_of_reports_hold_each_once(stage: Stage) -> None:
    for number in range(32):
        session = base.writes(base.buyer(stage.shop))
        UserReport.objects.create(
            shop=stage.shop, session=session, member=stage.lin, reason="spam", words=f"case-{number:02}",
            submitted_at=timezone.now(),
        )  # fmt: skip
    first = follows(stage.lin)
    second = follows(stage.lin, f"?before={first.context['next']}")
    seen = [row["report"].words for answer in (first, second) for row in answer.context["rows"]]
    assert seen == [f"case-{number:02}" for number in range(31, -1, -1)]
    assert second.context["next"] is None


@pytest.mark.rule("F3", "F1", "F5")
def test_the_reviewer_of_a_malicious_rating_reads_the_rating(stage: Stage, reviewer: User) -> None:
    report = reported(stage, stage.lin, "Useless", "A false rating")
    address = f"/platform/reports/{report.pk}/"
    assert "Not rated" in text(signed_in(reviewer).get(address))
    session = report.session
    Rating.objects.create(
        shop=stage.shop, session=session, member=stage.lin, stars=1, words="The <b>worst</b>", reasons=["rude", "slow"],
        source="buyer", created_at=timezone.now(),
    )  # fmt: skip
    shown = text(signed_in(reviewer).get(address))
    assert "1 star · Rude · Slow · The &lt;b&gt;worst&lt;/b&gt;" in shown
