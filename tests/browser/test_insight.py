"""Customer insight, the history page and the profile in Chromium."""

import uuid

import pytest
from playwright.sync_api import expect

from chat.actions import ratings, sessions
from shops.models import Member, Shop, User
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, look_at, open_desk, shot
from tests.browser.server import Live
from tests.browser.talker import Talker
from tests.hostile.identities import png

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"Shop {uuid.uuid4().hex[:6]}")


def talked(shop: Shop, agent: Member, uid: str, *texts: str, stars: int = 0, words: str = "") -> None:
    """Let a conversation begin and end, rated if stars are given."""
    line = base.buyer(shop, uid)
    for text in texts:
        session = base.writes(line, text)
    base.replies(agent, session, "请稍等，我查一下。")
    if stars:
        ratings.rate(shop.pk, line.pk, session.pk, stars, words)
    sessions.close(session.pk, agent)


@pytest.mark.rule("E9")
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_an_agent_sees_who_the_buyer_is_and_opens_an_earlier_conversation(
    new_page: NewPage, live: Live, shop: Shop, locale: str
) -> None:
    ann = base.agent(shop, "Ann")
    talked(shop, ann, "uid-Mia", "你好，什么时候发货？", stars=5, words="很有耐心")
    talked(shop, ann, "uid-Mia", *[f"第{n}次问：物流太慢了" for n in range(60)], stars=2, words="太慢了")
    mia = Talker(live, shop, "Mia")
    base.order(mia.says("质量太差，我要投诉！").conversation)
    page = open_desk(new_page, live, ann, locale=locale, bypass_csp=True)
    look_at(page, "Mia")
    page.locator("#tab-insight").click()
    panel = page.locator("#panel-insight")
    expect(panel.locator(".contact-row")).to_have_count(3)
    expect(panel.locator(".mood.negative")).not_to_have_count(0)
    expect(panel.locator(".insight-figures")).to_contain_text("★ 3.5")
    flawless(page)
    shot(page, f"insight-{locale}")
    panel.locator(".contact-row").last.click()
    expect(page.locator(".message", has_text="你好，什么时候发货？")).to_be_in_viewport()
    mia.says("谢谢，很满意")
    expect(panel.locator(".mood").last).to_have_class("mood positive")
    page.locator("#tab-insight").press("ArrowRight")
    expect(page.locator("#tab-orders")).to_be_focused()


@pytest.mark.rule("C8")
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_lead_finds_an_old_conversation_on_the_history_page(
    new_page: NewPage, live: Live, shop: Shop, locale: str
) -> None:
    ann, lea = base.agent(shop, "Ann"), base.agent(shop, "Lea", role="service_lead", accepting=False, online=False)
    for n, said in enumerate(("这件外套有货吗？", "物流三天没动了", "想退货，尺码不合适")):
        talked(shop, ann, f"user{n}", said, stars=n + 2)
    page = open_desk(new_page, live, lea, locale=locale, bypass_csp=True)
    page.locator(f"a[href='/shops/{shop.pk}/history/']").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    flawless(page)
    shot(page, f"history-{locale}")
    page.locator("[name=buyer]").fill("user1")
    page.locator("[name=agent]").select_option(label="Ann")
    page.keyboard.press("Tab")
    page.locator(".past-do button").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a.button[href*='#session=']").click()
    expect(page.locator(".chat-name")).to_have_text("User1")
    expect(page.locator(".message", has_text="物流三天没动了")).to_be_visible()


@pytest.mark.rule("A5", "P7")
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_picture_goes_from_the_agent_to_the_platform_and_into_the_console(
    new_page: NewPage, live: Live, shop: Shop, locale: str
) -> None:
    ann = base.agent(shop, "Ann", online=False)
    page = open_desk(new_page, live, ann, locale=locale, bypass_csp=True)
    page.goto(f"{live.url}/shops/{shop.pk}/settings/")
    page.locator("#avatar").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": png()})
    page.locator("form[enctype] button").click()
    expect(page.locator(".pictures img")).to_have_count(1)
    flawless(page)
    shot(page, f"profile-{locale}")
    staff = User.objects.create_user(username=f"platform-{uuid.uuid4().hex[:6]}", is_staff=True)
    language = "zh-hans" if locale == "zh-CN" else "en"
    other = new_page(locale=locale, bypass_csp=True)
    other.context.add_cookies([live.cookie(staff), {"name": "django_language", "value": language, "url": live.url}])
    other.goto(f"{live.url}/platform/avatars/")
    review = other.locator(".review", has_text=shop.name)
    expect(review).to_be_visible()
    flawless(other)
    shot(other, f"reviews-{locale}")
    review.locator("[value=approve]").click()
    expect(review).to_have_count(0)
    page.goto(f"{live.url}/desk/{shop.pk}/")
    face = page.locator("img.self-avatar")
    expect(face).to_be_visible()
    assert face.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
