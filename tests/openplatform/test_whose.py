"""What a program names belongs to the buyer that it names: session, order and case. Of the erased there is nothing."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat.actions import attachments
from chat.models import Message
from commerce.models import AfterSale
from openplatform import access
from openplatform.faults import Fault
from shops import identity
from shops.models import Buyer
from tests import base
from tests.chat import samples
from tests.openplatform.programs import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("A6", "H1")]
LINES = "/customer_service/202309/conversations"


@pytest.fixture
def program() -> Program:
    return Program(base.agent(base.shop(), "Owner", role="owner"))


def card(**content: Any) -> dict[str, str]:
    return {"type": "RETURN_REFUND_CARD", "content": json.dumps(content)}


def test_each_conversation_shows_its_own_session(program: Program) -> None:
    written = [base.writes(base.buyer(program.grant.shop)) for _ in range(2)]
    for session in written:
        found = program.says("GET", f"{LINES}/{session.conversation_id}", need_session_id="true")["conversation"]
        assert found["cur_session_id"] == str(session.pk)


def test_a_refusal_speaks_english_unless_asked(program: Program) -> None:
    base.writes(line := base.buyer(program.grant.shop))
    owner = f"a:{program.grant.speaker_id}"
    kept = attachments.upload(program.grant.shop, owner, SimpleUploadedFile("x", samples.png()))
    said = {"url": f"https://desk.example/{kept.file}", "width": 8, "height": 6}
    picture = {"type": "IMAGE", "content": json.dumps(said)}
    path = f"{LINES}/{line.pk}/messages"
    program.says("POST", path, picture)
    told = [program.call("POST", path, picture, locale=asked).json()["message"] for asked in (None, "zh-CN")]
    assert told == ["This file is not here any more; please choose it again.", "文件已失效，请重新选择。"]


def test_a_case_is_the_orders_own(program: Program) -> None:
    base.writes(line := base.buyer(program.grant.shop))
    without, of = base.order(line), base.order(line)
    now = timezone.now()
    AfterSale.objects.create(shop=program.grant.shop, order=of, number="AS-1", kind="refund", created_at=now)
    path = f"{LINES}/{line.pk}/messages"
    assert program.refused("POST", path, card(order_id=without.number)) == 45101003
    assert program.says("POST", path, card(order_id=of.number))
    assert Message.objects.filter(conversation=line, kind="after_sale_card").count() == 1


def test_who_was_erased_is_not_there(program: Program) -> None:
    base.writes(line := base.buyer(program.grant.shop))
    assert program.says("GET", f"{LINES}/{line.pk}")
    gone = identity.erased_uid(line.buyer)
    Buyer.objects.filter(pk=line.buyer_id).update(erased_at=timezone.now(), uid=gone)
    for method, path in (("GET", ""), ("GET", "/messages"), ("POST", "/messages/read")):
        assert program.refused(method, f"{LINES}/{line.pk}{path}") == 45101003
    with pytest.raises(Fault, match="Buyer not found"):
        access.buyer(program.grant.shop, gone)
