"""Compare the clients' journal with the database: lost, duplicated, misordered, gaps, wrong content, false answers.

`python -m bench.checker --journal FILE --database URL [--json]` ends with 1 on any finding. `--self-test` first plants
six faults in copies of both and tells how many of them it finds.
"""

import argparse
import hashlib
import itertools
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.stored import Stored, load, plain_key

LOST, DUPLICATED, MISORDERED, GAP = "lost", "duplicated", "misordered", "gap"
CONTENT, FALSE_ACK, FALSE_REFUSAL = "wrong content", "false acknowledgement", "refused but stored"
KINDS = (LOST, DUPLICATED, MISORDERED, GAP, CONTENT, FALSE_ACK, FALSE_REFUSAL)
GRACE = 1.0  # seconds before the end within which an event that nobody acknowledged may still be on its way
SHOWN = 10  # findings of each kind that are printed

Line = dict[str, Any]
Finding = tuple[str, str]


@dataclass
class Journal:
    """The journal, sorted by what was done; each list in the order of the file."""

    sends: dict[str, Line] = field(default_factory=dict)
    acks: list[Line] = field(default_factory=list)
    refused: list[Line] = field(default_factory=list)
    streams: dict[tuple[str, int], list[Line]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, Line] = field(default_factory=dict)

    @property
    def conversations(self) -> set[int]:
        return {conversation for _who, conversation in self.streams}


def read(path: Path) -> Journal:
    """Read a journal; only its very last line may be incomplete."""
    journal = Journal()
    lines = path.read_bytes().split(b"\n")
    for number, text in enumerate(lines):
        if not text:
            continue
        try:
            line = json.loads(text)
        except ValueError:
            if number == len(lines) - 1:
                break
            raise
        _file_line(journal, line)
    return journal


def _file_line(journal: Journal, line: Line) -> None:
    if line.get("key"):
        line["key"] = plain_key(line["key"])
    match line["do"]:
        case "send":
            journal.sends[line["key"]] = line
        case "ack":
            journal.acks.append(line)
        case "refused":
            journal.refused.append(line)
        case "follow" | "unfollow" | "receive":
            journal.streams[line["who"], line["conversation"]].append(line)
        case "end":
            journal.ends[line["who"]] = line


def check(journal: Journal, stored: Stored) -> list[Finding]:
    """Return everything that is not as promised."""
    found: list[Finding] = []
    for rule in (_answers, _keys, _orders, _numbers, _contents, _receptions, _ends, _assigned):
        found.extend(rule(journal, stored))
    return found


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _by_key(stored: Stored) -> dict[tuple[str, int, str], list[Line]]:
    """Messages by (sender, conversation, key): the scope in which a key is unique."""
    found: dict[tuple[str, int, str], list[Line]] = defaultdict(list)
    for message in stored.messages:
        if message["client_msg_id"]:
            found[message["sender"], message["conversation_id"], message["client_msg_id"]].append(message)
    return found


