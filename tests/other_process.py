"""Another process with a hub: prints what the topic `down` is told, tells the topic `up` every line it reads."""

import asyncio
import sys
import threading

import django


class Printer:
    member_id: int | None = None

    def push(self, text: str) -> None:
        print(text, flush=True)

    def order(self, what: str) -> None:
        print(what, flush=True)


async def main() -> None:
    from chat.hub import Entry, hub

    def read() -> None:
        for line in sys.stdin:
            hub.publish([Entry("up", line.strip())])
        loop.call_soon_threadsafe(ended.set)

    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    hub.on_gap = lambda: print("gap", flush=True)
    hub.listen("down", Printer())
    await hub.start()
    threading.Thread(target=read, daemon=True).start()
    await ended.wait()
    await hub.stop()


if __name__ == "__main__":
    django.setup()
    asyncio.run(main())
