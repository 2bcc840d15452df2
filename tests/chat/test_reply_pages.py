"""Quick replies on their page and as a file (C17, P10): whose they are, in which order, and back again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chat import reply_moving
from chat.actions import quick_replies
from chat.models import QuickReply
from shops import sheets
from shops.errors import NotAllowed, Refused
from shops.models import Member, Shop
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("C17", "P10")]


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def lead(shop: Shop) -> Member:
    return base.agent(shop, "Lea", role="service_lead", online=False)


@pytest.fixture
def ann(shop: Shop) -> Member:
    return base.agent(shop, "Ann", online=False)


def page(of: Shop, query: str = "") -> str:
    return f"/shops/{of.pk}/settings/quick-replies/{query}"


def titles(member: Member, scope: str) -> list[str]:
    owner = member if scope == "agent" else None
    found = QuickReply.objects.filter(shop=member.shop, member=owner).order_by("place")
    return list(found.values_list("title", flat=True))


def written(by: Member, scope: str, *names: str) -> list[QuickReply]:
    return [quick_replies.create(by, scope, name, f"{name}, dear {{buyer}}.") for name in names]


def file(*rows: tuple[str, ...], heading: tuple[str, ...] = ("Title", "Text", "Group")) -> SimpleUploadedFile:
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in (heading, *rows))
    return SimpleUploadedFile("replies.csv", text.encode(), "text/csv")


def test_an_agent_writes_its_own_and_a_lead_the_shops(shop: Shop, lead: Member, ann: Member) -> None:
    sent = {"form": "save", "scope": "shop", "title": "Hello", "text": "Hello, {buyer}!", "group": "Start"}
    assert base.web(lead).post(page(shop), sent).status_code == 302
    refused = base.web(ann).post(page(shop), sent)
    assert list(refused.context["wrong"]) == ["scope"]
    assert base.web(ann).post(page(shop), {**sent, "scope": "agent", "title": "Mine"}).status_code == 302
    assert (titles(lead, "shop"), titles(ann, "agent"), titles(lead, "agent")) == (["Hello"], ["Mine"], [])
    shown = base.web(ann).get(page(shop)).content.decode()
    assert "Hello, {buyer}!" in shown
    assert "Mine" not in base.web(lead).get(page(shop)).content.decode()


def test_who_neither_serves_nor_leads_has_none_and_other_shops_find_nothing(shop: Shop, lead: Member) -> None:
    (hello,) = written(lead, "shop", "Hello")
    staff = base.agent(shop, "Staff", im=False, online=False, role="staff")
    manager = base.agent(shop, "Max", im=False, online=False, role="super_admin")
    stranger = base.agent(base.shop("Other", preset="tiktok_shop"), "Eve", online=False, role="owner")
    assert base.web(staff).get(page(shop)).status_code == 403
    assert base.web(stranger).get(page(shop)).status_code == 404
    assert base.web(stranger).get(page(stranger.shop, f"?edit={hello.pk}")).status_code == 404
    drop = {"form": "drop", "reply": hello.pk}
    assert base.web(stranger).post(page(stranger.shop), drop).status_code == 404
    own = {"form": "save", "scope": "agent", "title": "Mine", "text": "x"}
    assert list(base.web(manager).post(page(shop), own).context["wrong"]) == ["scope"]
    assert base.web(manager).post(page(shop), drop).status_code == 302
    assert titles(lead, "shop") == []


def test_page_and_api_let_in_the_same_people(shop: Shop, lead: Member) -> None:
    """The shop's sentences are for its leads to keep, whether or not they serve buyers; one's own for who serves."""
    address = f"/api/v1/shops/{shop.pk}/quick-replies"
    manager = base.agent(shop, "Max", im=False, online=False, role="super_admin")
    staff = base.agent(shop, "Staff", im=False, online=False, role="staff")
    made = base.desk(manager).post(address, {"scope": "shop", "title": "Hello", "text": "Hi"}, format="json")
    assert made.status_code == base.web(manager).get(page(shop)).status_code + 1 == 201
    listed = base.desk(manager).get(address)
    assert (listed.json()["may_edit"], len(listed.json()["results"])) == (["shop"], 1)
    one = f"{address}/{made.json()['id']}"
    assert base.desk(manager).patch(one, {"title": "Hey"}, format="json").status_code == 200
    own = {"scope": "agent", "title": "Mine", "text": "x"}
    assert base.desk(manager).post(address, own, format="json").status_code == 403
    assert base.desk(staff).get(address).status_code == base.web(staff).get(page(shop)).status_code == 403
    assert base.desk(manager).delete(one).status_code == 204
    assert base.desk(lead).get(address).json()["may_edit"] == ["shop", "agent"]


def test_who_serves_no_more_keeps_no_sentences_of_its_own(shop: Shop) -> None:
    served = base.agent(shop, "Max", online=False, role="super_admin")
    kept, gone = written(served, "agent", "Kept", "Gone")
    client = base.web(served)
    client.post(page(shop), {"form": "drop", "reply": gone.pk})
    served.im_permission = False
    served.save(update_fields=["im_permission"])
    assert not quick_replies.may_edit(served, "agent")
    assert client.post(page(shop), {"form": "undo"}).status_code == 403
    with pytest.raises(NotAllowed):
        reply_moving.take_in(served, "agent", [sheets.Line(2, {"title": "A", "text": "b"})])
    address = f"/api/v1/shops/{shop.pk}/quick-replies"
    assert base.desk(served).get(address).json()["results"] == []
    assert base.desk(served).delete(f"{address}/{kept.pk}").status_code == 404
    assert client.get(page(shop, "agent.csv")).status_code == 404
    assert titles(served, "agent") == ["Kept"]


def test_an_agent_changes_nothing_of_the_shops(shop: Shop, lead: Member, ann: Member) -> None:
    (hello,) = written(lead, "shop", "Hello")
    (hers,) = written(lead, "agent", "Hers")
    for reply in (hello, hers):
        for sent in ({"form": "drop"}, {"form": "move", "place": "0"}):
            assert base.web(ann).post(page(shop), {**sent, "reply": reply.pk}).status_code == 404
        assert base.web(ann).get(page(shop, f"?edit={reply.pk}")).status_code == 404
    assert (titles(lead, "shop"), titles(lead, "agent")) == (["Hello"], ["Hers"])


def test_sentences_are_changed_put_in_order_and_found(shop: Shop, ann: Member) -> None:
    one, _two, three = written(ann, "agent", "One", "Two", "Three")
    base.web(ann).post(page(shop), {"form": "move", "reply": three.pk, "place": "0"})
    assert titles(ann, "agent") == ["Three", "One", "Two"]
    changed = {"form": "save", "title": "First", "text": "The first.", "group": "Numbers"}
    assert base.web(ann).post(page(shop, f"?edit={one.pk}"), changed).status_code == 302
    assert titles(ann, "agent") == ["Three", "First", "Two"]
    (found,) = base.web(ann).get(page(shop, "?q=NUMBERS")).context["lists"][1]["rows"]
    assert found["reply"].title == "First"


def test_what_is_wrong_stands_at_its_field(shop: Shop, ann: Member) -> None:
    sent = {"form": "save", "scope": "agent", "title": "x" * 61, "text": " ", "group": "y" * 41}
    assert set(base.web(ann).post(page(shop), sent).context["wrong"]) == {"title", "text", "group"}
    assert list(base.web(ann).post(page(shop), {"form": "nothing"}).context["wrong"]) == ["form"]
    assert titles(ann, "agent") == []


def test_a_removed_sentence_comes_back_where_it_was_once(shop: Shop, ann: Member) -> None:
    _one, two, _three = written(ann, "agent", "One", "Two", "Three")
    client = base.web(ann)
    client.post(page(shop), {"form": "drop", "reply": two.pk})
    assert client.get(page(shop)).context["dropped"]["title"] == "Two"
    client.post(page(shop), {"form": "undo"})
    assert titles(ann, "agent") == ["One", "Two", "Three"]
    assert list(client.post(page(shop), {"form": "undo"}).context["wrong"]) == ["form"]
    body = {"scope": "agent", "title": "Zero", "text": "0", "place": 0}
    answer = base.desk(ann).post(f"/api/v1/shops/{shop.pk}/quick-replies", body, format="json")
    assert (answer.status_code, titles(ann, "agent")[0]) == (201, "Zero")


def test_a_file_takes_the_sentences_away_and_brings_them_back(shop: Shop, lead: Member, ann: Member) -> None:
    written(lead, "shop", "Hello", "=HYPERLINK(1)", "'quoted")
    for kind in ("csv", "xlsx"):
        answer = base.web(lead).get(page(shop, f"shop.{kind}"))
        assert "attachment" in answer["Content-Disposition"]
        if kind == "csv":
            assert b"\n'=HYPERLINK(1)" in answer.content  # no spreadsheet reads it as a formula
        lines = reply_moving.read(answer.content)
        assert [line.cells["title"] for line in lines] == ["Hello", "=HYPERLINK(1)", "'quoted"]
        reports = reply_moving.take_in(ann, "agent", lines, only_check=True)
        assert [one.fate for one in reports] == ["added"] * 3
    assert titles(ann, "agent") == []
    for gone in ("nobody.csv", "shop.pdf"):
        assert base.web(lead).get(page(shop, gone)).status_code == 404


def test_an_import_says_what_became_of_each_row(shop: Shop, ann: Member) -> None:
    written(ann, "agent", "Hello")
    rows = [("hello", "New words", "Start"), ("Bye", "See you", ""), ("", "no title", ""), ("bye", "again", ""),
            ("Long", "x" * 2001, "")]  # fmt: skip
    for do, kept in (("check", ["Hello"]), ("import", ["hello", "Bye"])):
        sent = {"form": "import", "scope": "agent", "file": file(*rows), "do": do}
        reports = base.web(ann).post(page(shop), sent).context["reports"]
        assert [(one.number, one.fate) for one in reports] == [
            (2, "changed"), (3, "added"), (4, "refused"), (5, "refused"), (6, "refused")]  # fmt: skip
        assert titles(ann, "agent") == kept
    assert QuickReply.objects.get(title="hello").text == "New words"


def test_a_column_that_a_file_lacks_changes_nothing(shop: Shop, ann: Member) -> None:
    quick_replies.create(ann, "agent", "Hello", "Hi", "Start")
    lines = reply_moving.read(file(("Hello", "Good day"), heading=("标题", "内容")).read())
    reply_moving.take_in(ann, "agent", lines)
    assert QuickReply.objects.values_list("text", "group").get() == ("Good day", "Start")


def test_an_import_stops_at_the_most(shop: Shop, ann: Member) -> None:
    lines = [sheets.Line(n, {"title": f"T{n}", "text": "x"}) for n in range(quick_replies.MOST + 2)]
    for only_check in (True, False):
        reports = reply_moving.take_in(ann, "agent", lines, only_check)
        assert sum(one.fate == "refused" for one in reports) == 2
    assert len(titles(ann, "agent")) == quick_replies.MOST


@pytest.mark.parametrize("data", [b"", b"Title\nx", b"PK\x03\x04 no zip", b"x" * (sheets.BYTES + 1)])
def test_a_file_that_is_none_is_refused_in_words(shop: Shop, ann: Member, data: bytes) -> None:
    sent = {"form": "import", "scope": "agent", "file": SimpleUploadedFile("a.csv", data)}
    assert list(base.web(ann).post(page(shop), sent).context["wrong"]) == ["file"]
    with pytest.raises(Refused, match="bad_file"):
        reply_moving.read(data)
