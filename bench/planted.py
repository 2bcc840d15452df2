"""Six faults, each planted alone in a copy of journal and database: a checker that misses one proves nothing."""

import json
import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from bench import checker
from bench.stored import TABLES, connection, plain_key, rows

Row = tuple[Any, ...]


def self_test(journal: Path, database: str, seed: int = 1) -> dict[str, bool]:
    """Plant each fault in fresh copies; return which were found, by the kind of finding that names them."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        original = Path(folder) / "original.sqlite3"
        read = checker.read(journal)
        copy_database(database, original, read.conversations, set(read.sends))
        untouched = _findings(journal, original)
        found = {}
        for name, (plant, kind) in FAULTS.items():
            copied_journal, copied = Path(folder) / "journal", Path(folder) / "copy.sqlite3"
            copied_journal.write_bytes(journal.read_bytes())
            copied.write_bytes(original.read_bytes())
            plant(copied_journal, copied, random.Random(seed))
            new = _findings(copied_journal, copied) - untouched
            found[name] = any(one == kind for one, _words in new)
        return found


def copy_database(database: str, target: Path, conversations: set[int], keys: set[str]) -> None:
    """Copy the rows that the checker reads into a file without constraints, which would refuse the faults.

    The table `ours` holds the keys of the journal: a fault is planted in a message that the journal knows.
    """
    with connection(database) as source, closing(sqlite3.connect(target)) as copy:
        for table, columns in TABLES.items():
            names = list(dict.fromkeys(columns))
            copy.execute(f"CREATE TABLE {table} ({', '.join(names)})")
            copy.execute(f"CREATE INDEX {table}_id ON {table} (id)")
            marks = ", ".join("?" * len(names))
            found = rows(source, table, sorted(conversations))
            values = [tuple(_plain(name, row[name]) for name in names) for row in found]
            copy.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
        copy.execute("CREATE TABLE ours (client_msg_id PRIMARY KEY)")
        copy.executemany("INSERT INTO ours VALUES (?)", [(key,) for key in keys])
        copy.commit()


def _plain(name: str, value: Any) -> Any:
    if name == "client_msg_id":
        return plain_key(value)
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _findings(journal: Path, database: Path) -> set[checker.Finding]:
    read = checker.read(journal)
    return set(checker.check(read, checker.load(f"sqlite:///{database}", read.conversations)))


def _pick(link: sqlite3.Connection, dice: random.Random) -> Row:
    query = "SELECT id, conversation_id, seq FROM chat_message JOIN ours USING (client_msg_id) ORDER BY id"
    return tuple(dice.choice(link.execute(query).fetchall()))


def _delete_message(journal: Path, database: Path, dice: random.Random) -> None:
    with closing(sqlite3.connect(database)) as link:
        link.execute("DELETE FROM chat_message WHERE id = ?", _pick(link, dice)[:1])
        link.commit()


def _duplicate_message(journal: Path, database: Path, dice: random.Random) -> None:
    """Store a message once more at the end of its log, as a resend without a key check would."""
    with closing(sqlite3.connect(database)) as link:
        identity, conversation, _seq = _pick(link, dice)
        link.execute("UPDATE chat_conversation SET last_seq = last_seq + 1 WHERE id = ?", (conversation,))
        link.execute(
            "INSERT INTO chat_message SELECT -1, conversation_id,"
            " (SELECT last_seq FROM chat_conversation c WHERE c.id = conversation_id),"
            " sender, kind, text, client_msg_id, created_at FROM chat_message WHERE id = ?",
            (identity,),
        )
        link.execute(
            "INSERT INTO chat_event SELECT -1, conversation_id, seq, 'message', -1, created_at"
            " FROM chat_message WHERE id = -1"
        )
        link.commit()


def _swap_numbers(journal: Path, database: Path, dice: random.Random) -> None:
    """Exchange the numbers of two messages of one sender, events included: the log itself stays dense."""
    with closing(sqlite3.connect(database)) as link:
        pairs = link.execute(
            "SELECT a.id, a.seq, b.id, b.seq FROM chat_message a JOIN chat_message b ON b.sender = a.sender"
            " AND b.conversation_id = a.conversation_id AND b.id > a.id"
            " WHERE a.client_msg_id IN (SELECT client_msg_id FROM ours)"
            " AND b.client_msg_id IN (SELECT client_msg_id FROM ours) ORDER BY a.id, b.id LIMIT 1000"
        ).fetchall()
        one, first, two, second = dice.choice(pairs)
        for identity, seq in ((one, second), (two, first)):
            link.execute("UPDATE chat_message SET seq = ? WHERE id = ?", (seq, identity))
            link.execute("UPDATE chat_event SET seq = ? WHERE message_id = ?", (seq, identity))
        link.commit()


def _alter_text(journal: Path, database: Path, dice: random.Random) -> None:
    with closing(sqlite3.connect(database)) as link:
        link.execute("UPDATE chat_message SET text = text || '.' WHERE id = ?", _pick(link, dice)[:1])
        link.commit()


def _make_gap(journal: Path, database: Path, dice: random.Random) -> None:
    """Remove an event that carries no message."""
    with closing(sqlite3.connect(database)) as link:
        found = link.execute("SELECT id FROM chat_event WHERE kind <> 'message' ORDER BY id").fetchall()
        link.execute("DELETE FROM chat_event WHERE id = ?", dice.choice(found))
        link.commit()


def _drop_reception(journal: Path, database: Path, dice: random.Random) -> None:
    """Remove the line in which the other side receives a message, and after which it received another.

    The last one before a hand-over or the end of a line may rightly never have come: nothing would be wrong without it.
    """
    lines = journal.read_bytes().splitlines(keepends=True)
    read = [json.loads(line) for line in lines]
    senders = {line["key"]: line["who"] for line in read if line["do"] == "send"}
    following: dict[Any, str] = {}
    places = []
    for place in reversed(range(len(read))):
        line = read[place]
        if line["do"] not in ("follow", "unfollow", "receive"):
            continue
        stream = line["who"], line["conversation"]
        foreign = line.get("key") and senders.get(line["key"], line["who"])[0] != line["who"][0]
        if line["do"] == "receive" and foreign and following.get(stream) == "receive":
            places.append(place)
        following[stream] = line["do"]
    del lines[dice.choice(places)]
    journal.write_bytes(b"".join(lines))


Plant = Callable[[Path, Path, random.Random], None]
FAULTS: dict[str, tuple[Plant, str]] = {
    "a message row deleted": (_delete_message, checker.LOST),
    "a message stored twice": (_duplicate_message, checker.DUPLICATED),
    "two numbers swapped": (_swap_numbers, checker.MISORDERED),
    "a text altered": (_alter_text, checker.CONTENT),
    "a gap in the numbers": (_make_gap, checker.GAP),
    "a reception dropped": (_drop_reception, checker.LOST),
}
