"""A simulated agent: signs in as a person does, answers what waits, hands over now and then, closes."""

import asyncio
import random
import re
import time
from typing import Any

import httpx

from chat.simulation.client import Client, Gone, Log, World, attempt

TRANSFER_EVERY, CLOSE_EVERY = 30, 25  # turns of the agent, on average


class Agent(Client):
    def __init__(self, world: World, place: int, username: str, password: str, login: str, pause: float) -> None:
        super().__init__(world, place)
        self.username, self.password, self.login_path = username, password, login
        self.pause = pause
        self.http = httpx.AsyncClient(timeout=15, trust_env=False)
        self.member = 0
        self.desk = -1  # the desk log's number seen last; -1 before the first look
        self.logs: dict[int, Log] = {}  # every conversation ever held, so that a return goes on where it stopped
        self.sessions: dict[int, int] = {}  # conversation -> its session in progress
        self.unanswered: dict[int, int] = {}  # conversation -> the newest number of its buyer
        self.looking = False

    @property
    def root(self) -> str:
        return f"/api/v1/shops/{self.world.shop}"

    async def sign_in(self) -> None:
        """Sign in through the login page; raise Gone where it is refused."""
        page = await attempt(self, lambda url: self.http.get(url + self.login_path))
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise Gone(f"{self.login_path} answered {page.status_code} without a form")
        form = {"csrfmiddlewaretoken": token[1], "username": self.username, "password": self.password, "next": "/"}
        answer = await attempt(self, lambda url: self.http.post(url + self.login_path, data=form))
        if "sessionid" not in self.http.cookies:
            raise Gone(f"sign-in of {self.username} answered {answer.status_code}")
        shops = (await self.call("GET", "/api/v1/me")).raise_for_status().json()["shops"]
        self.member = next(shop["member"] for shop in shops if shop["id"] == self.world.shop)
        self.who = f"a:{self.member}"
        self.world.agents[self.who] = self.member

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken") or ""}
        return await attempt(self, lambda url: self.http.request(method, url + path, headers=headers, **options))

    async def connect(self) -> None:
        if not self.member:
            await self.sign_in()
        if self.desk < 0:
            await self._look()
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        headers = {"Cookie": cookies}
        await self.open(f"/ws/agent/{self.world.shop}/", origin=self.url, additional_headers=headers)
        await self._resume()

    async def _resume(self) -> None:
        cursors = {str(conversation): self.logs[conversation].last for conversation in self.sessions}
        await self.say(type="resume", desk=self.desk, cursors=cursors)

    async def _look(self) -> None:
        """Read the list of own sessions whole, and from which number of the desk log it holds."""
        desk = (await self.call("GET", f"{self.root}/desk/events", params={"after": 0})).raise_for_status().json()
        query: dict[str, Any] = {"list": "open"}
        found: dict[int, int] = {}
        while True:
            page = (await self.call("GET", f"{self.root}/sessions", params=query)).raise_for_status().json()
            found |= {row["conversation"]: row["id"] for row in page["results"] if self._mine(row)}
            if not page["next"]:
                break
            query["cursor"] = page["next"]
        self.desk = max(self.desk, desk["last_seq"])
        for conversation in set(self.sessions) - set(found):
            self._unfollow(conversation)
        for conversation, session in found.items():
            self._follow(conversation, session)

    # frames

    async def frame(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "event":
                if frame["conversation"] in self.sessions:
                    await self.offer(self.logs[frame["conversation"]], frame)
            case "desk":
                await self._desk(frame)
            case "reset" if frame.get("conversation"):
                if (log := self.logs.get(int(frame["conversation"]))) is not None:
                    self.fetch(log)
            case "reset":
                self.desk = -1
                self.spawn(self._look_again())
            case "beat" | "resumed":
                self._compare(frame)

    def _compare(self, frame: dict[str, Any]) -> None:
        strange = False
        for conversation, (head, _unread) in frame["heads"].items():
            log = self.logs.get(int(conversation))
            if int(conversation) not in self.sessions or log is None:
                strange = True
            elif head > log.last:
                self.fetch(log)
        if strange or frame["desk"] > self.desk:
            self.spawn(self._catch_up(0.0))

    async def _desk(self, event: dict[str, Any]) -> None:
        if event["seq"] <= self.desk:
            return
        if event["seq"] > self.desk + 1:
            self.spawn(self._catch_up(0.2))
            return
        self.desk = event["seq"]
        row = event["row"]
        if event["session"] is None:
            return
        if row is not None and self._mine(row):
            self._follow(row["conversation"], row["id"])
        else:
            held = next((c for c, session in self.sessions.items() if session == event["session"]), None)
            if held is not None:
                self._unfollow(held)

    def _mine(self, row: dict[str, Any]) -> bool:
        return row["state"] == "assigned" and bool(row["assignee"]) and row["assignee"]["id"] == self.member

    async def _catch_up(self, after: float) -> None:
        """Read the desk log from the number seen last; start over from the list where that is too far back."""
        if self.looking:
            return None
        self.looking = True
        try:
            await asyncio.sleep(after)
            while not self.world.over:
                path = f"{self.root}/desk/events"
                page = (await self.call("GET", path, params={"after": self.desk})).raise_for_status().json()
                if page["reset"]:
                    return await self._look()
                for event in page["results"]:
                    await self._desk(event)
                self.desk = max(self.desk, page["through"])
                if self.desk >= page["last_seq"] or not page["results"]:
                    return None
        except httpx.HTTPError:
            pass  # the next beat asks again
        finally:
            self.looking = False

    async def _look_again(self) -> None:
        try:
            await self._look()
        except httpx.HTTPError:
            await self.drop()

    # conversations in hand

    def _follow(self, conversation: int, session: int) -> None:
        """Take a conversation up; its whole line is fetched, as a console shows it."""
        log = self.logs.setdefault(conversation, Log(conversation))
        if conversation not in self.sessions:
            self.world.journal.put(self.who, "follow", conversation=conversation, after=log.last, session=session)
            self.world.followers.setdefault(conversation, set()).add(self.who)
        self.sessions[conversation] = session
        self.fetch(log)

    def _unfollow(self, conversation: int) -> None:
        del self.sessions[conversation]
        self.unanswered.pop(conversation, None)
        self.logs[conversation].pending.clear()
        self.world.journal.put(self.who, "unfollow", conversation=conversation)
        self.world.followers[conversation].discard(self.who)

    async def page(self, log: Log) -> dict[str, Any]:
        session = self.sessions.get(log.conversation)
        if session is None:
            raise Gone("handed over meanwhile")
        query = {"after": log.last, "limit": 200}
        answer = await self.call("GET", f"{self.root}/sessions/{session}/events", params=query)
        page = dict(answer.raise_for_status().json())
        if log.conversation not in self.sessions:  # lost while the answer was on its way
            raise Gone("handed over meanwhile")
        return page

    async def applied(self, log: Log, event: dict[str, Any]) -> None:
        sender = (event["message"] or {}).get("sender", {}).get("kind")
        if sender == "buyer":
            self.unanswered[log.conversation] = event["seq"]
        elif sender == "agent":
            self.unanswered.pop(log.conversation, None)

    # what an agent does

    async def act(self) -> None:
        """Answer who waits longest; now and then hand over or close instead."""
        while self.world.sending and not self.gone:
            await self.world.pause(random.expovariate(1 / self.pause))
            if not self.ready or not self.sessions or not self.world.sending:
                continue
            dice = random.random()
            if dice < 1 / TRANSFER_EVERY:
                await self._transfer()
            elif dice < 1 / TRANSFER_EVERY + 1 / CLOSE_EVERY:
                await self._close()
            elif self.unanswered:
                await self._answer()

    async def _answer(self) -> None:
        conversation = next(iter(self.unanswered))
        seq = self.unanswered.pop(conversation)
        session = self.sessions.get(conversation)
        if session is not None:
            await self.say(type="read", session=session, seq=seq)
            await self.send(conversation, random.choice(self.world.utterances), heard=True, session=session)

    async def _transfer(self) -> None:
        others = [member for who, member in self.world.agents.items() if who != self.who]
        session = random.choice(list(self.sessions.values()))
        if others:
            await self._do("transfer", session, {"member": random.choice(others)})

    async def _close(self) -> None:
        free = [c for c in self.sessions if not any(item.conversation == c for item in self.outbox.values())]
        answered = [c for c in free if c not in self.unanswered]
        if answered:
            await self._do("close", self.sessions[random.choice(answered)], {})

    async def _do(self, verb: str, session: int, body: dict[str, Any]) -> None:
        self.world.journal.put(self.who, verb, session=session)
        started = time.perf_counter()
        try:
            answer = await self.call("POST", f"{self.root}/sessions/{session}/{verb}", json=body)
        except httpx.HTTPError:
            return
        self.world.journal.put(self.who, f"{verb} answered", session=session, status=answer.status_code)
        if answer.status_code == 200:
            self.world.tally.actions.append((time.perf_counter() - started) * 1000)
            self.world.tally.count[f"{verb}s" if verb == "transfer" else "closes"] += 1
        else:
            self.world.tally.refusals[f"{verb}: {answer.status_code}"] += 1
