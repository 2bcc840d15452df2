"""The transcript of a session (C25): who may read it, what it shows, what it keeps to itself."""

from typing import Any

import pytest

from chat import transcript
from chat.actions import notes, people, recalls
from chat.models import Message, MessageTranslation
from shops.models import Member
from tests import base
from tests.chat.stage import Stage, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C25")]


def page(member: Member, session: int, **query: Any) -> Any:
    client = base.web(member)
    return client.get(
        f"/shops/{member.shop_id}/sessions/{session}/transcript/", query, headers={"accept-language": "en"}
    )


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.rule("C21", "C12")
def test_it_shows_what_was_said_and_a_line_for_what_was_recalled() -> None:
    stage = Stage()
    session = held(stage)
    base.replies(stage.lin, session, "Salió ayer", original={"text": "It left yesterday", "from": "en", "to": "es"})
    gone = base.replies(stage.lin, session, "A secret").event["seq"]
    recalls.recall(session.pk, stage.lin, gone)
    asked = Message.objects.filter(session=session, sender_kind="buyer").get()
    MessageTranslation.objects.create(message=asked, language="zh", text="有货吗？")
    shown = text(page(stage.lin, session.pk))
    for said in ("Is it in stock?", "有货吗？", "It left yesterday", "Salió ayer", "Lin recalled a message"):
        assert shown.count(said) == 1, said
    assert "A secret" not in shown


@pytest.mark.rule("C26")
def test_private_notes_are_there_only_when_chosen() -> None:
    stage = Stage()
    session = held(stage)
    notes.add(session.pk, stage.lin, "Gave him a voucher")
    base.replies(stage.lin, session, "Bye <b>now</b>")
    assert "voucher" not in text(page(stage.lin, session.pk))
    shown = text(page(stage.lin, session.pk, notes="1"))
    assert shown.index("Yes, it is.") < shown.index("Gave him a voucher") < shown.index("Bye &lt;b&gt;now&lt;/b&gt;")
    assert "not for the buyer" in shown


def test_agents_see_own_waiting_and_former_sessions_leads_all_others_none() -> None:
    stage = Stage()
    session = held(stage)
    zoe = base.agent(base.shop("Hill"), "Zoe")
    assert [page(who, session.pk).status_code for who in (stage.lin, stage.wu, stage.lead)] == [200, 404, 200]
    client = base.web(zoe)
    assert page(zoe, session.pk).status_code == 404
    assert client.get(f"/shops/{stage.shop.pk}/sessions/{session.pk}/transcript/").status_code == 404
    people.set_accepting(stage.lin, False)
    waiting = base.writes(stage.other)
    assert [page(who, waiting.pk).status_code for who in (stage.lin, stage.wu)] == [200, 200]
    typist = base.agent(stage.shop, "Typist", online=False, im=False)
    assert page(typist, waiting.pk).status_code == 403


def test_a_long_session_comes_in_pages_that_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "LIMIT", 2)
    stage = Stage()
    session = held(stage)
    for number in range(4):
        base.replies(stage.lin, session, f"Sentence {number}")
        notes.add(session.pk, stage.lin, f"Thought {number}")
    said, after = [], 0
    while after is not None:
        answer = page(stage.lin, session.pk, after=after, notes="1")
        said += [line["text"] for line in answer.context["lines"]]
        after = answer.context["next"]
    pairs = [words for number in range(4) for words in (f"Sentence {number}", f"Thought {number}")]
    assert said == ["Is it in stock?", "Yes, it is.", *pairs]
    for nonsense in ("x", "-1", "9" * 5000, "\0"):
        assert page(stage.lin, session.pk, after=nonsense).status_code == 200
