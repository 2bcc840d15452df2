"""One run: everybody comes online, talks for a time, falls silent; then it is counted what arrived where."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from chat.simulation.agent import Agent
from chat.simulation.buyer import Buyer
from chat.simulation.client import Client, World
from chat.simulation.journal import Journal
from chat.simulation.people import People
from chat.simulation.tally import Tally

BUYERS_SHARE = 0.55  # of the rate; agents answer the rest
LINES_PER_BURST = 1.6
ENTRY_PAUSE = 0.02  # seconds between two buyers coming in
SETTLE = 60.0  # the longest wait for what is on its way: two beats, and a server coming back


@dataclass
class Plan:
    urls: list[str]
    people: People
    login: str
    buyers: int
    rate: float
    seconds: float
    utterances: list[str]
    journal: Path | None = None
    leave_open: bool = False
    quiet: bool = False
    clients: list[Client] = field(default_factory=list)

    def tell(self, words: str) -> None:
        if not self.quiet:
            print(words, file=sys.stderr, flush=True)


async def simulate(plan: Plan) -> dict[str, Any]:
    """Run the plan; return the figures."""
    limits = httpx.Limits(max_connections=40, max_keepalive_connections=40)
    http = httpx.AsyncClient(timeout=15, trust_env=False, limits=limits)
    people = plan.people
    world = World(plan.urls, people.shop, people.secret, plan.utterances, Journal(plan.journal), Tally(), http)
    helpers = [asyncio.create_task(world.journal.run()), asyncio.create_task(_watch(plan, world))]
    try:
        return await _run(plan, world)
    finally:
        world.over = True
        for client in plan.clients:
            await client.drop()
        for helper in helpers:
            helper.cancel()
        world.journal.close()
        await http.aclose()


async def _run(plan: Plan, world: World) -> dict[str, Any]:
    agents = await _agents_online(plan, world)
    buyers = await _buyers_online(plan, world)
    plan.tell(f"{len(agents)} agents and {len(buyers)} buyers are connected; talking for {plan.seconds:g} s")
    started = time.monotonic()
    acting = [asyncio.create_task(agent.act()) for agent in agents]
    acting += [asyncio.create_task(buyer.act()) for buyer in buyers]
    await asyncio.sleep(plan.seconds)
    world.fall_silent()
    await asyncio.gather(*acting, return_exceptions=False)
    talked = time.monotonic() - started
    settled = await _settle(plan, world)
    _write_end(plan, world)
    await world.journal.safe()
    result: dict[str, Any] = {"seconds": round(talked, 1), "buyers": len(buyers), "agents": len(agents)}
    result |= world.tally.result(_lost(plan, world))
    result["unacknowledged at the end"] = sum(len(client.outbox) for client in plan.clients)
    result["everything had arrived"] = settled
    result["clients that could not go on"] = [f"{c.who}: {c.gone}" for c in plan.clients if c.gone]
    if not plan.leave_open:
        await _close_all(agents)
    return result


async def _agents_online(plan: Plan, world: World) -> list[Agent]:
    pause = len(plan.people.agents) / max(plan.rate * (1 - BUYERS_SHARE) * 1.2, 0.1)
    agents = [
        Agent(world, place, username, password, plan.login, pause)
        for place, (username, password) in enumerate(plan.people.agents)
    ]
    plan.clients += agents
    for agent in agents:
        agent.spawn(agent.live())
    await _connected(agents)
    if agents:
        answer = await agents[0].call("GET", f"{agents[0].root}/products")
        world.products = [product["id"] for product in answer.raise_for_status().json()["results"]]
    return agents


async def _buyers_online(plan: Plan, world: World) -> list[Buyer]:
    pause = plan.buyers * LINES_PER_BURST / max(plan.rate * BUYERS_SHARE, 0.1)
    buyers = [Buyer(world, place, pause) for place in range(plan.buyers)]
    plan.clients += buyers
    for buyer in buyers:
        buyer.spawn(buyer.live())
        await asyncio.sleep(ENTRY_PAUSE)
    await _connected(buyers)
    return buyers


async def _connected(clients: list[Any]) -> None:
    """Wait until all are connected; raise with the first one's words where none can be."""
    deadline = time.monotonic() + 60
    while not all(client.ready or client.gone for client in clients):
        if time.monotonic() > deadline:
            away = [client for client in clients if not client.ready]
            raise TimeoutError(f"{len(away)} of {len(clients)} clients could not connect: {away[0].trouble}")
        await asyncio.sleep(0.05)
    if clients and all(client.gone for client in clients):
        raise ConnectionError(clients[0].gone)


async def _watch(plan: Plan, world: World) -> None:
    """Give up lines on which an answer is overdue; say how it goes."""
    told = time.monotonic()
    while True:
        await asyncio.sleep(1)
        for client in plan.clients:
            if client.stale():
                await client.drop()
        if time.monotonic() - told >= 10:
            told = time.monotonic()
            tally = world.tally
            ready = sum(client.ready for client in plan.clients)
            plan.tell(f"sent {len(tally.sent)}, acknowledged {tally.count['acknowledged']}, connected {ready}")


async def _settle(plan: Plan, world: World) -> bool:
    """Wait until all is acknowledged, everybody is connected and has every acknowledged number."""
    deadline = time.monotonic() + SETTLE
    while time.monotonic() < deadline:
        living = [client for client in plan.clients if not client.gone]
        if all(client.ready and not client.outbox for client in living) and not _behind(plan, world):
            await asyncio.sleep(1.5)  # what no acknowledgement announced: assignments, closes by the clock
            return True
        await asyncio.sleep(0.1)
    return False


def _behind(plan: Plan, world: World) -> list[tuple[str, int, int]]:
    """Return who lacks which acknowledged number of which conversation, as (who, conversation, last)."""
    found = []
    for client in plan.clients:
        for conversation, last in _held(client):
            if last < world.tally.heads.get(conversation, 0) and not client.gone:
                found.append((client.who, conversation, last))
    return found


def _held(client: Client) -> list[tuple[int, int]]:
    if isinstance(client, Buyer):
        return [(client.log.conversation, client.log.last)]
    if isinstance(client, Agent):
        return [(conversation, client.logs[conversation].last) for conversation in client.sessions]
    return []


def _lost(plan: Plan, world: World) -> int:
    """Count acknowledged messages that a client still following their conversation never got."""
    behind: dict[int, int] = {}
    for _who, conversation, last in _behind(plan, world):
        behind[conversation] = min(last, behind.get(conversation, last))
    sent = world.tally.sent.values()
    return sum(1 for s in sent if s.seq is not None and s.seq > behind.get(s.conversation, s.seq))


def _write_end(plan: Plan, world: World) -> None:
    for client in plan.clients:
        held = [[conversation, last] for conversation, last in _held(client)]
        world.journal.put(client.who, "end", connected=client.ready, held=held)


async def _close_all(agents: list[Agent]) -> None:
    """Leave no open session behind on the simulated accounts."""
    for agent in agents:
        for session in list(agent.sessions.values()):
            try:
                await agent.call("POST", f"{agent.root}/sessions/{session}/close", json={})
            except httpx.HTTPError:
                return
