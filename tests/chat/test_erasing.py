"""One buyer's data taken away as a file, or erased: nothing of it is left anywhere, rows and figures stay."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from botfaq import unmatched
from chat.actions import data_jobs, erasing, indexing, notes, outbox, ratings, reports, sessions
from chat.models import (
    Assignment,
    Attachment,
    Conversation,
    DataRequest,
    Event,
    Message,
    MessageTranslation,
    PushSubscription,
    ServiceSession,
    Translation,
)
from commerce.models import AfterSale, Shipment
from shops import identity, names
from shops.errors import NotAllowed, Refused
from shops.identity import BadIdentity
from shops.models import AuditEntry, Buyer, Member, Shop
from tests import base
from tests.chat.planted import MARK, file_of, found_in_database, found_in_media

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return base.shop(preset="tiktok_shop")


@pytest.fixture
def owner(shop: Shop) -> Member:
    return base.agent(shop, "Olga", role="owner", online=False, im=True)


@pytest.fixture
def agent(shop: Shop) -> Member:
    return base.agent(shop, "Ann")


def named(of: Shop) -> Conversation:
    person = Buyer.objects.create(shop=of, uid=f"uid-{MARK}", nickname=f"Mia {MARK}")
    from chat import access

    return access.conversation_of(person)


def full(of: Shop, agent: Member, owner: Member) -> Conversation:
    """A buyer with the marker in every field that a buyer's words, or words about a buyer, can reach."""
    line = named(of)
    order = base.order(line, cancel_reason=f"why {MARK}", **dict.fromkeys(base.RECIPIENT, f"to {MARK}"))
    AfterSale.objects.create(shop=of, order=order, number="A-1", kind="refund", reason=MARK, created_at=timezone.now())
    Shipment.objects.create(
        shop=of, order=order, carrier="C", tracking_number=f"T{MARK}", updated_at=timezone.now(),
        events=[{"at": "2026-01-01T00:00:00Z", "text": f"to {MARK}"}],
    )  # fmt: skip
    session = base.writes(line, f"I am {MARK}")
    base.writes(line, kind="order_card", ref=order.pk)
    sessions.mark(session.pk, agent, True, f"note {MARK}")
    notes.add(session.pk, agent, f"call {MARK}")
    sessions.transfer(session.pk, owner, agent, f"because {MARK}")
    session.refresh_from_db()
    base.replies(owner, session, f"Dear {MARK}")
    said = Message.objects.filter(conversation=line, sender_kind="buyer").order_by("seq")[0]
    MessageTranslation.objects.create(message=said, language="en", text=f"tr {MARK}")
    Translation.objects.create(shop=of, digest="d" * 32, text=f"cached {MARK}")
    unmatched.missed(of.pk, said.text, session.pk, timezone.now())
    Message.objects.filter(pk=said.pk).update(
        attachment=file_of(f"b:{line.buyer_id}", of, bound=True), data={"original": {"text": MARK}}
    )
    file_of(f"b:{line.buyer_id}", of, bound=False)
    reports.submit(session.pk, owner, "abuse", f"says {MARK}", [said.seq])
    PushSubscription.objects.create(
        shop=of, buyer=line.buyer, endpoint=f"https://p.example/{MARK}", digest="e" * 32, p256dh="x", auth="y",
        language="en",
    )  # fmt: skip
    for kind in ("push.send", "push.phone"):
        outbox.promise(kind, {"subscription": 1, "said": {"title": MARK}}, of.pk)
    sessions.close(session.pk, owner)
    ratings.rate(line.shop_id, line.pk, session.pk, 2, f"bad {MARK}", ["slow"])
    indexing.index_due()
    names.index_due()
    return line


def erased(line: Conversation, by: Member) -> DataRequest:
    request = data_jobs.order(line.buyer, "erase", by)
    outbox.deliver_due()
    outbox.deliver_due()
    request.refresh_from_db()
    return request


