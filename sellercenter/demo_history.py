"""Tell the demo's past: a month of receptions that are finished, and a few that are running now."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils import timezone

from botfaq.models import Miss, Question
from chat.actions import past
from chat.actions.past import Reception
from chat.models import BotAnswer, ServiceSession
from sellercenter import demo_bot
from sellercenter.demo_bot_talk import SCRIPTS as BOT_SCRIPTS
from sellercenter.demo_rows import Stage
from sellercenter.demo_talk import BLAME, PRAISE, SCRIPTS, WAITING
from sellercenter.demo_teller import Teller
from shops.models import Buyer, Member

DAYS = 30
RUNNING = timedelta(hours=2)  # finished talks started longer ago than this, so that none ends in the future
FORGOTTEN, LATE = 0.03, 0.06
WITH_BOT = 0.4  # of the receptions; until yesterday where the bot is off now, so that visitors meet people at once
Reason, Part = ServiceSession.CloseReason, ServiceSession.BotPart


def tell(stage: Stage, now: datetime, rng: random.Random) -> int:
    """Tell a month up to now, then what is open; store it all and return how many receptions there are."""
    free_at: dict[int, datetime] = {}
    told: list[Reception] = []
    missed = demo_bot.Missed()
    for start in _starts(stage, now, rng):
        buyer = rng.choice(stage.buyers)
        if free_at.get(buyer.pk, start) > start:
            continue
        # The named buyers are those one plays: nothing of theirs stays open with the bot.
        on = stage.seed.bot_enabled or start < now - timedelta(days=1)
        with_bot = on and buyer in stage.crowd and rng.random() < WITH_BOT
        teller = Teller(stage, buyer, rng.choice((BOT_SCRIPTS if with_bot else SCRIPTS)[stage.seed.language]), start)
        if with_bot:
            _finish_with_bot(teller, rng, missed)
        else:
            _finish(teller, rng)
        is_over = not teller.session.is_open
        free_at[buyer.pk] = teller.now + timedelta(hours=1) if is_over else now + timedelta(days=1)
        told.append(teller.told)
    for line in stage.lines.values():
        line.buyer_delivered = line.buyer_read = line.shop_delivered = line.shop_read = line.last_seq
    told += _running(stage, free_at, now)
    past.store(stage.lines.values(), told)
    for member in stage.members:
        member.load = sum(one.session.assignee is member for one in told)
    Member.objects.bulk_update(stage.members, ["load"])
    Question.objects.bulk_update(stage.questions.values(), ["hits"])
    Miss.objects.bulk_create(missed.settled())
    return len(told)


def _starts(stage: Stage, now: datetime, rng: random.Random) -> Iterator[datetime]:
    """Yield when sessions start: from nine to ten in the evening of the shop, up to two hours ago."""
    zone = stage.shop.zone
    for back in range(DAYS, -1, -1):
        day = now.astimezone(zone).date() - timedelta(days=back)
        busy = stage.seed.sessions_a_day + rng.randint(-3, 4)
        minutes = sorted(rng.randint(9 * 60, 22 * 60) for _ in range(busy))
        for minute in minutes:
            at = datetime.combine(day, time(minute // 60, minute % 60, rng.randint(0, 59)), tzinfo=zone)
            if at < now - RUNNING:
                yield at.astimezone(now.tzinfo)


def _finish(teller: Teller, rng: random.Random) -> None:
    """Play the script to its end; now and then an agent is late, or forgets to answer at all."""
    policy, chance = teller.stage.shop.policy, rng.random()
    # Where the platform closes what nobody answers (P3), that must have happened by now.
    gone = (policy.shop_silent_close or timedelta(days=1)) + timedelta(days=1)
    old = teller.now < timezone.now() - gone
    forgotten = chance < FORGOTTEN and old
    late = FORGOTTEN <= chance < LATE and old and policy.open_reply_window is None
    for place, (who, words) in enumerate(teller.script.lines):
        if who == "a" and forgotten:
            continue
        slow = late and who == "a" and teller.session.first_human_at is None
        teller.now += timedelta(hours=26, minutes=rng.randint(0, 300)) if slow else _pause(who, place, rng)
        _play(teller, who, words, rng)
        if not teller.told.assignments:
            _to_agent(teller, rng)
    if policy.survey_by_invitation and not forgotten and rng.random() < 0.5:
        teller.invite()
    _end(teller, forgotten, rng)


def _finish_with_bot(teller: Teller, rng: random.Random, missed: demo_bot.Missed) -> None:
    """Play a reception that the bot has first, to its end or to the hand-over and an agent's end."""
    teller.session.bot_part = Part.KEPT
    for place, (who, words) in enumerate(teller.script.lines):
        teller.now += _pause(who, place, rng)
        if who.isdigit():
            teller.buyer_says(words)
            demo_bot.answers(teller, teller.stage.questions[int(who)], BotAnswer.How.RECOGNISED)
        elif who == "m":
            demo_bot.misses(teller, words, missed)
        elif who in "su":
            demo_bot.judged(teller, who == "s")
        elif who == "l":
            demo_bot.low_stars(teller, rng)
        elif who == "h":
            demo_bot.hands_over(teller, words)
            _to_agent(teller, rng)
        else:
            _play(teller, who, words, rng)
    session = teller.session
    session.bot_seen_seq = session.last_buyer_seq
    if teller.told.assignments:
        _end(teller, False, rng)
    elif session.closes_at and session.closes_at < timezone.now():
        teller.now = session.closes_at
        silent = teller.stage.shop.policy.shop_silent_close is not None
        teller.close(Reason.SHOP_SILENT if silent else Reason.BUYER_SILENT)


