"""Listen to the hub as a socket does: a real event loop in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson

from chat.hub import Hub, hub

T = TypeVar("T")


class Ears:
    """A listener that keeps what it was told, with the moment."""

    def __init__(self, member_id: int | None = None) -> None:
        self.member_id = member_id
        self.frames: list[Any] = []
        self.times: list[float] = []
        self.orders: list[str] = []

    def push(self, text: str) -> None:
        self.times.append(time.monotonic())
        self.frames.append(orjson.loads(text))

    def order(self, what: str) -> None:
        self.orders.append(what)

    def wait_for(self, count: int, patience: float = 10) -> list[Any]:
        """Wait until so many frames came; return all."""
        until(lambda: len(self.frames) >= count, patience)
        return self.frames


class Loop:
    """An event loop that runs in a thread; `do` runs something on it and returns its result."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, work: Callable[..., T], *args: Any) -> T:
        async def run() -> T:
            return work(*args)

        return self.wait(run())

    def wait(self, work: Awaitable[T]) -> T:
        async def run() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(20)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def running(one: Hub) -> Iterator[Loop]:
    """Bind a hub to a loop of its own for a while."""
    loop = Loop()
    try:
        loop.wait(one.start())
        try:
            yield loop
        finally:  # or the next to listen finds it bound to a loop that has ended
            loop.wait(one.stop())
    finally:
        loop.close()


@contextmanager
def ears(*topics: str, member_id: int | None = None) -> Iterator[Ears]:
    """Listen to topics of this process's hub."""
    listener = Ears(member_id)
    with running(hub) as loop:
        for topic in topics:
            loop.do(hub.listen, topic, listener)
        yield listener
        loop.do(hub.unlisten, listener)


def until(holds: Callable[[], object], patience: float = 10) -> None:
    """Wait for a condition; fail when it does not come true in time."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.002)
