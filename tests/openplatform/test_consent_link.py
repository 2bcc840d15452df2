"""A program's link: the seller sees what is asked, agrees or not, and is sent to the registered address alone."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from openplatform import consenting, grants
from openplatform.models import Grant
from shops.audit_entry import AuditEntry
from shops.errors import Invalid
from shops.models import Member
from tests import base

pytestmark = pytest.mark.django_db
HERE = "/oauth/authorize/"
BACK = "https://helper.example/done?from=desk"


@pytest.fixture
def owner() -> Member:
    return base.agent(base.shop(), "Owner", role="owner")


@pytest.fixture
def made() -> grants.Issued:
    return grants.issue("Helper", ["seller.customer_service"], None, BACK)


def link(made: grants.Issued, **more: str) -> dict[str, str]:
    return {"app_key": made.app.key, "state": "s p&1", **more}


def answers(client: Client, made: grants.Issued, do: str, speaker: int | str = "") -> Any:
    query = "&".join(f"{name}={value}" for name, value in (("app_key", made.app.key), ("state", "s%20p%261")))
    return client.post(f"{HERE}?{query}", {"do": do, "speaker": speaker})


def told(answer: Any) -> dict[str, str]:
    """Return what a redirect tells the program."""
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(BACK + "&")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


@pytest.mark.rule("H2")
def test_who_agrees_is_sent_back_with_a_code_that_becomes_tokens(owner: Member, made: grants.Issued) -> None:
    web = base.web(owner, "en")
    page = web.get(HERE, link(made, redirect_uri=BACK))
    for words in ("Helper", "Conversations, messages and service figures", owner.shop.name, "https://helper.example"):
        assert words in page.content.decode()
    assert "form-action 'self' https://helper.example" in page.headers["Content-Security-Policy"]
    assert not Grant.objects.exists(), "to look is not to agree"
    answer = told(answers(web, made, "agree", owner.pk))
    assert (answer["state"], answer["app_key"], answer["from"]) == ("s p&1", made.app.key, "desk")
    assert grants.exchange(made.app.key, made.secret, answer["code"]).token.seller == owner.shop.seller
    assert (Grant.objects.get().shop, Grant.objects.get().speaker) == (owner.shop, owner)
    assert AuditEntry.objects.filter(kind="key.changed", actor=owner.user).count() == 1


@pytest.mark.rule("H2")
def test_who_refuses_is_sent_back_with_an_error(owner: Member, made: grants.Issued) -> None:
    answer = told(answers(base.web(owner), made, "refuse"))
    assert (answer["error"], answer["state"]) == ("access_denied", "s p&1")
    assert "code" not in answer
    assert not Grant.objects.exists()


@pytest.mark.rule("H2")
def test_a_link_that_is_not_right_sends_nobody_anywhere(owner: Member, made: grants.Issued) -> None:
    web, bare = base.web(owner), grants.issue("Bare", [], None)
    off = grants.issue("Off", [], None, BACK)
    type(off.app).objects.filter(pk=off.app.pk).update(is_active=False)
    wrong = [link(made, redirect_uri=near) for near in (BACK + "/", BACK.upper(), "https://evil.example", "")]
    for query in [*wrong, {}, link(bare), link(off), link(made, state="x" * 501), {"app_key": "\0"}]:
        for answer in (web.get(HERE, query), web.post(f"{HERE}?{'&'.join(f'{k}={v}' for k, v in query.items())}",
                                                       {"do": "agree", "speaker": owner.pk})):  # fmt: skip
            assert answer.status_code == 400, query
    assert not Grant.objects.exists()


@pytest.mark.rule("A6", "A1", "H2")
def test_only_who_may_lets_it_into_a_shop_of_its_own(owner: Member, made: grants.Issued) -> None:
    far = base.agent(base.shop("Other"), "Far", role="owner")
    lin = base.agent(owner.shop, "Lin")
    mute = base.agent(owner.shop, "Desk-less", im=False, online=False)
    for member, speaker in ((owner, far), (lin, lin), (lin, owner), (owner, mute)):
        assert answers(base.web(member), made, "agree", speaker.pk).status_code == 200, "nothing is chosen"
    assert not Grant.objects.exists()
    assert 'name="speaker"' not in base.web(lin).get(HERE, link(made)).content.decode()
    away = Client().get(HERE, link(made))
    assert away.status_code == 302
    assert away.headers["Location"].startswith("/login/?next=/oauth/authorize/")


def test_the_platform_registers_addresses_that_are_safe_to_send_a_code_to(owner: Member) -> None:
    assert [consenting.address(text) for text in ("", BACK, "http://localhost:3000/cb")] == [
        "",
        BACK,
        "http://localhost:3000/cb",
    ]
    for text in ("http://helper.example", "javascript:alert(1)", "https://a@b.example/", "https://b.example/#x",
                 "https://b.example/\nx", "https://b.example:x/", "//b.example", "https://b.example;x"):  # fmt: skip
        with pytest.raises(Invalid):
            consenting.address(text)
