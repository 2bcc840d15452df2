"""The bot's part of the demo's past: answers and what became of them, misses, hand-overs, suggested replies."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from botfaq.models import Miss, Question
from botfaq.recognition.normal import normal
from chat import facts
from chat.actions.past import Reception
from chat.models import BotAnswer, Event, ServiceSession, Suggestion
from sellercenter.demo_bot_talk import AGAIN, HANDED, LOW
from sellercenter.demo_teller import Teller

Part, Outcome, Source = ServiceSession.BotPart, Suggestion.Outcome, Suggestion.Source
SHOWN, USED = 0.7, 0.35  # of an agent's answers: replies were suggested; of those: one was used
VERDICTS = ((True, 0.4), (False, 0.12))  # of the answers to a click outside of the bot's own talks


@dataclass
class Missed:
    """What the bot did not understand, a row a wording, each with the reception in which it was said last (E10)."""

    rows: dict[str, tuple[Miss, Reception]] = field(default_factory=dict)

    def add(self, teller: Teller, words: str) -> None:
        key, shop = normal(words)[:200], teller.stage.shop
        row = self.rows[key][0] if key in self.rows else Miss(shop=shop, key=key, text=words, count=0)
        row.count += 1
        row.last_at = teller.now
        self.rows[key] = row, teller.told

    def settled(self) -> Iterable[Miss]:
        """Yield the rows, once their sessions are stored."""
        for row, told in self.rows.values():
            row.last_session = told.session.pk
            yield row


def answers(teller: Teller, question: Question, how: str) -> None:
    """Answer a question, and count its hit."""
    question.hits += 1
    said = teller.bot_says(question.answer, {"question": question.pk}, automatic=True)
    row = BotAnswer(shop=teller.stage.shop, message=said, question=question, how=how, created_at=teller.now)
    teller.told.answers.append(row)


def misses(teller: Teller, words: str, missed: Missed) -> None:
    """Miss what the buyer says; the second miss in a row hands over without a word of the bot's."""
    teller.buyer_says(words)
    missed.add(teller, words)
    teller.session.bot_misses += 1
    if teller.session.bot_misses == 1:
        teller.bot_says(AGAIN[teller.stage.seed.language], {"question": None}, automatic=False)


def judged(teller: Teller, solved: bool) -> None:
    """Keep what the buyer said of the last answer; the bot's first verdict asks for stars (E6)."""
    answer, session = teller.told.answers[-1], teller.session
    assert answer.message is not None, "it was said just now"
    answer.solved = answer.message.data["solved"] = solved
    teller.event(Event.Kind.JUDGED, {"seq": answer.message.seq, "solved": solved})
    if session.state == ServiceSession.State.BOT and session.bot_part and session.bot_survey_at is None:
        session.bot_survey_at = teller.now
        teller.survey()


def hands_over(teller: Teller, why: str) -> None:
    """Hand over to the humans; the caller finds the agent."""
    session, stage = teller.session, teller.stage
    session.bot_part = Part(why)
    teller.note(HANDED[stage.seed.language][why], {"code": "handover", "why": why})
    facts.wants_human(session, teller.now, stage.shop.policy)


def low_stars(teller: Teller, rng: random.Random) -> None:
    teller.rate(rng.choice((1, 2)), rng.choice(LOW[teller.stage.seed.language]))


def may_judge(teller: Teller, rng: random.Random) -> None:
    """Now and then a buyer says of a clicked answer whether it helped."""
    chance = rng.random()
    for solved, share in VERDICTS:
        if chance < share:
            judged(teller, solved)
            return
        chance -= share


def may_suggest(teller: Teller, rng: random.Random) -> None:
    """Before an agent answers: what the console suggested, and whether it was used (E8)."""
    session, told = teller.session, teller.told
    seq, known = session.last_buyer_seq, {row.seq for row in told.suggestions}
    if session.last_human_seq > seq or seq in known or rng.random() > SHOWN:
        return
    row = Suggestion(shop=session.shop, member=session.assignee, seq=seq, created_at=teller.now)
    if rng.random() < USED:
        row.outcome = rng.choices((Outcome.SENT, Outcome.CHANGED), (6, 4))[0]
        row.source = rng.choices((Source.FAQ, Source.QUICK, Source.EARLIER), (5, 2, 3))[0]
    told.suggestions.append(row)
