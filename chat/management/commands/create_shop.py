"""`manage.py create_shop`: the first shop of a seller, or a further one, and its owner's account (A7)."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from chat import founding_forms
from chat.actions import founding, mails
from shops import presets
from shops.errors import Invalid, NotYours, Refused
from shops.models import Invitation


class Command(BaseCommand):
    help = "Opens a shop and its owner's account, sends the invitation and prints its link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        seller = parser.add_mutually_exclusive_group(required=True)
        seller.add_argument("--seller", default="", help="A new seller's name: the company.")
        seller.add_argument("--seller-id", default="", help="A seller that is here already.")
        parser.add_argument("--name", required=True, help="The shop's name.")
        parser.add_argument("--preset", required=True, choices=list(presets.PRESETS))
        parser.add_argument("--time-zone", default="Asia/Shanghai")
        parser.add_argument("--language", default="zh-hans", choices=list(dict(settings.LANGUAGES)))
        parser.add_argument("--currency", default="CNY")
        parser.add_argument("--owner", dest="username", required=True, help="The sign-in name of the owner.")
        parser.add_argument("--nickname", required=True, help="What buyers and colleagues read.")
        parser.add_argument("--email", required=True, help="The owner's; the invitation goes there.")
        parser.add_argument(
            "--letter-language", default="", choices=list(dict(settings.LANGUAGES)), help="The shop's by default."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        base = settings.PUBLIC_URL or _guess()
        if not base:
            raise CommandError("Set PUBLIC_URL: the link in the letter must name this server.")
        with translation.override("en"):
            given = {name: options[name] for name in founding.Plan._fields}
            try:
                plan = founding_forms.plan(given)
                owner = founding.found(plan, base, letter=options["letter_language"])
            except Invalid as invalid:
                raise CommandError("; ".join(f"{name}: {words}" for name, words in invalid.fields.items())) from None
            except Refused as refusal:
                raise CommandError(f"{refusal.code}: {refusal.words}") from None
            except NotYours:
                raise CommandError(f"There is no seller {options['seller_id']}.") from None
        self.stdout.write(f"Shop {owner.shop_id} of seller {owner.shop.seller_id} is open.")
        pending = Invitation.objects.filter(user=owner.user).first()
        if pending:
            self.stdout.write(f"The owner {owner.user.username} sets a password here, once, within seven days:")
            self.stdout.write(mails.link(pending, base))
        else:
            self.stdout.write(f"The owner {owner.user.username} signs in as before.")


def _guess() -> str:
    """Return the address by the first host that is a name of its own; empty without one."""
    names = [name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))]
    if not names:
        return ""
    return f"https://{names[0]}" if settings.HTTPS else f"http://{names[0]}:{os.environ.get('PORT', '8000')}"
