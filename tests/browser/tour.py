"""Take the pictures of docs/tour.md: the demo with live traffic, in both languages and themes.

`python -m tests.browser.tour` seeds a demo in a temporary directory, plays both sides and writes docs/screens/*.png.
"""

import io
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.tour_talk import EN, ZH, Talk

if TYPE_CHECKING:
    from tests.browser.server import Live

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "docs" / "screens"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LARGEST = 150_000


def main() -> None:
    """Start the demo, take every picture, stop."""
    with tempfile.TemporaryDirectory() as place:
        os.environ.update(
            DATA_DIR=place, DEMO="1", HTTPS="0", DJANGO_SETTINGS_MODULE="sellercenter.settings",
            DJANGO_ALLOW_ASYNC_UNSAFE="1", SECRET_KEY=secrets.token_urlsafe(50),
        )  # fmt: skip
        import django

        django.setup()
        from tests.browser.conftest import FLAGS, chromium
        from tests.browser.server import Live, make_template

        live = Live(make_template(Path(place)))
        live.manage("seed_demo")
        live.start()
        SCREENS.mkdir(exist_ok=True)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
                for talk in (ZH, EN):
                    Tour(live, browser, talk).take()
                browser.close()
        finally:
            live.stop()


class Tour:
    """All pictures of one language."""

    def __init__(self, live: "Live", browser: Browser, talk: Talk) -> None:
        from shops.models import Shop

        self.live, self.browser, self.talk = live, browser, talk
        self.shop = Shop.objects.get(name=talk.shop)

    def take(self) -> None:
        self._talk()
        self._pages()

    def _talk(self) -> None:
        """Play one conversation between two real pages, with others in the list, and take both sides."""
        desk, buyer = self._desk("lin"), self._buyer(PHONE)
        buyer.locator(".send-card").click()
        _say(buyer, self.talk.question)
        # Where the bot answers first, card and question are its two misses: it hands over by itself.
        expect(buyer.locator("#app[data-state=assigned]")).to_be_visible(timeout=20_000)
        mine = desk.locator(".item", has_text=self.talk.face)
        expect(mine).to_be_visible()
        mine.locator(".item-main").click()
        _answer(desk, self.talk.answer)
        expect(buyer.locator(".row.theirs", has_text=self.talk.answer)).to_be_visible()
        _say(buyer, self.talk.worry)
        _picture(buyer, self._photo())
        expect(desk.locator(".media")).to_be_visible()
        self._crowd()
        _answer(desk, self.talk.calm)
        desk.locator("#tab-products").click()
        desk.locator("#products article", has_text=self.talk.other).get_by_role("button").click()
        expect(buyer.locator("#rows .bubble.flat", has_text=self.talk.other)).to_be_visible()
        _say(buyer, self.talk.promise)
        desk.locator("#tab-orders").click()
        expect(desk.locator(".said", has_text=self.talk.promise)).to_be_visible()
        desk.bring_to_front()
        desk.reload()  # the figures at the top are read anew
        expect(desk.locator(".said", has_text=self.talk.promise)).to_be_visible()
        self._both(desk, "console")
        buyer.bring_to_front()
        self._both(buyer, "buyer")
        wide = self._buyer(DESKTOP)
        self._both(wide, "buyer-wide")
        for page in (wide, buyer, desk):
            page.context.close()

    def _pages(self) -> None:
        """The pages around the desk, as the owner sees them."""
        page = self._context(DESKTOP)
        page.goto("/login/")
        self._both(page, "login")
        self._sign_in(page, "mei")
        self._both(page, "home")
        for name, path in (("settings", "settings"), ("bot", "bot"), ("analytics", "analytics")):
            page.goto(f"/shops/{self.shop.pk}/{path}/")
            self._both(page, name)
        page.context.close()
        shop = self._context(PHONE)
        shop.goto(f"/demo/{self.shop.pk}/")
        self._both(shop, "storefront")
        shop.context.close()

    def _context(self, size: Any) -> Page:
        context = self.browser.new_context(base_url=self.live.url, viewport=size, locale=self.talk.locale)
        context.add_cookies([{"name": "django_language", "value": self.talk.language, "url": self.live.url}])
        return context.new_page()

    def _sign_in(self, page: Page, name: str) -> None:
        from sellercenter.demo_data import PASSWORD

        page.goto("/login/")
        page.locator("[name=username]").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main [type=submit]").click()
        page.wait_for_url(f"{self.live.url}/")

    def _desk(self, name: str) -> Page:
        page = self._context(DESKTOP)
        self._sign_in(page, name)
        page.goto(f"/desk/{self.shop.pk}/")
        expect(page.locator("#connection .dot.ok")).to_be_visible()
        return page

    def _buyer(self, size: Any) -> Page:
        """Come from the storefront's product page, as a buyer does."""
        from commerce.models import Product

        page = self._context(size)
        page.goto(f"/demo/{self.shop.pk}/me/")
        page.locator("button[name=uid]", has_text=self.talk.face).click()
        goods = Product.objects.get(shop=self.shop, sku=self.talk.sku)
        page.goto(f"/demo/{self.shop.pk}/products/{goods.pk}/")
        page.locator(".store-action a").click()
        expect(page.locator("#app[data-connection=online]")).to_be_visible()
        return page

    def _crowd(self) -> None:
        """Other buyers write too."""
        from tests.browser.talker import Talker

        for name, words in self.talk.crowd:
            talker = Talker(self.live, self.shop, name)
            if self.shop.bot_enabled:
                talker.says(self.talk.hello)
                talker.call("human")
            talker.says(words)

    def _photo(self) -> bytes:
        """A picture of the mug, as a buyer's camera would take it."""
        page = self.browser.new_page(viewport={"width": 420, "height": 420})
        page.goto(f"{self.live.url}/static/img/demo/mug.svg")
        photo = page.screenshot(type="jpeg", clip={"x": 0, "y": 80, "width": 420, "height": 280})
        page.close()
        return photo

    def _both(self, page: Page, name: str) -> None:
        """Take the page in both themes."""
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.wait_for_timeout(300)
            _save(page.screenshot(), SCREENS / f"{name}-{self.talk.language[:2]}-{theme}.png")


def _say(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#rows .row.mine", has_text=text)).to_be_visible()


def _answer(page: Page, text: str) -> None:
    page.locator(".composer-text").fill(text)
    page.keyboard.press("Enter")


def _picture(page: Page, photo: bytes) -> None:
    page.locator("#file").set_input_files({"name": "mug.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.locator("#rows button.media")).to_be_visible()


def _save(taken: bytes, path: Path) -> None:
    """Keep the picture, in 256 colours where it would be too large to lie in a repository; fail if it still is."""
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)} {size // 1024} KB")
    if size > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST} bytes")


if __name__ == "__main__":
    main()
