"""Entries behind advertisements (SPEC D1 [004]): post-sale on every template, pre-sale for shop traffic only."""

import pytest

from shops import identity
from shops.identity import read
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("D1")]
OFFERED = [
    ("traffic", "product", True), ("traffic", "shop", True), ("traffic", "order", True),
    ("conversion", "product", False), ("conversion", "shop", False), ("conversion", "order", True),
    ("virtual", "product", False), ("virtual", "shop", False), ("virtual", "order", True),
]  # fmt: skip


def enter(line, entry):
    signed = identity.sign(line.shop, line.buyer.uid, line.buyer.nickname)
    body = {"shop": line.shop_id, "identity": signed, "entry": entry}
    return base.APIClient().post("/api/v1/buyer/entry", body, format="json")


@pytest.mark.parametrize(("landing", "kind", "offered"), OFFERED)
def test_each_template_has_its_entries_and_the_agent_sees_which(landing, kind, offered):
    lin = base.agent(base.shop(), "Lin")
    line = base.buyer(lin.shop)
    ref = {"product": base.product(lin.shop).sku, "order": base.order(line).number, "shop": ""}[kind]
    answer = enter(line, {"kind": kind, "ref": ref, "landing": landing})
    if not offered:
        assert (answer.status_code, answer.json()["code"]) == (409, "entry_not_offered")
        return
    assert (answer.status_code, answer.json()["entry"]["landing"]) == (201, landing)
    phone = base.phone(line, read(answer.json()["token"]).entry)
    assert phone.post("/api/v1/buyer/messages", base.body(), format="json").status_code == 201
    session = base.session(line)
    assert (session.entry, session.landing) == (kind, landing)
    shown = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions/{session.pk}").json()["entry"]
    assert (shown["kind"], shown["landing"]) == (kind, landing)


@pytest.mark.parametrize("landing", ["other", 5, None, ["traffic"], {}])
def test_an_unknown_template_is_refused(landing):
    line = base.buyer(base.shop())
    answer = enter(line, {"kind": "shop", "landing": landing})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
