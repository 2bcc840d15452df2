"""The published Python client, unmodified, against a real server: every operation, and what the codes become."""

import io
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from tiktok_shop_api import TikTokShop
from tiktok_shop_api.auth import TikTokShopAuth
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models as m
from tiktok_shop_api.generated.types import UNSET, File
from tiktok_shop_api.webhooks import Webhooks

from chat.actions import ratings
from chat.models import Message
from openplatform import grants
from openplatform.models import Token
from shops.models import Member
from tests import base
from tests.browser.server import Live
from tests.hook_listener import Listener
from tests.openplatform.programs import Program

pytestmark = pytest.mark.system


class Case:
    """A shop with an owner who authorised a program, a colleague, and a buyer who has written."""

    def __init__(self, live: Live) -> None:
        self.shop = base.shop()
        self.owner = base.agent(self.shop, "Owner", role="owner", online=False)
        self.wu = base.agent(self.shop, "Wu", online=False)
        self.line = base.buyer(self.shop)
        self.program = Program(self.owner)
        self.api: Any = TikTokShop(  # every field of its answers is optional

            self.program.app.key, self.program.secret, self.program.tokens.access, self.program.grant.cipher,
            base_url=live.url,
        )  # fmt: skip
        self.cs: Any = self.api.customer_service

    def sends(self, kind: str, **content: Any) -> str:
        body = m.SendMessageRequest(type_=m.SendMessageRequestType(kind), content=json.dumps(content))
        return str(self.cs.send_message(str(self.line.pk), body=body).data.message_id)

    def said(self) -> list[Any]:
        found = self.cs.get_conversation_messages(str(self.line.pk), page_size=10, need_data=True, need_plaintext=True)
        return list(found.data.messages)


@pytest.fixture(scope="module")
def case(live: Live) -> Iterator[Case]:
    found = Case(live)
    yield found
    found.api.close()


def test_a_code_becomes_tokens_and_a_refresh_new_ones(case: Case, live: Live) -> None:
    auth = TikTokShopAuth(case.program.app.key, case.program.secret, base_url=live.url)
    code = grants.authorise(case.owner, case.program.app.key, case.owner).code
    first = auth.exchange_code(code)
    second = auth.refresh(first.refresh_token)
    assert second.access_token_expire_in > time.time()
    assert second.granted_scopes == ["seller.authorization.info", "seller.customer_service"]
    with_it = case.api.with_shop(access_token=second.access_token, shop_cipher=None)
    assert [one.id for one in with_it.authorization.get_authorized_shops().data.shops] == [str(case.shop.pk)]


@pytest.mark.rule("C2", "P6", "C24", "F5", "G2")
def test_all_operations_in_the_story_of_one_buyer(case: Case) -> None:
    order = base.order(case.line, "576653688135258178")
    product = base.product(case.shop)
    made = case.cs.create_conversation(body=m.CreateConversationRequest(buyer_user_id=case.line.buyer.uid))
    assert made.data.conversation_id == str(case.line.pk)
    base.writes(case.line, "我的包裹在哪里？")
    [one] = case.cs.get_conversations(page_size=20, need_session_id=True, need_session_info=True).data.conversations
    assert (one.can_send_message, one.unread_count, one.participant_count) == (True, 1, 3)
    assert (one.latest_message.sender.role, one.cur_session.phase) == ("BUYER", "ASSIGNED")
    assert json.loads(one.latest_message.content) == {"content": "我的包裹在哪里？"}
    alone = case.cs.get_conversation(one.id, need_session_id=True).data.conversation
    assert alone.cur_session_id == one.cur_session_id
    assert {person.role for person in alone.participants} == {"BUYER", "SHOP", "CUSTOMER_SERVICE"}
    case.cs.mark_buyer_messages_as_read(one.id)
    assert case.cs.get_conversation(one.id).data.conversation.unread_count == 0

    first = case.sends("TEXT", content="在路上 / on its way")
    case.sends("ORDER_CARD", order_id=order.number)
    case.sends("PRODUCT_CARD", product_id=product.sku)
    case.sends("LOGISTICS_CARD", order_id=order.number)
    _picture(case)
    found = {said.type_: said for said in case.said()}
    assert {"TEXT", "ORDER_CARD", "PRODUCT_CARD", "LOGISTICS_CARD", "IMAGE", "ALLOCATED_SERVICE"} <= set(found)
    assert json.loads(found["ORDER_CARD"].data)["order_id"] == order.number
    assert any(said.id == first and said.plaintext == "在路上 / on its way" for said in case.said())

    session = base.session(case.line)
    case.cs.end_session(one.id, str(session.pk))
    session.refresh_from_db()
    assert session.state == "closed"
    ratings.rate(case.shop.pk, case.line.pk, session.pk, 2, "", ["slow"])
    _looked_up(case, str(session.pk))


