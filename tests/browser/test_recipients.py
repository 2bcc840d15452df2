"""An order's recipient in Chromium: masked, shown for a reason on the order's page and in the console (S-26)."""

import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from lib import redacting
from shops.models import AuditEntry
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import look_at, open_desk, row, shot, unreachable
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.browser.words import Words

pytestmark = [pytest.mark.browser, pytest.mark.rule("C10", "C11", "C20")]
SAID = (
    "我的手机号是 13800138000，谢谢", "+44 7700 900123 please", "(555) 123-4567", "卡号 4111 1111 1111 1111",
    "110101199003078515", "订单号 20261120011000100", "order 20261120011000", "2026-11-23 14:05 见", "3 件 199.00 元",
    "寄到杭州市西湖区文三路18号402室", "12 Harbour Street please", "wang@example.cn", "你好，在吗？",
)  # fmt: skip


def unmask(page: Page, host: Locator, t: Words, name: str) -> None:
    """Give a reason, the last one with words; it is shown, and the form is gone."""
    expect(host).to_contain_text("199****8000")
    shot(page, f"{name}-masked-{t.locale}")
    host.get_by_role("button", name=t("Show in full")).press("Enter")
    reason = host.get_by_role("combobox", name=t("Reason"))
    expect(reason).to_be_focused()
    reason.press("Escape")
    expect(host.get_by_role("button", name=t("Show in full"))).to_be_focused()
    host.get_by_role("button", name=t("Show in full")).click()
    reason.select_option("other")
    host.get_by_label(t("In your words")).fill("地址核对")
    shot(page, f"{name}-form-{t.locale}")
    assert unreachable(page) == []
    host.get_by_role("button", name=t("Show"), exact=True).click()
    for words in (base.RECIPIENT["recipient_name"], "19900008000", base.RECIPIENT["recipient_address"]):
        expect(host).to_contain_text(words)
    expect(host.get_by_role("button")).to_have_count(0)
    shot(page, f"{name}-shown-{t.locale}")


def test_a_recipient_is_shown_for_a_reason_until_the_page_is_left(live: Live, new_page: NewPage, t: Words) -> None:
    shop = base.shop(f"Shop {uuid.uuid4().hex[:6]}", greeting="")
    ann = base.agent(shop, "Ann", online=False, accepting=False)
    line = Talker(live, shop, "Mia").says("请问什么时候到？").conversation
    order = base.order(line, "20261120011000", **base.RECIPIENT)
    order.items.create(product=base.product(shop), price="39.80")
    desk = open_desk(new_page, live, ann, locale=t.locale, bypass_csp=True)
    desk.locator("#tab-unassigned").click()
    look_at(desk, "Mia")
    expect(desk.locator("#panel-orders .recipient")).to_contain_text("199****8000")
    expect(desk.locator("#panel-orders .recipient button")).to_have_count(0)  # it is nobody's buyer yet
    row(desk, "Mia").get_by_role("button", name=t("Assign to me")).click()
    unmask(desk, desk.locator("#panel-orders .recipient"), t, "console")
    desk.goto(f"{live.url}/shops/{shop.pk}/orders/{order.pk}/")
    unmask(desk, desk.locator(".recipient"), t, "order")
    desk.reload()
    expect(desk.locator(".recipient")).to_contain_text("199****8000")
    kept = AuditEntry.objects.filter(shop=shop, kind="buyer.unmasked").values_list("data__reason", "data__words")
    assert list(kept) == [("other", "地址核对")] * 2
    mask = "async (said) => { const { veil } = await import('/static/js/veil.js'); return said.map(veil); }"
    assert desk.evaluate(mask, SAID) == [redacting.veil(said) for said in SAID], "as pushes are"
