"""What a signed program sends that no description foresees, and who may write to whom; test_schema.py has the rest."""

from typing import Any

import pytest

from chat.models import Message
from openplatform import talking
from openplatform.models import Spent
from tests import base
from tests.openplatform.programs import Program

pytestmark = pytest.mark.django_db(transaction=True)
CS = "/customer_service/202309"


@pytest.fixture
def program() -> Program:
    return Program(base.agent(base.shop(), "Owner", role="owner"))


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff\xfe", b'{"a":NaN}', b'"x"', b"[" * 9000, b'{"type":"\\ud800"}'])
def test_a_body_that_is_no_object_is_refused(raw: bytes, program: Program) -> None:
    base.writes(line := base.buyer(program.grant.shop))
    path = f"{CS}/conversations/{line.pk}/messages"
    query = program.query(path)
    query["sign"] = talking_signature(program, path, query, raw)
    address = path + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    headers = {"x-tts-access-token": program.tokens.access}
    answer = program.client.generic("POST", address, raw, content_type="application/json", headers=headers)
    assert answer.json()["code"] in (36009023, 36009004)


def talking_signature(program: Program, path: str, query: dict[str, str], raw: bytes) -> str:
    from openplatform.signing import sign

    return sign(program.secret, path, list(query.items()), "application/json", raw)


def test_a_form_is_not_taken_for_json(program: Program) -> None:
    path = f"{CS}/agents/settings"
    query, raw = program.query(path), b"can_accept_chat=true"
    query["sign"] = talking_signature(program, path, query, raw)
    headers = {"x-tts-access-token": program.tokens.access}
    address = path + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    answer = program.client.put(address, raw, content_type="application/x-www-form-urlencoded", headers=headers)
    assert answer.json()["code"] == 36009022


def test_read_and_end_come_with_an_empty_body_or_an_empty_object(program: Program) -> None:
    base.writes(line := base.buyer(program.grant.shop))
    empty: tuple[Any, ...] = (None, {})
    for body in empty:
        assert program.says("POST", f"{CS}/conversations/{line.pk}/messages/read", body) == {}


def test_a_days_messages_have_an_end(program: Program) -> None:
    base.writes(line := base.buyer(program.grant.shop))
    body = {"type": "TEXT", "content": '{"content":"Hello"}'}
    path = f"{CS}/conversations/{line.pk}/messages"
    program.says("POST", path, body)
    Spent.objects.update(sent=talking.A_DAY)
    assert program.refused("POST", path, body) == 45101004
    assert Message.objects.filter(conversation=line, sender_kind="agent").count() == 1


def test_who_answers_has_the_session_a_colleagues_only_as_a_lead(program: Program) -> None:
    shop = program.grant.shop
    wu = base.agent(shop, "Wu", role="agent")
    base.leave(program.grant.speaker)
    session = base.writes(base.buyer(shop))
    assert session.assignee == wu
    path, body = f"{CS}/conversations/{session.conversation_id}/messages", {"type": "TEXT"}
    body["content"] = '{"content":"Hello"}'
    other = Program(base.agent(shop, "Chen", role="agent", accepting=False), "Second")
    assert other.refused("POST", path, body) == 45109003
    program.says("POST", path, body)
    session.refresh_from_db()
    assert session.assignee == program.grant.speaker


def test_a_speaker_who_lost_the_right_to_chat_sends_nothing(program: Program) -> None:
    base.writes(line := base.buyer(program.grant.shop))
    speaker = program.grant.speaker
    type(speaker).objects.filter(pk=speaker.pk).update(im_permission=False)
    body = {"type": "TEXT", "content": '{"content":"Hello"}'}
    assert program.refused("POST", f"{CS}/conversations/{line.pk}/messages", body) == 45109003
    assert not Message.objects.filter(sender_kind="agent").exists()


@pytest.mark.parametrize("more", ["", "; boundary=é"])
def test_a_form_that_is_none_is_refused(more: str, program: Program) -> None:
    path = f"{CS}/images/upload"
    query, headers = program.query(path), {"x-tts-access-token": program.tokens.access}
    address = path + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    answer = program.client.post(address, b"no form", content_type=f"multipart/form-data{more}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 36009004)
