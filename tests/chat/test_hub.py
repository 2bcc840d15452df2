"""Who hears what, in which order, in this process and between processes (DESIGN, delivery)."""

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import orjson
import pytest
import redis

from chat import hub as hubs
from chat.hub import Entry, Hub
from tests import services
from tests.listening import Ears, running, until


@pytest.fixture
def hub(settings):
    settings.REDIS_URL = ""
    return Hub()


def said(number, topic="c1", log="c1", **fields):
    return Entry(topic, str(number), log, number, **fields)


def hear(hub, loop, topic="c1", member_id=None):
    listener = Ears(member_id)
    loop.do(hub.listen, topic, listener)
    return listener


def settled(loop):
    """Everything that was published so far has been dealt with."""
    loop.do(lambda: None)


def test_events_that_arrive_out_of_order_are_told_in_order(hub):
    with running(hub) as loop:
        ears = hear(hub, loop)
        for number in (1, 4, 3, 2, 5):
            hub.publish([said(number)])
        settled(loop)
        assert ears.frames == [1, 2, 3, 4, 5]
        assert ears.times[-1] - ears.times[0] < hubs.HOLD


def test_an_event_whose_forerunner_never_comes_is_held_for_50_ms(hub):
    with running(hub) as loop:
        ears = hear(hub, loop)
        hub.publish([said(1), said(3), said(4)])
        assert ears.wait_for(3) == [1, 3, 4]
        assert 0.9 * hubs.HOLD < ears.times[1] - ears.times[0] < 10 * hubs.HOLD
        hub.publish([said(2), said(5)])
        settled(loop)
        assert ears.frames == [1, 3, 4, 2, 5], "late is better than never: the client knows what it has"


def test_logs_do_not_wait_for_each_other_and_signals_for_nothing(hub):
    with running(hub) as loop:
        ears = hear(hub, loop, "m1")
        hub.publish([said(1, "m1", "c1"), said(8, "m1", "c2"), said(3, "m1", "c1"), Entry("m1", "99")])
        settled(loop)
        assert ears.frames == [1, 8, 99]
        assert ears.wait_for(4) == [1, 8, 99, 3]


