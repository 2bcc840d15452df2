"""What an app holds, and how it catches up as docs/api.md tells it: every position by itself, what is gone dropped."""

from typing import Any

from rest_framework.test import APIClient

LISTS = ("open", "unassigned", "history")


class Held:
    """The rows and logs on a phone, and up to where they reach."""

    def __init__(self, client: APIClient, shop: int) -> None:
        self.client, self.base = client, f"/api/v1/shops/{shop}/"
        self.rows: dict[int, dict[str, Any]] = {}
        self.logs: dict[int, dict[int, dict[str, Any]]] = {}  # conversation → number → event
        self.reached: dict[int, int] = {}
        self.desk = 0
        self.resets: list[str] = []

    def ask(self, path: str, **query: Any) -> Any:
        answer = self.client.get(self.base + path, query)
        assert answer.status_code == 200, (path, answer.content)
        return answer.json()

    def start(self) -> "Held":
        """Read everything anew: the position first, so that nothing falls between."""
        self.desk = self.ask("desk/events")["last_seq"]
        self.read_lists()
        for row in self.rows.values():
            self.read_log(row)
        return self

    def sync(self) -> None:
        """Catch up: what moved at the desk, the rows of what one has now, then every log that is held or new."""
        page = self.ask("desk/events", after=self.desk)
        self.desk = page["through"]
        if page["reset"]:
            self.resets.append("desk")
            self.read_lists()
        else:
            self.move(page["results"])
        for row in list(self.rows.values()):
            self.read_log(row)
        for gone in self.logs.keys() - {row["conversation"] for row in self.rows.values()}:
            del self.logs[gone]

    def move(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if event["session"] and event["row"] is None:
                self.rows.pop(event["session"], None)
            elif event["row"]:
                self.rows[event["session"]] = event["row"]
        for row in self.every_row("open"):  # the counters of messages come with the rows
            self.rows[row["id"]] = row

    def read_lists(self) -> None:
        self.rows = {row["id"]: row for name in LISTS for row in self.every_row(name)}

    def every_row(self, name: str) -> list[dict[str, Any]]:
        rows, cursor = [], ""
        while True:
            page = self.ask("sessions", list=name, limit=2, **({"cursor": cursor} if cursor else {}))
            rows += page["results"]
            if not (cursor := page["next"] or ""):
                return rows

    def read_log(self, row: dict[str, Any]) -> None:
        """Read on from where the log of a row's conversation ends."""
        line = row["conversation"]
        log, reached = self.logs.setdefault(line, {}), self.reached.get(line, 0)
        page = self.ask(f"sessions/{row['id']}/events", after=reached, limit=3)
        gone = [seq for seq in log if seq < page["first_seq"] or page["erased"]]
        if gone:
            self.resets.append("erased" if page["erased"] else "removed")
            reached = page["first_seq"] - 1 if page["erased"] else reached
            for seq in gone:
                del log[seq]
            for other in [one for one in self.rows.values() if one["conversation"] == line]:  # their words went too
                self.rows[other["id"]] = self.ask(f"sessions/{other['id']}")["session"]
        while True:
            page = self.ask(f"sessions/{row['id']}/events", after=reached, limit=3)
            for event in page["results"]:
                apply(log, event)
            reached = max(page["through"], page["first_seq"] - 1)
            if page["through"] >= page["last_seq"]:
                break
        self.reached[line] = reached


def apply(log: dict[int, dict[str, Any]], event: dict[str, Any]) -> None:
    """Add an event; two kinds change one that is there."""
    log[event["seq"]] = event
    earlier = log.get(event["data"].get("seq", 0))
    if earlier is None or earlier["message"] is None:
        return
    if event["kind"] == "message.recalled":
        earlier["message"] |= {"kind": "recalled", "text": "", "data": {}, "attachment": None}
    elif event["kind"] == "answer.judged":
        earlier["message"]["data"]["solved"] = event["data"]["solved"]
