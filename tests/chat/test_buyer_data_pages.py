"""The page and the call that take a buyer's data away or erase it; and the command."""

import io
import zipfile
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from chat.actions import outbox, sessions
from chat.models import Conversation, DataRequest, Message
from shops.models import AuditEntry, Member, Shop
from tests import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False)


@pytest.fixture
def line(shop: Shop, owner: Member) -> Conversation:
    ann = base.agent(shop, "Ann")
    line = base.buyer(shop, "mia-7")
    session = base.writes(line, "my secret words")
    sessions.close(session.pk, ann)
    return line


signed_in = partial(base.web, language="en")


def test_a_buyer_is_found_exported_and_erased_on_the_page(line: Conversation, owner: Member) -> None:
    client, here = signed_in(owner), reverse("buyer-data", args=[owner.shop_id])
    shown = client.get(here, {"q": "mia-7"}).content.decode()
    assert "UID mia-7" in shown
    client.post(here, {"buyer": line.buyer_id, "do": "export"})
    outbox.deliver_due()
    made = DataRequest.objects.get()
    answer = client.get(reverse("buyer-data-file", args=[owner.shop_id, made.pk]))
    content = b"".join(answer)
    assert b"my secret words" in zipfile.ZipFile(io.BytesIO(content)).read("messages.jsonl")
    shown = client.post(here, {"buyer": line.buyer_id, "do": "erase"}, follow=True).content.decode()
    assert "can&#x27;t be brought back" in shown
    assert not DataRequest.objects.filter(kind="erase").exists()
    client.post(here, {"buyer": line.buyer_id, "do": "erase", "sure": "yes"})
    outbox.deliver_due()
    assert not Message.objects.filter(text="my secret words").exists()
    assert client.get(reverse("buyer-data-file", args=[owner.shop_id, made.pk])).status_code == 404
    assert "UID mia-7" not in client.get(here, {"q": "mia-7"}).content.decode()


def test_the_call_answers_the_job_and_its_refusals(line: Conversation, owner: Member) -> None:
    desk, address = base.desk(owner), f"/api/v1/shops/{owner.shop_id}/data-requests"
    answer = desk.post(address, {"buyer": line.buyer_id, "kind": "erase"}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (201, "queued")
    again = desk.post(address, {"buyer": line.buyer_id, "kind": "erase"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_asked")
    outbox.deliver_due()
    (row,) = desk.get(address).json()["results"]
    assert (row["state"], row["done"], row["total"]) == ("done", 1, 1)
    assert desk.post(address, {"buyer": line.buyer_id, "kind": "burn"}, format="json").status_code == 400


def test_others_are_refused_and_another_shop_finds_nothing(line: Conversation, owner: Member) -> None:
    lead = base.agent(owner.shop, "Leo", role="service_lead", online=False)
    stranger = base.agent(base.shop("Second"), "Zoe", role="owner", online=False)
    made = DataRequest.objects.create(
        shop=owner.shop, buyer=line.buyer, kind="export", state="done", file="exports/x.zip",
        created_at=line.buyer.created_at, touched_at=line.buyer.created_at,
    )  # fmt: skip
    for member, status in ((lead, 403), (stranger, 404)):
        client = signed_in(member)
        assert client.get(reverse("buyer-data", args=[owner.shop_id])).status_code == status
        assert client.get(reverse("buyer-data-file", args=[owner.shop_id, made.pk])).status_code == status
        address = f"/api/v1/shops/{owner.shop_id}/data-requests"
        body = {"buyer": line.buyer_id, "kind": "erase"}
        assert base.desk(member).get(address).status_code == status
        assert base.desk(member).post(address, body, format="json").status_code == status
    own = f"/api/v1/shops/{stranger.shop_id}/data-requests"
    foreign = base.desk(stranger).post(own, {"buyer": line.buyer_id, "kind": "erase"}, format="json")
    assert foreign.status_code == 404
    assert signed_in(stranger).get(reverse("buyer-data-file", args=[stranger.shop_id, made.pk])).status_code == 404
    assert Message.objects.filter(text="my secret words").exists()


def test_the_command_exports_to_a_file_and_erases(line: Conversation, owner: Member, tmp_path: Path) -> None:
    to = tmp_path / "mia.zip"
    call_command("buyer_data", "export", str(owner.shop_id), "mia-7", "--to", str(to), stdout=io.StringIO())
    assert b"my secret words" in zipfile.ZipFile(to).read("messages.jsonl")
    call_command("buyer_data", "erase", str(owner.shop_id), "mia-7", stdout=io.StringIO())
    assert not Message.objects.filter(text="my secret words").exists()
    with pytest.raises(CommandError, match="no such buyer"):
        call_command("buyer_data", "erase", str(owner.shop_id), "mia-7", stdout=io.StringIO())
    assert set(AuditEntry.objects.values_list("who", flat=True)) == {""}
