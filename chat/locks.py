"""The row locks and their one order: desks, then conversations, each in ascending id, before any write."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from chat.models import Conversation, Rating, ServiceSession, SessionQuerySet
from lib import quick
from lib.quick import Trip, Where
from shops.access import IS_ACTIVE
from shops.errors import NotYours
from shops.models import Buyer, Desk, Member, Shop

IS_AGENT = f"im_permission AND {IS_ACTIVE}"  # MemberQuerySet.agents as constant SQL
WAITING = f"SELECT 1 FROM \"{ServiceSession._meta.db_table}\" WHERE shop_id = %s AND state = 'queued'"
_LINES, _SESSIONS = f'"{Conversation._meta.db_table}"', f'"{ServiceSession._meta.db_table}"'


class Scene:
    """Conversations and sessions with all that a row and an event need, brought by one trip.

    One object for each shop and member, however many sessions. What stands behind a lock is read after it, so it is as
    the lock's last holder committed it; a joined row could be older.
    """

    def __init__(
        self, trip: Trip, lines: Where, sessions: Where, *, lock: bool, skip: bool = False, ratings: bool = True
    ) -> None:
        of_lines = f"FROM {_LINES} WHERE {lines[0]}"
        of_sessions = f"FROM {_SESSIONS} WHERE {sessions[0]}"
        people = quick.within("id", f"SELECT assignee_id {of_sessions} UNION ALL SELECT last_assignee_id {of_sessions}")
        self._lines = trip.rows(Conversation, lines, order="id", lock=lock, skip=skip)
        self._sessions = trip.rows(ServiceSession, sessions)
        self._buyers = trip.rows(Buyer, (quick.within("id", f"SELECT buyer_id {of_lines}"), lines[1]))
        self._shops = trip.rows(Shop, (quick.within("id", f"SELECT shop_id {of_lines}"), lines[1]))
        self._members = trip.rows(Member, (people, [*sessions[1], *sessions[1]]))
        rated = quick.within("session_id", f"SELECT id {of_sessions}")
        self._ratings = trip.rows(Rating, (rated, sessions[1])) if ratings else None

    def lines(self) -> dict[int, Conversation]:
        """Return the conversations by id; with `skip` those that nobody else holds."""
        buyers = {row.pk: row for row in self._buyers}
        for line in self._lines:
            # Not assigned: each would know the other then, and only the garbage collector could let them go.
            line._state.fields_cache["buyer"] = buyers[line.buyer_id]
        return {line.pk: line for line in self._lines}

    def sessions(self, lines: dict[int, Conversation]) -> list[ServiceSession]:
        """Return the sessions of these conversations."""
        shops, members = {row.pk: row for row in self._shops}, {row.pk: row for row in self._members}
        found = [row for row in self._sessions if row.conversation_id in lines]
        for row in found:
            row.shop, row.conversation = shops[row.shop_id], lines[row.conversation_id]
            row.buyer = row.conversation.buyer
            row.assignee = members.get(row.assignee_id or 0)
            row.last_assignee = members.get(row.last_assignee_id or 0)
        if self._ratings is not None:
            stars = {row.session_id: row for row in self._ratings}
            for row in found:
                row._state.fields_cache["rating"] = stars.get(row.pk)  # None: known to have none
        return found


def desk(shop_id: int) -> Desk:
    """Lock a shop's desk: whoever routes, takes, hands over, closes or changes load, capacity or presence."""
    return desks([shop_id])[shop_id]


def desks(shop_ids: Iterable[int]) -> dict[int, Desk]:
    trip = Trip()
    found = ask_desks(trip, shop_ids)
    trip.go()
    return found()


def ask_desks(trip: Trip, shop_ids: Iterable[int]) -> Callable[[], dict[int, Desk]]:
    """Let a trip lock desks; return what gives them, with their shops, when it is back."""
    wanted = sorted(set(shop_ids))
    if not wanted:
        return dict
    rows = trip.rows(Desk, quick.among("shop_id", wanted), order="shop_id", lock=True)
    # A statement of its own: a row joined by the first could be older than what the last holder of the lock committed.
    shops = trip.rows(Shop, quick.among("id", wanted))

    def found() -> dict[int, Desk]:
        held = {row.pk: row for row in rows}
        for shop in shops:
            if shop.pk in held:
                held[shop.pk]._state.fields_cache["shop"] = shop
        return held

    return found


