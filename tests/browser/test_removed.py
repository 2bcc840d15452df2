"""What a shop keeps no longer: how it is set, and what agent and buyer see of it, in Chromium."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.actions import retention, sessions
from chat.models import Conversation, ServiceSession
from shops.models import Member, Shop
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import flawless, open_desk, row, shot
from tests.browser.phone import PHONE, open_chat, shown
from tests.browser.server import Live
from tests.browser.words import Words

pytestmark = pytest.mark.browser
WIDE = {"width": 1280, "height": 800}


@pytest.fixture
def shop(live: Live) -> Shop:
    return base.shop(f"海岸家居 {uuid.uuid4().hex[:4]}", bot_enabled=False)


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "店长 王敏", online=False, role="owner")


def cut(shop: Shop, agent: Member) -> Conversation:
    """A buyer's line whose first reception was removed, with a second one going on."""
    line = base.buyer(shop, "mia")
    first = base.writes(line, "去年买的台灯还能换灯罩吗？")
    base.replies(agent, first, "可以的，亲。")
    sessions.close(first.pk, agent)
    past = timezone.now() - timedelta(days=400)
    ServiceSession.objects.filter(pk=first.pk).update(closed_at=past, last_message_at=past)
    second = base.writes(line, "您好，想再买一盏同款的。")
    base.replies(agent, second, "亲，您好！同款有货，今天拍下明天发。")
    assert retention.remove_some(line.pk, timezone.now() - timedelta(days=30))
    return line


@pytest.mark.rule("C8")
def test_an_owner_sets_it_and_both_sides_see_where_the_talk_begins(
    new_page: NewPage, live: Live, shop: Shop, owner: Member, t: Words
) -> None:
    agent = base.agent(shop, "小林")
    page = new_page(locale=t.locale, viewport=WIDE, bypass_csp=True)
    language = "zh-hans" if t.locale == "zh-CN" else "en"
    page.context.add_cookies([live.cookie(owner.user), {"name": "django_language", "value": language, "url": live.url}])
    page.goto(f"/shops/{shop.pk}/settings/data/")
    page.get_by_label(t("Remove conversations after")).fill("180")
    page.locator("main button.primary").click()
    expect(page.get_by_text(t("Please confirm it: more will be removed than before."))).to_be_visible()
    page.get_by_label(t("I know that what is removed can't be brought back.")).check()
    page.locator("main button.primary").click()
    expect(page.locator("main .notice.warn")).to_contain_text("180")
    flawless(page)
    shot(page, f"retention-{t.locale}")
    line = cut(shop, agent)
    first = Conversation.objects.get(pk=line.pk).first_seq
    words = t("Earlier messages were removed.")
    desk = open_desk(new_page, live, agent, locale=t.locale)
    row(desk, "Mia").click()
    expect(desk.locator("#stream > :first-child")).to_have_text(words)
    shot(desk, f"retention-desk-{t.locale}")
    chat = open_chat(new_page, live, shop, kind="shop", ref="", locale=t.locale, viewport=PHONE)
    expect(chat.get_by_text(words)).to_be_visible()
    expect(chat.locator("#older")).to_be_hidden()
    assert min(shown(chat)) == first
    shot(chat, f"retention-buyer-{t.locale}")
    page.goto(f"/shops/{shop.pk}/history/")
    expect(page.get_by_text(t("Messages were removed"))).to_be_visible()
    shot(page, f"retention-history-{t.locale}")
