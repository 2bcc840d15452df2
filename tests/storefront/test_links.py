"""Identities and entry links for a storefront that has no code of its own to sign, and where they lead (D1, D2)."""

import itertools
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from chat import incoming, sending
from chat.actions import sessions
from chat.models import Event, ServiceSession
from shops import identity
from tests import base
from tests.storefront.store import V1, Store, case, order, product

pytestmark = pytest.mark.django_db
MEI = {"uid": "u-77", "name": "Mei"}


@pytest.fixture
def store(db: None) -> Store:
    found = Store(base.shop())
    found.put("products", product("K-1"))
    found.put("orders", order("W-1"), order("W-2", "u-2"))
    found.put("after-sales", case("AS-1"))
    return found


def enters(store: Store, url: str) -> Any:
    """Do what the page behind a link does first."""
    parts = urlsplit(url)
    assert parts.path == f"/c/{store.shop.pk}/"
    said = {name: values[0] for name, values in parse_qs(parts.fragment).items()}
    entry = {name: said[name] for name in ("kind", "ref", "landing") if name in said}
    body = {"shop": store.shop.pk, "identity": said["identity"], "entry": entry}
    return APIClient().post("/api/v1/buyer/entry", body, format="json")


@pytest.mark.rule("D1", "H2")
def test_the_matrix_of_entries_is_told_and_each_link_opens_the_chat_where_it_says(store: Store) -> None:
    asked = {"buyer": MEI, "product": "K-1", "order": "W-1", "after_sale": "AS-1"}
    found = store.post("links", asked)
    cells = {(one["kind"], one["landing"]): one for one in found["results"]}
    assert len(cells) == len(found["results"]) == 12
    assert {one["kind"]: one["scene"] for one in found["results"]} == {
        "product": "pre_sale", "order": "post_sale", "after_sale": "post_sale",
    }  # fmt: skip
    without = {where for where, one in cells.items() if one["url"] is None}
    assert without == {("product", "conversion"), ("product", "virtual")}
    for (kind, landing), one in cells.items():
        if one["url"] is None:
            continue
        entered = enters(store, one["url"])
        assert entered.status_code == 201, entered.content
        entry = entered.json()["entry"]
        assert (entry["kind"], entry["landing"]) == (kind, landing)
    # What none is offered for is refused to who makes the link up.
    forged = cells["product", ""]["url"] + "&landing=virtual"
    assert enters(store, forged).json()["code"] == "entry_not_offered"


@pytest.mark.rule("D1", "C1")
def test_the_session_keeps_where_the_buyer_came_from(store: Store) -> None:
    agent = base.agent(store.shop, "Lin")
    refs = {"product": {"product": "K-1"}, "order": {"order": "W-1"}, "after_sale": {"after_sale": "AS-1"}, "shop": {}}
    for asked, landing in itertools.product(refs, ("", "traffic")):
        (link,) = store.post("links", {"buyer": MEI, "landing": landing, **refs[asked]})["results"]
        token = identity.read(enters(store, link["url"]).json()["token"])
        base.done(base.send(sending.from_buyer(token, incoming.draft(base.body("Hello"))))[0])
        session = ServiceSession.objects.latest("pk")
        assert (session.entry, session.landing) == (asked, landing)
        kept = (session.entry_product_id, session.entry_order_id, session.entry_after_sale_id)
        assert [bool(one) for one in kept] == [
            asked == "product", asked in ("order", "after_sale"), asked == "after_sale",
        ]  # fmt: skip
        opened = Event.objects.filter(kind="session.opened").latest("seq").data
        assert (opened["entry"], opened.get("landing", "")) == (asked, landing)
        sessions.close(session.pk, agent)


@pytest.mark.rule("H2")
def test_links_name_only_what_is_there_and_the_buyers_own(store: Store) -> None:
    store.put("after-sales", case("AS-2", "W-2"))
    foreign = ({"buyer": MEI, "order": "W-2"}, {"buyer": MEI, "after_sale": "AS-2"})
    for gone in ({"product": "K-9"}, {"order": "W-9"}, {"after_sale": "AS-9"}, *foreign):
        store.post("links", gone, 404)
    other = Store(base.shop("Other"))
    for body in ({"product": "K-1"}, {"order": "W-1"}, {"after_sale": "AS-1"}):
        other.post("links", body, 404)
    bare = store.post("links", {"order": "W-1", "landing": ""})
    assert bare["expires_at"] is None
    assert "identity" not in bare["results"][0]["url"]
    wrong: list[dict[str, Any]] = [
        {"landing": "x"},
        {"order": ""},
        {"order": 1},
        {"buyer": {}},
        {"buyer": {"uid": "~1"}},
        {"x": 1},
    ]
    for body in wrong:
        store.post("links", body, 400)


@pytest.mark.rule("D2")
def test_an_identity_brings_a_buyer_in_as_one_that_the_shop_signed_itself(store: Store) -> None:
    found = store.post("identities", {"buyer": MEI})
    assert found["expires_at"] > "2026"
    body = {"shop": store.shop.pk, "identity": found["identity"], "entry": {"kind": "shop"}}
    entered = APIClient().post("/api/v1/buyer/entry", body, format="json")
    assert entered.json()["buyer"]["nickname"] == "Mei"
    other = base.shop("Other")
    assert APIClient().post("/api/v1/buyer/entry", {**body, "shop": other.pk}, format="json").status_code == 401
    assert store.client.post(V1 + "identities", {"buyer": {"uid": ""}}, format="json").status_code == 400


@pytest.mark.rule("C10")
def test_pages_with_cards_may_show_pictures_of_the_shops_own_servers_and_no_other_page_may(store: Store) -> None:
    lin = base.agent(store.shop, "Lin")
    paths = (f"/desk/{store.shop.pk}/", f"/c/{store.shop.pk}/", f"/w/{store.shop.pk}/", "/login/")
    pages = {path: base.web(lin).get(path).headers["Content-Security-Policy"] for path in paths}
    found = {path: re.search(r"img-src ([^;]+)", policy) for path, policy in pages.items()}
    assert ["https:" in hit[1].split() if hit else None for hit in found.values()] == [True, True, True, False]
    assert all("script-src 'self';" in policy + ";" for policy in pages.values())
