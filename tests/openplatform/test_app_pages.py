"""The pages of apps: secrets show once, an owner lets in and shuts out, an agent has no business there."""

import re
from typing import Any

import pytest
from django.test import Client

from openplatform import grants
from openplatform.models import App, Grant
from shops.models import Member, User
from tests import base
from tests.openplatform.programs import Program

PLATFORM = "/platform/apps/"


@pytest.fixture
def owner(db: None) -> Member:
    return base.agent(base.shop(), "Owner", role="owner")


@pytest.fixture
def staff(db: None) -> Any:
    client = Client()
    client.force_login(User.objects.create_user("platform", password="not-a-secret-9", is_staff=True))
    return client


def value(page: Any, name: str) -> str:
    """Return what a field of a page holds, or nothing."""
    found = re.search(rf'id="{name}" value="([^"]+)"', page.content.decode())
    return found[1] if found else ""


def test_the_platform_issues_an_app_and_its_secret_shows_once(staff: Client) -> None:
    body = {"do": "issue", "name": "Helper", "scopes": ["seller.customer_service"]}
    page = staff.post(PLATFORM, body)
    app = App.objects.get()
    assert (value(page, "app-key"), value(page, "app-secret")) == (app.key, app.secret)
    assert "no-store" in page.headers["Cache-Control"]
    assert (app.scopes, str(app.created_by)) == (["seller.customer_service"], "platform")
    assert app.secret not in staff.get(PLATFORM).content.decode()
    old = app.secret
    assert value(staff.post(PLATFORM, {"do": "secret", "app": app.pk}), "app-secret") != old
    staff.post(PLATFORM, {"do": "off", "app": app.pk})
    assert not App.objects.get().is_active
    assert staff.post(PLATFORM, {"do": "off", "app": 999}).status_code == 404


def test_an_owner_lets_an_app_in_and_shuts_it_out(owner: Member) -> None:
    app, secret = grants.issue("Helper", ["seller.customer_service"], None)
    client, address = base.desk(owner), f"/shops/{owner.shop_id}/settings/apps/"
    page = client.post(address, {"do": "authorise", "key": f" {app.key} ", "speaker": owner.pk})
    assert grants.exchange(app.key, secret, value(page, "code"))
    assert value(client.get(address), "code") == ""
    assert "Helper" in client.get(address).content.decode()
    client.post(address, {"do": "revoke", "grant": Grant.objects.get().pk})
    assert not Grant.objects.exists()


def test_a_wrong_key_and_a_foreign_speaker_are_refused_in_words(owner: Member) -> None:
    app, _secret = grants.issue("Helper", [], None)
    stranger = base.agent(base.shop("Other"), "Stranger", role="owner")
    client, address = base.desk(owner), f"/shops/{owner.shop_id}/settings/apps/"
    for key, speaker in (("nobody", owner.pk), (app.key, stranger.pk), ("", "x"), ("\0", owner.pk)):
        page = client.post(address, {"do": "authorise", "key": key, "speaker": speaker})
        assert page.status_code == 200
        assert "errorlist" in page.content.decode()
    assert not Grant.objects.exists()


def test_another_shops_consent_is_not_there(owner: Member) -> None:
    theirs = Program(base.agent(base.shop("Other"), "Stranger", role="owner"))
    client, address = base.desk(owner), f"/shops/{owner.shop_id}/settings/apps/"
    assert client.post(address, {"do": "revoke", "grant": theirs.grant.pk}).status_code == 404
    assert Grant.objects.filter(pk=theirs.grant.pk).exists()


def test_an_agent_does_not_see_the_page(owner: Member) -> None:
    agent = base.agent(owner.shop, "Wu", role="agent")
    assert base.desk(agent).get(f"/shops/{owner.shop_id}/settings/apps/").status_code == 403
    assert "settings/apps" not in base.desk(agent).get(f"/shops/{owner.shop_id}/settings/").content.decode()
