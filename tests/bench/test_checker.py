"""The checker is believed only because it finds what is planted, and finds nothing where nothing is."""

import json
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench import checker
from bench.planted import FAULTS, self_test
from bench.stored import TABLES

AT = "2026-11-23 08:00:00.000000"
END = 1_795_500_000.0


class Story:
    """Two conversations as the simulator would leave them: a journal file and a database file."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.database = folder / "journal", folder / "desk.sqlite3"
        self.lines: list[dict[str, Any]] = []
        self.rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
        self.ids = 0
        for conversation in (1, 2):
            self.conversation(conversation)
        for who in ("b:1", "b:2", "a:5"):
            self.lines.append({"t": END, "who": who, "do": "end", "connected": True, "held": []})

    def conversation(self, number: int) -> None:
        buyer = f"b:{number}"
        for who in (buyer, "a:5"):
            self.lines.append({"t": 1, "who": who, "do": "follow", "conversation": number, "after": 0})
        self.event(number, 1, "session.opened", None)
        for seq in range(2, 12):
            self.message(number, seq, buyer if seq % 3 else "a:5", f"line {seq} 你好")
        self.event(number, 12, "session.assigned", None)
        self.rows["chat_conversation"].append((number, 12))
        self.rows["chat_servicesession"].append((number, number, "assigned", 5))

    def message(self, conversation: int, seq: int, who: str, text: str) -> None:
        key = str(uuid.UUID(int=conversation * 1000 + seq))
        self.ids += 1
        hashed = checker.digest(text)
        base = {"t": 1, "who": who, "conversation": conversation, "key": key}
        self.lines.append({**base, "do": "send", "kind": "text", "hash": hashed, "place": seq})
        self.lines.append({**base, "do": "ack", "seq": seq, "duplicate": False})
        kept = (self.ids, conversation, seq, who, "text", text, uuid.UUID(key).hex, AT)
        self.rows["chat_message"].append(kept)
        self.event(conversation, seq, "message", self.ids, key, hashed)

    def event(
        self,
        conversation: int,
        seq: int,
        kind: str,
        message: int | None,
        key: str | None = None,
        hashed: str | None = None,
    ) -> None:
        identity = conversation * 100 + seq
        self.rows["chat_event"].append((identity, conversation, seq, kind, message, AT))
        for who in (f"b:{conversation}", "a:5"):
            line = {"t": 1, "who": who, "do": "receive", "conversation": conversation, "seq": seq, "kind": kind}
            self.lines.append({**line, "key": key, "hash": hashed})

    def findings(self) -> list[str]:
        self.write()
        return checker.verdict(self.journal, f"sqlite:///{self.database}")["findings"]

    def write(self) -> None:
        self.journal.write_text("".join(json.dumps(line) + "\n" for line in self.lines))
        self.database.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.database)) as link:
            for table, columns in TABLES.items():
                names = list(dict.fromkeys(columns))
                link.execute(f"CREATE TABLE {table} ({', '.join(names)})")
                link.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", self.rows[table])
            link.commit()


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def test_a_story_without_faults_has_no_findings(story: Story) -> None:
    assert story.findings() == []


def test_all_six_planted_faults_are_found(story: Story) -> None:
    story.write()
    assert self_test(story.journal, f"sqlite:///{story.database}") == dict.fromkeys(FAULTS, True)
    assert len(FAULTS) == 6


def test_the_originals_stay_as_they_are_when_faults_are_planted(story: Story) -> None:
    story.write()
    before = story.journal.read_bytes(), story.database.read_bytes()
    self_test(story.journal, f"sqlite:///{story.database}")
    assert (story.journal.read_bytes(), story.database.read_bytes()) == before


def test_an_answer_with_another_number_is_a_false_one(story: Story) -> None:
    ack = next(line for line in story.lines if line["do"] == "ack")
    ack["seq"] += 1
    assert [words.split(":")[0] for words in story.findings()] == [checker.FALSE_ACK]


def test_a_refused_message_that_is_stored_is_told(story: Story) -> None:
    ack = next(line for line in story.lines if line["do"] == "ack")
    ack |= {"do": "refused", "code": "read_only"}
    assert [words.split(":")[0] for words in story.findings()] == [checker.FALSE_REFUSAL]


def test_a_session_whose_agent_was_never_told_counts_as_lost(story: Story) -> None:
    story.rows["chat_servicesession"][0] = (1, 1, "assigned", 6)
    story.lines.append({"t": END, "who": "a:6", "do": "end", "connected": True, "held": []})
    assert [words.split(":")[0] for words in story.findings()] == [checker.LOST]


def test_who_was_away_at_the_end_need_not_have_everything(story: Story) -> None:
    last = max(i for i, line in enumerate(story.lines) if line["do"] == "receive" and line["who"] == "b:2")
    del story.lines[last]
    assert [words.split(":")[0] for words in story.findings()] == [checker.LOST]
    end = next(line for line in story.lines if line["do"] == "end" and line["who"] == "b:2")
    end["connected"] = False
    assert story.findings() == []


def test_a_number_applied_after_a_higher_one_is_misordered(story: Story) -> None:
    received = [i for i, line in enumerate(story.lines) if line["do"] == "receive" and line["who"] == "b:1"]
    one, two = received[3], received[4]
    story.lines[one], story.lines[two] = story.lines[two], story.lines[one]
    assert checker.MISORDERED in {words.split(":")[0] for words in story.findings()}


def test_an_unfinished_last_line_is_forgiven_and_no_other(story: Story) -> None:
    story.write()
    text = story.journal.read_text()
    story.journal.write_text(text + '{"t": 1, "who": "b:')
    assert checker.read(story.journal).ends.keys() == {"b:1", "b:2", "a:5"}
    story.journal.write_text('{"t": 1, "who": "b:\n' + text)
    with pytest.raises(ValueError):
        checker.read(story.journal)


def test_the_program_ends_with_1_on_a_finding_and_with_0_on_none(story: Story) -> None:
    story.write()
    command = [sys.executable, "-m", "bench.checker", "--journal", str(story.journal), "--self-test", "--json"]
    command += ["--database", f"sqlite:///{story.database}"]
    good = subprocess.run(command, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "planted faults found 6 of 6" in good.stdout
    assert json.loads(good.stdout.splitlines()[-1])["lost"] == 0
    with closing(sqlite3.connect(story.database)) as link:
        link.execute("DELETE FROM chat_message WHERE seq = 5 AND conversation_id = 1")
        link.commit()
    bad = subprocess.run(command, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert json.loads(bad.stdout.splitlines()[-1])["lost"] >= 1
