"""Stars (SPEC F1, F2, P9): one rating a session, its source, the invitation where the platform offers it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.actions import ratings, sessions
from chat.models import Event, Rating
from shops.errors import Refused
from tests import base, invariants

pytestmark = pytest.mark.django_db(transaction=True)


def answered(preset="douyin", **settings):
    """Return an agent and its session that it has answered."""
    shop = base.shop(preset=preset, **settings)
    lin = base.agent(shop, "Lin")
    base.agent(shop, "Wu", online=False)
    session = base.writes(base.buyer(shop))
    base.replies(lin, session)
    return lin, session


def rate(session, stars=5, words="", pk=None):
    body = {"session": pk or session.pk, "stars": stars, "words": words}
    return base.phone(session.conversation).post("/api/v1/buyer/rating", body, format="json")


def closed(session):
    """Return what the close said to the buyer."""
    return Event.objects.get(session=session, kind="session.closed").data


@pytest.mark.rule("F1")
def test_the_buyer_rates_once_and_can_not_change_it():
    _lin, session = answered()
    first = rate(session, 2, "Slow")
    assert (first.status_code, first.json()["session"]["rated"]) == (201, True)
    again = rate(session, 5)
    assert (again.status_code, again.json()["code"]) == (409, "already_rated")
    rating = Rating.objects.get(session=session)
    assert (rating.stars, rating.words) == (2, "Slow")
    invariants.check()


@pytest.mark.rule("F1")
def test_each_session_has_a_rating_of_its_own():
    lin, session = answered()
    rate(session, 1)
    sessions.close(session.pk, lin)
    second = base.writes(session.conversation)
    base.replies(lin, second)
    assert rate(second, 5).status_code == 201
    assert list(Rating.objects.order_by("pk").values_list("stars", flat=True)) == [1, 5]


@pytest.mark.rule("F1")
@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
def test_one_to_five_stars_with_words_if_wanted(stars):
    lin, session = answered()
    assert rate(session, stars, "Quick and kind").status_code == 201
    event = Event.objects.get(session=session, kind="session.rated")
    said = {"stars": stars, "words": "Quick and kind", "reasons": []}
    assert event.data == {**said, "source": "buyer", "agent": "Lin"}
    row = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}").json()["session"]
    assert row["rating"] == said


@pytest.mark.rule("F1")
@pytest.mark.parametrize("fields", [{"stars": s} for s in (0, 6, -1, 4.5, "5", True, None)] + [{"words": "x" * 501}])
def test_anything_else_is_refused(fields):
    _lin, session = answered()
    body = {"session": session.pk, "stars": 5, **fields}
    answer = base.phone(session.conversation).post("/api/v1/buyer/rating", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Rating.objects.exists()


@pytest.mark.rule("F1")
def test_the_database_knows_no_other_stars_and_no_second_rating():
    _lin, session = answered()
    rate(session)
    row = Rating.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=row.pk).update(stars=6)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.rule("F5")
def test_one_or_two_stars_come_with_reasons_that_are_kept_and_shown():
    lin, session = answered()
    body = {"session": session.pk, "stars": 2, "reasons": ["unsolved", "slow"]}
    assert base.phone(session.conversation).post("/api/v1/buyer/rating", body, format="json").status_code == 201
    assert Rating.objects.get().reasons == ["slow", "unsolved"]
    event = Event.objects.get(session=session, kind="session.rated")
    assert event.data["reasons"] == ["slow", "unsolved"]
    row = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}").json()["session"]
    assert row["rating"] == {"stars": 2, "words": "", "reasons": ["slow", "unsolved"]}


@pytest.mark.rule("F5")
@pytest.mark.parametrize(("stars", "reasons"), [(3, ["slow"]), (5, ["other"]), (1, ["bad"]), (1, ["slow", "slow"]),
                                                (1, "slow"), (2, [None]), (2, [["slow"]]), (2, [{}])])  # fmt: skip
def test_reasons_are_known_ones_each_once_and_of_few_stars(stars, reasons):
    _lin, session = answered()
    body = {"session": session.pk, "stars": stars, "reasons": reasons}
    answer = base.phone(session.conversation).post("/api/v1/buyer/rating", body, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["reasons"])
    assert not Rating.objects.exists()


@pytest.mark.rule("F1")
def test_before_an_answer_there_is_nothing_to_rate():
    shop = base.shop()
    base.agent(shop, "Lin")
    session = base.writes(base.buyer(shop))
    refused = rate(session)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_rate")
    assert not Rating.objects.exists()


@pytest.mark.rule("F1")
def test_a_bots_answer_can_be_rated_and_the_rating_is_nobodys():
    shop = base.shop(bot_enabled=True)
    session = base.clicks(base.buyer(shop), base.question(shop))
    assert rate(session, 4).status_code == 201
    assert Rating.objects.get().member is None
    invariants.check()


@pytest.mark.rule("F1")
def test_until_an_agent_has_spoken_it_is_the_bot_that_is_rated():
    lin = base.agent(base.shop(), "Lin")
    session = base.clicks(base.buyer(lin.shop), base.question(lin.shop))
    assert session.assignee == lin
    assert rate(session, 2).status_code == 201
    assert Rating.objects.get().member is None


@pytest.mark.rule("F1")
def test_the_rating_goes_to_the_agent_who_had_the_session_last():
    lin, session = answered()
    wu = lin.shop.members.get(nickname="Wu")
    sessions.transfer(session.pk, wu, lin)
    base.replies(wu, base.session(session.conversation))
    sessions.close(session.pk, wu)
    rate(session)
    assert Rating.objects.get().member == wu


@pytest.mark.rule("F1")
def test_somebody_elses_session_can_not_be_rated():
    lin, session = answered()
    other = base.writes(base.buyer(lin.shop))
    base.replies(lin, other)
    foreign = answered()[1]
    for pk in (other.pk, foreign.pk, 10**9):
        assert rate(session, pk=pk).status_code == 404
    assert not Rating.objects.exists()


@pytest.mark.rule("F2", "P9")
@pytest.mark.parametrize("preset", ["douyin", "tiktok_shop"])
def test_the_buyer_may_rate_an_open_session_unasked(preset):
    _lin, session = answered(preset)
    rate(session)
    assert Rating.objects.get().source == "buyer"


@pytest.mark.rule("F2", "P9")
def test_an_invitation_is_sent_once_shown_to_the_agent_and_named_as_the_source():
    lin, session = answered()
    here = f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}"
    invited = base.desk(lin).post(f"{here}/invite-rating")
    assert (invited.status_code, invited.json()["invited"]) == (200, True)
    again = base.desk(lin).post(f"{here}/invite-rating")
    assert (again.status_code, again.json()["code"]) == (409, "already_invited")
    events = base.phone(session.conversation).get("/api/v1/buyer/events").json()
    assert [e["message"]["kind"] for e in events["results"] if e["message"]] == ["text", "text", "rating_card"]
    assert (events["session"]["invited"], events["session"]["rated"]) == (True, False)
    rate(session)
    assert Rating.objects.get().source == "invitation"
    assert base.phone(session.conversation).get("/api/v1/buyer/events").json()["session"]["rated"] is True
    invariants.check()


@pytest.mark.rule("F2")
def test_an_invitation_answered_after_the_close_is_still_one():
    lin, session = answered()
    ratings.invite(session.pk, lin)
    sessions.close(session.pk, lin)
    assert closed(session)["survey"] is False
    rate(session)
    assert Rating.objects.get().source == "invitation"


@pytest.mark.rule("P9")
def test_where_the_survey_is_automatic_nobody_invites():
    lin, session = answered("tiktok_shop")
    answer = base.desk(lin).post(f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}/invite-rating")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_offered")
    assert base.session(session.conversation).invited_at is None


@pytest.mark.rule("P4")
def test_nobody_is_invited_into_a_session_that_is_read_only(time_machine):
    lin, session = answered(overrides={"buyer_silent_close": None})
    time_machine.move_to(timezone.now() + timedelta(hours=24))
    answer = base.desk(lin).post(f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}/invite-rating")
    assert (answer.status_code, answer.json()["code"]) == (409, "read_only")
    assert base.session(session.conversation).invited_at is None


@pytest.mark.rule("F2")
def test_only_the_sessions_agent_invites_and_only_before_a_rating():
    lin, session = answered()
    with pytest.raises(Refused) as refused:
        ratings.invite(session.pk, lin.shop.members.get(nickname="Wu"))
    assert refused.value.code == "not_assignee"
    rate(session)
    with pytest.raises(Refused) as refused:
        ratings.invite(session.pk, lin)
    assert refused.value.code == "already_rated"


@pytest.mark.rule("F2", "P9")
def test_where_the_survey_is_automatic_the_close_offers_it_and_it_is_the_source():
    lin, session = answered("tiktok_shop")
    sessions.close(session.pk, lin)
    assert closed(session) == {"reason": "agent", "survey": True}
    rate(session)
    assert Rating.objects.get().source == "survey"


@pytest.mark.rule("P9")
@pytest.mark.parametrize("why", ["nobody answered", "rated already", "not this platform"])
def test_the_close_offers_no_survey_where_there_is_nothing_to_ask(why):
    lin, session = answered("douyin" if why == "not this platform" else "tiktok_shop")
    if why == "nobody answered":
        session = base.writes(base.buyer(lin.shop))
    if why == "rated already":
        rate(session)
    sessions.close(session.pk, lin)
    assert closed(session)["survey"] is False


@pytest.mark.rule("F2", "P9")
def test_a_shop_that_has_both_tells_invitation_from_survey():
    both = {"survey_at_close": True, "survey_by_invitation": True}
    lin, invited = answered(overrides=both)
    surveyed = base.writes(base.buyer(lin.shop))
    base.replies(lin, surveyed)
    ratings.invite(invited.pk, lin)
    rate(invited)
    sessions.close(surveyed.pk, lin)
    rate(surveyed)
    assert Rating.objects.get(session=invited).source == "invitation"
    assert Rating.objects.get(session=surveyed).source == "survey"


@pytest.mark.rule("F1")
def test_the_page_offers_stars_only_when_there_is_something_to_rate():
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    line, product = base.buyer(shop), base.product(shop)
    entry = {"kind": "product", "ref": product.sku}

    def offered():
        signed = base.identity.sign(shop, line.buyer.uid, line.buyer.nickname)
        body = {"shop": shop.pk, "identity": signed, "entry": entry}
        return base.APIClient().post("/api/v1/buyer/entry", body, format="json").json()["can_rate"]

    session = base.writes(line)
    seen = [offered()]
    base.replies(lin, session)
    seen.append(offered())
    rate(session)
    assert [*seen, offered()] == [False, True, False]
