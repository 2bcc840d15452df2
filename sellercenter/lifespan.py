"""Start and stop with the server: pulse and hub, and the worker where there is no bus to run it apart."""

import fcntl
import threading
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from chat import beats
from chat.worker import Worker


class Lifespan:
    """The ASGI lifespan protocol."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        lock: IO[str] | None = None
        worker: Worker | None = None
        thread: threading.Thread | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    if not settings.REDIS_URL:
                        lock = only_process(settings.DATA_DIR)
                        worker = Worker()
                        thread = threading.Thread(target=worker.run, name="worker", daemon=True)
                        thread.start()
                    await beats.start()
                except Exception as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if worker and thread:
                    worker.stop()
                    thread.join(timeout=5)
                await beats.stop()
                if lock:
                    lock.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def only_process(data_dir: Path) -> IO[str]:
    """Hold the lock of the one server process; without a bus a second one could not tell the first one's sockets."""
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = (data_dir / "server.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise RuntimeError("Another server process uses this DATA_DIR; set REDIS_URL to run several.") from None
    return lock
