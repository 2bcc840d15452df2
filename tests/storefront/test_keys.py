"""Keys of a storefront: shown once, kept hashed, told apart by code when they open nothing (H2, S)."""

import re
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from shops import identity
from shops.audit_entry import AuditEntry
from shops.models import Shop
from storefront import keys
from storefront.models import ShopKey
from tests import base
from tests.storefront.store import V1, Store, owner, product

pytestmark = [pytest.mark.django_db, pytest.mark.rule("H2")]


def asks(text: str) -> Any:
    return APIClient().get(V1 + "jobs", headers={"authorization": f"Bearer {text}"})


def refused(text: str) -> tuple[int, str]:
    answer = asks(text)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    return answer.status_code, answer.json()["code"]


def test_an_owner_makes_a_key_on_the_page_which_shows_it_once() -> None:
    boss = owner(base.shop())
    page, address = base.web(boss), f"/shops/{boss.shop_id}/settings/keys/"
    made = page.post(address, {"do": "make", "name": " Web shop "})
    assert "no-store" in made.headers["Cache-Control"]
    found = re.search(r'id="key" value="([^"]+)"', made.content.decode())
    assert found
    text, key = found[1], ShopKey.objects.get()
    assert asks(text).status_code == 200
    again = page.get(address).content.decode()
    assert text not in again
    assert key.prefix in again
    assert text.startswith(key.prefix)
    assert key.prefix.startswith("sfk_")
    assert text[len(key.prefix) :] not in str(ShopKey.objects.values().get())
    line = AuditEntry.objects.get(kind="key.changed")
    assert ("Web shop" in line.data["what"], text in str(line.data)) == (True, False)
    page.post(address, {"do": "revoke", "key": key.pk})
    assert refused(text) == (401, "key_revoked")
    assert AuditEntry.objects.filter(kind="key.changed").count() == 2


def test_the_same_by_api_and_others_find_nothing() -> None:
    boss, stranger = owner(base.shop()), owner(base.shop("Other"))
    address = f"/api/v1/shops/{boss.shop_id}/keys"
    made = base.desk(boss).post(address, {"name": "Web shop"}, format="json")
    assert made.status_code == 201
    assert asks(made.json()["key"]).status_code == 200
    listed = base.desk(boss).get(address).json()["results"]
    assert [(one["id"], one["name"], "key" in one) for one in listed] == [(made.json()["id"], "Web shop", False)]
    lead = base.agent(boss.shop, "Lead", role="service_lead", online=False)
    assert base.desk(lead).get(address).status_code == 403
    one = f"{address}/{made.json()['id']}/revoke"
    far = f"/api/v1/shops/{stranger.shop_id}/keys/{made.json()['id']}/revoke"
    assert [base.desk(stranger).post(path).status_code for path in (one, far)] == [404, 404]
    assert asks(made.json()["key"]).status_code == 200
    assert base.desk(boss).post(one).status_code == 204
    assert refused(made.json()["key"]) == (401, "key_revoked")


def test_two_keys_work_beside_one_another_until_the_old_one_is_revoked() -> None:
    old = Store(base.shop())
    new = Store(old.shop)
    assert old.became("products", product()) == ["added"]
    assert new.became("products", product()) == ["unchanged"]
    keys.revoke(old.key, old.owner)
    assert refused(old.text) == (401, "key_revoked")
    assert asks(new.text).status_code == 200


def test_what_is_no_key_learns_nothing_of_those_there_are() -> None:
    store = Store(base.shop())
    keys.revoke(store.key, store.owner)
    forged = store.key.prefix + "_" + "x" * 43  # right beginning, revoked, but not the key
    for text in (forged, "sfk_000000000000_" + "x" * 43, "sfk_", "x", store.text + "x", "sfk_é", "x" * 5000):
        assert refused(text) == (401, "key_unknown"), text
    assert APIClient().get(V1 + "jobs").json()["code"] == "unauthenticated"


def test_a_key_opens_nothing_but_the_storefront() -> None:
    store = Store(base.shop())
    for path in ("/api/v1/me", f"/api/v1/shops/{store.shop.pk}/orders/1/recipient", "/api/v1/buyer/events"):
        assert store.client.get(path).status_code == 401


def test_when_it_was_used_is_kept_to_the_minute() -> None:
    store = Store(base.shop())
    store.get("jobs")
    used = ShopKey.objects.get().used_at
    assert used is not None
    store.get("jobs")
    assert ShopKey.objects.get().used_at == used
    ShopKey.objects.update(used_at=timezone.now() - timedelta(minutes=2))
    store.get("jobs")
    assert ShopKey.objects.exclude(used_at__lte=used).exists()


def test_guessing_is_slowed_down_and_keeps_no_right_key_out(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PACE = True
    monkeypatch.setattr(keys, "WRONG", type(keys.WRONG)(3, 60))
    monkeypatch.setattr(keys, "CALLS", type(keys.CALLS)(2, 60))
    store = Store(base.shop())
    assert [asks("sfk_x").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert int(asks("sfk_x").headers["Retry-After"]) > 0
    assert [asks(store.text).status_code for _ in range(3)] == [200, 200, 429]


def test_a_shop_has_ten_keys_and_remembers_the_last_that_it_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "REMEMBERED", 2)
    boss = owner(base.shop())
    made = [keys.issue(boss, f"Key {n}") for n in range(keys.MOST)]
    answer = base.desk(boss).post(f"/api/v1/shops/{boss.shop_id}/keys", {"name": "One more"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_keys")
    for one in made[:3]:
        keys.revoke(one.key, boss)
    assert [refused(one.text)[1] for one in made[:3]] == ["key_unknown", "key_revoked", "key_revoked"]
    assert keys.issue(boss, "One more").key.pk


@pytest.mark.rule("D2")
def test_who_signs_by_itself_gets_a_new_secret_and_the_old_one_is_good_for_a_day() -> None:
    shop = base.shop()
    boss, old = owner(shop), identity.sign(shop, "mei", "Mei")
    page = base.web(boss).post(f"/shops/{shop.pk}/settings/keys/", {"do": "secret"})
    assert "no-store" in page.headers["Cache-Control"]
    found = re.search(r'id="secret" value="([^"]+)"', page.content.decode())
    assert found
    now = int(time.time())
    claims = {"aud": str(shop.pk), "sub": "mei", "name": "Mei", "iat": now, "exp": now + 600}
    fresh = jwt.encode(claims, found[1], algorithm="HS256")

    def enters(signed: str) -> int:
        body = {"shop": shop.pk, "identity": signed, "entry": {"kind": "shop"}}
        return int(APIClient().post("/api/v1/buyer/entry", body, format="json").status_code)

    forged = jwt.encode(claims, "x" * 40, algorithm="HS256")
    assert [enters(one) for one in (fresh, old, forged)] == [201, 201, 401]
    Shop.objects.update(identity_secret_until=timezone.now())
    assert [enters(one) for one in (fresh, old)] == [201, 401]
    line = AuditEntry.objects.get(kind="key.changed")
    assert (line.data["what"], found[1] in str(line.data)) == ("signing secret", False)
    address = f"/api/v1/shops/{shop.pk}/signing-secret"
    made = base.desk(boss).post(address, {}, format="json")
    assert (made.status_code, enters(jwt.encode(claims, made.json()["secret"], algorithm="HS256"))) == (201, 201)
    assert enters(fresh) == 201
    lead = base.agent(shop, "Lead", role="service_lead", online=False)
    stranger = owner(base.shop("Other"))
    assert [base.desk(one).post(address).status_code for one in (lead, stranger)] == [403, 404]