def _picture(case: Case) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(out, "PNG")
    body = m.UploadImageForBuyerMessagesRequest(data=File(io.BytesIO(out.getvalue()), "x.png", "image/png"))
    made = case.cs.upload_image_for_buyer_messages(body=body).data
    assert (made.width, made.height) == (8, 6)
    case.sends("IMAGE", url=made.url, width=8, height=6)
    assert Message.objects.filter(conversation=case.line, kind="image").count() == 1


def _looked_up(case: Case, session_id: str) -> None:
    now = int(time.time())
    asked = m.SearchSessionsRequest(begin_time_ge=now - 3600, begin_time_lt=now + 60, buyer_nickname="buyer")
    [one] = case.cs.search_sessions(body=asked, page_size=10).data.sessions
    assert (one.id, one.satisfaction_score, one.dissatisfaction_reason) == (session_id, 2, "Slow")
    assert one.chat_tags == ["Logistics"]
    assert one.end_time >= one.begin_time
    today = timezone.now().astimezone(case.shop.zone).date()
    asked_days = {"support_date_ge": today, "support_date_lt": today + timedelta(days=1)}
    told = case.cs.get_customer_service_performance(**asked_days).data.performance
    assert (told.satisfaction_percentage, told.currency) == ("0", "CNY")


def test_a_robot_and_the_system_speak_without_taking_the_session(case: Case) -> None:
    line = base.buyer(case.shop)
    session = base.writes(line)
    for role in ("ROBOT", "SYSTEM"):
        body = m.SendMessageRequest(
            type_=m.SendMessageRequestType.TEXT, content='{"content":"A moment"}', sender_role=role
        )
        assert case.cs.send_message(str(line.pk), body=body).data.message_id
    assert [said.sender_kind for said in Message.objects.filter(conversation=line).order_by("seq")][-2:] == [
        "bot", "system",
    ]  # fmt: skip
    assert base.session(line).state == session.state
    assert base.session(line).last_automatic_seq


def test_the_speakers_switch(case: Case) -> None:
    assert case.cs.get_agent_settings().data.can_accept_chat is True
    case.cs.update_agent_settings(body=m.UpdateAgentSettingsRequest(can_accept_chat=False))
    assert case.cs.get_agent_settings().data.can_accept_chat is False
    Member.objects.filter(pk=case.wu.pk).update(im_permission=False)
    case.cs.update_agent_settings(body=m.UpdateAgentSettingsRequest(can_accept_chat=True))
    with pytest.raises(TikTokShopError) as refusal:
        case.cs.update_agent_settings(body=m.UpdateAgentSettingsRequest(can_accept_chat=False))
    Member.objects.filter(pk=case.wu.pk).update(im_permission=True)
    assert refusal.value.code == 45109003


def test_pages_reach_every_message_once_either_way(case: Case) -> None:
    line = base.buyer(case.shop)
    for number in range(12):
        base.writes(line, f"{number}")
    for order in m.GetConversationMessagesSortOrder:
        token: Any = UNSET
        seen: list[str] = []
        while token != "":
            page = case.cs.get_conversation_messages(str(line.pk), page_size=20, page_token=token, sort_order=order)
            seen += [one.id for one in page.data.messages if one.sender.role == "BUYER"]
            assert len(page.data.messages) <= 10
            token = page.data.next_page_token
        assert len(seen) == len(set(seen)) == 12
        assert seen == sorted(seen, key=int, reverse=order.value == "DESC")


