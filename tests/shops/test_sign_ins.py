"""The places, apps and codes that one sees, ends and uses are one's own, whatever others have (S-12)."""

from typing import Any

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat.actions import people
from shops import devices, second_factor, sign_ins
from shops.errors import NotYours, Refused
from shops.models import Member
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("A1", "A6")]


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(), "Lin", online=False)


@pytest.fixture
def far() -> Member:
    return base.agent(base.shop("Other"), "Far", role="owner", online=False)


def comes_in(member: Member) -> None:
    """Sign a browser and an app in."""
    base.web(member)
    devices.issue(member.user, "phone", "", "")


def app_of(member: Member) -> str:
    """Return the key of the member's one app."""
    return sign_ins.key_of(member.user.devices.get())


def code(member: Member) -> str:
    return f"{totp(TOTPDevice.objects.get(user=member.user).bin_key):06d}"


def turns_on(member: Member) -> list[str]:
    second_factor.begin(member.user)
    return second_factor.confirm(member.user, code(member))


def test_one_sees_and_ends_ones_own_places_alone(lin: Member, far: Member) -> None:
    comes_in(lin)
    comes_in(far)
    mine, theirs = sign_ins.places(lin.user, None), sign_ins.places(far.user, None)
    assert [one.kind for one in mine] == [one.kind for one in theirs] == ["browser", "app"]
    for place in theirs:
        with pytest.raises(NotYours):
            sign_ins.end(lin.user, place.name)
    assert sign_ins.end_others(lin.user, app_of(lin)) == 1
    assert sign_ins.places(far.user, None) == theirs
    for place in mine[1:]:
        sign_ins.end(lin.user, place.name)
    assert sign_ins.places(lin.user, None) == []


def test_who_has_no_shop_left_loses_its_apps_and_nobody_else(lin: Member, far: Member) -> None:
    comes_in(lin)
    comes_in(far)
    people.disable(lin)
    sign_ins.end_without_shop(lin.user)
    assert [one.kind for one in sign_ins.places(far.user, None)] == ["browser", "app"]
    assert not any(one.kind == "app" for one in sign_ins.places(lin.user, None))


def test_a_second_factor_is_ones_own(lin: Member, far: Member) -> None:
    paper = turns_on(far)
    with pytest.raises(Refused, match="second_factor_on"):
        second_factor.begin(far.user)
    assert (second_factor.is_on(lin.user), second_factor.is_on(far.user)) == (False, True)
    TOTPDevice.objects.filter(user=far.user).update(last_t=-1)  # its code is good again
    for said in (code(far), paper[0]):
        with pytest.raises(Refused, match="code"):
            second_factor.check(lin.user, said)
    assert StaticDevice.objects.get(user=far.user).throttling_failure_count == 0
    turns_on(lin)
    second_factor.forget(lin.user)
    assert (second_factor.is_on(far.user), second_factor.left(far.user)) == (True, second_factor.CODES)


def test_it_is_demanded_of_whose_role_needs_it(lin: Member, far: Member, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    assert (second_factor.is_demanded(lin.user), second_factor.is_demanded(far.user)) == (False, True)
