"""Preset questions in a shop: which language its market speaks, which ones it has, taking over others (E1)."""

from collections.abc import Sequence
from typing import NamedTuple

from botfaq import actions
from botfaq.models import Question
from botfaq.preset_questions import NAMES, PRESETS, Preset
from lib.db import write
from shops.errors import Refused
from shops.models import Member, Shop


class Row(NamedTuple):
    place: int
    preset: Preset
    there: bool


def languages(shop: Shop) -> list[tuple[str, str]]:
    """Return the languages with preset questions by their own names, the shop's first."""
    return sorted(NAMES.items(), key=lambda one: one[0] != shop.language)


def rows(shop: Shop, language: str) -> list[Row]:
    """Return the presets of a language, each with whether the shop has a question of these words."""
    found = PRESETS[language]
    texts = [preset.text for preset in found]
    there = set(Question.objects.filter(shop=shop, text__in=texts).values_list("text", flat=True))
    return [Row(place, preset, preset.text in there) for place, preset in enumerate(found)]


def take(by: Member, language: str, places: Sequence[int]) -> int:
    """Add these presets as drafts, for the seller to rewrite and publish; return how many were new."""
    count = 0
    with write():
        for row in rows(by.shop, language):
            if row.place in places and not row.there:
                fresh = Question(text=row.preset.text, answer=row.preset.answer, published=False)
                try:
                    actions.save(by, fresh, row.preset.phrasings)
                except Refused:  # the shop is full
                    break
                count += 1
    return count
