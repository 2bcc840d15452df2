"""Approved pictures stand where agents are named: colleagues' lists, who looks on, the buyer's page (A5, D3)."""

import uuid
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from shops.models import User
from tests import base
from tests.browser.conftest import NewPage
from tests.browser.console import answer, flawless, look_at, open_desk
from tests.browser.phone import open_chat, say
from tests.browser.server import Live
from tests.browser.test_watching import watch

pytestmark = pytest.mark.browser


def picture() -> bytes:
    out = BytesIO()
    Image.radial_gradient("L").save(out, "PNG")
    return out.getvalue()


@pytest.mark.rule("A5", "D3")
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_picture_is_shown_once_it_is_approved(new_page: NewPage, live: Live, locale: str) -> None:
    shop = base.shop(f"Shop {uuid.uuid4().hex[:6]}")
    ann = base.agent(shop, "Ann", online=False)
    lea = base.agent(shop, "Lea", online=False, role="service_lead", accepting=False)
    platform = User.objects.create_user(username=uuid.uuid4().hex, is_staff=True)
    page = new_page(locale=locale)
    page.context.add_cookies([live.cookie(ann.user)])
    page.goto(f"{live.url}/shops/{shop.pk}/settings/")
    file: FilePayload = {"name": "me.png", "mimeType": "image/png", "buffer": picture()}
    page.locator("#avatar").set_input_files([file])
    page.locator("form:has(#avatar) button").click()
    expect(page.locator(".pictures img")).to_have_count(1)
    page.context.add_cookies([live.cookie(platform)])
    page.goto(f"{live.url}/platform/avatars/")
    page.locator("button[value=approve]").click()
    expect(page.locator(".review")).to_have_count(0)

    hers = open_desk(new_page, live, ann, locale=locale)
    leads = open_desk(new_page, live, lea, locale=locale, bypass_csp=True)
    buyer = open_chat(new_page, live, shop, "mia", "shop", "", locale=locale, bypass_csp=True)
    say(buyer, "Where is my parcel?")
    look_at(hers, "Mia")
    leads.locator("#watch").click()
    face = leads.locator("dialog .person", has_text="Ann").locator("img.avatar")
    expect(face).to_have_js_property("naturalWidth", 256)
    leads.keyboard.press("Escape")
    watch(leads, "Ann", "Mia")
    expect(leads.locator(".chat-here img.avatar")).to_be_visible()
    expect(hers.locator(".chat-here span.avatar")).to_have_text("L")
    expect(buyer.locator(".top > img.avatar")).to_be_visible()
    answer(hers, "One moment, please.")
    expect(buyer.locator(".row.theirs[data-seq] img.avatar")).to_be_visible()
    flawless(leads)
    flawless(buyer)
