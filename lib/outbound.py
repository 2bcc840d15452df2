"""Every HTTP call to somebody else goes through here: one total time limit, one size limit, no redirects.

`post` and `stream` are for addresses that the operator configured; `post_public` for those that users supply (push
endpoints): https only, and only to public addresses, which are resolved once and connected to as resolved.

Calls are ended by scopes of anyio, never by cancelling their task: that would break off the closing of a connection
too, and the pool would count it as in use for ever.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Coroutine, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import anyio
import httpx

T = TypeVar("T")
LIMIT = 1 << 20
AT_ONCE = 32
# Ways through a gateway to an address that is not public: 6to4 and NAT64.
_DISGUISED = [ipaddress.ip_network(net) for net in ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48")]


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class OutboundError(Exception):
    """No answer to work with; `code`: slow, unreachable, too_large, encoded, not_allowed, status (of a stream)."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.code = code


def post(
    url: str, content: bytes, headers: Mapping[str, str], *, timeout: float, limit: int = LIMIT, http2: bool = False
) -> Reply:
    """Post to an address of the operator's; whatever its status, the answer is returned. Never in a transaction.

    `http2`: where a server over https offers it; some (APNs) speak nothing else.
    """
    return _run(
        lambda: _send(_client(http2), httpx.Request("POST", url, content=content, headers=dict(headers)), limit),
        timeout,
    )


async def stream(
    url: str, content: bytes, headers: Mapping[str, str], *, timeout: float, limit: int = LIMIT
) -> AsyncGenerator[bytes, None]:
    """Post to an address of the operator's; yield the lines of its answer as they come, on whatever loop asks.

    Raises OutboundError; what is no 200 is `status`. The time limit is on the whole. Closing it ends the call.
    """
    home, heard = asyncio.get_running_loop(), asyncio.Queue[bytes | OutboundError | None]()
    wanted = anyio.CancelScope()

    def tell(piece: bytes | OutboundError | None) -> None:
        home.call_soon_threadsafe(heard.put_nowait, piece)

    async def call() -> None:
        request = httpx.Request("POST", url, content=content, headers=dict(headers))
        try:
            with wanted, anyio.fail_after(timeout):
                await _lines(request, limit, tell)
                tell(None)
        except Exception as error:
            tell(_named(error))

    _loop.begin(call())
    try:
        while (piece := await heard.get()) is not None:
            if isinstance(piece, OutboundError):
                raise piece
            yield piece
    finally:
        _loop.soon(wanted.cancel)


def post_public(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float,
    limit: int = LIMIT,
    allow: Collection[str] = (),
    cut: bool = False,
) -> Reply:
    """Post to an address that a user supplied; `allow` names hosts ("host:port") that are trusted all the same.

    `cut`: the status is what matters, a longer answer is read up to the limit only, and a packed one not at all.
    """

    async def call() -> Reply:
        request = await _pinned(url, content, headers, allow)
        async with httpx.AsyncClient(trust_env=False) as client:  # never a pooled connection of another host
            return await _send(client, request, limit, cut)

    return _run(call, timeout)


def check_public(url: str, allow: Collection[str] = ()) -> None:
    """Raise OutboundError for an address that `post_public` would refuse by its form; resolves nothing."""
    parts = _parts(url)
    if f"{parts.hostname}:{parts.port}" in allow:
        return
    if parts.scheme != "https":
        raise OutboundError("not_allowed", "https only")
    try:
        address = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return
    if not _is_public(str(address)):
        raise OutboundError("not_allowed", "a private address")


class _Parts(NamedTuple):
    scheme: str
    hostname: str
    port: int


def _parts(url: str) -> _Parts:
    try:
        found = urlsplit(url)
        port = found.port or (443 if found.scheme == "https" else 80)
    except ValueError as error:
        raise OutboundError("not_allowed", "no address") from error
    if found.scheme not in ("http", "https") or not found.hostname or found.username or found.password:
        raise OutboundError("not_allowed", "no plain web address")
    return _Parts(found.scheme, found.hostname, port)


