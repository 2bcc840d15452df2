"""A desk to measure: signed-in agents, buyers with sessions in their hands, and people who hand over and close."""

import asyncio
import json
import re
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import orjson
from websockets.asyncio.client import ClientConnection, connect

from bench.servers import Server, manage


@dataclass
class Agent:
    http: httpx.Client
    member: int
    nickname: str
    cookie: str

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.http.post(path, json=body, headers={"X-CSRFToken": self.http.cookies["csrftoken"]})


@dataclass
class Buyer:
    token: str
    conversation: int
    session: int = 0
    agent: int = 0  # its place among the agents


@dataclass
class Desk:
    """One shop of a running server."""

    server: Server
    settings: dict[str, str]
    shop: int = 0
    secret: str = ""
    product: int = 0
    agents: list[Agent] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)

    def open(self, agents: int, buyers: int) -> "Desk":
        """Sign agents in, let buyers come and write once; return when every session is assigned."""
        people = ["--agents", str(agents), "--buyers", str(buyers * 3)]
        made = json.loads(manage(self.settings, "simulate", "--prepare-only", *people))
        self.shop, self.secret = made["shop"], made["secret"]
        self.agents = [self._sign_in(made["login"], *account) for account in made["agents"]]
        products = self.agents[0].http.get(f"/api/v1/shops/{self.shop}/products").raise_for_status().json()
        self.product = products["results"][0]["id"]
        asyncio.run(self._open(buyers))
        return self

    def _sign_in(self, login: str, username: str, password: str) -> Agent:
        http = httpx.Client(base_url=self.server.url, timeout=30, trust_env=False, follow_redirects=False)
        page = http.get(login)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise RuntimeError(f"no sign-in form at {page.url}: {page.status_code}")
        form = {"csrfmiddlewaretoken": token[1], "username": username, "password": password, "next": "/"}
        answer = http.post(login, data=form)
        if "sessionid" not in http.cookies:
            raise RuntimeError(f"sign-in of {username} answered {answer.status_code}: {answer.text[:1000]}")
        mine = http.get("/api/v1/me").raise_for_status().json()
        member = next(shop["member"] for shop in mine["shops"] if shop["id"] == self.shop)
        presence = http.get(f"/api/v1/shops/{self.shop}/presence").raise_for_status().json()
        cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        return Agent(http, member, presence["nickname"], cookie)

    async def _open(self, buyers: int) -> None:
        consoles = [await self.console(agent) for agent in self.agents]
        async with httpx.AsyncClient(base_url=self.server.url, timeout=30, trust_env=False) as http:
            some = asyncio.Semaphore(8)
            self.buyers = list(await asyncio.gather(*(self._arrive(http, some) for _number in range(buyers))))
        await asyncio.gather(*(console.close() for console in consoles))

    async def _arrive(self, http: httpx.AsyncClient, some: asyncio.Semaphore) -> Buyer:
        async with some:
            buyer = await self.enter(http)
            await self._begin(http, buyer)
            return buyer

    async def console(self, agent: Agent) -> ClientConnection:
        """Open an agent's socket, which makes it online; nobody reads it, so its queue has no end."""
        address = f"ws://127.0.0.1:{self.server.port}/ws/agent/{self.shop}/"
        headers = {"Cookie": agent.cookie}
        origin: Any = self.server.url
        socket = await connect(
            address,
            additional_headers=headers,
            origin=origin,
            proxy=None,
            compression=None,
            ping_interval=None,
            max_queue=None,
        )
        await socket.send(json.dumps({"type": "resume", "desk": 0, "cursors": {}}))
        return socket

    async def enter(self, http: httpx.AsyncClient) -> Buyer:
        """Let a new buyer come in from a product page."""
        entry = {"kind": "product", "ref": str(self.product)}
        body = {"shop": self.shop, "identity": self.identity(), "entry": entry}
        data = (await http.post("/api/v1/buyer/entry", json=body)).raise_for_status().json()
        return Buyer(data["token"], data["conversation"])

    def identity(self) -> str:
        now = int(time.time())
        claims = {"aud": str(self.shop), "sub": f"bench-{secrets.token_hex(8)}", "name": "小雨"}
        return jwt.encode({**claims, "iat": now, "exp": now + 600}, self.secret, algorithm="HS256")

    async def _begin(self, http: httpx.AsyncClient, buyer: Buyer) -> None:
        """Write the first message; wait until an agent has the session."""
        answer = await http.post("/api/v1/buyer/messages", json=first_message(), headers=bearer(buyer))
        answer.raise_for_status()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            page = await http.get("/api/v1/buyer/events", params={"after": 0}, headers=bearer(buyer))
            session = page.raise_for_status().json()["session"]
            if session and session["agent"]:
                buyer.session = session["id"]
                buyer.agent = [agent.nickname for agent in self.agents].index(session["agent"])
                return
            await asyncio.sleep(0.05)
        raise RuntimeError("a session was not assigned within 20 s")

    def plan(self, **more: Any) -> dict[str, Any]:
        """Return what the load client needs to use this desk."""
        origin = self.server.url
        agents = [
            {
                "side": "agent",
                "path": f"/ws/agent/{self.shop}/",
                "headers": {"Cookie": agent.cookie, "Origin": origin},
                "first": {"type": "resume", "desk": self._desk(agent), "cursors": {}},
            }
            for agent in self.agents
        ]
        after = self._heads()
        buyers = [
            {
                "side": "buyer",
                "path": "/ws/buyer/",
                "headers": {},
                "first": {"type": "auth", "token": buyer.token, "after": after[buyer.conversation]},
            }
            for buyer in self.buyers
        ]
        sessions = [
            {"session": buyer.session, "buyer": len(agents) + place, "agent": buyer.agent}
            for place, buyer in enumerate(self.buyers)
        ]
        server = {"host": "127.0.0.1", "port": self.server.port}
        return {**server, "sockets": agents + buyers, "sessions": sessions, **more}

    def _desk(self, agent: Agent) -> int:
        page = agent.http.get(f"/api/v1/shops/{self.shop}/desk/events", params={"after": 0})
        return int(page.raise_for_status().json()["last_seq"])

    def _heads(self) -> dict[int, int]:
        """Return each conversation's newest number, so that no history is replayed into the measurement."""
        found = {}
        for buyer in self.buyers:
            page = self.agents[0].http.get("/api/v1/buyer/events", params={"before": 1}, headers=bearer(buyer))
            found[buyer.conversation] = page.raise_for_status().json()["last_seq"]
        return found


