"""What the doors say to somebody whom no address brings before them (SPEC A1, A6)."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from shops import access, permissions
from shops.errors import NotAllowed, NotYours
from tests import base

pytestmark = pytest.mark.django_db


def test_an_address_without_a_row_lets_nobody_in() -> None:
    owner = base.agent(base.shop(), "Owner", role="owner", online=False)
    with pytest.raises(NotAllowed):
        permissions.enter(owner, RequestFactory().get("/shops/1/new/"))


@pytest.mark.rule("A6")
def test_who_is_nobody_or_was_shut_out_has_no_account_and_no_shop_has_an_impossible_number() -> None:
    owner = base.agent(base.shop(), "Owner", role="owner", online=False)
    assert access.member(owner.user, owner.shop_id) == owner
    owner.user.is_active = False
    for user, shop_id in ((AnonymousUser(), owner.shop_id), (None, owner.shop_id), (owner.user, owner.shop_id)):
        with pytest.raises(NotYours):
            access.member(user, shop_id)
    owner.user.is_active = True
    for shop_id in (0, access.MAX_ID + 1):
        with pytest.raises(NotYours):
            access.member(owner.user, shop_id)
    for shop_id in (0, owner.shop_id + 1, access.MAX_ID + 1):
        with pytest.raises(NotYours):
            access.shop(shop_id)


@pytest.mark.rule("A1")
@pytest.mark.parametrize(("role", "im", "in_words"), [("staff", False, "IM"), ("owner", True, "")])
def test_the_desk_is_for_im_permission_whatever_the_role(role: str, im: bool, in_words: str) -> None:
    member = base.agent(base.shop(), "Somebody", role=role, im=im, online=False)
    if not in_words:
        assert access.agent(member.user, member.shop_id) == member
        return
    with pytest.raises(NotAllowed):
        access.agent(member.user, member.shop_id)
