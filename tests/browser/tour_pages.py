"""Pictures of the pages around the desk: shops, settings, the bot, orders, history, the figures, the platform's own."""

from playwright.sync_api import Page, expect

from tests.browser.tour_stage import DESKTOP, PHONE, Stage

FIGURES = ("agents", "quality", "ratings", "sessions", "score", "exports")


def doors(stage: Stage) -> None:
    """Sign-in, the shops of an account, the demo's storefront, the widget in it."""
    page = stage.context(DESKTOP)
    page.goto("/login/")
    stage.both(page, "login")
    page.context.close()
    page = stage.signed_in("mei")
    page.goto("/")
    stage.both(page, "home")
    page.context.close()
    store = stage.context(PHONE)
    store.goto(f"/demo/{stage.shop.pk}/")
    stage.both(store, "storefront")
    store.context.close()
    store = stage.context(DESKTOP)
    store.goto(f"/demo/{stage.shop.pk}/")
    store.locator("seller-chat button").click()
    expect(store.frame_locator("seller-chat iframe").locator("#app[data-connection=online]")).to_be_visible()
    stage.take(store, "widget")
    store.context.close()


def around(stage: Stage) -> None:
    """What one sets, the knowledge base, orders and the past."""
    page = stage.signed_in("mei")
    page.goto(stage.at + "settings/")
    stage.both(page, "settings")
    page.goto(stage.at + "bot/")
    page.wait_for_timeout(4_000)  # how well the questions are told apart is reckoned behind the page
    page.reload()
    stage.both(page, "bot")
    for name, path in (
        ("bot-categories", "bot/categories/"),
        ("bot-card", "bot/card/"),
        ("bot-try", f"bot/try/?text={stage.talk.tries}"),
        ("bot-settings", "bot/settings/"),
        ("history", "history/"),
        ("orders", "orders/"),
        ("feedback", "feedback/"),
    ):
        page.goto(stage.at + path)
        stage.take(page, name)
    page.goto(stage.at + "bot/")
    page.locator("a[href*='/bot/questions/']").nth(1).click()
    stage.take(page, "bot-question")
    page.context.close()
    page = stage.signed_in("lin")
    page.goto(f"/desk/{stage.shop.pk}/")
    _order(stage, page)
    page.goto(stage.at + "settings/")
    page.locator("[aria-labelledby=notices]").scroll_into_view_if_needed()
    stage.take(page, "notifications")
    page.context.close()


def _order(stage: Stage, page: Page) -> None:
    """An order with a parcel on its way and an after-sale case, if there is one with both."""
    from commerce.models import Order

    found = Order.objects.filter(shop=stage.shop, buyer__nickname=stage.talk.face, after_sales__isnull=False)
    page.goto(f"{stage.at}orders/{found.earliest('pk').pk}/")
    stage.take(page, "order")


def figures(stage: Stage) -> None:
    """Every page of figures."""
    page = stage.signed_in("mei")
    page.goto(stage.at + "analytics/?range=last_7_days")
    stage.both(page, "analytics")
    page.goto(stage.at + "analytics/sessions/?range=last_7_days")
    page.locator("form[action*='/exports/'] button").first.click()
    expect(page.locator("a[href*='/analytics/exports/']").last).to_be_visible()
    for name in FIGURES:
        page.goto(f"{stage.at}analytics/{name}/?range=last_7_days")
        stage.take(page, f"analytics-{name}")
    page.goto(f"{stage.at}analytics/sessions/?range=last_7_days")
    page.locator("[data-table=sessions] tbody tr", has_text="★").locator("th a").first.click()
    stage.take(page, "analytics-session")
    page.context.close()
    page = stage.signed_in("lin")
    page.goto(stage.at + "analytics/mine/?range=last_7_days")
    stage.take(page, "analytics-mine")
    page.context.close()


def faces(stage: Stage) -> None:
    """A picture of oneself goes from the profile to the platform's reviewer, and back into the console."""
    from shops.models import User

    page = stage.signed_in("lin")
    page.goto(stage.at + "settings/")
    page.locator("#avatar").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": _portrait(stage)})
    page.locator("form[enctype] button").click()
    expect(page.locator(".pictures img")).to_have_count(1)
    stage.take(page, "profile")
    page.context.close()
    platform, _made = User.objects.get_or_create(username="platform", defaults={"is_staff": True})
    page = stage.context(DESKTOP)
    page.context.add_cookies([stage.live.cookie(platform)])
    page.goto("/platform/avatars/")
    expect(page.locator(".review").first).to_be_visible()
    stage.take(page, "avatar-reviews")
    page.locator(".review").first.locator("[value=approve]").click()
    page.context.close()


def _portrait(stage: Stage) -> bytes:
    """A picture out of the demo's goods, as an agent might choose one."""
    page = stage.browser.new_page(viewport={"width": 320, "height": 320})
    page.goto(f"{stage.live.url}/static/img/demo/vase.svg")
    picture = page.screenshot(type="jpeg")
    page.close()
    return picture
