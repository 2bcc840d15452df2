"""Who may open a socket, and when the server closes it (docs/wire.md, sockets)."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import beats, catchup, consumers
from chat.actions import people
from chat.models import ServiceSession
from chat.sockets import db
from shops import identity
from shops.models import Member, Presence, SignIn
from tests import base, invariants
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)
State = ServiceSession.State
OWN = f"http://{lines.HOST}"


@pytest.mark.parametrize(
    ("origin", "fine"),
    [
        (OWN, True),
        (f"https://{lines.HOST}", True),  # a proxy in front may speak TLS
        (None, False),
        ("", False),
        ("null", False),
        ("http://evil.example", False),
        ("http://localhost:8001", False),
        ("http://localhost", False),
        ("http://localhost:8000.evil.example", False),
        ("http://evil.example/localhost:8000", False),
        ("http://evil-localhost:8000", False),
        ("http://localhost:8000@evil.example", False),
        ("http://x@localhost:8000", False),
        ("http://localhost:8000/", False),
        ("http://localhost:8000/desk/1/", False),
        ("HTTP://LOCALHOST:8000", False),
        ("ws://localhost:8000", False),
        ("file://localhost:8000", False),
        ("//localhost:8000", False),
        ("localhost:8000", False),
        ("http://[", False),
        ("http://localhost:8000 http://evil.example", False),
    ],
)
def test_the_cookie_socket_opens_only_from_its_own_origin(origin, fine):
    member = base.agent(base.shop(), "Lin", online=False)
    line = lines.agent(member, origin)

    async def talk():
        assert await line.open() == fine
        await line.leave()

    lines.run(talk)


def test_over_https_a_page_that_came_without_it_is_refused(settings):
    settings.HTTPS = True
    member = base.agent(base.shop(), "Lin", online=False)
    safe, unsafe = lines.agent(member, f"https://{lines.HOST}"), lines.agent(member, OWN)

    async def talk():
        assert await safe.open()
        assert not await unsafe.open()
        await safe.leave()

    lines.run(talk)


def test_a_host_that_is_not_ours_is_refused_even_with_the_same_origin():
    member = base.agent(base.shop(), "Lin", online=False)
    headers = [("host", "evil.example"), ("origin", "http://evil.example"), ("cookie", lines.cookie(member))]
    line = lines.Line(f"/ws/agent/{member.shop_id}/", *headers)

    async def talk():
        assert not await line.open()

    lines.run(talk)


@pytest.mark.rule("A1")
def test_only_a_member_with_im_permission_opens_the_desk_of_the_own_shop():
    shop, other = base.shop(), base.shop("Other")
    member = base.agent(shop, "Lin", online=False)
    staff = base.agent(shop, "Staff", online=False, im=False, role="staff")
    gone = base.agent(shop, "Gone", online=False)
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    nobody = lines.Line(f"/ws/agent/{shop.pk}/", ("host", lines.HOST), ("origin", OWN))
    forged = lines.Line(f"/ws/agent/{shop.pk}/", ("host", lines.HOST), ("origin", OWN), ("cookie", "sessionid=x"))
    refused = [lines.agent(staff), lines.agent(gone), lines.agent(member, shop_id=other.pk), nobody, forged]
    refused += [lines.agent(member, shop_id=wrong) for wrong in (2**63, 2**64, 10**30, 999_999)]

    async def talk():
        assert not any([await line.open() for line in refused])

    lines.run(talk)
    assert not Presence.objects.exists()


def test_an_unknown_socket_address_is_closed_not_an_error():
    unknown = [lines.Line(path) for path in ("/ws/", "/ws/agent/x/", "/ws/buyer", "/ws/agent/-1/", "/")]

    async def talk():
        assert not any([await line.open() for line in unknown])

    lines.run(talk)


def test_a_forged_foreign_or_expired_token_ends_the_socket_with_4401():
    line = base.buyer(base.shop())
    with time_machine.travel(dt.datetime.now(dt.UTC) - identity.TOKEN_LIFE - dt.timedelta(minutes=1)):
        old = identity.issue(base.token(line))
    good = identity.issue(base.token(line))
    nowhere = base.token(line)
    missing = identity.issue(identity.BuyerToken(nowhere.shop_id, nowhere.buyer_id, 999_999, {"kind": "product"}))
    foreign = identity.issue(identity.BuyerToken(999_999, nowhere.buyer_id, line.pk, {"kind": "product"}))

    async def talk():
        for token in ("", "x", good[:-1], good + "A", old, missing, foreign):
            socket = lines.Line("/ws/buyer/")
            assert await socket.open()
            await socket.say("auth", token=token)
            assert (await socket.hear("error"))["code"] == "unauthenticated"
            assert await socket.close_code() == 4401

    lines.run(talk)


@pytest.mark.parametrize("side", ["buyer", "agent"])
def test_a_socket_that_does_not_say_who_it_is_is_closed(side, monkeypatch):
    assert consumers.AUTH_TIME == 5
    monkeypatch.setattr(consumers, "AUTH_TIME", 0.1)
    monkeypatch.setattr(consumers, "RESUME_TIME", 0.1)
    shop = base.shop()
    line = lines.Line("/ws/buyer/") if side == "buyer" else lines.agent(base.agent(shop, "Lin", online=False))

    async def talk():
        assert await line.open()
        for kind in ("message.send", "typing", "receipt", "beat"):
            await line.say(kind)
            assert (await line.hear("error"))["code"] == "bad_frame"
        assert await line.close_code() == 4400

    lines.run(talk)
    assert not Presence.objects.exists()


@pytest.mark.rule("A1")
def test_losing_im_permission_ends_the_sockets_and_the_sessions_wait_again():
    shop = base.shop()
    lin = base.agent(shop, "Lin", online=False)
    waiting = base.writes(base.buyer(shop))
    first, second, silent, later = (lines.agent(lin) for _ in range(4))

    async def talk():
        assert await silent.open()  # has not said where it stands
        await lines.enter(first, second)
        assert (await db(lambda: ServiceSession.objects.get(pk=waiting.pk))).assignee_id == lin.pk
        await db(people.set_im_permission, lin, False)
        assert await first.close_code() == 4403
        assert await second.close_code() == 4403
        await silent.say("resume")
        assert await silent.close_code() == 4403
        assert not await later.open()

    lines.run(talk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.assignee) == (State.QUEUED, None)
    assert not Presence.objects.exists()
    invariants.check()


@pytest.mark.rule("A1")
def test_a_right_that_was_lost_unheard_ends_the_socket_at_the_next_beat():
    lin = base.agent(base.shop(), "Lin", online=False)
    line = lines.agent(lin)

    async def talk():
        await lines.enter(line)
        await db(lambda: Member.objects.filter(pk=lin.pk).update(im_permission=False))
        beats.all_now()
        assert await line.close_code() == 4403

    lines.run(talk)


@pytest.mark.rule("A1")
def test_a_right_that_was_lost_unheard_ends_the_socket_before_any_beat(monkeypatch):
    monkeypatch.setattr(beats, "EVERY", 1_000_000)
    assert beats.CHECK + 1 < 5  # seconds: the pulse looks once a second what is due
    shop = base.shop()
    lin, wu = (base.agent(shop, name, online=False) for name in ("Lin", "Wu"))
    goes, stays = lines.agent(lin), lines.agent(wu)

    async def talk():
        await lines.enter(goes, stays)
        await db(lambda: Member.objects.filter(pk=lin.pk).update(im_permission=False))
        assert await goes.close_code() == 4403
        beats.all_now()
        await stays.hear("beat")

    lines.run(talk)


def test_who_signs_out_leaves_every_window():
    shop = base.shop()
    lin, wu = (base.agent(shop, name, online=False) for name in ("Lin", "Wu"))
    goes, stays = lines.agent(lin), lines.agent(wu)

    async def talk():
        await lines.enter(goes, stays)
        signed_out = lines.consumers()[0].sign_in
        await db(SignIn.objects.filter(session_key=signed_out).delete)
        await beats.check_rights()
        assert await goes.close_code() == 4401
        beats.all_now()
        await stays.hear("beat")

    lines.run(talk)


def test_all_beats_of_a_moment_are_read_at_once():
    shop = base.shop()
    agents = [base.agent(shop, name, online=False) for name in ("Lin", "Wu")]
    talks = [base.buyer(shop) for _ in range(3)]
    for talk in talks:
        base.writes(talk)
    some, all_of_them = (({t.pk for t in talks[:n]}, {a.pk for a in agents[:n]}) for n in (1, 3))
    for line_ids, member_ids in (some, all_of_them):
        with CaptureQueriesContext(connection) as asked:
            found = catchup.beats(line_ids, member_ids)
        assert (len(asked), [set(part) for part in found]) == (3, [line_ids, member_ids])


def test_a_silent_socket_is_given_up_with_4408():
    shop = base.shop()
    pair = [lines.agent(base.agent(shop, "Lin", online=False)), lines.buyer(base.buyer(shop))]

    async def talk():
        await lines.enter(*pair)
        for consumer in lines.consumers():
            consumer.heard_at -= beats.SILENT + 1
        beats.all_now()
        assert [await line.close_code() for line in pair] == [4408, 4408]

    lines.run(talk)


def test_thirty_bad_frames_a_minute_end_the_socket_with_4400():
    line = lines.buyer(base.buyer(base.shop()))

    async def talk():
        await lines.enter(line)
        for _ in range(30):
            await line.say("nonsense")
        for _ in range(30):
            assert (await line.hear("error"))["code"] == "bad_frame"
        assert await line.close_code() == 4400

    lines.run(talk)


@pytest.mark.rule("B1")
def test_two_windows_of_one_agent_are_two_leases():
    lin = base.agent(base.shop(), "Lin", online=False)
    first, second = lines.agent(lin), lines.agent(lin)

    async def talk():
        await lines.enter(first, second)
        assert await db(Presence.objects.filter(member=lin).count) == 2
        await first.leave()
        assert await db(Presence.objects.filter(member=lin).count) == 1
        assert (await db(lambda: Member.objects.get(pk=lin.pk))).was_online
        await second.leave()
        assert not (await db(lambda: Member.objects.get(pk=lin.pk))).was_online

    lines.run(talk)


def test_a_server_that_stops_says_come_back():
    line = lines.buyer(base.buyer(base.shop()))

    async def talk():
        await lines.enter(line)
        await beats.stop()
        assert await line.close_code() == 4503

    lines.run(talk)
