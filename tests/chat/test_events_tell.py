"""What each change tells: frames applied to the old state equal a fresh fetch (docs/wire.md)."""

import pytest

from chat.actions import people, policy, ratings, sessions
from chat.actions.items import Receipt
from chat.models import Conversation
from tests import base
from tests.chat.stage import Stage, held, waiting

pytestmark = pytest.mark.django_db(transaction=True)


def nothing(stage):
    return None


def buyer_again(stage, session):
    base.writes(stage.line, "And in red?")


def buyer_first(stage, session):
    base.writes(stage.line)


def faq_click(stage, session):
    base.clicks(stage.line, base.question(stage.shop))


def both_at_once(stage, session):
    base.send(
        base.from_buyer(stage.line, "One"), base.from_agent(stage.lin, session, "Two"), base.from_buyer(stage.line)
    )


def card(stage, session):
    base.replies(stage.lin, session, kind="emoji", text="😀")
    base.writes(stage.line, kind="product_card", ref=base.product(stage.shop).pk)


def look(stage, session):
    line = Conversation.objects.get(pk=stage.line.pk)
    base.send(Receipt(line.pk, "shop", line.last_seq, line.last_seq, stage.lin.pk))


def buyer_reads(stage, session):
    line = Conversation.objects.get(pk=stage.line.pk)
    base.send(Receipt(line.pk, "buyer", line.last_seq, line.last_seq - 1))


def late_reply(stage, session):
    sessions.close(session.pk, stage.lin)
    base.replies(stage.lin, base.session(stage.line), "One more thing.")


def rated_after_the_close(stage, session):
    sessions.close(session.pk, stage.lin)
    ratings.rate(stage.shop.pk, stage.line.pk, session.pk, 5)


def there_and_back(stage, session):
    sessions.transfer(session.pk, stage.wu, stage.lin)
    base.writes(stage.line, "Hello?")
    sessions.transfer(session.pk, stage.lin, stage.wu)
    base.writes(stage.line, "Still there?")


def came_back(stage, session):
    sessions.close(session.pk, stage.lin)
    base.writes(stage.line, "A new question")


def both_wait(stage):
    """Let both buyers wait; return the first one's session."""
    stage.owner = base.agent(stage.shop, "Owner", role="owner", accepting=False)
    first = waiting(stage)
    base.writes(stage.other)
    return first


def order_turned(stage, session):
    policy.set_queue_order(stage.shop, "lifo", stage.owner)


CHANGES = {
    "the buyer's first message": (nothing, buyer_first),
    "the buyer's first message, nobody there": (lambda s: people.set_accepting(s.lin, False) and None, buyer_first),
    "a FAQ click": (nothing, faq_click),
    "the buyer's next message": (held, buyer_again),
    "the buyer's next message while waiting": (waiting, buyer_again),
    "a reply": (held, lambda s, session: base.replies(s.lin, session, "Anything else?")),
    "both at once": (held, both_at_once),
    "emoji and card": (held, card),
    "take": (waiting, lambda s, session: sessions.take(session.pk, s.wu)),
    "take the first of two": (both_wait, lambda s, session: sessions.take(session.pk, s.wu)),
    "a second who waits": (waiting, lambda s, session: base.writes(s.other)),
    "another queue order": (both_wait, order_turned),
    "give": (waiting, lambda s, session: sessions.give(session.pk, s.lin, s.wu)),
    "transfer": (held, lambda s, session: sessions.transfer(session.pk, s.wu, s.lin)),
    "transfer there and back": (held, there_and_back),
    "close": (held, lambda s, session: sessions.close(session.pk, s.lin)),
    "close with a sentence": (held, lambda s, session: sessions.close(session.pk, s.lin, "Thank you.")),
    "a late reply": (held, late_reply),
    "a new session after the close": (held, came_back),
    "mark": (held, lambda s, session: sessions.mark(session.pk, s.lin, True)),
    "unmark": (held, lambda s, session: sessions.mark(sessions.mark(session.pk, s.lin, True).pk, s.lin, False)),
    "invite": (held, lambda s, session: ratings.invite(session.pk, s.lin)),
    "rate": (held, lambda s, session: ratings.rate(s.shop.pk, s.line.pk, session.pk, 2, "Slow")),
    "rate after the close": (held, rated_after_the_close),
    "look": (waiting, lambda s, session: (sessions.take(session.pk, s.lin), look(s, session))),
    "the buyer reads": (held, buyer_reads),
    "pausing": (held, lambda s, session: people.set_accepting(s.lin, False)),
    "accepting": (waiting, lambda s, session: people.set_accepting(s.wu, True)),
    "capacity": (waiting, lambda s, session: people.set_capacity(s.wu, 3)),
    "an agent leaves": (held, lambda s, session: base.leave(s.lin)),
}


@pytest.mark.rule("C4", "C6")
@pytest.mark.parametrize("change", CHANGES)
def test_frames_applied_to_the_old_state_equal_a_fresh_fetch(change):
    before, act = CHANGES[change]
    stage = Stage()
    session = before(stage)
    with stage.listening():
        act(stage, session)
        assert any(stage.heard().values()), "nobody was told anything"
