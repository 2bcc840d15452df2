"""A shop's retention: what is older goes from the log's start, nothing else does, and every figure stays."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from botfaq import unmatched
from chat import catchup
from chat.actions import indexing, notes, outbox, people, policy, ratings, reports, retention, sessions
from chat.models import BotAnswer, Conversation, Event, Message, MessageTranslation, Outbox, ServiceSession, Translation
from shops import audit
from shops.errors import Invalid, NotAllowed
from shops.models import AuditEntry, Member, Shop, User
from tests import base, invariants
from tests.chat.planted import MARK, file_of, found_in_database, found_in_media

pytestmark = pytest.mark.django_db(transaction=True)
START = "2026-03-02T04:00:00Z"


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> Any:
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop", retention_days=30)


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False, im=True)


@pytest.fixture
def agent(shop: Shop) -> Member:
    return base.agent(shop, "Ann")


def talked(line: Conversation, by: Member, text: str = "Is it blue?") -> ServiceSession:
    """A reception from the first message to the close, rated; return it."""
    people.came_online(by, "test", f"console-{by.pk}")
    session = base.writes(line, text)
    base.replies(by, session, f"Yes: {text}")
    sessions.close(session.pk, by)
    ratings.rate(line.shop_id, line.pk, session.pk, 4, f"Good: {text}", [])
    return base.session(line)


def full(of: Shop, agent: Member, owner: Member) -> Conversation:
    """A closed reception with the marker wherever words of a conversation can stand."""
    line = base.buyer(of)
    session = base.writes(line, f"I am {MARK}")
    sessions.mark(session.pk, agent, True, f"note {MARK}")
    notes.add(session.pk, agent, f"call {MARK}")
    sessions.transfer(session.pk, owner, agent, f"because {MARK}")
    base.replies(owner, base.session(line), f"Dear {MARK}")
    said = Message.objects.filter(conversation=line, sender_kind="buyer").earliest("seq")
    MessageTranslation.objects.create(message=said, language="en", text=f"tr {MARK}")
    Translation.objects.create(shop=of, digest="d" * 32, text=f"cached {MARK}")
    unmatched.missed(of.pk, said.text, session.pk, timezone.now())
    picture = file_of(f"b:{line.buyer_id}", of, bound=True)
    Message.objects.filter(pk=said.pk).update(attachment=picture)
    report = reports.submit(session.pk, owner, "abuse", f"says {MARK}", [said.seq])
    reports.decide(report, User.objects.create_user("platform", is_staff=True), False, f"no {MARK}")
    sessions.close(session.pk, owner)
    ratings.rate(of.pk, line.pk, session.pk, 2, f"bad {MARK}", ["slow"])
    indexing.index_due()
    return line


def swept() -> None:
    """What the worker does until nothing is due."""
    while retention.sweep(timezone.now()):
        outbox.deliver_due()
    outbox.deliver_due()  # the files follow
    indexing.index_due()


def fresh(line: Conversation) -> Conversation:
    return Conversation.objects.select_related("shop", "buyer").get(pk=line.pk)


def seqs(line: Conversation) -> list[int]:
    return list(Event.objects.filter(conversation=line).order_by("seq").values_list("seq", flat=True))


def test_nothing_of_what_is_removed_is_left_in_any_table_or_file(
    shop: Shop, agent: Member, owner: Member, clock: Any
) -> None:
    line = full(shop, agent, owner)
    assert len(found_in_database(MARK)) >= 10, "the planted marker must be there before"
    assert found_in_media(MARK)
    clock.shift(timedelta(days=31))
    swept()
    assert found_in_database(MARK) == []
    assert found_in_media(MARK) == []
    assert seqs(line) == []
    assert fresh(line).first_seq == fresh(line).last_seq + 1
    invariants.check()


def test_an_open_session_and_what_is_younger_stay_whole_and_the_numbers_run_on(
    shop: Shop, agent: Member, clock: Any
) -> None:
    line = base.buyer(shop)
    old = talked(line, agent, "old words")
    clock.shift(timedelta(days=20))
    young = talked(line, agent, "young words")
    waiting = base.writes(base.buyer(shop), "still open")
    clock.shift(timedelta(days=11))
    swept()
    assert fresh(line).first_seq == young.first_seq
    assert seqs(line) == list(range(young.first_seq, fresh(line).last_seq + 1))
    assert not Message.objects.filter(session=old).exists()
    assert Message.objects.filter(session=young).count() == 2
    open_since = Event.objects.filter(session=waiting).count()
    clock.shift(timedelta(days=300))
    swept()
    assert Event.objects.filter(session=waiting).count() == open_since
    again = base.writes(line, "me again")
    assert again.first_seq == fresh(line).first_seq
    invariants.check()


def test_a_report_under_review_keeps_its_session_and_what_came_after_it(
    shop: Shop, agent: Member, owner: Member, clock: Any
) -> None:
    line, other = base.buyer(shop), base.buyer(shop)
    first = talked(line, agent)
    report = reports.submit(first.pk, agent, "abuse")
    clock.shift(timedelta(minutes=1))
    talked(line, agent, "later")
    talked(other, agent)
    clock.shift(timedelta(days=40))
    before = seqs(line)
    swept()
    assert seqs(line) == before
    assert seqs(other) == []
    reports.decide(report, User.objects.create_user("platform", is_staff=True), True, "So it is.")
    swept()
    assert seqs(line) == []


def test_nothing_goes_where_nothing_is_set_and_nothing_of_another_shop(shop: Shop, agent: Member, clock: Any) -> None:
    elsewhere = base.shop("Other")
    theirs = base.buyer(elsewhere)
    talked(theirs, base.agent(elsewhere, "Eve"), "their words")
    mine = base.buyer(shop)
    talked(mine, agent)
    before = seqs(theirs)
    clock.shift(timedelta(days=365))
    swept()
    assert seqs(mine) == []
    assert seqs(theirs) == before
    assert fresh(theirs).first_seq == 1
    assert Outbox.objects.count() == 0


def test_a_long_conversation_goes_in_steps_each_of_which_leaves_no_gap(
    shop: Shop, agent: Member, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = base.buyer(shop)
    session = talked(line, agent, "first words")
    last = fresh(line).last_seq
    indexing.index_due()
    clock.shift(timedelta(days=31))
    monkeypatch.setattr(retention, "STEP", 2)
    before = timezone.now() - timedelta(days=30)
    steps = 0
    while retention.remove_some(line.pk, before):
        steps += 1
        assert seqs(line) == list(range(fresh(line).first_seq, last + 1))
        indexing.index_due()
        invariants.check()
    assert steps == -(-last // 2)
    session.refresh_from_db()
    assert session.removed_at == timezone.now()
    assert retention.remove_some(line.pk, before) == 0


def test_what_is_too_much_for_one_turn_is_promised_anew(
    shop: Shop, agent: Member, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [base.buyer(shop) for _ in range(3)]
    for line in lines:
        talked(line, agent)
    clock.shift(timedelta(days=31))
    monkeypatch.setattr(retention, "STEPS", 2)
    retention.remove({"shop": shop.pk})
    assert [bool(seqs(line)) for line in lines] == [False, False, True]
    assert Outbox.objects.filter(kind="shop.retention").count() == 1
    assert retention.sweep(timezone.now()) == 0, "it is promised already"
    outbox.deliver_due()
    assert not any(seqs(line) for line in lines)
    assert Outbox.objects.count() == 0


@pytest.mark.rule("G2", "G9")
def test_every_figure_is_the_same_before_and_after(shop: Shop, agent: Member, owner: Member, clock: Any) -> None:
    policy.set_bot(shop, True, owner)
    question = base.question(shop)
    line = base.buyer(shop)
    base.answered(line, question)
    helped = BotAnswer.objects.get()
    BotAnswer.objects.filter(pk=helped.pk).update(solved=True)
    policy.set_bot(shop, False, owner)
    people.came_online(agent, "test", f"console-{agent.pk}")
    base.replies(agent, base.session(line))
    sessions.close(base.session(line).pk, agent)
    talked(base.buyer(shop), agent)
    clock.shift(timedelta(days=60))
    span = {"range": "custom", "start": "2026-03-01", "end": "2026-03-07"}

    def figures() -> list[Any]:
        asked = ("overview", "trend", "agents", "quality", "ratings", "bot")
        found = [base.desk(owner).get(f"/api/v1/shops/{shop.pk}/analytics/{name}", span) for name in asked]
        assert {one.status_code for one in found} == {200}
        told = json.dumps([one.json() for one in found])
        return [told.replace("Good: Is it blue?", "")]

    before = figures()
    swept()
    assert Message.objects.count() == 0
    assert BotAnswer.objects.get().message_id is None
    call_command("rebuild_facts")
    assert figures() == before


def test_facts_of_what_was_removed_are_left_out_and_counted(
    shop: Shop, agent: Member, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    line = base.buyer(shop)
    old = talked(line, agent)
    clock.shift(timedelta(days=31))
    young = talked(line, agent)
    swept()
    ServiceSession.objects.filter(pk__in=[old.pk, young.pk]).update(last_human_seq=77)
    call_command("rebuild_facts")
    told = capsys.readouterr().out
    assert f"session {young.pk}: last_human_seq" in told
    assert f"session {old.pk}:" not in told
    assert "1 sessions were left out" in told


def test_who_asks_for_what_was_removed_is_told_to_begin_anew(shop: Shop, agent: Member, clock: Any) -> None:
    line = base.buyer(shop)
    talked(line, agent)
    clock.shift(timedelta(days=31))
    people.came_online(agent, "test", f"console-{agent.pk}")
    session = base.writes(line, "new words")
    swept()
    first, last = fresh(line).first_seq, fresh(line).last_seq
    assert first == session.first_seq
    told = [json.loads(frame) for frame in catchup.buyer(base.token(line), first - 2)]
    assert told[0] == {"type": "reset", "conversation": line.pk}
    told = [json.loads(frame) for frame in catchup.agent(agent, 0, {line.pk: first - 2})]
    assert told[0] == {"type": "reset", "conversation": line.pk}
    told = [json.loads(frame) for frame in catchup.buyer(base.token(line), first - 1)]
    assert [one["seq"] for one in told if one["type"] == "event"] == list(range(first, last + 1))
    for ask in (
        lambda after: base.phone(line).get("/api/v1/buyer/events", {"after": after}).json(),
        lambda after: base.desk(agent).get(
            f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/events", {"after": after}
        ).json(),
    ):  # fmt: skip
        page = ask(first - 2)
        assert (page["reset"], page["first_seq"]) == (True, first)
        assert [one["seq"] for one in page["results"]] == list(range(first, last + 1))
        assert ask(first - 1)["reset"] is False
    entered = base.phone(line).get("/api/v1/buyer/events", {"before": last + 1}).json()
    assert (entered["reset"], entered["first_seq"]) == (False, first)


def test_pages_say_in_words_that_messages_were_removed(shop: Shop, agent: Member, owner: Member, clock: Any) -> None:
    line = base.buyer(shop)
    session = talked(line, agent)
    notes.add(session.pk, agent, "call back")
    of_notes = f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/notes"
    assert len(base.desk(agent).get(of_notes).json()["results"]) == 1
    clock.shift(timedelta(days=31))
    desk = base.desk(owner)
    desk.credentials(HTTP_ACCEPT_LANGUAGE="en")
    transcript = f"/shops/{shop.pk}/sessions/{session.pk}/transcript/"
    assert "were removed" not in desk.get(transcript).content.decode()
    swept()
    assert "were removed on" in desk.get(transcript).content.decode()
    assert "Messages were removed" in desk.get(f"/shops/{shop.pk}/history/").content.decode()
    assert base.desk(agent).get(of_notes).json()["results"] == []


def test_search_finds_the_buyer_but_not_the_words(shop: Shop, agent: Member, owner: Member, clock: Any) -> None:
    line = base.buyer(shop, "mia")
    talked(line, agent, "kettle question")
    indexing.index_due()
    clock.shift(timedelta(days=31))

    def found(q: str) -> list[Any]:
        asked = {"list": "history", "q": q}
        return list(base.desk(agent).get(f"/api/v1/shops/{shop.pk}/sessions", asked).json()["results"])

    assert len(found("kettle")) == 1
    swept()
    assert found("kettle") == []
    assert len(found("Mia")) == 1


def test_only_managers_set_it_and_the_audit_log_says_so(shop: Shop, agent: Member, owner: Member) -> None:
    where = f"/api/v1/shops/{shop.pk}/retention"
    assert base.desk(owner).get(where).json() == {"days": 30, "shortest": 30, "longest": 3650}
    assert base.desk(owner).patch(where, {"days": 90}, format="json").json()["days"] == 90
    for wrong in ({"days": 29}, {"days": 3651}, {"days": "90"}, {"days": True}, {}, {"days": 90, "more": 1}):
        assert base.desk(owner).patch(where, wrong, format="json").status_code == 400
    assert base.desk(agent).patch(where, {"days": None}, format="json").status_code == 403
    stranger = base.agent(base.shop("Other"), "Eve", role="owner", online=False)
    assert base.desk(stranger).patch(where, {"days": None}, format="json").status_code == 404
    with pytest.raises(NotAllowed):
        policy.set_retention(shop, None, agent)
    with pytest.raises(Invalid):
        policy.set_retention(shop, 7, owner)
    shop.refresh_from_db()
    assert shop.retention_days == 90
    told = AuditEntry.objects.filter(shop=shop, kind=audit.Kind.SETTING).latest("pk")
    assert (told.data["before"], told.data["after"]) == ({"retention_days": 30}, {"retention_days": 90})


def test_the_page_asks_twice_before_more_is_removed(shop: Shop, agent: Member, owner: Member) -> None:
    desk, where = base.desk(owner), f"/shops/{shop.pk}/settings/data/"
    assert desk.post(where, {"days": ""}).status_code == 302
    refused = desk.post(where, {"days": "60"})
    shop.refresh_from_db()
    assert (refused.status_code, shop.retention_days) == (200, None)
    assert desk.post(where, {"days": "60", "sure": "on"}).status_code == 302
    assert desk.post(where, {"days": "90"}).status_code == 302, "longer needs no second thought"
    shop.refresh_from_db()
    assert shop.retention_days == 90
    assert desk.post(where, {"days": "7", "sure": "on"}).status_code == 200
    assert base.desk(agent).get(where).status_code == 403
