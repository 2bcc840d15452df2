"""`manage.py import_history FILE --shop N`: move in with the receptions of another desk (docs/import.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.actions import importing
from shops.models import Shop

EVERY = 5000  # lines


class Command(BaseCommand):
    help = "Stores finished receptions from a JSONL file; what is stored already is left as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--shop", type=int, required=True)
        parser.add_argument("--check", action="store_true", help="Read and report, store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = Shop.objects.filter(pk=options["shop"]).first()
        if shop is None:
            raise CommandError(f"There is no shop {options['shop']}.")
        done, told = importing.Progress(), 0
        try:
            with options["file"].open("rb") as lines:
                for done in importing.run(shop, lines, check=options["check"]):
                    for number, words in done.errors:
                        self.stderr.write(f"line {number}: {words}")
                    if done.lines - told >= EVERY:
                        told = done.lines
                        self.stdout.write(f"{done.lines} lines read, {done.stored} stored")
        except OSError as error:
            raise CommandError(str(error)) from None
        stored = "could be stored" if options["check"] else "stored"
        self.stdout.write(f"{done.stored} receptions {stored}, {done.known} known already, {done.bad} lines left out.")
        if done.bad:
            raise CommandError(f"{done.bad} lines were left out; they are named above.")
