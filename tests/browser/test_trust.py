"""The audit log and buyers' data in Chromium, in both languages and both lights."""

import uuid

import pytest
from playwright.sync_api import expect

from chat.actions import policy, sessions
from chat.models import Message
from shops import audit
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, shot
from tests.browser.server import Live

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize(("locale", "light"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_an_owner_reads_the_log_and_erases_a_buyer(new_page: NewPage, live: Live, locale: str, light: str) -> None:
    shop = base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}", preset="tiktok_shop")
    owner = base.agent(shop, "周店长", role="owner", online=False)
    ann = base.agent(shop, "小林")
    line = base.buyer(shop, "清风徐来")
    session = base.writes(line, "我的电话 13800138000，请尽快发货")
    base.replies(ann, session, "好的，马上为您安排。")
    sessions.close(session.pk, ann)
    policy.set_greeting(shop, "您好，有什么可以帮您？", owner)
    policy.set_holiday(shop, True, "春节放假，初八恢复", owner)
    audit.record(audit.Kind.SIGNED_IN, ann, subject=audit.Subject.USER, subject_id=ann.user_id)
    page = new_page(locale=locale, color_scheme=light, viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page.context.add_cookies([live.cookie(owner.user)])
    page.goto(f"/shops/{shop.pk}/sessions/{session.pk}/transcript/")
    page.goto(f"/shops/{shop.pk}/audit/")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("tbody ins").first).to_be_visible()
    flawless(page)
    shot(page, f"audit-{locale}")
    page.locator("select[name=kind]").select_option("session.seen")
    page.locator(".past-do button").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator(f"a[href='/shops/{shop.pk}/buyers/data/']").click()
    page.locator("#q").fill("清风徐来")
    page.locator("#q").press("Enter")
    expect(page.locator(".data-buyer")).to_have_count(1)
    flawless(page)
    shot(page, f"buyer-data-{locale}")
    page.locator("button[value=export]").click()
    expect(page.locator("#jobs a")).to_be_visible()  # the server's worker makes it; the page looks again by itself
    page.goto(f"/shops/{shop.pk}/buyers/data/?q=清风徐来")
    page.locator("input[name=sure]").check()
    page.locator("button[value=erase]").click()
    expect(page.locator("#jobs .badge.ok")).to_be_visible()
    flawless(page)
    shot(page, f"buyer-data-done-{locale}")
    assert not Message.objects.filter(conversation=line).exclude(text="").exists()
