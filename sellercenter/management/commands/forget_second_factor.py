"""Remove somebody's second factor when phone and recovery codes are lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shops import second_factor
from shops.models import User


class Command(BaseCommand):
    help = "Remove the second factor of an account, so that its person can set it up anew. Make sure who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name that the person signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {options['name']}.")
        was_on = second_factor.is_on(user)
        second_factor.forget(user)
        self.stdout.write("Removed." if was_on else "There was none.")
