"""The chat on the shop's sites and one's own profile, by page and API (D2, A5, P7): the same rules."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shops import widget
from shops.audit_entry import AuditEntry
from shops.models import Member, Shop, Widget
from tests import base
from tests.hostile.identities import png

pytestmark = pytest.mark.django_db
LOOK = {"origins": "https://Shop.example/\n\nhttp://localhost:3000", "position": "left", "label": "Ask us",
        "accent": "#F4B400", "own_colour": "on"}  # fmt: skip


@pytest.fixture
def shop() -> Shop:
    return base.shop()


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Mei", role="owner", online=False)


def page(of: Shop) -> str:
    return f"/shops/{of.pk}/settings/integration/"


def api(of: Shop, what: str) -> str:
    return f"/api/v1/shops/{of.pk}/{what}"


@pytest.mark.rule("D2", "A3")
def test_the_chat_is_set_up_on_a_page_and_read_by_api(shop: Shop, owner: Member) -> None:
    assert base.web(owner).post(page(shop), LOOK).status_code == 302
    found = base.desk(owner).get(api(shop, "widget")).json()
    assert found == {
        "origins": ["https://shop.example", "http://localhost:3000"],
        "anonymous": False,
        "accent": "#f4b400",
        "position": "left",
        "label": "Ask us",
        "snippet": f'<script src="http://testserver/widget.js" data-shop="{shop.pk}" async></script>',
        "may_edit": True,
    }
    assert AuditEntry.objects.get(kind="setting.changed").data["after"]["label"] == "Ask us"
    assert f"data-shop=&quot;{shop.pk}&quot;" in base.web(owner).get(page(shop)).content.decode()
    usual = {name: value for name, value in LOOK.items() if name != "own_colour"}
    base.web(owner).post(page(shop), {**usual, "anonymous": "on"})
    kept = Widget.objects.get(shop=shop)
    assert (kept.accent, kept.anonymous) == ("", True)


@pytest.mark.rule("D2")
@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"origins": "shop.example"}, "origins"),
        ({"origins": "\n".join(f"https://s{n}.example" for n in range(21))}, "origins"),
        ({"accent": "red"}, "accent"),
        ({"label": "x" * 21}, "label"),
        ({"position": "top"}, "position"),
    ],
)
def test_what_makes_no_sense_stands_at_its_field(shop: Shop, owner: Member, sent: dict[str, str], field: str) -> None:
    answer = base.web(owner).post(page(shop), {**LOOK, **sent})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    body: dict[str, Any] = {"origins": [], "anonymous": True, "accent": "", "position": "left", "label": "", **sent}
    if "origins" in sent:
        body["origins"] = sent["origins"].split("\n")
    wrong = base.desk(owner).put(api(shop, "widget"), body, format="json")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, [field])
    assert not Widget.objects.exists()


@pytest.mark.rule("D2", "A3")
def test_who_may_not_set_it_up_reads_it_and_other_shops_find_nothing(shop: Shop, owner: Member) -> None:
    look = widget.Look(accent="", position="right", label="")
    widget.set_up(shop, owner, origins=["https://shop.example"], anonymous=False, look=look)
    ann, far = base.agent(shop, "Ann", online=False), base.agent(base.shop("Other"), "Eve", online=False, role="owner")
    shown = base.web(ann).get(page(shop)).content.decode()
    assert "https://shop.example" in shown
    assert 'name="origins"' not in shown
    assert base.web(ann).post(page(shop), LOOK).status_code == 403
    assert base.desk(ann).put(api(shop, "widget"), {}, format="json").status_code == 403
    assert base.desk(ann).get(api(shop, "widget")).json()["may_edit"] is False
    assert base.web(far).get(page(shop)).status_code == base.desk(far).get(api(shop, "widget")).status_code == 404


@pytest.mark.rule("P7")
@pytest.mark.parametrize(("preset", "status"), [("douyin", 403), ("tiktok_shop", 200)])
def test_a_nickname_is_set_by_api_where_the_platform_leaves_it_to_one(preset: str, status: int) -> None:
    shop = base.shop(preset=preset)
    ann, _lin = base.agent(shop, "Ann", online=False), base.agent(shop, "Lin", online=False)
    assert base.desk(ann).patch(api(shop, "profile"), {"nickname": "Anna"}, format="json").status_code == status
    found = base.desk(ann).get(api(shop, "profile")).json()
    assert (found["nickname"], found["may_rename"]) == (("Anna", True) if status == 200 else ("Ann", False))
    if status == 200:
        taken = base.desk(ann).patch(api(shop, "profile"), {"nickname": "Lin"}, format="json")
        assert (taken.status_code, taken.json()["code"]) == (409, "nickname_taken")


@pytest.mark.rule("A5")
def test_a_picture_is_handed_in_and_taken_back_by_api(shop: Shop, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    ann = base.agent(shop, "Ann", online=False)
    answer = base.desk(ann).post(
        api(shop, "profile/avatar"), {"file": SimpleUploadedFile("me.png", png(), "image/png")}, format="multipart"
    )
    assert answer.status_code == 201
    found = answer.json()
    assert (found["avatar"], found["review"]["state"], bool(found["review"]["picture"])) == ("", "pending", True)
    assert base.desk(ann).delete(api(shop, "profile/avatar")).status_code == 204
    assert base.desk(ann).get(api(shop, "profile")).json()["review"] is None
    bad = base.desk(ann).post(api(shop, "profile/avatar"), {"file": "text"}, format="multipart")
    assert bad.status_code == 400