def _pause(who: str, place: int, rng: random.Random) -> timedelta:
    if place == 0:
        return timedelta()
    between = {"a": (15, 240), "s": (3, 20), "u": (3, 20), "h": (0, 1)}.get(who, (8, 90))
    return timedelta(seconds=rng.randint(*between))


def _play(teller: Teller, who: str, words: str, rng: random.Random) -> None:
    if who == "q":
        question = teller.stage.questions[int(words)]
        teller.buyer_says(question.text)
        demo_bot.answers(teller, question, BotAnswer.How.CLICKED)
        if not teller.session.bot_part:
            demo_bot.may_judge(teller, rng)
    elif who == "c":
        teller.buyer_shows_card()
    elif who == "a":
        demo_bot.may_suggest(teller, rng)
        teller.agent_says(words)
    else:
        teller.buyer_says(words)


def _to_agent(teller: Teller, rng: random.Random) -> None:
    """Every seventh buyer has to wait for a place."""
    if rng.random() < 0.15:
        teller.queue()
        teller.now += timedelta(seconds=rng.randint(60, 500))
    teller.assign(rng.choice(teller.stage.agents))


def _end(teller: Teller, forgotten: bool, rng: random.Random) -> None:
    """Close by the agent, or by the platform's own rule (P2, P3), and let some buyers rate."""
    session, language = teller.session, teller.stage.seed.language
    by_rule = session.closes_at is not None and (forgotten or rng.random() < 0.4)
    shop_silent = session.waiting_since is not None and teller.stage.shop.policy.shop_silent_close is not None
    if by_rule and session.closes_at and (forgotten or not shop_silent):
        teller.now = session.closes_at
        teller.close(Reason.SHOP_SILENT if shop_silent else Reason.BUYER_SILENT)
    else:
        teller.now += timedelta(minutes=rng.randint(2, 12))
        teller.close(Reason.AGENT)
    if session.last_answer_at and teller.told.rating is None and rng.random() < 0.4:
        teller.now += timedelta(seconds=rng.randint(5, 300))
        stars = rng.choices((5, 4, 3, 2, 1), (60, 22, 8, 5, 5))[0]
        teller.rate(stars, rng.choice((PRAISE if stars > 3 else BLAME)[language]) if stars != 3 else "")


def _running(stage: Stage, free_at: dict[int, datetime], now: datetime) -> list[Reception]:
    """Leave some sessions waiting, and two in progress with every agent (three with a lone one)."""
    free = iter([buyer for buyer in stage.buyers if free_at.get(buyer.pk, now) <= now][1:])
    per_agent = 2 if len(stage.agents) > 1 else 3
    seats: list[Member | None] = [*stage.agents * per_agent, *[None] * stage.seed.queued]
    told = []
    for place, (agent, buyer) in enumerate(zip(seats, free, strict=False)):
        told.append(_open(stage, buyer, agent, place, now - timedelta(minutes=2 + 2 * (len(seats) - place))))
    return told


def _open(stage: Stage, buyer: Buyer, agent: Member | None, place: int, at: datetime) -> Reception:
    language = stage.seed.language
    talks = [script for script in SCRIPTS[language] if script.lines[1:2] and script.lines[1][0] == "a"]
    teller = Teller(stage, buyer, talks[place % len(talks)], at)
    line, session = teller.line, teller.session
    if agent is None:
        teller.buyer_says(WAITING[language][place % 3])
        teller.queue()
    else:
        teller.buyer_says(teller.script.lines[0][1])
        teller.assign(agent)
        for _who, words in teller.script.lines[1 : 2 + place % 2]:
            teller.now += timedelta(seconds=50)
            teller.agent_says(words) if _who == "a" else teller.buyer_says(words)
    line.buyer_delivered = line.buyer_read = line.shop_delivered = line.last_seq
    line.shop_read = session.last_human_seq or session.first_seq - 1
    return teller.told
