"""Whatever a signed program sends: an envelope with a number, never an error of ours, nothing half written."""

import json
import os
import random
from typing import Any

import pytest

from chat.models import Message
from openplatform import talking
from openplatform.faults import INTERNAL
from openplatform.models import Spent
from tests import base
from tests.openplatform.programs import Program

ROUNDS = int(os.environ.get("HOSTILE_ROUNDS", "6"))  # of some forty calls each
pytestmark = pytest.mark.django_db(transaction=True)
CS = "/customer_service/202309"
VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 2**63, 10**30, "", " ", "x", "\0", "é" * 3000, "{}", "[]", "null", '{"content":7}',
    '{"content":"\\u0000"}', '{"content":""}', [], {}, {"content": []}, [1], "1" * 400, "٣", "2026-02-30", "0000-00-00",
]  # fmt: skip
NAMES = ["type", "content", "sender_role", "buyer_user_id", "can_accept_chat", "begin_time_ge", "begin_time_lt",
         "buyer_nickname", "event_type", "address", "body"]  # fmt: skip
QUERY = ["page_size", "page_token", "sort_order", "sort_field", "need_data", "locale", "support_date_ge",
         "support_date_lt", "shop_cipher", "time_zone"]  # fmt: skip
TYPES = ["TEXT", "IMAGE", "VIDEO", "PRODUCT_CARD", "ORDER_CARD", "RETURN_REFUND_CARD", "LOGISTICS_CARD", "COUPON_CARD"]
FIELDS = ["content", "url", "vid", "product_id", "order_id", "coupon_id", "package_id"]


@pytest.fixture
def program() -> Program:
    return Program(base.agent(base.shop(), "Owner", role="owner"))


def _calls(line: int, session: int) -> list[tuple[str, str]]:
    ids = [str(line), "0", "999999", str(2**63), "9" * 300, "x", "-1", "%00"]
    found = [("GET", f"{CS}/conversations/{pk}") for pk in ids]
    found += [(method, f"{CS}/conversations/{pk}/messages") for pk in ids[:3] for method in ("GET", "POST")]
    found += [("POST", f"{CS}/conversations/{line}/sessions/{pk}/end") for pk in (0, session + 99, 2**64)]
    found += [("POST", f"{CS}/conversations/{line}/messages/read"), ("POST", f"{CS}/images/upload")]
    found += [(method, f"{CS}/conversations") for method in ("GET", "POST", "PATCH")]
    found += [("GET", f"{CS}/agents/settings"), ("PUT", f"{CS}/agents/settings"), ("GET", f"{CS}/performance")]
    found += [("POST", f"{CS}/sessions/search"), ("GET", "/authorization/202309/shops")]
    return found + [(method, "/event/202309/webhooks") for method in ("GET", "PUT", "DELETE")]


def test_no_call_breaks_the_server(program: Program) -> None:
    line = base.buyer(program.grant.shop)
    session, chance = base.writes(line), random.Random(12)
    for _round in range(ROUNDS):
        for method, path in _calls(line.pk, session.pk):
            body = {name: chance.choice(VALUES) for name in NAMES if chance.random() < 0.6}
            if chance.random() < 0.5:
                told = {name: chance.choice(VALUES) for name in FIELDS if chance.random() < 0.5}
                body |= {"type": chance.choice(TYPES), "content": json.dumps(told), "sender_role": "CUSTOMER_SERVICE"}
            more: dict[str, Any] = {name: str(chance.choice(VALUES)) for name in QUERY if chance.random() < 0.3}
            answer = program.call(method, path, body if method != "GET" else None, **more)
            found = answer.json()
            assert set(found) == {"code", "message", "request_id", "data"}
            assert isinstance(found["code"], int)
            assert found["code"] != INTERNAL, (method, path, body, more, found)
            assert answer.status_code < 500


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