def test_refusals_become_the_documented_codes(case: Case) -> None:
    def code(api: Any, line: str = str(case.line.pk)) -> int:
        with pytest.raises(TikTokShopError) as refusal:
            api.customer_service.get_conversation(line)
        return refusal.value.code

    foreign = Program(base.agent(base.shop("Other"), "Stranger", role="owner"))
    key, secret = case.program.app.key, case.program.secret
    wrong = TikTokShop(key, "wrong", case.program.tokens.access, case.program.grant.cipher, base_url=case.api._base_url)
    assert code(wrong) == 106001
    assert code(case.api.with_shop(shop_cipher=foreign.grant.cipher)) == 106011
    assert code(case.api.with_shop(shop_cipher=None)) == 106013
    assert code(case.api, "999999") == 45101003
    assert code(case.api, str(base.buyer(foreign.grant.shop).pk)) == 45101003
    old = grants.exchange(key, secret, grants.authorise(case.owner, key, case.owner).code)
    Token.objects.filter(pk=old.token.pk).update(access_until=timezone.now())
    assert code(case.api.with_shop(access_token=old.access)) == 105002
    stranger = m.CreateConversationRequest(buyer_user_id=base.buyer(case.shop).buyer.uid)
    with pytest.raises(TikTokShopError) as refusal:
        case.cs.create_conversation(body=stranger)
    assert refusal.value.code == 45109003


def test_its_parser_takes_the_webhooks_that_are_delivered(case: Case, listener: Listener) -> None:
    for event in ("NEW_MESSAGE", "NEW_CONVERSATION"):
        kind = m.UpdateShopWebhookRequestEventType(event)
        case.api.event.update_shop_webhook(body=m.UpdateShopWebhookRequest(address=listener.address, event_type=kind))
    told = case.api.event.get_shop_webhooks().data
    assert [(one.event_type, one.address) for one in told.webhooks] == [
        ("NEW_CONVERSATION", listener.address), ("NEW_MESSAGE", listener.address),
    ]  # fmt: skip
    line = base.buyer(case.shop)
    base.writes(line, "Is it on its way? 在吗")
    body = m.SendMessageRequest(type_=m.SendMessageRequestType.TEXT, content='{"content":"Yes"}')
    case.cs.send_message(str(line.pk), body=body)
    heard = listener.wait(3)
    key, secret = case.program.app.key, case.program.secret
    found: list[Any] = [
        Webhooks.verify_and_parse(app_key=key, app_secret=secret, raw_body=raw, signature=signature)
        for signature, raw in heard
    ]
    said = {one.data.sender.role: one.data for one in found if one.type_ == 14}
    assert json.loads(said["BUYER"].content) == {"content": "Is it on its way? 在吗"}
    assert {one.data.conversation_id for one in found} == {str(line.pk)}
    assert [one.type_ for one in found].count(13) == 1
    assert len({one.tts_notification_id for one in found}) == 3
    ids = {one.id for one in case.cs.get_conversation_messages(str(line.pk), page_size=10).data.messages}
    assert {one.message_id for one in said.values()} <= ids
    gone = m.DeleteWebhookForAnEventRequest(event_type=m.DeleteWebhookForAnEventRequestEventType("NEW_MESSAGE"))
    case.api.event.delete_webhook_for_an_event(body=gone)
    assert case.api.event.get_shop_webhooks().data.total_count == 1


def test_a_body_that_is_too_large_is_refused_with_a_number(case: Case) -> None:
    content = json.dumps({"content": "x" * (2 << 20)})
    body = m.SendMessageRequest(type_=m.SendMessageRequestType.TEXT, content=content)
    with pytest.raises(TikTokShopError) as refusal:
        case.cs.send_message(str(case.line.pk), body=body)
    assert refusal.value.code == 36009023
