"""The pulse of a process with sockets: every 20 s each client learns the positions, every 15 s leases are renewed."""

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

from chat import bot_runner
from chat.actions import people
from chat.hub import BOOT, hub
from chat.writer import writer

if TYPE_CHECKING:
    from chat.sockets import Socket

log = logging.getLogger(__name__)
EVERY = 20  # seconds between two beats to one socket
RENEW = 15
SILENT = 50.0  # seconds without a frame after which a socket is given up

_task: asyncio.Task[None] | None = None


async def start() -> None:
    """Start hub, bot thread and pulse once per process."""
    global _task
    if _task is None or _task.done() or _task.get_loop() is not asyncio.get_running_loop():
        _task = asyncio.create_task(_pulse())
        bot_runner.start()
        hub.on_gap = all_now
        await hub.start()


async def stop() -> None:
    """Close every socket as draining, store what is queued, end the threads."""
    global _task
    for listener in hub.listeners():
        listener.end(4503)  # type: ignore[attr-defined]
    if _task:
        _task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await _task
    _task = None
    await asyncio.to_thread(writer.stop)
    await asyncio.to_thread(bot_runner.stop)
    await hub.stop()


def all_now() -> None:
    """The bus was away: let every client compare positions at once."""
    for socket in _sockets():
        asyncio.create_task(_beat(socket))  # noqa: RUF006 - short-lived, errors end the one socket


async def _pulse() -> None:
    second = 0
    while True:
        await asyncio.sleep(1)
        second += 1
        try:
            for socket in _sockets():
                if hash(socket) // 16 % EVERY == second % EVERY:
                    await _beat(socket)
            if second % RENEW == 0:
                await _renew()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("pulse")


async def _beat(socket: "Socket") -> None:
    if time.monotonic() - socket.heard_at > SILENT:
        socket.end(4408)
        return
    try:
        await socket.send_beat()
    except Exception as error:  # one bad line must not silence the others
        socket.fail(error)


async def _renew() -> None:
    """Renew the leases of consoles that were heard of: a black-holed socket's lease runs out."""
    from chat.sockets import db

    alive = time.monotonic() - people.LEASE.total_seconds()
    sockets = [s.socket_id for s in _sockets() if s.member_id and s.heard_at > alive]
    if sockets:
        await db(people.renew, BOOT, sockets)


def _sockets() -> "list[Socket]":
    return [listener for listener in hub.listeners() if getattr(listener, "ready", False)]  # type: ignore[misc]
