"""What each operation needs to succeed, and what else may stand where a text is wanted."""

import json
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat.actions import attachments
from commerce.models import AfterSale, Coupon, Shipment
from openplatform import grants, talking
from openplatform.models import FileUpload, Subscription
from openplatform.signing import hashed
from shops.models import Member, Shop
from tests import base
from tests.chat import samples
from tests.hostile.identities import png
from tests.openplatform.programs import Program

ODD: list[Any] = [
    None, True, 0, -1, 1.5, 2**63, 10**30, "", " ", "x", "\0", "é" * 3000, "{}", "[]", "null", '{"content":7}',
    '{"content":"\\u0000"}', '{"content":""}', [], {}, {"content": []}, [1], "1" * 400, "٣", "2026-02-30", "0000-00-00",
]  # fmt: skip
FIELDS = ["content", "url", "vid", "product_id", "order_id", "coupon_id", "package_id"]
DAY = timedelta(days=1)


class World:
    """A shop with something of every kind that a call may name."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.shop = base.shop()
        self.owner = base.agent(self.shop, "Owner", role="owner", capacity=50)
        self.line = base.buyer(self.shop)
        self.product, self.order = base.product(self.shop), base.order(self.line)
        now, span = timezone.now(), {"starts_at": timezone.now() - DAY, "ends_at": timezone.now() + 30 * DAY}
        Shipment.objects.create(
            shop=self.shop, order=self.order, carrier="SF", tracking_number="SF1", state="in_transit", updated_at=now
        )
        AfterSale.objects.create(shop=self.shop, order=self.order, number="AS-1", kind="refund", created_at=now)
        self.coupon = Coupon.objects.create(
            shop=self.shop, number="C-1", title="Autumn", kind="percent", discount=10, **span
        )
        base.writes(self.line)

    def right(self, program: Program, name: str, case: Any) -> None:
        """Give a case what it needs to succeed as this program."""
        case.query.pop("page_token", None)
        self.name(case)
        needs = self._needs(program).get(name)
        if needs is not None:
            needs(case)

    def name(self, case: Any) -> None:
        """Let a case name the shop's own conversation, and an open session of it."""
        found = {"conversation_id": lambda: self.line.pk, "session_id": lambda: base.writes(self.line).pk}
        case.path_parameters.update({one: made() for one, made in found.items() if one in case.path_parameters})

    def _needs(self, program: Program) -> dict[str, Callable[[Any], None]]:
        return {
            "getAccessToken": lambda case: self._code(program, case),
            "refreshAccessToken": lambda case: self._refresh(program, case),
            "createConversation": lambda case: case.body.update(buyer_user_id=self.line.buyer.uid),
            "sendMessage": self._says,
            "uploadBuyerMessagesImage": lambda case: case.body.update(data=png()),
            "getCustomerServicePerformance": self._days,
            "searchSessions": self._span,
            "initFileUpload": lambda case: case.body.update(total_chunk_count=9),
            **dict.fromkeys(("uploadFileChunk", "uploadFileChunkPost"), lambda case: self._chunk(program, case)),
            "updateShopWebhook": lambda case: case.body.update(address="https://hooks.example/told"),
            "deleteShopWebhook": lambda case: self._hook(program, case),
        }

    def _code(self, program: Program, case: Any) -> None:
        code = grants.authorise(self.owner, program.app.key, self.owner).code
        case.query.update(app_key=program.app.key, app_secret=program.secret, auth_code=code)

    def _refresh(self, program: Program, case: Any) -> None:
        code = grants.authorise(self.owner, program.app.key, self.owner).code
        old = grants.exchange(program.app.key, program.secret, code).refresh
        case.query.update(app_key=program.app.key, app_secret=program.secret, refresh_token=old)

    def _says(self, case: Any) -> None:
        role = case.body.get("sender_role", "CUSTOMER_SERVICE")
        kind = case.body["type"] if role == "CUSTOMER_SERVICE" else "TEXT"
        if kind in ("IMAGE", "VIDEO") and self.chance.random() < 0.7:  # each file costs a process
            kind = "COUPON_CARD"
        content = self._contents()[kind]()
        if self.chance.random() < 0.3:
            content |= {one: self.chance.choice(ODD) for one in FIELDS if self.chance.random() < 0.3}
        case.body |= {"type": kind, "content": json.dumps(content)}

    def _contents(self) -> dict[str, Callable[[], dict[str, Any]]]:
        order = self.order.number
        found: dict[str, Callable[[], dict[str, Any]]] = {
            "TEXT": lambda: {"content": "Hello"},
            "IMAGE": lambda: {"url": f"https://desk.example/{self._kept(png()).file}"},
            "VIDEO": lambda: {"vid": str(self._kept(samples.mp4()).pk)},
            "PRODUCT_CARD": lambda: {"product_id": self.product.sku},
            "ORDER_CARD": lambda: {"order_id": order},
            "LOGISTICS_CARD": lambda: {"order_id": order, "package_id": self.chance.choice(["", "SF1"])},
            "RETURN_REFUND_CARD": lambda: {"order_id": order},
            "COUPON_CARD": lambda: {"coupon_id": self.coupon.number},
        }
        assert set(found) == set(talking.TYPES)
        return found

    def _kept(self, data: bytes) -> Any:
        return attachments.upload(self.shop, f"a:{self.owner.pk}", SimpleUploadedFile("x", data))

    def _days(self, case: Any) -> None:
        first = timezone.now().date() - self.chance.randint(0, 60) * DAY
        case.query.update(support_date_ge=str(first), support_date_lt=str(first + self.chance.randint(1, 20) * DAY))

    def _span(self, case: Any) -> None:
        now = int(timezone.now().timestamp())
        case.body.update(begin_time_ge=now - self.chance.randint(1, 9_000_000), begin_time_lt=now + 60)
        if self.chance.random() < 0.7:
            case.body.pop("buyer_nickname", None)

    def _chunk(self, program: Program, case: Any) -> None:
        """Announce a video in two chunks, or in one that is all of it."""
        whole = samples.mp4() if self.chance.random() < 0.1 else b""
        size, count = (len(whole), 1) if whole else (20, 2)
        token = f"{self.chance.getrandbits(128):032x}"
        FileUpload.objects.create(
            grant=program.grant, token=hashed(token), size=size, count=count, expires_at=timezone.now() + DAY
        )
        case.path_parameters["token"], case.body = token, whole or b"x" * 10

    def _hook(self, program: Program, case: Any) -> None:
        case.query.pop("event_type", None)
        about = {"address": "https://hooks.example/told", "base": "https://desk.example"}
        Subscription.objects.get_or_create(grant=program.grant, event=case.body["event_type"], defaults=about)


def other_agent(of: Shop) -> Member:
    """Add the colleague without whom nobody may turn the switch off."""
    return base.agent(of, "Wu", accepting=False)


def spoil(case: Any, chance: Random) -> None:
    """Put something odd where a text, a number or an object is wanted."""
    if isinstance(case.body, dict) and case.body and "data" not in case.body:
        case.body = {**case.body, chance.choice(list(case.body)): chance.choice(ODD)}
    if case.query and chance.random() < 0.5:
        case.query[chance.choice(list(case.query))] = str(chance.choice(ODD))
