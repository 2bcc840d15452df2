"""Run the worker apart from the servers; needed where REDIS_URL is set."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from chat.worker import Worker


class Command(BaseCommand):
    help = "Close what is due, drain queues, deliver the outbox; until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.stop())
        self.stdout.write("The worker runs.")
        worker.run()