def running(trip: Trip, conversation_ids: Iterable[int], *, lock: bool = True, skip: bool = False) -> Scene:
    """Ask for conversations, locked unless told otherwise, and their open sessions."""
    ids = sorted(set(conversation_ids))
    where, params = quick.among("conversation_id", ids)
    is_open = f"{where} AND state <> 'closed'"
    return Scene(trip, quick.among("id", ids), (is_open, params), lock=lock, skip=skip, ratings=not skip)


def conversations(ids: Iterable[int]) -> dict[int, Conversation]:
    """Lock conversations; nothing in them changes until the commit."""
    trip = Trip()
    scene = running(trip, ids)
    trip.go()
    return scene.lines()


class Reception(NamedTuple):
    """A session under its locks, which of the people asked for are agents now (A1), and whether anybody waits."""

    desk: Desk
    session: ServiceSession
    agents: dict[int, Member]
    waits: bool  # whether the shop has a queue; who comes later waits for the desk, and finds the place by itself


def reception(shop_id: int, session_id: int, *people: int) -> Reception:
    """Lock a session's desk and conversation and return the session as it is under them; raise NotYours."""
    trip = Trip()
    held = ask_desks(trip, [shop_id])
    scene = _of_sessions(trip, shop_id, [session_id])
    where, params = quick.among("id", people)
    agents = trip.rows(Member, (f"{where} AND {IS_AGENT}", params)) if people else []
    waits = trip.ask(f"{WAITING} LIMIT 1", [shop_id])
    trip.go()
    found = scene.sessions(scene.lines())
    if not found:
        raise NotYours
    return Reception(held()[shop_id], found[0], {row.pk: row for row in agents}, bool(waits))


def session(shop_id: int, session_id: int) -> tuple[Desk, ServiceSession]:
    """Lock a session's desk and conversation, see reception."""
    held = reception(shop_id, session_id)
    return held.desk, held.session


def of_buyer(shop_id: int, conversation_id: int, session_id: int) -> tuple[Desk, ServiceSession]:
    """Lock a session for what its buyer does to it; raise NotYours for another's, and once the buyer is erased."""
    held, found = session(shop_id, session_id)
    if found.conversation_id != conversation_id or found.buyer.erased_at:
        raise NotYours
    return held, found


def writing(conversation_id: int) -> Conversation:
    """Lock a conversation for what its buyer keeps beside it; raise NotYours once the buyer is erased."""
    found = conversations([conversation_id]).get(conversation_id)
    if found is None or found.buyer.erased_at:
        raise NotYours
    return found


def sessions(shop_id: int, ids: Iterable[int]) -> list[ServiceSession]:
    """Lock the conversations of sessions whose desk is held; return the sessions in the order asked for."""
    wanted = list(ids)
    if not wanted:
        return []
    trip = Trip()
    scene = _of_sessions(trip, shop_id, wanted)
    trip.go()
    found = {row.pk: row for row in scene.sessions(scene.lines())}
    if len(found) != len(set(wanted)):
        raise NotYours
    return [found[pk] for pk in wanted]


def shown(session_id: int) -> ServiceSession:
    """Return a session as it is now, with all that its row needs; nothing is locked."""
    trip = Trip()
    scene = _of_sessions(trip, None, [session_id], lock=False)
    trip.go()
    return scene.sessions(scene.lines())[0]


def loaded() -> SessionQuerySet:
    """Sessions with all that a row and an event need."""
    return ServiceSession.objects.select_related("shop", "conversation", "buyer", "assignee", "last_assignee", "rating")


def _of_sessions(trip: Trip, shop_id: int | None, ids: list[int], *, lock: bool = True) -> Scene:
    where, params = quick.among("id", ids)
    if shop_id is not None:
        where, params = f"{where} AND shop_id = %s", [*params, shop_id]
    lines = quick.within("id", f"SELECT conversation_id FROM {_SESSIONS} WHERE {where}")
    return Scene(trip, (lines, params), (where, params), lock=lock)
