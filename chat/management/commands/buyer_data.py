"""Export or erase one buyer's data, for who has no owner to ask, or a script."""

import shutil
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.actions import data_jobs, outbox
from chat.models import DataRequest
from shops.errors import Refused
from shops.models import Buyer


class Command(BaseCommand):
    help = "Export one buyer's data to a file, or erase it. Both are in the shop's audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["export", "erase"])
        parser.add_argument("shop", type=int, help="The shop's number.")
        parser.add_argument("uid", help="The shop's own id of the buyer.")
        parser.add_argument("--to", type=Path, help="export: the ZIP file to write.")

    def handle(self, *args: Any, **options: Any) -> None:
        buyer = Buyer.objects.select_related("shop").filter(shop=options["shop"], uid=options["uid"]).first()
        if buyer is None:
            raise CommandError("There is no such buyer in this shop.")
        if options["what"] == "export" and not options["to"]:
            raise CommandError("Say where the file goes: --to FILE.zip")
        try:
            request = data_jobs.order(buyer, options["what"], None)
        except Refused as refusal:
            raise CommandError(refusal.words) from refusal
        while not request.is_over and outbox.deliver_due(lane="privacy"):
            request.refresh_from_db()
        request.refresh_from_db()
        if request.state != DataRequest.State.DONE:
            self.stdout.write("Asked for; a running server is at it.")
            return
        if options["what"] == "export":
            with default_storage.open(request.file) as source, options["to"].open("wb") as out:
                shutil.copyfileobj(source, out)
        outbox.deliver_due(lane=outbox.MAIN)  # the files of an erasure
        self.stdout.write(f"Done: {request.total} messages.")
