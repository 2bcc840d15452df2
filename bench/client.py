"""The load client: many sockets in one lean process, the same program for every server that is measured.

`python -m bench.client < plan.json` connects, loads, waits for what is on its way and prints one JSON object. In mode
`window` every session keeps so many unacknowledged messages on the way; in mode `paced` messages leave at a fixed rate.
Counted is what arrives at the other side.
"""

import asyncio
import functools
import gc
import math
import os
import sys
import time
from typing import Any

import orjson
import uvloop

BY_AGENTS = 4  # every fourth message is an agent's
PATIENCE = 30.0  # seconds to wait for what is on its way at the end


class Socket(asyncio.Protocol):
    """A WebSocket client without extensions; its mask is zero, so that masking costs nothing."""

    def __init__(self, load: "Load", plan: dict[str, Any]) -> None:
        self.load, self.plan, self.side = load, plan, plan["side"]
        self.buffer = b""
        self.open = False
        self.lost = False
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        headers = {
            "Host": f"{self.load.plan['host']}:{self.load.plan['port']}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "c2VsbGVyLWNlbnRlci0wMQ==",
            "Sec-WebSocket-Version": "13",
            **self.plan["headers"],
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        transport.write(f"GET {self.plan['path']} HTTP/1.1\r\n{lines}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer + data if self.buffer else data
        if not self.open:
            head, found, buffer = buffer.partition(b"\r\n\r\n")
            if not found:
                self.buffer = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.fail(head.decode(errors="replace"))
                return
            self.open = True
            self.send(orjson.dumps(self.plan["first"]))
        self.buffer = self._frames(buffer)

    def _frames(self, buffer: bytes) -> bytes:
        """Take every whole frame; return the rest."""
        at, end = 0, len(buffer)
        while end - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(buffer[start : start + 2]), at + 4
            elif size == 127:
                size, start = int.from_bytes(buffer[start : start + 8]), at + 10
            if end < start + size:
                break
            code = buffer[at] & 15
            if code == 1:
                self.load.frame(self, orjson.loads(buffer[start : start + size]))
            elif code == 9:
                self.send(buffer[start : start + size], 0x8A)
            elif code == 8:
                self.fail(f"closed with {int.from_bytes(buffer[start : start + 2])}")
            at = start + size
        return buffer[at:]

    def send(self, payload: bytes, code: int = 0x81) -> None:
        size = len(payload)
        head = bytes((code, 128 | size)) if size < 126 else bytes((code, 254)) + size.to_bytes(2)
        self.transport.write(head + b"\0\0\0\0" + payload)

    def fail(self, words: str) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"{self.plan['path']}: {words}"))

    def connection_lost(self, error: Exception | None) -> None:
        self.fail(str(error or "the server closed the connection"))