def test_threads_may_publish_and_each_ones_order_is_kept(hub):
    with running(hub) as loop:
        ears = hear(hub, loop, "s1")

        def talk(of):
            for number in range(200):
                hub.publish([Entry("s1", str(of * 1000 + number))])

        threads = [threading.Thread(target=talk, args=(of,)) for of in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        settled(loop)
        assert len(ears.frames) == 800
        for of in range(4):
            mine = [frame for frame in ears.frames if frame // 1000 == of]
            assert mine == sorted(mine)


def test_a_frame_for_some_members_reaches_the_others_blanked_or_not_at_all(hub):
    with running(hub) as loop:
        mine, other, nobody = (hear(hub, loop, "s1", member_id) for member_id in (1, 2, None))
        hub.publish([Entry("s1", "10", members=(1,), alt="0"), Entry("s1", "11", members=(1,)), Entry("s1", "12")])
        settled(loop)
        assert (mine.frames, other.frames, nobody.frames) == ([10, 11, 12], [0, 12], [0, 12])


def test_an_order_reaches_the_socket_itself(hub):
    with running(hub) as loop:
        ears, other = hear(hub, loop, "m1"), hear(hub, loop, "m2")
        hub.publish([Entry("m1", order="gone")])
        settled(loop)
        assert (ears.orders, ears.frames, other.orders) == (["gone"], [], [])


def test_whoever_leaves_hears_nothing_more_and_leaves_nothing_behind(hub):
    with running(hub) as loop:
        stays, goes = hear(hub, loop), hear(hub, loop)
        loop.do(hub.listen, "m9", goes)
        hub.publish([said(1)])
        settled(loop)
        loop.do(hub.unlisten, goes)
        hub.publish([said(2)])
        settled(loop)
        assert (stays.frames, goes.frames) == ([1, 2], [1])
        hub.publish([said(4)])
        settled(loop)
        loop.do(hub.unlisten, stays)
        until(lambda: not hub._held)
        assert (dict(hub._topics), dict(hub._of), hub._last) == ({}, {}, {})


def test_a_new_listener_is_not_kept_waiting_for_what_was_told_before_it_came(hub):
    with running(hub) as loop:
        hub.publish([said(7)])
        ears = hear(hub, loop)
        hub.publish([said(9)])
        settled(loop)
        assert ears.frames == [9]


def test_to_publish_without_a_loop_or_a_bus_harms_nobody(hub):
    hub.publish([said(1)])
    with running(hub):
        pass
    hub.publish([said(2)])


def test_a_bus_that_hangs_is_left_alone_for_a_moment(settings, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}"
        monkeypatch.setattr(hubs, "_client", None)
        monkeypatch.setattr(hubs, "_quiet_until", 0.0)
        started = time.monotonic()
        for number in range(20):
            hubs.publish_from_outside([said(number)])
        assert time.monotonic() - started < 10, "one wait, not twenty"


@pytest.fixture
def valkey(settings):
    with services.start_valkey() as server:
        settings.REDIS_URL = server.url
        yield server


@contextmanager
def other_process(valkey):
    """Run another process with a hub; give what it heard, and a way to let it publish."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.other_process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"REDIS_URL": valkey.url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )  # fmt: skip
    heard = queue.Queue()
    threading.Thread(target=lambda: [heard.put(line.strip()) for line in child.stdout], daemon=True).start()
    try:
        assert heard.get(timeout=30) == "gap", "it has joined the channel"
        yield heard, lambda text: print(text, file=child.stdin, flush=True)
    finally:
        child.stdin.close()
        child.wait(20)


def crosses(hub, say, ears, heard, number):
    """Ring until it is heard on the other side, both ways: after a restart each side joins when it can."""
    until(lambda: hub.publish([Entry("down", str(number))]) or got(heard, number), 20)
    until(lambda: say(number) or (until_soon(lambda: number in ears.frames)), 20)


def got(heard, number):
    try:
        return heard.get(timeout=0.2) == str(number)
    except queue.Empty:
        return False


def until_soon(holds):
    try:
        until(holds, 0.2)
    except AssertionError:
        return False
    return True


@pytest.mark.system
def test_frames_cross_between_processes_once_and_a_restart_of_the_bus_is_noticed(valkey):
    one, gaps = Hub(), []
    one.on_gap = lambda: gaps.append(1)
    with running(one) as loop, other_process(valkey) as (heard, say):
        up, down = hear(one, loop, "up"), hear(one, loop, "down")
        until(lambda: gaps)
        one.publish([said(1, "down", "c1"), said(3, "down", "c1"), said(2, "down", "c1")])
        assert [heard.get(timeout=10) for _ in range(3)] == ["1", "2", "3"]
        say(5)
        assert up.wait_for(1) == [5]
        assert down.frames == [1, 2, 3], "one's own frames do not come back"

        joined = len(gaps)
        valkey.stop()
        valkey.start()
        until(lambda: len(gaps) > joined, 20)
        crosses(one, say, up, heard, 77)


@pytest.mark.system
def test_a_connection_that_breaks_for_a_moment_is_noticed_too(valkey, settings):
    one, gaps = Hub(), []
    one.on_gap = lambda: gaps.append(1)
    with running(one) as loop, redis.Redis.from_url(valkey.url) as client:
        ears = hear(one, loop, "up")
        for broken in range(1, 4):
            until(lambda broken=broken: len(gaps) == broken)
            assert client.client_kill_filter(_type="pubsub") == 1
        until(lambda: len(gaps) == 4)
        client.publish(settings.BUS_CHANNEL, orjson.dumps(["another", [["up", "1", "", 0, None, None, ""]]]))
        assert ears.wait_for(1) == [1]
