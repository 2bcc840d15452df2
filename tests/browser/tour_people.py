"""Pictures of people, permission and trust: the team, accounts, every setting, reports, the platform's pages."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.tour_stage import DESKTOP, Stage

WORDS = {
    "zh-hans": ("多次辱骂客服，影响正常接待。", "反复发送与商品无关的广告。", "以差评相要挟，要求额外赔偿。"),
    "en": (
        "Insults the agents again and again.",
        "Sends advertisements, nothing else.",
        "Threatens with bad ratings to get money.",
    ),
}
SETTINGS = ("conversations", "hours", "quick-replies", "rules", "integration")


def shop(stage: Stage) -> None:
    """What owners look after."""
    page = stage.signed_in("mei")
    page.goto(stage.at + "team/")
    expect(page.locator("tbody tr").first).to_be_visible()
    stage.both(page, "team")
    for name, path in (
        ("team-settings", "team/settings/"),
        ("accounts", "accounts/"),
        ("account-new", "accounts/new/"),
        ("account", f"accounts/{stage.member('lin').pk}/"),
        ("audit", "audit/"),
        ("buyer-data", "buyers/data/"),
        *((f"settings-{name}", f"settings/{name}/") for name in SETTINGS),
    ):
        page.goto(stage.at + path)
        stage.take(page, name)
    page.goto("/security/")
    stage.take(page, "security")
    page.goto("/security/second-factor/")
    stage.take(page, "second-factor")
    page.context.close()


def reports(stage: Stage) -> None:
    """A report of a buyer, followed by the shop and decided by the platform."""
    from shops.models import User

    _reported(stage)
    page = stage.signed_in("lin")
    page.goto(stage.at + "reports/")
    stage.take(page, "reports")
    page.context.close()
    staff, _made = User.objects.get_or_create(username="platform", defaults={"is_staff": True})
    page = stage.context(DESKTOP)
    page.context.add_cookies([stage.live.cookie(staff)])
    page.goto("/platform/reports/")
    stage.take(page, "report-queue")
    _newest(page)
    stage.take(page, "report-case")
    for name, path in (
        ("platform-shops", "/platform/shops/"),
        ("platform-shop-new", "/platform/shops/new/"),
        ("platform-shop", f"/platform/shops/{stage.shop.pk}/"),
        ("platform-rules", f"/platform/shops/{stage.shop.pk}/rules/"),
    ):
        page.goto(path)
        stage.take(page, name)
    page.context.close()


def _reported(stage: Stage) -> None:
    """Three reports of the past days, one of them late."""
    from chat.actions import reports as actions
    from chat.models import Message, ServiceSession, UserReport

    agents = {member.pk: member for member in (stage.member("lin"), stage.member("mei"))}
    found = ServiceSession.objects.filter(shop=stage.shop, last_assignee__in=agents, state="closed").order_by("-pk")
    said = zip(found[:3], ("abuse", "spam", "malicious_rating"), WORDS[stage.talk.language], (1, 3, 9), strict=True)
    for session, reason, words, days in said:
        angry = Message.objects.filter(session=session, sender_kind="buyer").latest("seq")
        report = actions.submit(session.pk, agents[session.last_assignee_id or 0], reason, words, [angry.seq])
        at = report.submitted_at - timedelta(days=days)
        UserReport.objects.filter(pk=report.pk).update(submitted_at=at)


def _newest(page: Page) -> None:
    page.locator("tbody a[href*='/platform/reports/']").first.click()
    expect(page.locator("#words")).to_be_visible()