async def _pinned(url: str, content: bytes, headers: Mapping[str, str], allow: Collection[str]) -> httpx.Request:
    """Return a request to the very address that was checked: a name may resolve to another one a moment later."""
    check_public(url, allow)
    parts = _parts(url)
    if f"{parts.hostname}:{parts.port}" in allow:
        return httpx.Request("POST", url, content=content, headers=dict(headers))
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutboundError("unreachable", parts.hostname) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise OutboundError("not_allowed", "a private address")
    target = httpx.URL(url)
    host = target.netloc.decode()
    request = httpx.Request(
        "POST", target.copy_with(host=addresses[0]), content=content, headers={**headers, "Host": host}
    )
    request.extensions = {"sni_hostname": parts.hostname}
    return request


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in net for net in _DISGUISED):
            return False
        ip = ip.ipv4_mapped or ip
    return ip.is_global and not ip.is_multicast


@asynccontextmanager
async def _answer(
    client: httpx.AsyncClient, request: httpx.Request, packed: bool = False
) -> AsyncIterator[httpx.Response]:
    """Send a request and give its answer, of which nothing is read yet: no redirect, nothing packed."""
    request.headers["Accept-Encoding"] = "identity"
    answer = await client.send(request, stream=True, follow_redirects=False)
    try:
        if _is_packed(answer) and not packed:  # a few bytes may unpack to gigabytes
            raise OutboundError("encoded")
        yield answer
    finally:
        await answer.aclose()


def _is_packed(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("Content-Encoding", "identity") != "identity")


async def _send(client: httpx.AsyncClient, request: httpx.Request, limit: int, cut: bool = False) -> Reply:
    async with _answer(client, request, packed=cut) as answer:
        body = bytearray()
        if _is_packed(answer):
            return Reply(answer.status_code, dict(answer.headers), b"")
        async for piece in answer.aiter_raw():
            body += piece
            if len(body) > limit:
                if cut:
                    break
                raise OutboundError("too_large")
        return Reply(answer.status_code, dict(answer.headers), bytes(body[:limit]))


async def _lines(request: httpx.Request, limit: int, tell: Callable[[bytes], None]) -> None:
    """Tell each line of the answer, without its end."""
    async with _answer(_client(), request) as answer:
        if answer.status_code != 200:
            raise OutboundError("status", str(answer.status_code))
        count, rest = 0, b""
        async for piece in answer.aiter_raw():
            count += len(piece)
            if count > limit:
                raise OutboundError("too_large")
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                tell(line.rstrip(b"\r"))
        if rest:
            tell(rest)


def _run(call: Any, timeout: float) -> Reply:
    """Run a call on the outbound loop; the limit is on the whole of it, however slowly the other side drips."""

    async def limited() -> Reply:
        with anyio.fail_after(timeout):
            return await call()

    try:
        return _loop.run(limited(), timeout + 1)
    except (TimeoutError, FutureTimeout, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise _named(error) from error


def _named(error: Exception) -> OutboundError:
    """Return what an error means to whoever called."""
    if isinstance(error, OutboundError):
        return error
    if isinstance(error, TimeoutError | FutureTimeout | httpx.TimeoutException):
        return OutboundError("slow")
    return OutboundError("unreachable", type(error).__name__)


class _Loop:
    """One event loop in a thread of its own, started by the first call: connections are kept for the next."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.clients: dict[bool, httpx.AsyncClient] = {}

    def run(self, work: Coroutine[Any, Any, Reply], patience: float) -> Reply:
        return self.begin(work).result(patience)

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._guard:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="outbound", daemon=True).start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def soon(self, do: Callable[[], None]) -> None:
        """Do something on the loop, which has begun."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(do)


_loop = _Loop()


def _client(http2: bool = False) -> httpx.AsyncClient:
    """Return the pool for the operator's addresses; called on the loop only."""
    if http2 not in _loop.clients:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=8, keepalive_expiry=30)
        _loop.clients[http2] = httpx.AsyncClient(timeout=None, limits=limits, http2=http2)
    return _loop.clients[http2]
