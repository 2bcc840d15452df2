"""A coupon on its way in Chromium: the agent sends it from the workbench, the buyer sees it and where it is taken."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from commerce.models import Coupon
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, look_at, open_desk, shot
from tests.browser.phone import open_chat, say
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = pytest.mark.browser


@pytest.mark.rule("C2", "C10")
def test_a_coupon_is_sent_from_the_workbench_and_shown_to_the_buyer(new_page: NewPage, live: Live, t: Words) -> None:
    shop = base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}")
    ann = base.agent(shop, "小安", online=False)
    now = timezone.now()
    span = {"shop": shop, "starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=20)}
    link = "https://shop.example/coupons/c-5"
    Coupon.objects.create(number="C-5", title="秋季满减券", kind="amount", discount=5, minimum=50, link=link, **span)
    Coupon.objects.create(number="C-6", title="新客专享折扣券", kind="percent", discount=10, **span)
    desk = open_desk(new_page, live, ann, locale=t.locale, bypass_csp=True)
    buyer = open_chat(new_page, live, shop, kind="shop", ref="", locale=t.locale, bypass_csp=True)
    say(buyer, "有优惠吗？")
    look_at(desk, "Mia")
    desk.locator("#tab-coupons").click()
    expect(desk.locator("#panel-coupons .card-coupon")).to_have_count(2)
    desk.locator("#panel-coupons [data-send]").first.click()
    expect(desk.locator("#stream .card-coupon")).to_contain_text("秋季满减券")
    shot(desk, f"coupon-desk-{t.locale}")
    flawless(desk)
    card = buyer.locator(".coupon")
    expect(card).to_contain_text("秋季满减券")
    expect(card.get_by_role("link", name=t("Take the coupon"))).to_have_attribute("href", link)
    shot(buyer, f"coupon-buyer-{t.locale}")
    flawless(buyer)
