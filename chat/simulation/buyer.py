"""A simulated buyer: comes from a product page, writes in bursts, asks for a human, rates."""

import random
import secrets
import time
from typing import Any

import jwt

from chat.simulation.client import Client, Gone, Log, World

NAMES = ("小雨", "阿杰", "糖糖", "老王", "Mia", "Noah", "晴天", "木木", "Liam", "桃子", "Ella", "大鹏")
SHARE_RATED, SHARE_HUMAN = 0.3, 0.3


class Buyer(Client):
    def __init__(self, world: World, place: int, pause: float) -> None:
        super().__init__(world, place)
        self.pause = pause  # mean seconds between bursts
        self.uid = f"sim-{secrets.token_hex(6)}"
        self.name = f"{random.choice(NAMES)} {place}"
        self.token = ""
        self.log = Log(0)
        self.asked = False
        self.told = 0  # the receipt sent last

    async def enter(self) -> None:
        """Come in with an identity signed as the shop's back end signs it; raise Gone where that is refused."""
        now = int(time.time())
        claims = {"aud": str(self.world.shop), "sub": self.uid, "name": self.name, "iat": now, "exp": now + 600}
        identity = jwt.encode({**claims, "jti": secrets.token_hex(8)}, self.world.secret, algorithm="HS256")
        entry = {"kind": "product", "ref": str(random.choice(self.world.products))}
        body = {"shop": self.world.shop, "identity": identity, "entry": entry}
        answer = await self.call("POST", "/api/v1/buyer/entry", json=body)
        if answer.status_code != 201:
            raise Gone(f"buyer/entry answered {answer.status_code}: {answer.text[:200]}")
        data = answer.json()
        self.token, self.who, self.expired = data["token"], f"b:{data['buyer']['id']}", False
        if not self.log.conversation:
            self.log = Log(data["conversation"])
            self.world.journal.put(self.who, "follow", conversation=self.log.conversation, after=0)

    async def connect(self) -> None:
        if not self.token or self.expired:
            await self.enter()
        await self.open("/ws/buyer/")
        await self.say(type="auth", token=self.token, after=self.log.last)

    async def frame(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "event":
                await self.offer(self.log, frame)
            case "reset":
                self.fetch(self.log)
            case "beat" | "resumed" if frame["last_seq"] > self.log.last:
                self.fetch(self.log)

    async def page(self, log: Log) -> dict[str, Any]:
        query = {"after": log.last, "limit": 200}
        answer = await self.call("GET", "/api/v1/buyer/events", params=query, headers=self._bearer())
        return dict(answer.raise_for_status().json())

    async def applied(self, log: Log, event: dict[str, Any]) -> None:
        message = event["message"]
        if event["kind"] == "session.closed":
            self.asked = False
            if event["data"].get("survey") and random.random() < SHARE_RATED and self.world.sending:
                self.spawn(self._rate(event["session"]))
        elif message and message["kind"] == "bot_answer" and not self.asked and random.random() < SHARE_HUMAN:
            self.asked = True
            self.spawn(self._post("/api/v1/buyer/human", {}))

    async def act(self) -> None:
        """Write one to three lines at random moments while the run sends."""
        await self.world.pause(random.uniform(0, min(self.pause, 10)))
        while self.world.sending and not self.gone:
            if self.log.conversation:
                for _line in range(random.choice((1, 1, 1, 2, 3))):
                    heard = bool(self.world.followers.get(self.log.conversation))
                    await self.send(self.log.conversation, random.choice(self.world.utterances), heard)
                await self._receipt()
            await self.world.pause(random.expovariate(1 / self.pause))

    async def _receipt(self) -> None:
        if self.ready and self.log.last > self.told:
            self.told = self.log.last
            await self.say(type="receipt", delivered=self.told, read=self.told)

    async def _rate(self, session: int) -> None:
        await self._post("/api/v1/buyer/rating", {"session": session, "stars": random.choice((5, 5, 4, 3, 1))})

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = await self.call("POST", path, json=body, headers=self._bearer())
        if answer.status_code >= 400:
            self.world.tally.refusals[f"{path}: {answer.status_code}"] += 1

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
