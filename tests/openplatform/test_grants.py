"""Consent and tokens are one program's and one seller's: with either taken away, all others' stay (H1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from openplatform import grants
from openplatform.faults import Fault
from openplatform.models import App, Token
from shops.errors import Refused
from shops.models import Member
from tests import base
from tests.openplatform.programs import Program

pytestmark = [pytest.mark.django_db, pytest.mark.rule("A6", "H1")]


@pytest.fixture
def owner() -> Member:
    return base.agent(base.shop(), "Owner", role="owner")


def test_only_a_fresh_refresh_token_of_its_own_is_good(owner: Member) -> None:
    program, other = Program(owner), Program(owner, "Other")
    key, secret, token = program.app.key, program.secret, program.tokens.refresh
    assert token
    later = timezone.now() + timedelta(days=3660)
    for tried, now in ((other.tokens.refresh, None), ("ref_of_nobody", None), (token, later)):
        with pytest.raises(Fault, match="Invalid refresh_token"):
            grants.refresh(key, secret, str(tried), now)
    assert grants.refresh(key, secret, token).access


def test_a_program_that_was_switched_off_gets_no_consent_and_no_tokens(owner: Member) -> None:
    program = Program(owner)
    code = grants.authorise(owner, program.app.key, owner).code
    App.objects.update(is_active=False)
    with pytest.raises(Refused, match="no_app"):
        grants.authorise(owner, program.app.key, owner)
    with pytest.raises(Fault, match="Invalid app_key"):
        grants.exchange(program.app.key, program.secret, code)


def test_it_speaks_for_nobody_of_another_shop(owner: Member) -> None:
    far = base.agent(base.shop("Other"), "Far")
    with pytest.raises(Refused, match="not_agent"):
        grants.authorise(owner, grants.issue("Helper", [], None).app.key, far)


def test_with_a_sellers_last_shop_go_the_tokens_of_that_seller_and_program_alone(owner: Member) -> None:
    stranger = base.agent(base.shop("Other"), "Far", role="owner")
    program, other = Program(owner), Program(owner, "Other")
    grant = program.grant
    program.enter(stranger)
    grants.revoke(grant, owner)
    kept = {(row.app_id, row.seller_id) for row in Token.objects.all()}
    assert kept == {(program.app.pk, stranger.shop.seller_id), (other.app.pk, owner.shop.seller_id)}
