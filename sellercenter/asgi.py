"""The one door for HTTP and sockets; its lifespan starts and drains what a process with sockets needs."""

import gc
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sellercenter.settings")

from django.core.asgi import get_asgi_application

django_app = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from chat.consumers import AgentSocket, BuyerSocket
from chat.team_socket import TeamSocket
from sellercenter.calls import Calls
from sellercenter.lifespan import Lifespan
from sellercenter.limits import PROGRAMS, BodyLimit
from sellercenter.static import Static

# The collector holds everybody up while it runs: what is loaded now it looks at no more, and of what comes it takes
# little at a time. At 50,000 it ran every few seconds for 30 to 80 ms.
gc.collect()
gc.freeze()
gc.set_threshold(3_000, 20, 20)
# The loop must not wait 5 ms for the writer's thread, nor the writer for it.
sys.setswitchinterval(0.001)

sockets = URLRouter(
    [
        path("ws/buyer/", BuyerSocket.as_asgi()),
        path("ws/agent/<int:shop_id>/", AuthMiddlewareStack(AgentSocket.as_asgi())),
        path("ws/team/<int:shop_id>/", AuthMiddlewareStack(TeamSocket.as_asgi())),
    ]
)


async def closing(scope: Any, receive: Any, send: Any) -> None:
    """Close a socket whose address nobody knows, instead of an error."""
    try:
        await sockets(scope, receive, send)
    except ValueError:
        await send({"type": "websocket.close", "code": 4404})


calls = Calls(django_app)


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Answer the calls of programs in a thread each, everything else as Django does."""
    await (calls if scope["path"].startswith(("/api/", *PROGRAMS)) else django_app)(scope, receive, send)


application = ProtocolTypeRouter({"http": Static(BodyLimit(http)), "websocket": closing, "lifespan": Lifespan()})
