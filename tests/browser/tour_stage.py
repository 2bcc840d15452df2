"""What the pictures of the tour are taken with: pages in one language, people of the demo, the files on disk."""

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zlib import crc32

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.tour_talk import Talk

if TYPE_CHECKING:
    from shops.models import Member
    from tests.browser.server import Live
    from tests.browser.talker import Talker

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "docs" / "screens"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LARGEST = 150_000
Theme = Literal["light", "dark"]
ALWAYS = [[["00:00", "24:00"]]] * 7


class Stage:
    """One shop of the demo in its language."""

    def __init__(self, live: "Live", browser: Browser, talk: Talk) -> None:
        from shops.models import Shop

        self.live, self.browser, self.talk = live, browser, talk
        Shop.objects.filter(name=talk.shop).update(business_week=ALWAYS)  # whatever the time is now
        self.shop = Shop.objects.get(name=talk.shop)
        self.at = f"/shops/{self.shop.pk}/"

    def context(self, size: Any, **options: Any) -> Page:
        """Open a page in a browser of its own."""
        context = self.browser.new_context(
            base_url=self.live.url, viewport=size, locale=self.talk.locale, timezone_id=self.shop.time_zone, **options
        )
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "django_language", "value": self.talk.language, "url": self.live.url}])
        return context.new_page()

    def member(self, username: str) -> "Member":
        from shops.models import Member

        return Member.objects.select_related("user", "shop").get(shop=self.shop, user__username=username)

    def signed_in(self, username: str, size: Any = None) -> Page:
        """Open a browser that this person has signed in with."""
        page = self.context(size or DESKTOP)
        page.context.add_cookies([self.live.cookie(self.member(username).user)])
        return page

    def desk(self, username: str) -> Page:
        """Open this person's console and wait until it is live."""
        page = self.signed_in(username)
        page.add_init_script("localStorage.setItem('notices:later', '1')")  # an agent has long answered it
        page.goto(f"/desk/{self.shop.pk}/")
        expect(page.locator("#connection .dot.ok")).to_be_visible()
        page.locator("#self-name").click()  # sounds are allowed from the first click on
        if page.locator(".notice-card").is_visible():
            page.locator(".notice-card button").last.click()
        return page

    def buyer(self, size: Any, face: str = "", **options: Any) -> Page:
        """Open a buyer's chat in a browser of its own."""
        return self.enter(self.context(size, **options), face or self.talk.face)

    def enter(self, page: Page, name: str) -> Page:
        """Come from the storefront's product page, as a buyer does: one of the demo's, or somebody new."""
        from commerce.models import Product
        from shops import identity
        from shops.models import Buyer

        known = Buyer.objects.filter(shop=self.shop, nickname=name).order_by("pk").first()
        goods = Product.objects.get(shop=self.shop, sku=self.talk.sku)
        signed = identity.sign(self.shop, known.uid if known else _uid(name), name)
        page.goto(f"/c/{self.shop.pk}/#identity={signed}&kind=product&ref={goods.pk}")
        expect(page.locator("#app[data-connection=online]")).to_be_visible()
        return page

    def talker(self, name: str) -> "Talker":
        """Let one more buyer come, who asks for a person where the bot answers first."""
        from tests.browser.talker import Talker

        talker = Talker(self.live, self.shop, name, _uid(name))
        if self.shop.bot_enabled:
            talker.says(self.talk.hello)
            talker.call("human")
        return talker

    def both(self, page: Page, name: str) -> None:
        """Take the page in both themes."""
        self.take(page, name, "light", "dark")

    def take(self, page: Page, name: str, *themes: Theme) -> None:
        """Take the page as it stands, in light unless told otherwise."""
        for theme in themes or ("light",):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.wait_for_timeout(300)
            _save(page.screenshot(), SCREENS / f"{name}-{self.talk.language[:2]}-{theme}.png")


def say(page: Page, text: str) -> None:
    """Write as the buyer."""
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#rows .row.mine", has_text=text)).to_be_visible()


def answer(page: Page, text: str) -> None:
    """Write as the agent."""
    page.locator(".composer-text").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".message.ours .said", has_text=text[:40])).to_be_visible()


def open_talk(page: Page, name: str) -> None:
    """Open the conversation with this buyer."""
    page.locator(".item", has_text=name).first.locator(".item-main").click()
    expect(page.locator(".chat-name")).to_have_text(name)


def _uid(name: str) -> str:
    return f"7{crc32(name.encode()):010d}"


def _save(taken: bytes, path: Path) -> None:
    """Keep the picture, in 256 colours where it would be too large to lie in a repository; fail if it still is."""
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        # The colours that are far apart, not those that are frequent: a small yellow lamp stays yellow.
        few = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.name} {size // 1024} KB", flush=True)
    if size > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST} bytes")
