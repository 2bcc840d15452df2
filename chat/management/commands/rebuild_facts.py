"""`manage.py rebuild_facts`: compute what figures are made of anew from the raw messages, and report the drift."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chat.actions import rebuilding
from shops.models import Shop


class Command(BaseCommand):
    help = "Computes the facts of all sessions anew from messages and events; prints each fact that had drifted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shop", type=int, help="Only this shop.")
        parser.add_argument("--dry-run", action="store_true", help="Report, change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        shops = Shop.objects.order_by("pk")
        drifted = left_out = 0
        for shop in shops.filter(pk=options["shop"]) if options["shop"] else shops:
            for drift in rebuilding.rebuild(shop, dry_run=options["dry_run"]):
                drifted += 1
                for name, (stored, found) in drift.facts.items():
                    self.stdout.write(f"session {drift.session_id}: {name}: stored {stored}, found {found}")
            left_out += rebuilding.left_out(shop)
        done = "would be put right" if options["dry_run"] else "put right"
        self.stdout.write(f"{drifted} sessions {done}.")
        if left_out:
            self.stdout.write(f"{left_out} sessions were left out: their messages have been removed.")
