"""Buyers and agents against a running server, through its public API; prints what was sent, delivered and lost."""

import asyncio
import csv
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from chat.simulation import people
from chat.simulation.run import Plan, simulate

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "utterances.jsonl"


class Command(BaseCommand):
    help = "Simulate buyers and agents against a running server, through its public API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", action="append", help="Address of a server; repeat it to spread and fail over.")
        parser.add_argument("--seconds", type=float, default=120)
        parser.add_argument("--buyers", type=int, default=200)
        parser.add_argument("--agents", type=int, default=20)
        parser.add_argument("--rate", type=float, default=50, help="Messages per second, buyers and agents together.")
        parser.add_argument("--utterances", type=Path, default=SAMPLE, help='JSONL with "text", or CSV text,label.')
        parser.add_argument("--journal", type=Path, help="Write every action and reception here, for the checker.")
        parser.add_argument("--shop", type=int, help="The shop's id; the first shop where left out.")
        parser.add_argument("--secret", help="The shop's identity secret; only with --people, else it is looked up.")
        parser.add_argument("--people", type=Path, help="Accounts from a file instead of making them (--prepare-only).")
        parser.add_argument("--prepare-only", action="store_true", help="Make the accounts, print them as JSON, end.")
        parser.add_argument("--leave-open", action="store_true", help="Don't close the sessions at the end.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            who = self._people(options)
        except (OSError, ValueError, KeyError, people.Shop.DoesNotExist) as error:
            raise CommandError(f"No accounts for the run: {error}") from error
        if options["prepare_only"]:
            self.stdout.write(json.dumps({**who.as_dict(), "login": reverse("login")}))
            return
        plan = Plan(
            urls=[url.rstrip("/") for url in options["url"] or ["http://127.0.0.1:8000"]],
            people=who,
            login=reverse("login"),
            buyers=options["buyers"],
            rate=options["rate"],
            seconds=options["seconds"],
            utterances=utterances(options["utterances"]),
            journal=options["journal"],
            leave_open=options["leave_open"],
            quiet=options["json"],
        )
        try:
            result = asyncio.run(simulate(plan))
        except (OSError, TimeoutError) as error:
            raise CommandError(f"The run could not start: {error}") from error
        self._report(result, options["json"])

    def _people(self, options: dict[str, Any]) -> people.People:
        if options["people"] is None:
            return people.prepare(options["shop"], options["agents"], options["buyers"])
        given = json.loads(options["people"].read_text())
        secret = options["secret"] or given["secret"]
        agents = [(name, password) for name, password in given["agents"]][: options["agents"]]
        return people.People(options["shop"] or given["shop"], secret, agents)

    def _report(self, result: dict[str, Any], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for name, value in result.items():
            shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            self.stdout.write(f"{name}: {shown if shown not in ('', []) else 'none'}")


def utterances(path: Path) -> list[str]:
    """Read what buyers and agents say: JSONL with "text", or CSV with the text first; 1-2000 characters each."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            if path.suffix == ".csv":
                rows = [row[0] for row in csv.reader(file) if row]
                rows = rows[1:] if rows and rows[0].lower() == "text" else rows
            else:
                rows = [json.loads(line)["text"] for line in file if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} can't be read as utterances: {error}") from error
    found = [text.strip()[:2000] for text in rows if isinstance(text, str) and text.strip()]
    if not found:
        raise CommandError(f"{path} holds no utterance.")
    return found
