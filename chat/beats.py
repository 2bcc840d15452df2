"""The pulse of a process with sockets: each client learns the positions, leases are renewed, rights looked at."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable

from chat import bot_runner, catchup
from chat.actions import people
from chat.hub import BOOT, hub
from chat.sockets import DRAINING, EXPIRED, FORBIDDEN, SLOW, Socket, db
from chat.writer import writer

log = logging.getLogger(__name__)
EVERY = 20  # seconds between two beats to one socket
RENEW = 15
CHECK = 3  # seconds between two looks at who may still be here
MANY = 500  # sockets whose positions are read at once
GRACE = 5.0  # seconds in which a beat is answered by whoever is there
SILENT = 50.0  # seconds without a frame after which a socket is given up

_task: asyncio.Task[None] | None = None
_now: asyncio.Task[None] | None = None


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
        listener.end(DRAINING)  # type: ignore[attr-defined]
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
    global _now
    _now = asyncio.create_task(_try(_beat(_sockets())))


async def _pulse() -> None:
    started, now = time.monotonic(), 0
    while True:
        await asyncio.sleep(1)
        past, now = now, int(time.monotonic() - started)  # a busy second leaves nobody out
        due = {second % EVERY for second in range(past + 1, now + 1)}
        await _try(_beat([socket for socket in _sockets() if hash(socket) // 16 % EVERY in due]))
        if now // RENEW > past // RENEW:
            await _try(_renew())
        if now // CHECK > past // CHECK:
            await _try(check_rights())


async def _try(work: Awaitable[None]) -> None:
    """Await a part of the pulse; what fails is done again at its next time."""
    try:
        await work
    except Exception:
        log.exception("pulse")


async def _beat(sockets: list[Socket]) -> None:
    """Send the positions, read at once for many sockets; who may not be here any more is ended."""
    alive = []
    for socket in sockets:
        if time.monotonic() - socket.heard_at > SILENT:
            socket.end(SLOW)
        else:
            alive.append(socket)
    for start in range(0, len(alive), MANY):
        some = alive[start : start + MANY]
        members = {socket.member_id for socket in some if socket.member_id}
        of_lines, of_members = await db(catchup.beats, {s.line_id for s in some if not s.member_id}, members)
        for socket in some:
            text = of_members.get(socket.member_id) if socket.member_id else of_lines.get(socket.line_id)
            if text is not None:
                socket.push(text)
            elif socket.member_id:
                socket.order("gone")
            else:
                socket.end(EXPIRED)


async def check_rights() -> None:
    """End the consoles of who lost IM permission, should the order to go have been lost, or has signed out (A1)."""
    consoles = [socket for socket in _sockets() if socket.member_id]
    if not consoles:
        return
    agents, signed_in = await db(catchup.allowed, {s.member_id for s in consoles}, {s.sign_in for s in consoles})
    for socket in consoles:
        if socket.member_id not in agents:
            socket.end(FORBIDDEN)
        elif socket.sign_in not in signed_in:
            socket.end(EXPIRED)


async def _renew() -> None:
    """Renew the leases of consoles that were heard of: a black-holed socket's lease runs out."""
    alive = time.monotonic() - EVERY - GRACE
    heard = {s.socket_id: s.member_id for s in _sockets() if s.member_id and s.heard_at > alive}
    if heard:
        await db(people.renew, BOOT, heard)


def _sockets() -> list[Socket]:
    return [listener for listener in hub.listeners() if getattr(listener, "ready", False)]  # type: ignore[misc]
