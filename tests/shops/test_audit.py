"""The audit log: what is written, that it stays, and that nobody else reads it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from chat import auditing
from chat.actions import accounts, people, policy
from shops import audit
from shops.errors import NotAllowed
from shops.models import AuditEntry, Member, Shop, User
from tests import base

pytestmark = pytest.mark.django_db
Kind = audit.Kind


@pytest.fixture
def shop() -> Shop:
    return base.shop()


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False)


def lines(shop: Shop, *kinds: str) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(shop=shop).order_by("pk")
    return list(rows.filter(kind__in=kinds) if kinds else rows)


def line(shop: Shop, owner: Member, *, days: int = 0) -> AuditEntry:
    audit.record(Kind.SETTING, owner, subject=audit.Subject.SHOP, subject_id=shop.pk)
    found = AuditEntry.objects.latest("pk")
    return AuditEntry.objects.create(
        shop=shop, actor=owner.user, kind=Kind.SETTING, at=timezone.now() - timedelta(days=days)
    ) if days else found  # fmt: skip


def test_a_changed_setting_is_written_with_what_it_was_and_is(shop: Shop, owner: Member) -> None:
    policy.set_greeting(shop, "Hello there", owner)
    (found,) = lines(shop)
    assert (found.kind, found.actor_id, found.who) == (Kind.SETTING, owner.user_id, "Olga")
    assert found.data == {"before": {"greeting": ""}, "after": {"greeting": "Hello there"}}


def test_a_setting_saved_as_it_was_writes_nothing(shop: Shop, owner: Member) -> None:
    policy.set_holiday(shop, False, "", owner)
    assert lines(shop) == []


def test_a_refused_change_leaves_no_line(shop: Shop) -> None:
    agent = base.agent(shop, "Ann")
    with pytest.raises(NotAllowed):
        policy.set_greeting(shop, "Hello there", agent)
    assert lines(shop) == []


def test_a_change_that_is_undone_takes_its_line_along(shop: Shop, owner: Member) -> None:
    with transaction.atomic():
        policy.set_greeting(shop, "Hello there", owner)
        transaction.set_rollback(True)
    assert lines(shop) == []


@pytest.mark.rule("A1")
def test_accounts_are_written_when_opened_changed_and_invited(shop: Shop, owner: Member) -> None:
    made = accounts.create(owner, accounts.Draft("wei-1", "wei@shop.example", "Wei", "agent", True), "http://here")
    accounts.change(owner, made, "http://here", role="service_lead", im_permission=True)
    accounts.invite(owner, made, "http://here")
    opened, changed, invited = lines(shop)
    assert opened.kind == Kind.ACCOUNT
    assert opened.subject_id == changed.subject_id == invited.subject_id == made.pk
    assert changed.data["before"] == {"role": "agent"}
    assert changed.data["after"] == {"role": "service_lead"}
    assert invited.kind == Kind.INVITED


@pytest.mark.rule("P7")
def test_a_nickname_changed_by_oneself_is_written(owner: Member) -> None:
    shop = base.shop("Second", preset="tiktok_shop")
    ann = base.agent(shop, "Ann")
    people.set_nickname(ann, "Annie")
    people.set_nickname(Member.objects.select_related("shop", "user").get(pk=ann.pk), "Annie")
    (found,) = lines(shop)
    assert (found.kind, found.who) == (Kind.PROFILE, "Ann")
    assert found.data == {"before": {"nickname": "Ann"}, "after": {"nickname": "Annie"}}


def test_words_of_people_are_never_taken_for_codes(owner: Member) -> None:
    ann = base.agent(owner.shop, "Ann", online=False)
    accounts.change(owner, ann, "http://here", nickname="messages", role="super_admin")
    with translation.override("en"):
        told = {one.name: one.after for one in auditing.changes(AuditEntry.objects.latest("pk"))}
    assert told == {"Nickname": "messages", "Role": "Super admin"}


def test_what_tells_of_a_person_is_masked_in_the_log(shop: Shop, owner: Member) -> None:
    policy.set_greeting(shop, "Call 13800138000 or write to anna@shop.example", owner)
    (found,) = lines(shop)
    assert found.data["after"] == {"greeting": "Call 138******00 or write to a***@shop.example"}


def test_signing_in_and_out_is_written_for_each_shop_with_the_address(shop: Shop, owner: Member) -> None:
    second = base.shop("Second")
    Member.objects.create(shop=second, user=owner.user, nickname="Olga", role="owner", capacity=5)
    browser = Client(REMOTE_ADDR="192.0.2.44")
    name = owner.user.username
    browser.post(reverse("login"), {"username": name, "password": "wrong"})
    browser.post(reverse("login"), {"username": name, "password": "not-a-secret-9"})
    browser.post(reverse("logout"))
    for one in (shop, second):
        told = [(found.kind, found.address) for found in lines(one)]
        assert told == [(kind, "192.0.2.44") for kind in (Kind.SIGN_IN_FAILED, Kind.SIGNED_IN, Kind.SIGNED_OUT)]


def test_a_flood_of_wrong_passwords_does_not_fill_the_log(shop: Shop, owner: Member) -> None:
    for _try in range(12):
        Client().post(reverse("login"), {"username": owner.user.username, "password": "wrong"})
    assert 1 <= AuditEntry.objects.filter(kind=Kind.SIGN_IN_FAILED).count() <= 5


def test_a_wrong_name_is_nobodys_line() -> None:
    Client().post(reverse("login"), {"username": "nobody-at-all", "password": "x"})
    assert AuditEntry.objects.count() == 0


def test_staff_of_no_shop_is_written_for_the_platform() -> None:
    user = User.objects.create_user("reviewer", password="not-a-secret-9", is_staff=True)
    Client().post(reverse("login"), {"username": user.username, "password": "not-a-secret-9"})
    (found,) = AuditEntry.objects.all()
    assert (found.shop_id, found.kind, found.who) == (None, Kind.SIGNED_IN, "reviewer")


def test_a_look_is_written_once_in_half_an_hour(shop: Shop, owner: Member) -> None:
    for subject_id in (7, 7, 8):
        audit.looked(Kind.SAW, owner, audit.Subject.SESSION, subject_id)
    assert [found.subject_id for found in lines(shop)] == [7, 8]


def test_long_values_are_cut(shop: Shop, owner: Member) -> None:
    audit.record(Kind.SETTING, owner, after={"words": ["x" * 5000] * 500})
    (found,) = lines(shop)
    assert len(found.data["after"]["words"]) == audit.MANY
    assert len(found.data["after"]["words"][0]) == audit.LONGEST


def test_the_database_refuses_to_change_a_line(shop: Shop, owner: Member) -> None:
    found = line(shop, owner)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=found.pk).update(kind=Kind.EXPORTED)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE shops_auditentry SET who = %s WHERE id = %s", ["Somebody", found.pk])
    assert AuditEntry.objects.get(pk=found.pk).who == "Olga"


def test_the_database_refuses_to_remove_a_line_of_the_last_year(shop: Shop, owner: Member) -> None:
    found = [line(shop, owner), line(shop, owner, days=364)]
    for one in found:
        with pytest.raises(DatabaseError, match="audit log"), transaction.atomic():
            one.delete()
    assert AuditEntry.objects.filter(pk__in=[one.pk for one in found]).count() == 2


def test_the_sweep_removes_what_is_older_than_the_operator_keeps(shop: Shop, owner: Member, settings: Any) -> None:
    settings.AUDIT_DAYS = 30  # less than a year is a year
    old, young = line(shop, owner, days=366), line(shop, owner, days=360)
    assert audit.sweep(timezone.now()) == 1
    assert not AuditEntry.objects.filter(pk=old.pk).exists()
    assert AuditEntry.objects.filter(pk=young.pk).exists()


def test_no_code_but_the_audit_module_writes_the_log() -> None:
    from tests import source

    writers = {
        path
        for path in source.python(*source.PRODUCT)
        if path not in ("shops/audit.py", "shops/audit_entry.py", "shops/models.py") and "migrations" not in path
        for name, _call in source.calls(path)
        if "AuditEntry" in name and name[-1] not in ("filter", "all", "order_by", "values_list", "exists", "count")
    }
    assert writers == set()