class Load:
    """The messages on their way: when each left, whether it was acknowledged, whether it arrived."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.sockets: list[Socket] = []
        self.left: list[float] = []  # by number of message
        self.owner: list[tuple[Socket, dict[str, Any]]] = []
        self.acknowledged = 0
        self.arrived: list[float] = []
        self.arrived_once = bytearray()
        self.took: list[float] = []
        self.refused: dict[str, int] = {}
        self.running = False
        self.text = "什么时候发货？ When will it be shipped, please? "

    def frame(self, socket: Socket, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "event":
            message = frame["message"]
            if message and message["sender"]["kind"] != socket.side:
                self._arrived(message["client_msg_id"])
        elif kind == "ok":
            self.acknowledged += 1
            self._next(int(frame["id"]))
        elif kind == "beat":
            socket.send(orjson.dumps({"type": "beat", "n": frame["n"]}))
        elif kind == "resumed" and not socket.ready.done():
            socket.ready.set_result(None)
        elif kind == "error":
            self.refused[frame["code"]] = self.refused.get(frame["code"], 0) + 1
            if frame.get("id"):
                asyncio.get_running_loop().call_later(0.2, self._next, int(frame["id"]))

    def _arrived(self, key: str | None) -> None:
        now = time.perf_counter()
        if key is None or key[:8] != self.plan["run"]:
            return
        number = int(key[-12:], 16)
        if not self.arrived_once[number]:
            self.arrived_once[number] = 1
            self.arrived.append(now)
            self.took.append(now - self.left[number])

    def _next(self, number: int) -> None:
        if self.running and self.plan["mode"] == "window":
            self.say(*self.owner[number])

    def say(self, socket: Socket, session: dict[str, Any]) -> None:
        """Send the next message of a session from this socket."""
        number = len(self.left)
        key = f"{self.plan['run']}-0000-4000-8000-{number:012x}"
        frame = {"type": "message.send", "id": str(number), "client_msg_id": key, "kind": "text"}
        frame["text"] = self.text + str(number)
        if socket.side == "agent":
            frame["session"] = session["session"]
        self.owner.append((socket, session))
        self.arrived_once.append(0)
        self.left.append(time.perf_counter())
        socket.send(orjson.dumps(frame))

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        for plan in self.plan["sockets"]:
            made = functools.partial(Socket, self, plan)
            _transport, socket = await loop.create_connection(made, self.plan["host"], self.plan["port"])
            self.sockets.append(socket)
        await asyncio.wait_for(asyncio.gather(*(socket.ready for socket in self.sockets)), 30)

    async def run(self) -> dict[str, Any]:
        """Load for the planned time, then wait for the rest; return the figures."""
        await self.connect()
        gc.collect()
        gc.freeze()
        gc.disable()
        self.running = True
        began = time.perf_counter()
        start, stop = began + self.plan["warmup"], began + self.plan["warmup"] + self.plan["seconds"]
        if self.plan["mode"] == "window":
            await self._windows(stop)
        else:
            await self._paced(stop)
        self.running = False
        deadline = time.perf_counter() + PATIENCE
        while time.perf_counter() < deadline and not self._quiet():
            await asyncio.sleep(0.02)
        return self._result(start, stop)

    async def _windows(self, stop: float) -> None:
        for session in self.plan["sessions"]:
            for place in range(self.plan["window"]):
                side = "agent" if place % BY_AGENTS == BY_AGENTS - 1 else "buyer"
                self.say(self.sockets[session[side]], session)
        await asyncio.sleep(stop - time.perf_counter())

    async def _paced(self, stop: float) -> None:
        sessions, began, number = self.plan["sessions"], time.perf_counter(), 0
        while (now := time.perf_counter()) < stop:
            while number < (now - began) * self.plan["rate"]:
                side = "agent" if number % BY_AGENTS == BY_AGENTS - 1 else "buyer"
                session = sessions[(number * 7) % len(sessions)]
                self.say(self.sockets[session[side]], session)
                number += 1
            await asyncio.sleep(max((number / self.plan["rate"]) + began - time.perf_counter(), 0))

    def _quiet(self) -> bool:
        answered = self.acknowledged + sum(self.refused.values())
        return answered >= len(self.left) and len(self.arrived) >= self.acknowledged

    def _result(self, start: float, stop: float) -> dict[str, Any]:
        inside = [took for at, took in zip(self.arrived, self.took, strict=True) if start <= at <= stop]
        return {
            "sent": len(self.left),
            "acknowledged": self.acknowledged,
            "arrived": len(self.arrived),
            "acknowledged and never arrived": max(self.acknowledged - len(self.arrived), 0),
            "refused": self.refused,
            "sockets lost": sum(socket.lost for socket in self.sockets),
            "arrived per second": round(len(inside) / (stop - start), 1),
            "p50 ms": percentile(inside, 50),
            "p99 ms": percentile(inside, 99),
            "client cpu us per message": round(sum(os.times()[:2]) * 1e6 / max(len(self.left), 1), 1),
        }


def percentile(values: list[float], share: float) -> float | None:
    """Return the nearest-rank percentile in milliseconds."""
    if not values:
        return None
    return round(sorted(values)[max(math.ceil(len(values) * share / 100) - 1, 0)] * 1000, 2)


def main() -> None:
    plan = orjson.loads(sys.stdin.buffer.read())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(orjson.dumps(runner.run(Load(plan).run())).decode())


if __name__ == "__main__":
    main()
