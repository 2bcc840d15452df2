"""Whoever is erased writes no more, by any door, and nothing comes in beside the erasure; the index stays whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from chat.actions import (
    answers,
    attachments,
    data_jobs,
    indexing,
    notes,
    notices,
    outbox,
    parcels,
    policy,
    ratings,
    reports,
    retention,
    sessions,
)
from chat.actions.items import Receipt
from chat.models import (
    Attachment,
    BotAnswer,
    Conversation,
    Event,
    Message,
    MessageTranslation,
    Note,
    PushSubscription,
    Rating,
    ServiceSession,
    Translation,
    UserReport,
)
from chat.sockets import DRAINING, EXPIRED, db
from chat.word_index import TABLE
from commerce.models import Shipment
from shops import identity
from shops.errors import NotYours, Refused
from shops.models import Buyer, Member, Shop
from tests import base
from tests.chat import lines
from tests.chat.samples import png
from tests.engine_server import engine
from tests.lib.test_webpush import AUTH, THEIRS

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = {"p256dh": THEIRS, "auth": AUTH}


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def agent(shop: Shop) -> Member:
    return base.agent(shop, "Ann")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False)


def talked(line: Conversation, agent: Member, text: str = "Is it blue?") -> ServiceSession:
    session = base.writes(line, text)
    base.replies(agent, session, f"Yes: {text}")
    return sessions.close(session.pk, agent)


def asked(line: Conversation, owner: Member) -> None:
    """The erasure is asked for; the outbox has not begun."""
    data_jobs.order(line.buyer, "erase", owner)


def erased(line: Conversation, owner: Member) -> None:
    asked(line, owner)
    outbox.deliver_due()
    outbox.deliver_due()


def index_is_whole() -> None:
    """SQLite says whether what was taken out of its index was in it; PostgreSQL keeps a row a document."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('integrity-check')")


def test_no_door_lets_an_erased_buyer_write(shop: Shop, agent: Member, owner: Member) -> None:
    policy.set_bot(shop, True, owner)
    line = base.buyer(shop)
    said = base.answered(line, base.question(shop))
    sessions.ask_human(shop.pk, line.pk)
    session = base.session(line)
    base.replies(agent, session)
    sessions.close(session.pk, agent)
    phone = base.phone(line)
    before = Event.objects.filter(conversation=line).count()
    asked(line, owner)
    body: dict[str, Any] = {"endpoint": "https://push.example/1", "keys": KEYS}
    for path, given in {
        "rating": {"session": session.pk, "stars": 1, "words": "my own words"},
        f"answers/{said}/feedback": {"solved": True},
        "human": {},
        "messages": base.body(),
        "push": body,
        "push/forget": {"endpoint": body["endpoint"]},
        "receipts": {"delivered": 1, "read": 1},
    }.items():
        answer = phone.post(f"/api/v1/buyer/{path}", given, format="json")
        assert answer.status_code in (401, 404, 409), path
    file = SimpleUploadedFile("a.png", png(), "image/png")
    assert phone.post("/api/v1/buyer/attachments", {"file": file}).status_code == 401
    assert Event.objects.filter(conversation=line).count() == before
    assert not Rating.objects.exists()
    assert not PushSubscription.objects.exists()
    assert not Attachment.objects.exists()
    assert BotAnswer.objects.get().solved is None


WRITES: dict[str, Callable[[Conversation, ServiceSession, int], object]] = {
    "rating": lambda line, session, _said: ratings.rate(line.shop_id, line.pk, session.pk, 1, "late words"),
    "verdict": lambda line, _session, said: answers.judge(line.shop_id, line.pk, said, True),
    "push": lambda line, _session, _said: notices.subscribe_buyer(
        base.token(line), notices.Browser("https://push.example/1", KEYS["p256dh"], KEYS["auth"])
    ),
    "upload": lambda line, _session, _said: attachments.upload(
        line.shop, f"b:{line.buyer_id}", SimpleUploadedFile("a.png", png(), "image/png"), line
    ),
}


@pytest.mark.parametrize("what", WRITES)
def test_who_was_let_in_before_finds_the_lock_says_no(what: str, shop: Shop, agent: Member, owner: Member) -> None:
    policy.set_bot(shop, True, owner)
    line = base.buyer(shop)
    said = base.answered(line, base.question(shop))
    sessions.ask_human(shop.pk, line.pk)
    session = sessions.close(base.session(line).pk, agent)
    asked(line, owner)
    with pytest.raises(NotYours):
        WRITES[what](line, session, said)
    [receipt] = base.send(Receipt(line.pk, "buyer", 1, 1))
    assert isinstance(receipt, NotYours)
    assert not Rating.objects.exists()
    assert not PushSubscription.objects.exists()
    assert not Attachment.objects.exists()


def test_the_open_page_of_who_is_erased_ends_and_finds_no_way_back(shop: Shop, agent: Member, owner: Member) -> None:
    line = base.buyer(shop)
    talked(line, agent)
    page, again = lines.buyer(line), lines.buyer(line)

    async def talk() -> None:
        await lines.enter(page)
        await db(asked, line, owner)
        assert await page.close_code() == DRAINING  # come anew, if you can
        assert await again.open()
        await again.say("auth", token=again.token, after=0)
        assert await again.close_code() == EXPIRED

    lines.run(talk)


