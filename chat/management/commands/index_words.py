"""Put the closed sessions of the past into the word index now; the worker would do it in its own time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from chat.actions import indexing


class Command(BaseCommand):
    help = "Put closed sessions that are not indexed yet into the word index that search reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="Say only how many there were in all.")

        parser.add_argument(
            "--anew", action="store_true", help="Empty the index first; searching goes on, slower meanwhile."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["anew"]:
            indexing.start_anew()
        done = 0
        while step := indexing.index_due(most=50):
            done += step
            if not options["quiet"]:
                self.stdout.write(f"{done} sessions indexed")
        self.stdout.write(f"The word index is complete: {done} sessions were added.")
