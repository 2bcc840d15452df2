"""Pictures of the buyer's page: the door, the bot, waiting, the rating, after leaving, closed hours."""

from typing import TYPE_CHECKING

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.tour_stage import ALWAYS, PHONE, Stage, say

if TYPE_CHECKING:
    from shops.models import Member

# A browser with a push service behind it; the one that takes the pictures has none.
PUSHES = """() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'default' });
    PushManager.prototype.getSubscription = async () => null;
}"""


def door(stage: Stage) -> None:
    """What a buyer finds on entering, and how the bot answers and asks back."""
    from shops.models import Shop

    page = stage.buyer(PHONE, stage.talk.others[0])
    expect(page.locator(".welcome")).to_be_visible()
    stage.both(page, "buyer-entry")
    page.context.close()
    Shop.objects.filter(pk=stage.shop.pk).update(bot_enabled=True)
    page = stage.buyer(PHONE, stage.talk.others[1])
    page.locator("#entry-card .away").click()
    page.locator(".welcome .faq-list button, .welcome button").first.click()
    expect(page.locator(".row.theirs .answer").first).to_be_visible()
    say(page, stage.talk.vague)
    expect(page.locator(".row.theirs .answer").nth(1)).to_be_visible()
    page.locator("#stream").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    stage.take(page, "buyer-bot")
    page.context.close()
    Shop.objects.filter(pk=stage.shop.pk).update(bot_enabled=stage.shop.bot_enabled)


def waiting(stage: Stage) -> None:
    """The place in the queue, then after leaving: the offer to be told, and the rating with its reasons."""
    from shops.models import Member

    lin, face = stage.member("lin"), stage.talk.others[2]
    Member.objects.filter(pk=lin.pk).update(accepting=False)
    page = stage.context(PHONE)
    page.add_init_script(f"({PUSHES})()")
    page = stage.enter(page, face)
    _reach_a_person(stage, page)
    expect(page.locator("#queue-note")).to_be_visible()
    stage.take(page, "buyer-queue")
    _rated(stage, page, lin, face)
    page.context.close()
    Member.objects.filter(pk=lin.pk).update(accepting=True)


def _reach_a_person(stage: Stage, page: Page) -> None:
    say(page, stage.talk.question)
    if stage.shop.bot_enabled:
        page.locator("#open-more").click()
        page.locator("[data-action=human]").click()


def _rated(stage: Stage, page: Page, lin: "Member", face: str) -> None:
    from chat.models import ServiceSession
    from tests.browser.answerer import Answerer

    agent = Answerer(stage.live, lin)
    session = ServiceSession.objects.filter(shop=stage.shop, buyer__nickname=face).latest("pk")
    agent.does(session, "take")
    agent.says(session, stage.talk.answer)
    expect(page.locator(".row.theirs", has_text=stage.talk.answer)).to_be_visible()
    if page.locator(".push-offer .away").count():
        page.locator(".push-offer .away").click()
    page.locator("#open-more").click()
    page.locator("[data-action=rate]").click()
    form = page.locator("dialog form.rating")
    form.locator("label.star").nth(1).click()
    form.locator(".reasons label").first.click()
    form.locator("textarea").fill(stage.talk.unhappy)
    stage.both(page, "buyer-rating")
    page.keyboard.press("Escape")
    agent.does(session, "close")


def closed(stage: Stage) -> None:
    """Outside of the shop's hours one can write all the same."""
    from sellercenter.demo_data import SHOPS
    from shops.models import Shop

    week = [next(seed.hours for seed in SHOPS if seed.name == stage.shop.name)] * 7
    week[timezone.now().astimezone(stage.shop.zone).weekday()] = []
    Shop.objects.filter(pk=stage.shop.pk).update(business_week=week)
    page = stage.buyer(PHONE, stage.talk.others[3])
    expect(page.locator("#times")).to_be_visible()
    page.locator("#entry-card .away").click()
    say(page, stage.talk.question)
    stage.take(page, "buyer-closed")
    page.context.close()
    Shop.objects.filter(pk=stage.shop.pk).update(business_week=ALWAYS)
