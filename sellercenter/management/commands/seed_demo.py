"""Fill an empty database with the demo, and say who can sign in where. Run again, it adds nothing."""

import os
import random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from lib.db import write
from sellercenter import demo_history, demo_rows
from sellercenter.demo_data import PASSWORD, SHOPS, ShopSeed
from shops.models import Member, Shop

SEED = 20260000


class Command(BaseCommand):
    help = __doc__

    def handle(self, **_options: Any) -> None:
        now = timezone.now()
        with write():
            for place, seed in enumerate(SHOPS):
                if not Shop.objects.filter(name=seed.name, seller__name=seed.seller).exists():
                    self._make(seed, random.Random(SEED + place), now)
            for member in Member.objects.filter(shop__name__in=[seed.name for seed in SHOPS]).select_related("user"):
                demo_rows.allow_sign_in(member.user)
        with translation.override("en"):
            self._say_who()

    def _make(self, seed: ShopSeed, rng: random.Random, now: Any) -> None:
        stage = demo_rows.make(seed, now, rng)
        told = demo_history.tell(stage, now, rng)
        self.stdout.write(f"{seed.name}: {len(stage.buyers)} buyers, {told} sessions")

    def _say_who(self) -> None:
        base = f"http://localhost:{os.environ.get('PORT', '8000')}"
        self.stdout.write(f"\nDemo. Sign in at {base}/login/")
        if settings.DEMO:
            self.stdout.write(f"Everybody's password is {PASSWORD}; the buyers' side starts at {base}/demo/")
        else:
            self.stdout.write("DEMO is off: nobody got a password, and there is no storefront.")
        for shop in Shop.objects.filter(name__in=[seed.name for seed in SHOPS]).order_by("pk"):
            self.stdout.write(f"\n{shop.name} ({shop.get_preset_display()}, {shop.time_zone})")
            self.stdout.write(
                f"  desk {base}/desk/{shop.pk}/" + (f"  shop {base}/demo/{shop.pk}/" if settings.DEMO else "")
            )
            for member in shop.members.select_related("user").order_by("pk"):
                chat = "chat tool" if member.im_permission else "no chat tool"
                self.stdout.write(f"  {member.user.username:<8} {member.get_role_display():<12} {chat}")
        self.stdout.write("")