def first_message() -> dict[str, Any]:
    return {"client_msg_id": str(uuid.uuid4()), "kind": "text", "text": "在吗？"}


def bearer(buyer: Buyer) -> dict[str, str]:
    return {"Authorization": f"Bearer {buyer.token}"}


START = 2.0  # until the load client has its sockets open


class Hands(threading.Thread):
    """Beside the load: a buyer writes, the session is handed over, then closed; each over HTTP, each timed.

    From START seconds on for `seconds`: before and after the load's consoles nobody is online who could be given it.
    """

    def __init__(self, desk: Desk, pause: float, seconds: float) -> None:
        super().__init__(daemon=True)
        self.desk, self.pause, self.seconds = desk, pause, seconds
        self.took: dict[str, list[float]] = {"transfer": [], "close": [], "first message": []}
        self.failed: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        http = httpx.Client(base_url=self.desk.server.url, timeout=30, trust_env=False)
        body = {"shop": self.desk.shop, "entry": {"kind": "product", "ref": str(self.desk.product)}}
        data = http.post("/api/v1/buyer/entry", json={**body, "identity": self.desk.identity()}).json()
        buyer = Buyer(data["token"], data["conversation"])
        stop = time.monotonic() + START + self.seconds
        self.ended.wait(START)
        while not self.ended.wait(self.pause) and time.monotonic() < stop:
            try:
                self._round(http, buyer)
            except (httpx.HTTPError, LookupError) as error:
                self.failed.append(repr(error)[:200])

    def _round(self, http: httpx.Client, buyer: Buyer) -> None:
        started = time.perf_counter()
        answer = http.post("/api/v1/buyer/messages", json=first_message(), headers=bearer(buyer))
        self._took("first message", started, answer)
        holder = self._holder(http, buyer)
        others = [agent for agent in self.desk.agents if agent is not holder]
        path = f"/api/v1/shops/{self.desk.shop}/sessions/{buyer.session}"
        started = time.perf_counter()
        self._took("transfer", started, holder.post(f"{path}/transfer", {"member": others[0].member}))
        started = time.perf_counter()
        self._took("close", started, others[0].post(f"{path}/close", {}))

    def _holder(self, http: httpx.Client, buyer: Buyer) -> Agent:
        for _turn in range(100):
            page = http.get("/api/v1/buyer/events", params={"before": 1}, headers=bearer(buyer))
            session = page.raise_for_status().json()["session"]
            if session and session["agent"]:
                buyer.session = session["id"]
                return next(agent for agent in self.desk.agents if agent.nickname == session["agent"])
            time.sleep(0.02)
        raise LookupError("the session was not assigned")

    def _took(self, what: str, started: float, answer: httpx.Response) -> None:
        if answer.status_code in (200, 201):
            self.took[what].append(time.perf_counter() - started)
        else:
            self.failed.append(f"{what}: {answer.status_code} {orjson.dumps(answer.text[:100]).decode()}")

    def end(self) -> None:
        self.ended.set()
        self.join(30)
