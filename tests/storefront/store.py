"""The back end of a shop's storefront, as it calls."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework.test import APIClient

from chat.actions import outbox
from shops.models import Member, Shop
from storefront import keys
from tests import base

V1 = "/api/v1/storefront/"
_numbers = itertools.count(1)


def owner(of: Shop) -> Member:
    return Member.objects.filter(shop=of, role="owner").first() or base.agent(of, "Owner", role="owner", online=False)


class Store:
    """Has a key of the shop."""

    def __init__(self, of: Shop) -> None:
        self.shop, self.owner = of, owner(of)
        self.key, self.text = keys.issue(self.owner, f"Web shop {next(_numbers)}")
        self.client = APIClient()
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.text}")

    def put(self, kind: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """Store rows now; return what became of each."""
        answer = self.client.put(V1 + kind, {"rows": list(rows)}, format="json")
        assert answer.status_code == 200, answer.content
        found = answer.json()
        assert sum(found[name] for name in ("added", "changed", "unchanged", "older", "refused")) == len(rows)
        return list(found["results"])

    def became(self, kind: str, *rows: dict[str, Any]) -> list[str]:
        """Store rows now; return a word for each: its result, or the code of the refusal."""
        return [one["code"] or one["result"] for one in self.put(kind, *rows)]

    def post(self, path: str, body: Any, status: int = 201) -> Any:
        answer = self.client.post(V1 + path, body, format="json")
        assert answer.status_code == status, answer.content
        return answer.json()

    def send(self, kind: str, lines: list[Any], status: int = 202) -> Any:
        """Ask for a job with one row a line."""
        text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
        answer = self.client.generic("POST", f"{V1}{kind}/jobs", text, content_type="application/x-ndjson")
        assert answer.status_code == status, answer.content
        return answer.json()

    def get(self, path: str) -> Any:
        answer = self.client.get(V1 + path)
        assert answer.status_code == 200, answer.content
        return answer.json()


def work() -> None:
    """Do what the worker would, until nothing is left."""
    while outbox.deliver_due(lane="storefront"):
        pass


def at(minutes: float = 0, days: float = 0) -> str:
    """Return a moment so long before now, as the storefront writes it."""
    return (datetime.now(UTC) - timedelta(minutes=minutes, days=days)).isoformat()


def product(sku: str = "K-100", **more: Any) -> dict[str, Any]:
    return {"sku": sku, "title": "Blue kettle", "price": "19.90", "updated_at": at(60), **more}


def order(number: str = "W-1", uid: str = "u-77", **more: Any) -> dict[str, Any]:
    return {
        "number": number, "buyer": {"uid": uid, "name": "Mei"}, "state": "to_process", "total": "39.80",
        "created_at": at(days=3), "updated_at": at(60), **more,
    }  # fmt: skip


def case(number: str = "AS-1", of: str = "W-1", **more: Any) -> dict[str, Any]:
    return {
        "number": number, "order": of, "kind": "refund", "state": "in_progress", "created_at": at(50),
        "updated_at": at(50), **more,
    }  # fmt: skip


def coupon(number: str = "C-5", **more: Any) -> dict[str, Any]:
    return {
        "number": number, "title": "5 off from 50", "kind": "amount", "discount": "5.00", "minimum": "50.00",
        "starts_at": at(60), "ends_at": at(-60), "link": "https://shop.example/c/5", "updated_at": at(60), **more,
    }  # fmt: skip
