"""Answers that answer nothing: "let me look into this" (E7). Pure; words in the languages of the markets."""

import re
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from botfaq import vague_words

CONTENT = 0.4  # share of the letters that must say something


class Reason(StrEnum):
    LOOKING = "looking"
    WAITING = "waiting"
    UNSURE = "unsure"
    SOON = "soon"
    ELSEWHERE = "elsewhere"
    GREETING = "greeting"


class Vague(NamedTuple):
    """Why an answer helps nobody, with the words that show it."""

    reason: Reason
    words: str

    @property
    def why(self) -> str:
        """Return the reason in words, with what to write instead."""
        return {
            Reason.LOOKING: _("It promises to look into the matter and tells nothing. Write what you know now."),
            Reason.WAITING: _("It only asks the buyer to wait. Nobody comes after a bot: write the answer itself."),
            Reason.UNSURE: _("It leaves the buyer unsure. Say what holds, and in which case."),
            Reason.SOON: _("It says soon, but not when. Give a time: within 24 hours, every day before 16:00."),
            Reason.ELSEWHERE: _("It only sends the buyer elsewhere. Answer here, or say where exactly and what to do."),
            Reason.GREETING: _("It greets and does not answer."),
        }[self.reason]  # fmt: skip


_PATTERNS = {
    Reason.LOOKING: vague_words.LOOKING,
    Reason.WAITING: vague_words.WAITING,
    Reason.UNSURE: vague_words.UNSURE,
    Reason.SOON: vague_words.SOON,
    Reason.ELSEWHERE: vague_words.ELSEWHERE,
}
_VAGUE = {reason: re.compile(pattern, re.IGNORECASE) for reason, pattern in _PATTERNS.items()}
_POLITE = re.compile(rf"^\W*(?:{vague_words.POLITE})", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?。！？；;\n]+(?:\.(?=\d)[^.!?。！？；;\n]*)*")
_EXACT = re.compile(r"\d|https?:|[一二两三四五六七八九十](?:天|小时|个?工作日|周|分钟)")
SHORT = 30  # a longer sentence that begins politely goes on to say something


def look(answer: str) -> Vague | None:
    """Return why an answer is vague: too little of it says anything; None for one that answers."""
    sentences = [said.strip() for said in _SENTENCE.findall(answer) if said.strip()]
    found = [(said, _judge(said)) for said in sentences]
    every = sum(len(said) for said in sentences)
    content = sum(len(said) for said, reason in found if reason is None)
    if not every or content >= CONTENT * every:
        return None
    worst = [(said, reason) for said, reason in found if reason not in (None, Reason.GREETING)] or found
    said, reason = next((said, reason) for said, reason in worst if reason)
    return Vague(reason, said[:80])


def _judge(sentence: str) -> Reason | None:
    """Return what makes one sentence empty, if anything; a number or an address makes it exact."""
    if _EXACT.search(sentence):
        return None
    for reason, pattern in _VAGUE.items():
        if pattern.search(sentence):
            return reason
    return Reason.GREETING if _POLITE.match(sentence) and len(sentence) <= SHORT else None
