"""Two languages in one session (C12): drafts and messages translated, by each engine's protocol, and when it fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from chat import incoming
from chat.actions import recalls, translations
from chat.models import Message, MessageTranslation, ServiceSession, SessionTranslation, Translation
from shops.errors import Invalid
from shops.models import Member
from tests import base
from tests.engine_server import Engine, engine, said

pytestmark = [pytest.mark.django_db, pytest.mark.rule("C12")]
PROTOCOLS = ("libretranslate", "deepl", "openai")


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(), "Lin")


@pytest.fixture
def session(lin: Member) -> ServiceSession:
    """A buyer who writes English is with Lin."""
    return base.writes(base.buyer(lin.shop, "mia"), "Is it in stock?")


@pytest.fixture
def foreign(settings: Any) -> Iterator[Engine]:
    """LibreTranslate, until a test chooses another protocol."""
    with engine() as running:
        settings.TRANSLATE = {"engine": "libretranslate", "url": running.url, "key": "k", "model": "m"}
        settings.TRANSLATE_TIMEOUT = 5
        yield running


def path(session: ServiceSession, what: str) -> str:
    return f"/api/v1/shops/{session.shop_id}/sessions/{session.pk}/{what}"


def translate(member: Member, session: ServiceSession, text: str = "有货", **body: str) -> Any:
    return base.desk(member).post(path(session, "translate"), {"text": text, "from": "zh", "to": "en", **body}, "json")


def switch(member: Member, session: ServiceSession, **body: Any) -> Any:
    return base.desk(member).patch(path(session, "translation"), body, "json")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_draft_is_translated_by_each_protocol(
    foreign: Engine, settings: Any, lin: Member, session: ServiceSession, protocol: str
) -> None:
    settings.TRANSLATE["engine"] = protocol
    answer = translate(lin, session)
    target = "English" if protocol == "openai" else "en"
    assert (answer.status_code, answer.json()) == (200, {"text": said(target, "有货")})
    (asked,) = foreign.asked
    assert asked["texts"] == ["有货"]
    assert asked["key"] == {"libretranslate": "k", "deepl": "DeepL-Auth-Key k", "openai": "Bearer k"}[protocol]
    assert asked["source"] == {"libretranslate": "zh", "deepl": "ZH", "openai": ""}[protocol]
    assert asked["body"].get("model") == ("m" if protocol == "openai" else None)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("refused", "translation_failed"),
        ("garbage", "translation_failed"),
        ("fewer", "translation_failed"),
        ("moved", "translation_failed"),
        ("slow", "translation_slow"),
    ],
)
def test_a_failing_engine_is_told_and_blocks_nothing(
    foreign: Engine, settings: Any, lin: Member, session: ServiceSession, protocol: str, mode: str, code: str
) -> None:
    settings.TRANSLATE["engine"], settings.TRANSLATE_TIMEOUT, foreign.mode = protocol, 0.2, mode
    answer = translate(lin, session)
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert base.replies(lin, session, "有货").event["message"]["text"] == "有货"  # type: ignore[index]
    assert not Translation.objects.exists()


def test_an_engine_that_is_not_there_is_told(
    foreign: Engine, settings: Any, lin: Member, session: ServiceSession
) -> None:
    settings.TRANSLATE["url"] = "http://127.0.0.1:9"
    assert translate(lin, session).json()["code"] == "translation_failed"


def test_without_an_engine_the_switch_says_so(lin: Member, session: ServiceSession) -> None:
    state = base.desk(lin).get(path(session, "translation")).json()
    assert (state["engine"], state["on"], state["detected"]) == ("", False, "en")
    for refused in (switch(lin, session, on=True), translate(lin, session)):
        assert (refused.status_code, refused.json()["code"]) == (409, "no_engine")


def test_what_was_asked_before_comes_from_the_cache(foreign: Engine, lin: Member, session: ServiceSession) -> None:
    first, second = translate(lin, session), translate(lin, session)
    assert first.json() == second.json()
    assert foreign.texts == ["有货"]
    translate(lin, session, to="fr")
    other = base.agent(base.shop("Other"), "Wu")
    translate(other, base.writes(base.buyer(other.shop)))
    assert foreign.texts == ["有货"] * 3  # neither another language nor another shop shares it


def test_the_cache_keeps_its_bound(
    foreign: Engine, lin: Member, session: ServiceSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations, "KEPT", 5)
    monkeypatch.setattr(translations, "TRIM_EVERY", 1)
    for n in range(9):
        translate(lin, session, f"第{n}")
    assert Translation.objects.count() == 5
    translate(lin, session, "第8")
    assert foreign.texts.count("第8") == 1
    translate(lin, session, "第0")
    assert foreign.texts.count("第0") == 2


def test_the_same_language_needs_no_engine(lin: Member, session: ServiceSession) -> None:
    assert translate(lin, session, to="zh").json() == {"text": "有货"}


def test_the_switch_is_kept_per_session(foreign: Engine, lin: Member, session: ServiceSession) -> None:
    state = switch(lin, session, on=True).json()
    assert (state["on"], state["ours"], state["theirs"]) == (True, "zh", "en")
    state = switch(lin, session, on=True, ours="ja").json()
    assert (state["ours"], state["theirs"]) == ("ja", "en")
    other = base.writes(base.buyer(lin.shop, "bob"), "สวัสดี")
    state = base.desk(lin).get(path(other, "translation")).json()
    assert (state["on"], state["theirs"]) == (False, "th")
    assert switch(lin, session, on=False).json()["on"] is False
    assert not SessionTranslation.objects.exists()


def test_only_its_agent_switches(foreign: Engine, lin: Member, session: ServiceSession) -> None:
    lead = base.agent(lin.shop, "Lead", role="service_lead", accepting=False)
    answer = switch(lead, session, on=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_assignee")
    assert base.desk(lead).get(path(session, "translation")).status_code == 200  # who watches may look


def test_others_get_nothing(foreign: Engine, lin: Member, session: ServiceSession) -> None:
    colleague, stranger = base.agent(lin.shop, "Wu", accepting=False), base.agent(base.shop("Other"), "Eve")
    for member in (colleague, stranger):
        assert translate(member, session).status_code == 404
        assert switch(member, session, on=True).status_code == 404
        asked = base.desk(member).post(path(session, "translate-messages"), {"seqs": [1], "to": "zh"}, "json")
        assert asked.status_code == 404
    assert foreign.asked == []


def test_a_buyers_messages_are_read_in_ones_own_language(foreign: Engine, lin: Member, session: ServiceSession) -> None:
    base.writes(session.conversation, "到货了吗")
    base.writes(session.conversation, "And in red?")
    texts = list(Message.objects.filter(session=session).order_by("seq").values_list("seq", "text"))
    body = {"seqs": [seq for seq, _text in texts] + [1, 999], "to": "zh"}
    ask = lambda: base.desk(lin).post(path(session, "translate-messages"), body, "json").json()["results"]  # noqa: E731
    found = ask()
    english = [(seq, text) for seq, text in texts if "到" not in text]
    assert [(one["seq"], one["text"]) for one in found] == [(seq, said("zh", text)) for seq, text in english]
    assert len(foreign.asked) == 1  # one call for both
    Translation.objects.all().delete()
    assert ask() == found
    assert len(foreign.asked) == 1  # kept with the messages
    assert MessageTranslation.objects.count() == 2


def test_an_old_session_shows_nothing_of_the_newer_one(foreign: Engine, lin: Member, session: ServiceSession) -> None:
    base.desk(lin).post(path(session, "close"), {}, "json")
    wu = base.agent(lin.shop, "Wu")
    base.leave(lin)
    newer = base.writes(session.conversation, "Still there?")
    assert newer.assignee == wu
    seq = Message.objects.get(text="Still there?").seq
    asked = base.desk(lin).post(path(session, "translate-messages"), {"seqs": [seq], "to": "zh"}, "json")
    assert asked.json() == {"results": []}


@pytest.mark.django_db(transaction=True)
def test_the_buyer_gets_the_translation_and_both_are_kept(lin: Member, session: ServiceSession) -> None:
    original = {"text": "有货", "from": "zh", "to": "en"}
    body = base.body("It is in stock.", original=original)
    sent = base.desk(lin).post(path(session, "messages"), body, "json")
    assert sent.status_code == 201
    kept = Message.objects.get(text="It is in stock.")
    assert kept.data == {"original": original}
    heard = base.phone(session.conversation).get("/api/v1/buyer/events").json()["results"][-1]["message"]
    assert (heard["text"], heard["data"]) == ("It is in stock.", {"original": original})
    again = base.desk(lin).post(path(session, "messages"), body, "json")
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    other = {**body, "original": {**original, "text": "没货"}}
    assert base.desk(lin).post(path(session, "messages"), other, "json").json()["code"] == "key_reused"


@pytest.mark.parametrize(
    "original",
    [
        "有货",
        {"text": "有货"},
        {"text": "", "from": "zh", "to": "en"},
        {"text": "x" * 2001, "from": "zh", "to": "en"},
        {"text": "有货", "from": "xx", "to": "en"},
        {"text": "有货", "from": "zh", "to": ["en"]},
        {"text": "有货", "from": "zh", "to": "en", "more": 1},
        {"text": "a\0b", "from": "zh", "to": "en"},
    ],
)
def test_a_malformed_original_is_refused(original: Any) -> None:
    with pytest.raises(Invalid):
        incoming.draft(base.body(original=original), incoming.AGENT_KINDS)


def test_buyers_send_no_original() -> None:
    with pytest.raises(Invalid):
        incoming.draft(base.body(original={"text": "有货", "from": "zh", "to": "en"}))
    with pytest.raises(Invalid):
        incoming.draft(
            {**base.body("😀"), "kind": "emoji", "original": {"text": "a", "from": "zh", "to": "en"}},
            incoming.AGENT_KINDS,
        )


@pytest.mark.rule("C12", "C21")
@pytest.mark.django_db(transaction=True)
def test_what_is_recalled_while_the_engine_thinks_does_not_come_back(
    foreign: Engine, lin: Member, session: ServiceSession
) -> None:
    seq = base.replies(lin, session, "The secret price is 7").event["seq"]

    def recall() -> None:
        recalls.recall(session.pk, lin, seq)
        connection.close()  # this is the engine's thread

    foreign.meanwhile = recall
    body = {"seqs": [seq], "to": "zh"}
    answer = base.desk(lin).post(path(session, "translate-messages"), body, "json")
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert not MessageTranslation.objects.exists()