def _answers(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """An acknowledged message is stored, under the number of the answer; a refused one is not stored."""
    messages = _by_key(stored)
    for line in journal.acks:
        kept = messages.get((line["who"], line["conversation"], line["key"]), [])
        if not kept:
            yield LOST, f"{line['key']} of {line['who']} was acknowledged and is not stored"
        elif line["seq"] not in [message["seq"] for message in kept]:
            yield FALSE_ACK, f"{line['key']} was acknowledged as {line['seq']}, stored as {kept[0]['seq']}"
    for line in journal.refused:
        if (line["who"], line["conversation"], line["key"]) in messages:
            yield FALSE_REFUSAL, f"{line['key']} of {line['who']} was refused ({line['code']}) and is stored"


def _keys(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """A key is stored once, and applied once by whoever receives it."""
    for (sender, conversation, key), kept in _by_key(stored).items():
        if len(kept) > 1:
            yield DUPLICATED, f"{key} of {sender} is stored {len(kept)} times in conversation {conversation}"
    for (who, conversation), lines in journal.streams.items():
        keys = Counter(line["key"] for line in lines if line["do"] == "receive" and line["key"])
        for key, times in keys.items():
            if times > 1:
                yield DUPLICATED, f"{who} applied {key} {times} times in conversation {conversation}"


def _orders(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """The numbers of one sender's messages rise in the order in which they were sent."""
    lines: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for (sender, conversation, key), kept in _by_key(stored).items():
        sent = journal.sends.get(key)
        if sent is not None and sent["who"] == sender:
            lines[sender, conversation].append((sent["place"], kept[0]["seq"]))
    for (sender, conversation), pairs in lines.items():
        numbers = [seq for _place, seq in sorted(pairs)]
        for one, two in itertools.pairwise(numbers):
            if one >= two:
                yield MISORDERED, f"{sender} in conversation {conversation}: {one} was sent before {two}"


def _numbers(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """Each conversation's log is 1, 2, 3 … last_seq, and every message stands where its event says."""
    numbers: dict[int, list[int]] = defaultdict(list)
    places: dict[int, tuple[int, int]] = {}
    for event in stored.events:
        numbers[event["conversation_id"]].append(event["seq"])
        if event["message_id"] is not None:
            places[event["message_id"]] = (event["conversation_id"], event["seq"])
    for conversation in stored.conversations:
        seqs = sorted(numbers[conversation["id"]])
        if seqs != list(range(1, conversation["last_seq"] + 1)):
            words = f"{len(seqs)} numbers, last_seq {conversation['last_seq']}"
            yield GAP, f"the log of conversation {conversation['id']} is not dense: {words}"
    for message in stored.messages:
        if places.get(message["id"]) != (message["conversation_id"], message["seq"]):
            where = f"{message['seq']} of conversation {message['conversation_id']}"
            yield GAP, f"message {where} has no event of that number"
    for identity in places.keys() - {message["id"] for message in stored.messages}:
        yield LOST, f"event {places[identity]} names a message that is not stored"


def _contents(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """What is stored is what was sent, and what was received is what is stored."""
    hashes = {(m["conversation_id"], m["seq"]): digest(m["text"]) for m in stored.messages}
    for (sender, _conversation, key), kept in _by_key(stored).items():
        sent = journal.sends.get(key)
        if sent is not None and any(digest(message["text"]) != sent["hash"] for message in kept):
            yield CONTENT, f"{key} of {sender} is stored with another text"
    for (who, conversation), lines in journal.streams.items():
        for line in lines:
            if line["do"] == "receive" and line["hash"] != hashes.get((conversation, line["seq"])):
                yield CONTENT, f"{who} received {line['seq']} of conversation {conversation} with another text"


def _receptions(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """Whoever follows a conversation applies number after number."""
    for (who, conversation), lines in journal.streams.items():
        last = 0
        for line in lines:
            if line["do"] == "follow":
                last = line["after"]
            elif line["do"] == "receive":
                seq, where = line["seq"], f"conversation {conversation}"
                if seq <= last:
                    yield MISORDERED, f"{who} applied {seq} after {last} in {where}"
                elif seq > last + 1:
                    yield LOST, f"{who} never received {last + 1} to {seq - 1} of {where}"
                last = max(seq, last)


def _ends(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """Who was connected at the end has everything of the conversations that it followed then."""
    logs: dict[int, list[Line]] = defaultdict(list)
    for event in stored.events:
        logs[event["conversation_id"]].append(event)
    heads: dict[int, int] = defaultdict(int)
    for line in journal.acks:
        heads[line["conversation"]] = max(heads[line["conversation"]], line["seq"])
    for (who, conversation), lines in journal.streams.items():
        end = journal.ends.get(who)
        if end is None or not end["connected"] or lines[-1]["do"] == "unfollow":
            continue
        received = {line["seq"] for line in lines if line["do"] == "receive"}
        after = next(line["after"] for line in lines if line["do"] == "follow")
        due = [e for e in logs[conversation] if e["seq"] <= heads[conversation] or e["at"] < end["t"] - GRACE]
        missing = {event["seq"] for event in due if event["seq"] > after} - received
        if missing:
            yield LOST, f"{who} was connected at the end without {sorted(missing)[:5]} of conversation {conversation}"


def _assigned(journal: Journal, stored: Stored) -> Iterator[Finding]:
    """A session that is assigned to a connected agent is in that agent's hands."""
    last = max((line["t"] for line in journal.ends.values()), default=0.0)
    moved = {e["conversation_id"] for e in stored.events if e["kind"] != "message" and e["at"] > last - GRACE}
    for session in stored.sessions:
        who, conversation = f"a:{session['assignee_id']}", session["conversation_id"]
        end = journal.ends.get(who)
        if session["state"] != "assigned" or end is None or not end["connected"] or conversation in moved:
            continue
        lines = journal.streams.get((who, conversation), [])
        if not lines or lines[-1]["do"] == "unfollow":
            yield LOST, f"session {session['id']} is assigned to {who}, who was never told"


def verdict(journal_path: Path, database: str) -> dict[str, Any]:
    """Check a journal against a database; return the figures in plain words."""
    journal = read(journal_path)
    stored = load(database, journal.conversations)
    found = check(journal, stored)
    counts = Counter(kind for kind, _words in found)
    result: dict[str, Any] = {
        "sent": len(journal.sends),
        "acknowledged": len({line["key"] for line in journal.acks}),
        "stored messages": len(stored.messages),
        "receptions": sum(line["do"] == "receive" for lines in journal.streams.values() for line in lines),
        "clients connected at the end": sum(bool(line["connected"]) for line in journal.ends.values()),
        "conversations": len(stored.conversations),
    }
    result |= {kind: counts[kind] for kind in KINDS}
    seen: Counter[str] = Counter()
    result["findings"] = [f"{k}: {w}" for k, w in found if not seen.update([k]) and seen[k] <= SHOWN]
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a journal of clients against the database.")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--database", required=True, help="sqlite:///path or postgres://user@host:port/name")
    parser.add_argument("--self-test", action="store_true", help="plant six faults in copies first")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = verdict(options.journal, options.database)
    bad = bool(result["findings"])
    if options.self_test:
        from bench.planted import self_test

        planted = self_test(options.journal, options.database)
        result["planted faults"] = planted
        result["planted faults found"] = sum(planted.values())
        bad = bad or not all(planted.values())
        print(f"planted faults found {sum(planted.values())} of {len(planted)}")
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for name, value in result.items():
            print(f"{name}: {value}")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
