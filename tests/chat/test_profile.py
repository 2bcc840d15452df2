"""Who one is to others (SPEC A5, P7): pictures the platform has looked at, nicknames set by whom it lets."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chat.actions import avatars, outbox
from chat.models import AvatarReview, DeskEvent
from shops.errors import Refused
from shops.models import Member, User
from tests import base
from tests.hostile.identities import png

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media_root(tmp_path):
    settings.MEDIA_ROOT, before = str(tmp_path / "media"), settings.MEDIA_ROOT
    yield Path(settings.MEDIA_ROOT)
    settings.MEDIA_ROOT = before


@pytest.fixture
def reviewer():
    return User.objects.create_user(username="platform", is_staff=True)


def post(member, form, **fields):
    return base.web(member.user).post(f"/shops/{member.shop_id}/settings/", {"form": form, **fields}, follow=True)


def picture():
    return SimpleUploadedFile("me.png", png(), "image/png")


def decide(user, review, decision="approve", words=""):
    about = {"review": review.pk, "decision": decision, "words": words}
    return base.web(user).post("/platform/avatars/", about, follow=True)


def files(root):
    while outbox.deliver_due():
        pass
    return sorted(path.name for path in root.rglob("*") if path.is_file())


@pytest.mark.rule("A5")
def test_a_picture_is_shown_only_after_the_platform_approved_it(reviewer, media_root):
    lin = base.agent(base.shop(), "Lin")
    assert post(lin, "avatar", avatar=picture()).status_code == 200
    review = AvatarReview.objects.get()
    lin.refresh_from_db()
    assert (lin.avatar, review.state, review.member) == ("", "pending", lin)
    assert "/media/" not in base.web(lin.user).get(f"/desk/{lin.shop_id}/").content.decode()
    assert b"Lin" in base.web(reviewer).get("/platform/avatars/").content
    assert decide(reviewer, review).status_code == 200
    lin.refresh_from_db()
    review.refresh_from_db()
    assert (lin.avatar, review.state, review.decided_by) == (review.file, "approved", reviewer)
    shown = base.web(lin.user).get(f"/desk/{lin.shop_id}/").content.decode()
    assert Path(review.file).name in shown
    assert DeskEvent.objects.filter(shop=lin.shop, kind="member.changed", member=lin).exists()
    assert files(media_root) == [Path(review.file).name]


@pytest.mark.rule("A5")
def test_a_rejected_picture_is_deleted_and_the_reason_told(reviewer, media_root):
    lin = base.agent(base.shop(), "Lin")
    avatars.submit(lin, picture())
    decide(reviewer, AvatarReview.objects.get(), "reject", "Shows a stranger")
    lin.refresh_from_db()
    assert lin.avatar == ""
    assert "Shows a stranger" in base.web(lin.user).get(f"/shops/{lin.shop_id}/settings/").content.decode()
    assert files(media_root) == []


@pytest.mark.rule("A5")
def test_a_newer_picture_takes_the_place_of_one_that_waits_and_all_can_be_taken_away(reviewer, media_root):
    lin = base.agent(base.shop(), "Lin")
    first = avatars.submit(lin, picture())
    second = avatars.submit(lin, picture())
    assert list(AvatarReview.objects.all()) == [second]
    with pytest.raises(Refused, match="already_decided"):
        avatars.decide(first, reviewer, True)
    avatars.decide(second, reviewer, True)
    with pytest.raises(Refused, match="already_decided"):
        avatars.decide(second, reviewer, False)
    avatars.submit(lin, picture())
    assert len(files(media_root)) == 2
    post(lin, "remove")
    lin.refresh_from_db()
    assert (lin.avatar, files(media_root)) == ("", [])


@pytest.mark.rule("A7")
def test_only_reviewers_of_the_platform_decide_and_not_in_their_own_shop(reviewer):
    shop = base.shop()
    lin, owner = base.agent(shop, "Lin"), base.agent(shop, "Owner", role="owner")
    review = avatars.submit(lin, picture())
    for member in (lin, owner):
        assert base.web(member.user).get("/platform/avatars/").status_code == 404
        assert decide(member.user, review).status_code == 404
    assert Client().get("/platform/avatars/").status_code == 302
    Member.objects.create(shop=shop, user=reviewer, nickname="Insider", role="staff", capacity=1)
    decide(reviewer, review)
    review.refresh_from_db()
    assert review.state == "pending"
    for nonsense in ("", "x", "9" * 30, "0"):
        answer = base.web(reviewer).post("/platform/avatars/", {"review": nonsense, "decision": "approve"})
        assert answer.status_code == 404
    other = base.agent(base.shop("Other"), "Xu")
    assert base.web(other.user).get(f"/shops/{shop.pk}/settings/").status_code == 404


@pytest.mark.rule("A5")
def test_what_is_no_picture_is_refused_in_words():
    lin = base.agent(base.shop(), "Lin")
    for file in (SimpleUploadedFile("me.png", b"nothing", "image/png"), "text"):
        answer = post(lin, "avatar", avatar=file)
        assert 'class="errorlist"' in answer.content.decode()
    assert not AvatarReview.objects.exists()


@pytest.mark.rule("P7")
@pytest.mark.parametrize(
    ("preset", "role", "may"),
    [
        ("douyin", "owner", False),
        ("douyin", "agent", False),
        ("tiktok_shop", "owner", True),
        ("tiktok_shop", "agent", True),
    ],
)
def test_a_nickname_is_set_by_whom_the_platform_says(preset, role, may):
    member = base.agent(base.shop(preset=preset), "Lin", role=role)
    answer = post(member, "nickname", nickname="Ly\u202enn")  # without what would turn the words around it
    member.refresh_from_db()
    assert (member.nickname, answer.status_code) == (("Lynn", 200) if may else ("Lin", 403))
    assert (
        'name="nickname"' in base.web(member.user).get(f"/shops/{member.shop_id}/settings/").content.decode()
    ) == may


@pytest.mark.rule("P7")
def test_a_nickname_is_one_persons_in_the_shop():
    shop = base.shop(preset="tiktok_shop")
    lin, _wu = base.agent(shop, "Lin"), base.agent(shop, "Wu")
    for taken in ("Wu", " ", "x" * 41):
        assert 'class="errorlist"' in post(lin, "nickname", nickname=taken).content.decode()
    lin.refresh_from_db()
    assert lin.nickname == "Lin"


@pytest.mark.rule("A5", "D3")
def test_the_approved_picture_stands_beside_the_name_for_colleagues_and_the_buyer(reviewer):
    shop = base.shop()
    lin, wu, line = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False), base.buyer(shop)
    session = base.writes(line)
    assert session.assignee == lin

    def shown():
        found = base.desk(wu).get(f"/api/v1/shops/{shop.pk}/members").json()["results"]
        told = base.phone(line).get("/api/v1/buyer/events").json()["session"]
        return [*(one["avatar"] for one in found if one["id"] == lin.pk), told["avatar"]]

    review = avatars.submit(lin, picture())
    assert shown() == ["", ""]
    avatars.decide(review, reviewer, True)
    colleagues, buyers = shown()
    assert colleagues == buyers
    assert Client().get(colleagues).status_code == 200
    avatars.withdraw(Member.objects.get(pk=lin.pk))
    assert shown() == ["", ""]
