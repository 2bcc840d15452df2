"""A shop's own site on another origin, with a strict content security policy, and the chat embedded in its pages."""

import contextlib
import html
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

from shops.models import Shop
from tests.browser.server import Live
from tests.http_server import serving

JS = """
window.said = [];
addEventListener("message", (event) => window.said.push([event.origin, event.data]));
"""


class Site:
    """The site: `pages` by path; each is sent with `policy`."""

    def __init__(self, host: str, live: Live) -> None:
        self.origin = f"http://{host}"
        self.policy = (
            f"default-src 'none'; script-src 'self' {live.url}; frame-src 'self' {live.url}; "
            "base-uri 'none'; require-trusted-types-for 'script'"
        )
        self.pages: dict[str, tuple[str, str]] = {"/site.js": ("text/javascript", JS)}

    def page(self, path: str, body: str) -> str:
        whole = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        whole += f"<title>Shop</title><main><h1>Lamps</h1><p>{'A lamp. ' * 9}</p></main>"
        self.pages[path] = ("text/html; charset=utf-8", whole + body)
        return self.origin + path

    def embed(self, live: Live, shop: Shop, path: str = "/", **data: str) -> str:
        """Add a page that embeds the shop's chat, in English unless told otherwise; return its address."""
        data = {"lang": "en"} | data
        marks = "".join(f' data-{name}="{html.escape(value)}"' for name, value in data.items())
        script = f'<script src="{live.url}/widget.js" data-shop="{shop.pk}"{marks} async></script>'
        return self.page(path, f'<script src="/site.js"></script>{script}')


@contextlib.contextmanager
def site(live: Live) -> Iterator[Site]:
    """Serve the site until the end of the test."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = made.pages.get(self.path, ("text/plain", ""))
            self.send_response(200 if self.path in made.pages else 204)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", made.policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with serving(Handler) as host:
        made = Site(host, live)
        yield made
