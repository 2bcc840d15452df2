"""The bot's own thread: a buyer's message to the bot is answered outside the writer; the worker takes what is left."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, transaction

log = logging.getLogger(__name__)
_pool: ThreadPoolExecutor | None = None


def start() -> None:
    """Let this process answer; without it (commands, tests) the worker's sweep does."""
    global _pool
    _pool = _pool or ThreadPoolExecutor(max_workers=1, thread_name_prefix="bot")


def stop() -> None:
    global _pool
    if _pool:
        _pool.shutdown(wait=True)
    _pool = None


def poke_later(session_id: int) -> None:
    """After the commit, let the bot look at a session. If that fails, the worker does it."""
    transaction.on_commit(lambda: _poke(session_id), robust=True)


def aside(call: Callable[[], object]) -> None:
    """Do something small in the bot's thread; here and now where there is none."""
    if _pool:
        _pool.submit(_then_close, call)
    else:
        call()


def _poke(session_id: int) -> None:
    if _pool:
        _pool.submit(_then_close, lambda: _answer(session_id))


def _answer(session_id: int) -> None:
    from chat.actions import bot  # the bot's action posts messages, whose lanes poke this module

    bot.answer(session_id, bot.BRIEF, give_up=False)  # what has to wait for its index is the worker's


def _then_close(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        log.exception("the bot's thread failed; what it left is the worker's")
    finally:
        close_old_connections()
