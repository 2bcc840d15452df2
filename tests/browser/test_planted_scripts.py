"""No text runs as a script, wherever it is shown: 376 of them at once in every text column, every page (SPEC; S-15)."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat
from playwright.sync_api import Page, expect

from chat.models import Event
from shops import permissions
from shops.models import Member, User
from tests import base, source
from tests.browser.conftest import NewPage
from tests.browser.console import open_desk
from tests.browser.phone import address, ready
from tests.browser.server import Live
from tests.hostile.payloads import everything, payloads
from tests.permissions.cells import filled
from tests.permissions.world import World

pytestmark = pytest.mark.browser
# No page shows them as they are: keys, hashes, codes, names of files, addresses of browsers' push services.
NO_TEXT = {
    "password", "session_key", "session_data", "identity_secret", "key", "place", "whom", "boot", "socket", "key_hash",
    "time_zone", "currency", "language", "accent", "avatar", "picture", "sku", "file", "preview", "mime", "owner",
    "sender", "body_hash", "hash", "cipher", "kind", "lane", "error", "endpoint", "digest", "p256dh", "auth", "sign_in",
    "ours", "theirs", "access", "refresh",
    "basis", "form", "rating_source", "last_sender", "subject", "uid",
}  # fmt: skip
ONE_OF_A_KIND = {"prefix", "username", "nickname", "number", "name", "text", "title"}  # some of them in some tables
TRAP = (
    "window.__pwned = 0; addEventListener('securitypolicyviolation', e => (window.__told = (window.__told || 0) + 1))"
)
LOOK = '() => [window.__pwned, document.querySelectorAll(\'a[href^="javascript:" i], a[href^="data:" i]\').length]'
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true), 30)))"
# Shown in the console by itself, downloads, what leads away, and what ends the sign-in.
NO_PAGE = (
    "desk/<int:shop_id>/",
    "exports/<",
    "bot/export/",
    "openplatform/schema/",
    ".<str:kind>",
    ".zip",
    ".csv",
    "login/code",
    "login/set-up",
    "desk/sw",
    "c/sw",
)


@pytest.fixture(scope="module")
def live(own_live: Live) -> Live:
    """It changes every row there is."""
    return own_live


def planted() -> int:
    """Put every text into every text column of the product; return how many columns."""
    count = 0
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in source.PRODUCT or model._meta.label == "shops.AuditEntry":
            continue
        for field in model._meta.concrete_fields:
            if (
                isinstance(field, (models.CharField, models.TextField))
                and not field.choices
                and field.name not in NO_TEXT
            ):
                start: Any = Concat(Cast(F("pk"), models.TextField()), Value(" "), output_field=models.TextField())
                words = "javascript:window.__pwned=1//" if isinstance(field, models.URLField) else everything()
                text = Concat(start, Value(words)) if field.name in ONE_OF_A_KIND else Value(words)
                model._base_manager.update(**{field.name: Cast(text, models.TextField())})
                count += 1
    for event in Event.objects.exclude(data={}):
        event.data = {key: everything() if key in ("name", "nickname", "text", "reason_words") else value
                      for key, value in event.data.items()}  # fmt: skip
        event.save(update_fields=["data"])
    return count


def pages(ids: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Return every page that a GET shows, with the kind of person who may see it."""
    for route, rows in permissions.ADDRESSES.items():
        if "GET" not in rows or route.startswith(("api/", "^", "health", "widget", "media", "jsi18n")):
            continue
        if any(part in route for part in NO_PAGE) or route.endswith((".js", ".css", ".json")):
            continue
        yield filled(route, ids), rows["GET"].needs[0]


def trapped(new_page: NewPage, live: Live, user: User | None) -> Page:
    """Open a browser in which inline scripts would run: the policy must not be what saves the day."""
    page = new_page(bypass_csp=True, viewport={"width": 1280, "height": 800})
    page.context.add_init_script(TRAP)
    if user:
        page.context.add_cookies([live.cookie(user)])
    return page


def hits(page: Page) -> list[str]:
    """Return what ran on the page, and what would run at a click."""
    page.evaluate(SETTLED)
    ran, links = page.evaluate(LOOK)
    return [f"{page.url}: {ran} ran, {links} links"] if ran or links else []


def falls_in(page: Page) -> bool:
    """Plant the texts where the page itself would forget to escape them; return whether the trap says so."""
    page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", everything())
    page.wait_for_function("window.__pwned > 0")
    return True


def test_there_are_enough_texts() -> None:
    assert len(set(payloads())) == len(payloads()) >= 300


@pytest.mark.rule("A6")
def test_no_text_runs_as_a_script_on_any_page(new_page: NewPage, live: Live, allowed_console: list[str]) -> None:
    allowed_console.append("")  # a planted script fails loudly, and pictures named x are not there
    world = World()
    Member.objects.filter(pk=world.members["owner"].pk).update(im_permission=True)
    owner, staff = world.members["owner"], User.objects.create_user(uuid.uuid4().hex, is_staff=True)
    assert planted() > 25
    of = world.things["owner"]
    base.writes(of.line, kind="product_card", ref=of.product.pk)
    base.writes(of.line, kind="order_card", ref=of.order.pk)
    found: list[str] = []
    seen = 0
    visitors = {"platform": trapped(new_page, live, staff), "anybody": trapped(new_page, live, None)}
    insider = trapped(new_page, live, owner.user)
    for path, who in pages(of.ids):
        page = visitors.get("anybody" if who == "demo" else who, insider)
        page.goto(f"{live.url}{path}", wait_until="domcontentloaded")
        found += hits(page)
        seen += 1
    console = trapped(new_page, live, owner.user)
    open_desk(new_page, live, owner, page=console)
    console.locator(".item-main").first.dispatch_event("click")  # its name fills the screen
    expect(console.locator(".chat-name")).to_be_visible()
    found += hits(console)
    phone = trapped(new_page, live, None)
    phone.goto(address(live, world.shop, of.line.buyer.uid, "product", of.product.sku))
    ready(phone)
    expect(phone.locator("#rows .row").first).to_be_visible()
    found += hits(phone)
    assert seen > 40
    assert found == []
    assert all(falls_in(page) for page in (insider, console, visitors["platform"], phone))
