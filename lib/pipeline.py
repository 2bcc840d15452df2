"""Prepared statements to PostgreSQL in one go, at the level of libpq: one send, one wait, one look at the answers.

A cursor of psycopg waits at every statement of a pipeline, and each wait is a turn at the interpreter's lock; beside
busy threads that was most of what a small transaction cost. Nothing else prepares statements (see settings), so the
names are ours: a statement stays prepared as long as its connection.
"""

import functools
from collections.abc import Sequence
from typing import Any

from psycopg import Connection, errors
from psycopg.abc import PQGen, PyFormat
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8
from psycopg.waiting import Ready, Wait

Statement = tuple[str, Sequence[Any]]
Rows = list[tuple[Any, ...]]
Kinds = tuple[int, ...]
MOST = 1_000  # prepared statements of a connection; a text beyond them is planned anew each time


class Prepared:
    """What a connection has prepared, and how it reads and writes values."""

    def __init__(self, link: Connection[Any]) -> None:
        self.names: dict[tuple[str, Kinds], bytes] = {}
        self.made = 0
        self.values = Transformer(link)


def run(link: Connection[Any], statements: Sequence[Statement], *, commit: bool = False) -> list[Rows]:
    """Run statements in their order, in the connection's transaction; return each one's rows. Raise the first error.

    After an error nothing behind it has run. Where a transaction is to begin, it begins here; `commit` ends it.
    """
    with link.lock:
        idle = not link.autocommit and link.pgconn.transaction_status == TransactionStatus.IDLE
        if idle and not statements:
            return []
        return _Trip(link, _prepared(link)).run(statements, begin=idle, commit=commit)


def _prepared(link: Any) -> Prepared:
    """Return what a connection has prepared; it lives and dies with the connection."""
    found: Prepared | None = getattr(link, "prepared_here", None)
    if found is None:
        found = link.prepared_here = Prepared(link)
    return found


class _Trip:
    def __init__(self, link: Connection[Any], prepared: Prepared) -> None:
        self._link, self._libpq, self._prepared = link, link.pgconn, prepared
        self._fresh: dict[int, tuple[str, Kinds]] = {}  # place of the answer → what it prepares
        self._asked: list[int] = []  # places of the answers that are the statements' own
        self._count = 0

    def run(self, statements: Sequence[Statement], *, begin: bool, commit: bool) -> list[Rows]:
        written = [(sql, *self._written(params)) for sql, params in statements]  # what can't be written harms nothing
        self._libpq.enter_pipeline_mode()
        whole = False
        try:
            if begin:
                self._libpq.send_query_params(b"BEGIN", None)
                self._count += 1
            for statement in written:
                self._send(*statement)
            if commit:
                self._libpq.send_query_params(b"COMMIT", None)
            self._libpq.pipeline_sync()
            answers = self._link.wait(self._answers())
            whole = True
        finally:
            self._leave(whole)
        return self._read(answers)

    def _written(self, params: Sequence[Any]) -> tuple[Sequence[Any], Kinds]:
        """Return values as they are sent, and their types."""
        values = self._prepared.values
        # One width for all numbers, or each width would be prepared for itself.
        given = [Int8(value) if type(value) is int else value for value in params]
        return values.dump_sequence(given, [PyFormat.TEXT] * len(given)), tuple(values.types or ())

    def _send(self, sql: str, params: Sequence[Any], kinds: Kinds) -> None:
        """Queue a statement, and before it its preparation where this connection does not know it."""
        prepared = self._prepared
        name = prepared.names.get((sql, kinds))
        if name is None and len(prepared.names) < MOST:
            prepared.made += 1
            name = prepared.names[sql, kinds] = f"trip{prepared.made}".encode()
            self._libpq.send_prepare(name, numbered(sql), kinds)
            self._fresh[self._count] = sql, kinds
            self._count += 1
        if name is None:
            self._libpq.send_query_params(numbered(sql), params, kinds)
        else:
            self._libpq.send_query_prepared(name, params)
        self._asked.append(self._count)
        self._count += 1

    def _answers(self) -> PQGen[list[Any]]:
        """Send what is queued and gather the answers up to the mark behind them."""
        libpq, ended = self._libpq, False
        found: list[Any] = []
        while libpq.flush():
            if (yield Wait.RW) & Ready.R:
                libpq.consume_input()
        while True:
            while libpq.is_busy():
                yield Wait.R
                libpq.consume_input()
            answer = libpq.get_result()
            if answer is None and ended:
                raise errors.OperationalError("the answers have no end")
            ended = answer is None
            if answer is None:  # between two statements
                continue
            if answer.status == ExecStatus.PIPELINE_SYNC:
                return found
            found.append(answer)

    def _leave(self, whole: bool) -> None:
        try:
            self._libpq.exit_pipeline_mode()
        except errors.OperationalError:  # answers that nobody has read: the next to ask would get them
            self._link.close()
            if whole:
                raise
        if not whole:
            self._forget(self._fresh)

    def _forget(self, places: Any) -> None:
        for place in places:
            self._prepared.names.pop(self._fresh[place], None)

    def _read(self, answers: list[Any]) -> list[Rows]:
        bad = [place for place, one in enumerate(answers) if one.status not in _GOOD]
        if bad:
            self._forget(place for place in self._fresh if place >= bad[0])
            raise errors.error_from_result(answers[bad[0]], encoding=self._link.info.encoding)
        values, rows = self._prepared.values, []
        for place in self._asked:
            answer = answers[place]
            if answer.status == ExecStatus.TUPLES_OK and answer.ntuples:
                values.set_pgresult(answer)
                rows.append(values.load_rows(0, answer.ntuples, tuple))
            else:
                rows.append([])
        return rows


_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@functools.lru_cache(MOST)
def numbered(sql: str) -> bytes:
    """Return a statement with $1, $2 … for its marks."""
    first, *others = sql.split("%s")
    return (first + "".join(f"${place}{part}" for place, part in enumerate(others, 1))).replace("%%", "%").encode()
