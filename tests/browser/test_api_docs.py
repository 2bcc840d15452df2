"""docs/api.md run as it stands, up to a message on a buyer's page; the pages of the API, which load from here only."""

from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from chat.models import ServiceSession
from tests import base, guide
from tests.browser.conftest import NewPage
from tests.browser.console import DESKTOP, shot
from tests.browser.phone import mine, open_chat, say
from tests.browser.server import Live

pytestmark = pytest.mark.browser
PASSWORD = "not-a-secret-9"


def test_from_sign_in_to_a_message_on_the_buyers_page(new_page: NewPage, live: Live, tmp_path: Path) -> None:
    shop = base.shop("Harbour")
    base.product(shop)
    lin = base.agent(shop, "Lin", online=False)
    lin.user.set_password(PASSWORD)
    lin.user.save()
    buyer = open_chat(new_page, live, shop, kind="shop", ref="")
    say(buyer, "Does it ship today?")
    expect(mine(buyer, "Does it ship today?")).to_be_visible()
    said = guide.follow("docs/api.md", tmp_path, BASE=live.url, NAME=lin.user.username, PASSWORD=PASSWORD)
    expect(buyer.get_by_text("Yes, it ships today.")).to_have_count(1)
    expect(buyer.get_by_text("Have a nice day!")).to_be_visible()
    for words in ("Does it ship today?", '"code":"invalid"', '"code":"push_not_set_up"', '"name": "Lin\'s phone"'):
        assert words in said
    assert said.rstrip().endswith("}")
    assert '"code":"unauthenticated"' in said.splitlines()[-1]
    assert ServiceSession.objects.get(shop=shop).close_reason == "agent"


@pytest.mark.parametrize(("language", "scheme", "title"), [("en", "light", "The API"), ("zh-hans", "dark", "开放接口")])
def test_the_page_of_the_api_loads_nothing_from_elsewhere(
    new_page: NewPage, live: Live, language: str, scheme: str, title: str
) -> None:
    page = new_page(viewport=DESKTOP, color_scheme=scheme)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live.url}])
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    authorize = {"en": "Authorize", "zh-hans": "授权"}[language]
    expect(page.get_by_role("button", name=authorize, exact=True)).to_be_visible()
    sessions = page.locator("#operations-tag-sessions")
    expect(sessions).to_be_visible()
    shot(page, f"api-docs-{language}")
    sessions.click()
    take = page.locator("#operations-sessions-session_take")
    take.locator(".opblock-summary-control").click()
    expect(take.locator(".opblock-body")).to_contain_text("Is the blue kettle in stock?")
    expect(take.locator(".try-out__btn")).to_have_text({"en": "Try it out ", "zh-hans": "试一试 "}[language])
    shot(page, f"api-docs-take-{language}")
    assert {one.url.split("/")[2] for one in asked if not one.url.startswith("data:")} == {live.url.split("/")[2]}