def test_nothing_of_an_erased_buyer_is_left_in_any_table_or_file(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    assert len(found_in_database(MARK)) >= 14, "the planted marker must be there before"
    assert found_in_media(MARK)
    rows = Message.objects.filter(conversation=line).count()
    seqs = list(Event.objects.filter(conversation=line).order_by("seq").values_list("seq", flat=True))
    request = erased(line, owner)
    indexing.index_due()
    names.index_due()
    assert request.state == "done"
    assert request.done == request.total == rows
    assert found_in_database(MARK) == []
    assert found_in_media(MARK) == []
    assert Message.objects.filter(conversation=line).count() == rows
    assert list(Event.objects.filter(conversation=line).order_by("seq").values_list("seq", flat=True)) == seqs


def test_figures_keep_their_counts(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    names_of = [f.attname for f in ServiceSession._meta.concrete_fields]
    blanked = {"last_message_text", "mark_note", "words_doc", "read_only_at"}
    before = ServiceSession.objects.filter(conversation=line).values(*set(names_of) - blanked).get()
    mine = list(Assignment.objects.filter(session__conversation=line).order_by("pk").values("turns", "first_reply_at"))
    erased(line, owner)
    assert ServiceSession.objects.filter(conversation=line).values(*set(names_of) - blanked).get() == before
    after = Assignment.objects.filter(session__conversation=line).order_by("pk").values("turns", "first_reply_at")
    assert list(after) == mine


def test_search_finds_nothing_and_the_name_is_gone(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    assert names.find(shop, MARK, 10) == [line.buyer_id]
    erased(line, owner)
    indexing.index_due()
    names.index_due()
    assert names.find(shop, MARK, 10) == []
    answer = base.desk(owner).get(f"/api/v1/shops/{shop.pk}/sessions", {"list": "history", "q": MARK}).json()
    assert answer["results"] == []


def test_the_index_made_anew_finds_others_and_keeps_no_old_document(shop: Shop, agent: Member, owner: Member) -> None:
    other = base.buyer(shop, "other-buyer")
    session = base.writes(other, "kettle question")
    sessions.close(session.pk, session.assignee or agent)
    line = full(shop, agent, owner)
    erased(line, owner)
    call_command("index_words", "--anew", "--quiet", stdout=io.StringIO())
    assert ServiceSession.objects.filter(words_doc=None).count() == 0
    with connection.cursor() as cursor:
        postgres = connection.vendor == "postgresql"
        cursor.execute(f"SELECT count(*) FROM {'chat_words' if postgres else 'chat_words_docsize'}")
        assert cursor.fetchone()[0] == ServiceSession.objects.exclude(buyer=line.buyer).count() == 1
    query = {"start": "", "buyer": "other-buyer"}
    assert b"kettle question" in base.desk(owner).get(f"/shops/{shop.pk}/history/", query).content


def test_both_clients_are_told_that_content_was_erased(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    session = base.session(line)
    erased(line, owner)
    page = base.desk(owner).get(f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/messages").json()
    said = [event["message"] for event in page["results"]]
    assert all(one["text"] == "" and one["data"]["erased"] and one["attachment"] is None for one in said)
    shown = (
        base.desk(owner)
        .get(f"/shops/{shop.pk}/sessions/{session.pk}/transcript/", HTTP_ACCEPT_LANGUAGE="en")
        .content.decode()
    )
    assert "This content was erased." in shown
    assert MARK not in shown


def test_from_the_asking_on_nothing_can_be_written(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    session, token = base.session(line), base.token(line)
    data_jobs.order(line.buyer, "erase", owner)
    [outcome] = base.send(base.from_buyer(line, "me again"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "erased"
    [late] = base.send(base.from_agent(owner, session, "too late"))
    assert isinstance(late, Refused)
    from chat import access

    with pytest.raises(BadIdentity):
        access.line(token)


def test_who_comes_back_is_somebody_new(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    uid = line.buyer.uid
    erased(line, owner)
    again = identity.verify(shop, identity.sign(shop, uid, "Mia"))
    assert again.pk != line.buyer_id
    with pytest.raises(BadIdentity):
        identity.verify(shop, identity.sign(shop, f"~erased-{line.buyer_id}", "Thief"))


def test_a_step_that_is_done_twice_changes_nothing(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    request = erased(line, owner)
    data_jobs.erase({"request": request.pk, "above": 0})
    indexing.index_due()
    assert found_in_database(MARK) == []
    with pytest.raises(Refused, match="already_erased"):
        data_jobs.order(line.buyer, "erase", owner)


def test_an_open_conversation_must_be_closed_first(shop: Shop, agent: Member, owner: Member) -> None:
    line = named(shop)
    base.writes(line)
    with pytest.raises(Refused, match="session_open"):
        data_jobs.order(line.buyer, "erase", owner)
    line.buyer.refresh_from_db()
    assert line.buyer.erased_at is None


def test_only_the_owner_and_super_admins_may(shop: Shop, agent: Member, owner: Member) -> None:
    line = named(shop)
    for kind in ("erase", "export"):
        with pytest.raises(NotAllowed):
            data_jobs.order(line.buyer, kind, agent)
    assert DataRequest.objects.count() == 0


def test_an_export_holds_what_was_said_and_the_files(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    request = data_jobs.order(line.buyer, "export", owner)
    with pytest.raises(Refused, match="already_asked"):
        data_jobs.order(line.buyer, "export", owner)
    outbox.deliver_due()
    request.refresh_from_db()
    assert request.state == "done"
    with default_storage.open(request.file) as made, zipfile.ZipFile(made) as book:
        about = json.loads(book.read("buyer.json"))
        said = [json.loads(one) for one in book.read("messages.jsonl").splitlines()]
        files = [name for name in book.namelist() if name.startswith("files/")]
    assert about["buyer"]["uid"] == f"uid-{MARK}"
    assert len(about["orders"]) == 1
    assert about["sessions"][0]["rating"]["stars"] == 2
    assert [one["seq"] for one in said] == sorted(one["seq"] for one in said)
    assert any(one["text"] == f"I am {MARK}" and one["file"] == files[0] for one in said)


def test_the_page_tells_how_far_an_export_is(shop: Shop, owner: Member) -> None:
    line = named(shop)
    base.writes(line, "what do you keep of me?")
    there = f"/shops/{shop.pk}/buyers/data/"
    base.desk(owner).post(there, {"buyer": line.buyer_id, "do": "export"})
    begun = base.desk(owner).get(there).content.decode()
    assert f'<progress max="{Message.objects.filter(conversation=line).count()}" value="0"' in begun
    outbox.deliver_due()
    over = base.desk(owner).get(there).content.decode()
    assert "<progress" not in over
    assert f"{there}{DataRequest.objects.get().pk}.zip" in over


def test_an_erasure_takes_earlier_exports_along_and_files_go_after_a_week(
    shop: Shop, agent: Member, owner: Member
) -> None:
    line = full(shop, agent, owner)
    request = data_jobs.order(line.buyer, "export", owner)
    outbox.deliver_due()
    assert data_jobs.sweep(timezone.now() + timedelta(days=6)) == 0
    erased(line, owner)
    request.refresh_from_db()
    assert request.file == ""
    assert found_in_media(MARK) == []


def test_both_are_in_the_audit_log_by_number_only(shop: Shop, agent: Member, owner: Member) -> None:
    line = full(shop, agent, owner)
    data_jobs.order(line.buyer, "export", owner)
    erased(line, owner)
    told = AuditEntry.objects.filter(shop=shop, subject="buyer", subject_id=line.buyer_id).order_by("pk")
    assert [row.kind for row in told] == ["exported", "buyer.erased"]


def test_others_of_the_shop_keep_everything(shop: Shop, agent: Member, owner: Member) -> None:
    other = base.buyer(shop, "other-buyer")
    session = base.writes(other, "my words stay")
    sessions.close(session.pk, session.assignee or agent)
    erased(full(shop, agent, owner), owner)
    other.buyer.refresh_from_db()
    assert other.buyer.nickname == "Other-Buyer"
    assert Message.objects.filter(conversation=other, text="my words stay").exists()


def test_what_was_never_sent_is_found_without_the_shops_other_files(shop: Shop) -> None:
    line = base.buyer(shop)
    rows = [
        Attachment(
            shop=shop, owner=f"b:{line.buyer_id}", kind="image", mime="image/jpeg", file=f"f{n}", preview=f"p{n}",
            width=1, height=1, size=1, bound=n > 0,
        )
        for n in range(1000)
    ]  # fmt: skip
    Attachment.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE chat_attachment")
    found = erasing.never_sent(line.buyer)
    assert [one.file for one in found] == ["f0"]
    assert "attachment_unbound" in found.explain()
