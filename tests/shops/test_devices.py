"""Whom an app's token stands for: a person that is there, on a place of its own, among apps of its own (S-12)."""

import pytest
from django.db import transaction
from django.utils import timezone

from shops import devices
from shops.devices import Tokens
from shops.identity import BadIdentity
from shops.models import Device, Member, User
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("A1")]


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(), "Lin", online=False)


@pytest.fixture
def far() -> Member:
    return base.agent(base.shop("Other"), "Far", online=False)


def signs_in(member: Member) -> Tokens:
    return devices.issue(member.user, "phone", "", "")


def opens_nothing(given: Tokens) -> bool:
    """Say that both tokens are refused."""
    for opened, token in ((devices.read, given.access), (devices.refresh, given.refresh)):
        with pytest.raises(BadIdentity):
            opened(token)
    return True


def test_an_app_makes_room_among_its_persons_own(lin: Member, far: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "MOST", 2)
    given = [signs_in(one) for one in (lin, far, far, lin)]
    assert [devices.read(one.access)[1] for one in given] == [one.device for one in given]


def test_whose_person_was_shut_out_opens_nothing(lin: Member) -> None:
    given = signs_in(lin)
    User.objects.filter(pk=lin.user_id).update(is_active=False)
    assert opens_nothing(given)


def test_a_person_that_goes_while_its_token_is_read_is_nobody(lin: Member) -> None:
    given = signs_in(lin)
    with transaction.atomic():
        User.objects.filter(pk=lin.user_id)._raw_delete("default")
        with pytest.raises(BadIdentity):
            devices.read(given.access)
        transaction.set_rollback(True)


def test_an_old_token_does_not_open_what_took_its_apps_place(lin: Member, far: Member) -> None:
    old = signs_in(lin)
    devices.revoke(old.refresh)
    Device.objects.filter(pk=signs_in(far).device.pk).update(id=old.device.pk)
    assert opens_nothing(old)


def test_an_app_that_is_gone_goes_to_no_background(lin: Member) -> None:
    given = signs_in(lin)
    assert devices.in_background(given.device, timezone.now(), anew=False)
    devices.revoke(given.refresh)
    with pytest.raises(BadIdentity):
        devices.in_background(given.device, timezone.now(), anew=True)