@pytest.mark.rule("E11")
def test_no_news_of_a_parcel_comes_into_an_erased_conversation(shop: Shop, agent: Member, owner: Member) -> None:
    policy.set_tells_parcels(shop, True, owner)
    line = base.buyer(shop)
    talked(line, agent)
    order = base.order(line, "O-77")
    asked(line, owner)
    Shipment.objects.create(
        shop=shop, order=order, carrier="C", tracking_number="T-1", state="in_transit", updated_at=timezone.now()
    )
    before = Event.objects.filter(conversation=line).count()
    assert parcels.tell_changes() == 0
    assert Event.objects.filter(conversation=line).count() == before


def test_a_name_that_comes_in_beside_the_erasure_is_not_kept(shop: Shop, agent: Member, owner: Member) -> None:
    line = base.buyer(shop, "mia")
    talked(line, agent)
    renamed = identity.verify(shop, identity.sign(shop, "mia", "Mia Ballantyne"))
    erased(line, owner)
    before = Buyer.objects.values("nickname", "uid").get(pk=line.buyer_id)
    indexing.rename(renamed)
    assert Buyer.objects.values("nickname", "uid").get(pk=line.buyer_id) == before


def test_the_index_stays_whole_when_a_shortened_conversation_is_erased(
    shop: Shop, agent: Member, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = base.buyer(shop)
    session = talked(line, agent)
    indexing.index_due()
    monkeypatch.setattr(retention, "STEP", 1)
    later = timezone.now() + timedelta(days=1)
    assert retention.remove_some(line.pk, later) == 1
    indexing.index_due()  # its name alone: what is left of the words is still there
    assert ServiceSession.objects.get(pk=session.pk).words_doc
    assert retention.remove_some(line.pk, later) == 1
    index_is_whole()
    indexing.index_due()
    erased(line, owner)
    index_is_whole()


def test_what_is_indexed_while_the_erasure_waits_is_nothing(shop: Shop, agent: Member, owner: Member) -> None:
    line, other = base.buyer(shop), base.buyer(shop)
    first = talked(line, agent)
    indexing.index_due()
    second = talked(line, agent, "Is it red?")
    kept = talked(other, agent)
    asked(line, owner)
    indexing.index_due()
    found = ServiceSession.objects.in_bulk([first.pk, second.pk, kept.pk])
    assert [(found[one.pk].words_doc or 0) > 0 for one in (first, second, kept)] == [True, False, True]
    outbox.deliver_due()
    assert not ServiceSession.objects.filter(conversation=line).exclude(words_doc__lt=0).exists()
    index_is_whole()
    indexing.start_anew()
    indexing.index_due()
    index_is_whole()
    assert list(ServiceSession.objects.filter(words_doc__gt=0)) == [kept]


@pytest.mark.rule("C12")
def test_what_the_engine_says_after_the_erasure_is_kept_nowhere(
    shop: Shop, agent: Member, owner: Member, settings: Any
) -> None:
    line = base.buyer(shop)
    session = talked(line, agent, "My secret address")
    seq = Message.objects.get(conversation=line, sender_kind="buyer").seq

    def meanwhile() -> None:
        erased(line, owner)
        connection.close()  # this is the engine's thread

    with engine() as foreign:
        settings.TRANSLATE = {"engine": "libretranslate", "url": foreign.url, "key": "k", "model": "m"}
        foreign.meanwhile = meanwhile
        address = f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/translate-messages"
        answer = base.desk(agent).post(address, {"seqs": [seq], "to": "zh"}, "json")
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert not Message.objects.filter(text__contains="secret").exists()
    assert not MessageTranslation.objects.exists()
    assert not Translation.objects.exists()


BESIDE: dict[str, Callable[[ServiceSession, Member], object]] = {
    "a note": lambda session, agent: notes.add(session.pk, agent, "late words"),
    "a mark": lambda session, agent: sessions.mark(session.pk, agent, True, "late words"),
    "a report": lambda session, agent: reports.submit(session.pk, agent, "abuse", "late words"),
    "a reply": lambda session, agent: base.replies(agent, session, "late words"),
}


@pytest.mark.parametrize("what", BESIDE)
def test_nothing_is_written_beside_what_was_removed_or_erased(
    what: str, shop: Shop, agent: Member, owner: Member
) -> None:
    removed, blanked = base.buyer(shop), base.buyer(shop)
    sessions_of = [talked(removed, agent), talked(blanked, agent)]
    assert retention.remove_some(removed.pk, timezone.now() + timedelta(days=1))
    asked(blanked, owner)
    for session in sessions_of:
        with pytest.raises(Refused) as refused:
            BESIDE[what](session, agent)
        assert refused.value.code in ("removed", "read_only")
    assert not Note.objects.exists()
    assert not UserReport.objects.exists()
    assert not Message.objects.filter(text="late words").exists()


def test_a_removed_session_takes_no_stars_and_no_news_of_parcels(shop: Shop, agent: Member, owner: Member) -> None:
    policy.set_tells_parcels(shop, True, owner)
    line = base.buyer(shop)
    session = talked(line, agent)
    assert retention.remove_some(line.pk, timezone.now() + timedelta(days=1))
    with pytest.raises(Refused, match="removed"):
        ratings.rate(shop.pk, line.pk, session.pk, 1, "late words")
    Shipment.objects.create(
        shop=shop, order=base.order(line, "O-77"), carrier="C", tracking_number="T-1", state="in_transit",
        updated_at=timezone.now(),
    )  # fmt: skip
    assert parcels.tell_changes() == 0
    assert not Event.objects.filter(conversation=line).exists()
