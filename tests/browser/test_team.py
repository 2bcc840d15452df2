"""Sub-accounts and the live team page in Chromium (A1, A4), in both languages, free of serious accessibility faults."""

import time
import uuid

import pytest
from playwright.sync_api import Page, expect

from chat.actions import people
from chat.models import ServiceSession
from shops.models import Member, Shop, User
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, open_desk, shot
from tests.browser.server import Live

pytestmark = pytest.mark.browser
WIDE = {"width": 1280, "height": 800}


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}")


def opened(new_page: NewPage, live: Live, user: User, locale: str, path: str) -> Page:
    page = new_page(locale=locale, viewport=WIDE, bypass_csp=True)
    page.context.add_cookies([live.cookie(user)])
    page.goto(path)
    return page


def row(page: Page, name: str):
    return page.locator("#team-rows tr").filter(has_text=name)


@pytest.mark.rule("A4")
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_team_page_follows_what_happens(new_page: NewPage, live: Live, shop: Shop, locale: str) -> None:
    owner = base.agent(shop, "王店长", online=False, role="owner", im=False)
    lin, mei = base.agent(shop, "小林", online=False, capacity=2), base.agent(shop, "美玲", capacity=10)
    base.agent(shop, "阿杰", online=False)
    people.set_break(Member.objects.get(pk=mei.pk), "午休")
    for _ in range(3):
        base.writes(base.buyer(shop))
    page = opened(new_page, live, owner.user, locale, f"/shops/{shop.pk}/team/")
    warnings = page.locator("#team-warnings .notice")
    expect(page.locator("#team-live")).to_have_text({"zh-CN": "实时更新中", "en-GB": "Live"}[locale])
    expect(page.locator("#team-rows tr")).to_have_count(3)
    expect(row(page, "美玲")).to_contain_text("午休")
    expect(warnings).to_have_count(2)  # nobody is available, three wait
    began = time.monotonic()
    desk = open_desk(new_page, live, lin)  # takes two
    expect(row(page, "小林")).to_contain_text("2 / 2")
    expect(row(page, "小林")).to_contain_text("100 %")
    assert time.monotonic() - began < 10  # the bell, not the look every 15 s
    expect(warnings).to_have_count(3)
    flawless(page)
    shot(page, f"team-{locale}")
    change(desk, shop, capacity=9)
    expect(row(page, "小林")).to_contain_text("3 / 9")
    expect(warnings).to_have_count(0)
    page.locator("#team-online").check()
    expect(page.locator("#team-rows tr")).to_have_count(2)
    desk.close()
    expect(page.locator("#team-rows tr")).to_have_count(1)
    page.locator(f"a[href='/shops/{shop.pk}/team/settings/']").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    flawless(page)
    shot(page, f"team-settings-{locale}")


def change(desk: Page, shop: Shop, **values: object) -> None:
    """Change one's own state by REST, from one's own console."""
    sent = """([url, body]) => fetch(url, {method: "PATCH", body: JSON.stringify(body), headers: {
        "Content-Type": "application/json", "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)?.[1]
        ?? document.querySelector("[name=csrfmiddlewaretoken]").value}}).then((answer) => answer.status)"""
    assert desk.evaluate(sent, [f"/api/v1/shops/{shop.pk}/presence", values]) == 200


@pytest.mark.rule("A1")
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_sub_account_is_opened_changed_and_closed_under_its_console(
    new_page: NewPage, live: Live, shop: Shop, allowed_console: list[str], locale: str
) -> None:
    allowed_console.append("/presence")  # a console that has just been closed asks once more
    owner = base.agent(shop, "王店长", online=False, role="owner", im=False)
    name = f"may-{uuid.uuid4().hex[:6]}"
    page = opened(new_page, live, owner.user, locale, f"/shops/{shop.pk}/accounts/")
    page.locator(f"a[href='/shops/{shop.pk}/accounts/new/']").click()
    page.locator("#nickname").fill("梅朵")
    page.locator("#username").fill(name)
    page.locator("#email").fill(f"{name}@shop.example")
    expect(page.locator("#im")).to_be_checked()
    flawless(page)
    page.locator("main button.primary").click()
    expect(page.locator(".notice.ok")).to_be_visible()
    flawless(page)
    shot(page, f"account-invited-{locale}")
    may = Member.objects.select_related("user").get(shop=shop, user__username=name)
    hers = new_page(locale=locale, viewport=WIDE, bypass_csp=True)
    joins(hers, page.locator("#link").input_value(), shop)
    session = base.writes(base.buyer(shop, "清风"))
    assert (session.state, session.assignee_id) == ("assigned", may.pk)
    page.reload()
    page.locator("input[value=service_lead]").check()
    page.locator("form:has(input[value=change]) button.primary").click()
    expect(page.locator(".notice.ok")).to_be_visible()
    expect(hers.locator("#connection .dot.ok")).to_be_visible()  # it came anew, with the new role
    page.reload()
    began = time.monotonic()
    page.locator("#closing ~ form button").click()
    expect(hers.locator("#connection.offline")).to_be_visible()
    assert time.monotonic() - began < 5
    expect(page.locator(".notice.ok")).to_be_visible()
    assert ServiceSession.objects.get(pk=session.pk).state == "queued"
    page.goto(f"/shops/{shop.pk}/accounts/")
    expect(page.locator("tr.off")).to_have_count(1)
    flawless(page)
    shot(page, f"accounts-{locale}")


def joins(page: Page, link: str, shop: Shop) -> None:
    """Set the first password with an invitation's link, and open the desk."""
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill("a-very-long-word-7")
    page.locator("main button.primary, form button.primary").first.click()
    page.locator(f"a[href='/desk/{shop.pk}/']").click()
    expect(page.locator("#connection .dot.ok")).to_be_visible()
