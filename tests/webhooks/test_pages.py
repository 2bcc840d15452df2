"""Webhooks on their pages and by API: for the owner and super admins of the shop, nobody else."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import deliveries
from chat.actions import outbox
from chat.models import Outbox
from shops.audit_entry import AuditEntry
from shops.models import Member
from tests import base, hooks
from tests.hook_listener import Listener
from webhooks.models import Endpoint, Kind


def page(of: Member, more: str = "") -> str:
    return f"/shops/{of.shop_id}/settings/webhooks/{more}"


def secret(answer: Any) -> str:
    found = re.search(r'id="secret" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


@pytest.mark.rule("H2")
def test_an_owner_adds_tries_changes_and_removes_a_webhook(owner: Member, listener: Listener) -> None:
    client = base.web(owner)
    form = {"name": "Depot", "url": listener.address, "kinds": ["session.opened", "message.created"]}
    answer = client.post(page(owner), form)
    made = Endpoint.objects.get()
    assert secret(answer).startswith("whsec_")
    assert "no-store" in answer.headers["Cache-Control"]
    assert secret(answer) not in made.sealed
    here = page(owner, f"{made.pk}/")
    assert secret(client.get(here)) == ""
    listener.answer = b"Thanks <b>"
    result = client.post(here, {"do": "test"}, follow=True).content.decode()
    assert "Thanks &lt;b&gt;" in result
    client.post(here, {"do": "save", "name": "Depot 2", "url": listener.address, "kinds": ["session.rated"]})
    made.refresh_from_db()
    assert (made.name, made.kinds, made.is_on) == ("Depot 2", ["session.rated"], False)
    assert secret(client.post(here, {"do": "secret"}))
    client.post(here, {"do": "remove"})
    assert not Endpoint.objects.exists()
    kinds = AuditEntry.objects.filter(kind="webhook.changed").values_list("who", "subject_id")
    assert list(kinds) == [("Owner", made.pk)] * 4


def test_a_wrong_address_is_said_at_its_field(owner: Member) -> None:
    for url in ("http://shop.example", "https://10.0.0.1/", "x\0y", "https://a:b@shop.example/"):
        answer = base.web(owner).post(page(owner), {"name": "A", "url": url, "kinds": ["session.opened"]})
        assert 'class="errorlist"' in answer.content.decode(), url
    answer = base.web(owner).post(page(owner), {"name": "A", "url": "https://shop.example/", "kinds": []})
    assert 'class="errorlist"' in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_what_failed_is_found_and_sent_again(hook: Endpoint, owner: Member, listener: Listener) -> None:
    client, here = base.web(owner), page(owner, f"{hook.pk}/")
    base.writes(base.buyer(owner.shop))
    outbox.deliver_due(lane="webhooks")
    done = Outbox.objects.filter(kind="webhook.tell").latest("pk")
    Outbox.objects.filter(pk=done.pk).update(dead=True, done_at=None, error="status: 503")
    listed = client.get(here, {"show": "failed"}).content.decode()
    assert re.findall(rf"{here}(\d+)/", listed) == [str(done.pk)]
    assert "503" in listed
    assert client.get(f"{here}{done.pk}/").status_code == 200
    before = len(listener.heard)
    client.post(f"{here}{done.pk}/")
    outbox.deliver_due(lane="webhooks")
    assert len(listener.heard) == before + 1
    assert re.findall(rf"{here}(\d+)/", client.get(here, {"show": "failed"}).content.decode()) == []


def test_deliveries_come_in_pages_that_leave_none_out(owner: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "PAGE", 2)
    made, first = hooks.with_a_dead_letter(owner.shop)
    more = [Outbox(shop=owner.shop, kind=first.kind, lane="webhooks", target=made.target, payload=first.payload,
                   due_at=timezone.now(), dead=number % 2 == 0) for number in range(4)]  # fmt: skip
    Outbox.objects.bulk_create(more)
    desk, address = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/webhooks/{made.pk}/deliveries"

    def listed(**asked: str) -> list[int]:
        found = desk.get(address, asked).json()
        after = listed(**asked | {"cursor": found["next"]}) if found["next"] else []
        return [row["id"] for row in found["results"]] + after

    every = list(Outbox.objects.filter(target=made.target).order_by("-pk"))
    assert listed() == [row.pk for row in every]
    assert listed(state="failed") == [row.pk for row in every if row.dead]
    shown = base.web(owner).get(page(owner, f"{made.pk}/"), {"before": str(every[1].pk)}).content.decode()
    assert re.findall(rf"{made.pk}/(\d+)/", shown) == [str(every[2].pk), str(every[3].pk)]


def test_an_app_keeps_webhooks_by_api(owner: Member, listener: Listener) -> None:
    desk, here = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/webhooks"
    body = {"name": "Depot", "url": listener.address, "kinds": ["message.created", "session.opened"]}
    made = desk.post(here, body, format="json").json()
    assert made["secret"].startswith("whsec_")
    assert made["kinds"] == ["session.opened", "message.created"]
    one = f"{here}/{made['id']}"
    assert "secret" not in desk.get(one).json()
    assert desk.post(f"{one}/secret", {}, format="json").json()["secret"] != made["secret"]
    tried = desk.post(f"{one}/test", {}, format="json").json()
    assert (tried["state"], tried["type"], tried["conversation"]) == ("done", "test", None)
    base.writes(base.buyer(owner.shop), "Hello?")
    outbox.deliver_due(lane="webhooks")
    said = next(row for row in desk.get(f"{one}/deliveries").json()["results"] if row["type"] == "message.created")
    whole = desk.get(f"{one}/deliveries/{said['id']}").json()
    assert whole["body"]["id"] == said["event"]
    assert [attempt["status"] for attempt in whole["attempts"]] == [200]
    again = desk.post(f"{one}/deliveries/{said['id']}/again", {}, format="json").json()
    assert (again["state"], again["event"]) == ("waiting", said["event"])
    assert desk.post(f"{one}/again", {}, format="json").json() == {"again": 0}
    assert desk.patch(one, {"is_on": False}, format="json").json()["is_on"] is False
    assert desk.post(f"{one}/again", {}, format="json").json()["code"] == "off"
    assert desk.delete(one).status_code == 204
    assert desk.get(here).json() == {"results": [], "next": None}


def test_a_shop_has_ten_at_most(owner: Member, listener: Listener) -> None:
    desk, here = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/webhooks"
    body = {"name": "Depot", "url": listener.address, "kinds": Kind.values}
    answers = [desk.post(here, body, format="json") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [409]
    assert answers[-1].json()["code"] == "too_many"


def test_another_shops_webhook_and_another_webhooks_delivery_are_not_there(owner: Member) -> None:
    mine, _row = hooks.with_a_dead_letter(owner.shop)
    second, seconds = hooks.with_a_dead_letter(owner.shop)
    theirs, foreign = hooks.with_a_dead_letter(base.shop("Other"))
    client: Client = base.web(owner)
    api = f"/api/v1/shops/{owner.shop_id}/webhooks"
    for address in (page(owner, f"{theirs.pk}/"), page(owner, f"{theirs.pk}/{foreign.pk}/"),
                    page(owner, f"{mine.pk}/{seconds.pk}/"), page(owner, f"{mine.pk}/{foreign.pk}/"),
                    f"{api}/{theirs.pk}", f"{api}/{mine.pk}/deliveries/{seconds.pk}"):  # fmt: skip
        assert client.get(address).status_code == 404, address
        if not address.startswith("/api"):
            assert client.post(address, {"do": "remove"}).status_code == 404, address
    assert Endpoint.objects.count() == 3
    assert second.pk
