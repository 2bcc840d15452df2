"""A buyer who writes through the public API, as a storefront's visitor would."""

import json
import urllib.request
import uuid
from typing import Any

from chat.models import ServiceSession
from shops import identity
from shops.models import Shop
from tests import base
from tests.browser.server import Live


class Talker:
    """A buyer at the shop's door."""

    def __init__(self, live: Live, shop: Shop, name: str, uid: str = "") -> None:
        self.shop = shop
        self.root, self.uid = f"{live.url}/api/v1/buyer/", uid or f"uid-{name}"
        goods = shop.products.first() or base.product(shop)
        signed = identity.sign(shop, self.uid, name)
        opened = self.call("entry", shop=shop.pk, identity=signed, entry={"kind": "product", "ref": str(goods.pk)})
        self.token = opened["token"]

    def call(self, path: str, **body: Any) -> Any:
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "token"):
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.root + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def says(self, text: str) -> ServiceSession:
        self.call("messages", client_msg_id=str(uuid.uuid4()), kind="text", text=text)
        return ServiceSession.objects.filter(shop=self.shop, buyer__uid=self.uid).latest("pk")
