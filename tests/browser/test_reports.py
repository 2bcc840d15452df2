"""Reports of buyers in Chromium (F3, A7): the shop follows them, the platform's reviewer decides, in both languages."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.actions import reports
from chat.models import Message, ServiceSession, UserReport
from shops.models import Member, Shop, User
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, shot, sticking_out
from tests.browser.server import Live

pytestmark = [pytest.mark.browser, pytest.mark.rule("F3", "A7")]


def reported(shop: Shop, by: Member, uid: str, reason: str, said: list[str], words: str, days: int) -> UserReport:
    line = base.buyer(shop, uid)
    for one in said:
        session = base.writes(line, one)
    base.replies(by, session, "亲，非常抱歉给您带来不好的体验，我马上为您核实。")
    angry = Message.objects.filter(session=session, sender_kind="buyer").latest("seq")
    report = reports.submit(session.pk, by, reason, words, [angry.seq])
    UserReport.objects.filter(pk=report.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    return report


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_report_is_followed_by_its_shop_and_decided_by_the_platform(
    new_page: NewPage, live: Live, locale: str
) -> None:
    shop = base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}")
    ann = base.agent(shop, "小林")
    talk = ["你好，杯子碎了", "你们都是骗子", "不退款我天天骂你们"]
    report = reported(shop, ann, "清风", "abuse", talk, "多次辱骂客服，影响正常接待。", 1)
    reported(shop, ann, "买家_8841", "spam", ["加群领红包", "加群领红包 www"], "刷屏广告", 9)
    staff = User.objects.create_user(username=f"reviewer-{uuid.uuid4().hex[:6]}", is_staff=True)
    his, hers = (new_page(locale=locale, viewport={"width": 1280, "height": 800}, bypass_csp=True) for _ in range(2))
    his.context.add_cookies([live.cookie(staff)])
    hers.context.add_cookies([live.cookie(ann.user)])
    hers.goto(f"/shops/{shop.pk}/reports/")
    expect(hers.locator("tbody tr")).to_have_count(2)
    expect(hers.locator(".badge.danger")).to_have_count(1)
    hers.locator("summary").last.click()
    expect(hers.locator("blockquote").last).to_have_text("不退款我天天骂你们")
    flawless(hers)
    shot(hers, f"reports-{locale}")
    hers.set_viewport_size({"width": 390, "height": 800})
    assert sticking_out(hers) == []
    his.goto("/")
    his.locator("a[href='/platform/reports/']").click()
    expect(his.locator("tbody tr").first).to_contain_text("刷屏广告")  # the one that waits longest
    flawless(his)
    shot(his, f"report-queue-{locale}")
    his.goto(f"/platform/reports/{report.pk}/")
    expect(his.locator(".said.picked")).to_contain_text("不退款我天天骂你们")
    flawless(his)
    shot(his, f"report-case-{locale}")
    his.locator("#words").fill("言语辱骂属实。")
    his.locator("button[value=approve]").click()
    expect(his.locator(".notice.ok")).to_be_visible()
    hers.reload()
    expect(hers.locator("tbody")).to_contain_text("言语辱骂属实。")
    assert ServiceSession.objects.get(pk=report.session_id).report_upheld
    his.locator("#words").fill("误判，已更正。")
    his.locator("button[value=reverse]").click()
    expect(his.locator(".notice.ok")).to_be_visible()
    assert not ServiceSession.objects.get(pk=report.session_id).report_upheld
