"""The API's calls: each is answered from its first middleware to its last in one thread that stays.

Django's own ASGI handler goes to a thread and back for each middleware, some twenty times a call, and each time waits
for its turn beside a busy loop. Its threads live for one request: on SQLite each opens the database anew.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.exception import convert_exception_to_response
from django.db import close_old_connections, connection
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from django.utils.module_loading import import_string

from lib.db import let_go

PAGES_ONLY = ("django.contrib.messages.middleware.MessageMiddleware",)
THREADS = 12  # each may hold a connection; who finds none free is served as a page is


class Calls(ASGIHandler):
    """ASGI: the middlewares and the view as plain calls in a thread that stays; no asynchronous views."""

    def __init__(self, otherwise: Any) -> None:  # an ASGI application
        super(ASGIHandler, self).__init__()
        self.load_plain([name for name in settings.MIDDLEWARE if name not in PAGES_ONLY])
        self.otherwise, self.busy = otherwise, 0
        self.threads = ThreadPoolExecutor(THREADS, "call", initializer=keep_connection)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.busy == THREADS:
            await self.otherwise(scope, receive, send)
            return
        await self.handle(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        self.busy += 1  # the loop alone counts
        try:
            response = await self.made(scope, receive)
        finally:
            self.busy -= 1
        if response is None:
            return
        if response.streaming:
            await self.stream(response, receive, send)
        else:
            await self.send_response(response, send)

    async def made(self, scope: Any, receive: Any) -> Any:
        """Return the answer to a request; None where whoever asked has gone."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return None
        with closing(body):
            loop, context = asyncio.get_running_loop(), copy_context()
            return await loop.run_in_executor(self.threads, context.run, self.answer, scope, body)

    async def stream(self, response: Any, receive: Any, send: Any) -> None:
        """Send an answer as it is made, without a thread; when whoever asked goes away, its making ends too."""
        sending = asyncio.ensure_future(self.send_response(response, send))
        gone = asyncio.ensure_future(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            gone.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            await sync_to_async(response.close)()

    def load_plain(self, names: list[str]) -> None:
        """Load middlewares as Django does, all of them as plain calls: one that is not would bring the hops back."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for name in reversed(names):
            one = import_string(name)(handler)
            self._view_middleware[:0] = hook(one, "process_view")
            self._template_response_middleware += hook(one, "process_template_response")
            self._exception_middleware += hook(one, "process_exception")
            handler = convert_exception_to_response(one)
        self._middleware_chain = handler

    def answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """Answer one request; what Django does at its start and end (connections, caches) happens here too."""
        set_script_prefix(get_script_prefix(scope))
        close_old_connections()
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        if response.streaming:
            let_go()  # it is sent without this thread, whose connection would wait for the thread's next call
        else:
            response.close()  # it has its content; this ends the request
        return response


def hook(middleware: Any, name: str) -> list[Any]:
    return [getattr(middleware, name)] if hasattr(middleware, name) else []


def keep_connection() -> None:
    """Let this thread keep its SQLite connection; PostgreSQL has a pool."""
    if connection.vendor == "sqlite":
        connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": None}
