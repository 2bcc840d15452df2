"""METRICS: each figure of SPEC G, defined once. A figure is a number, or one number over another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.conditions import Rules
from chat.models import ServiceSession

Words = str | Promise
COUNT, RATE, SECONDS, MONEY = "count", "rate", "seconds", "money"
# Whose a session is when a figure is asked of one agent (G7).
ASSIGNED, REPLIED, RATED = "assigned", "replied", "rated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure with its words. `over` and `under` are numbers by name; without `under` it is `over` itself."""

    key: str
    rule: str  # of SPEC
    label: Words
    definition: Words
    unit: str  # count | rate (0-1) | seconds | money
    over: str
    under: str = ""
    left_out: Words = ""  # the exclusions, in words
    better: str = ""  # up | down: which way is good; empty where neither is
    belongs: str = ASSIGNED  # asked of one agent, whose sessions it counts
    among: str = ""  # and which of them it counts them among, where those are others

    def value(self, numbers: Mapping[str, Any]) -> float | int | None:
        """Return the figure; None where nothing can be measured."""
        over = numbers.get(self.over) or 0
        if not self.under:
            return over
        under = numbers.get(self.under) or 0
        if not under:
            return None
        return over / under / 1_000_000 if self.unit == SECONDS else over / under

    @property
    def of(self) -> str:
        """The number whose sessions a figure is about: what is counted, or what it is a share or a mean of."""
        return self.under or self.over


_HOLIDAY = _("Sessions started in holiday mode, and those solved by automatic reception.")

CONSULTATIONS = Metric(
    key="consultations", rule="G1", label=_("Consultations"), unit=COUNT, over="consultations",
    definition=_("Sessions that buyers started in the range: by a first message, or by a click on a common question."),
)  # fmt: skip
RESPONSE_RATE = Metric(
    key="response_rate", rule="G2", label=_("24-hour response rate"), unit=RATE, over="answered", under="counted",
    better="up", definition="",  # both are the metric profile's, see label() and definition()
    left_out=_("Sessions started in holiday mode, marked no reply needed, or with an approved report."),
)  # fmt: skip
SATISFACTION = Metric(
    key="satisfaction", rule="G3", label=_("Satisfaction"), unit=RATE, over="satisfied", under="rated", better="up",
    belongs=RATED,
    definition=_("Of the rated sessions, the share with 4 or 5 stars; 3 stars count as rated, not as satisfied."),
)  # fmt: skip
FIRST_RESPONSE = Metric(
    key="first_response", rule="G4", label=_("Average first response"), unit=SECONDS, over="reply_us", under="replied",
    better="down", left_out=_HOLIDAY, belongs=REPLIED,
    definition=_(
        "Mean time until the first human reply, from the start of the session or from its first assignment to a human, "
        "as the platform counts."
    ),
)  # fmt: skip
AUTO_SOLVED = Metric(
    key="auto_solved", rule="G5", label=_("Solved by automatic reception"), unit=COUNT, over="auto_solved",
    definition=_(
        "Sessions whose last message is an automatic answer that the buyer did not follow up. Greetings and off-hours "
        "replies are no automatic answers; a human reply in time makes it human-answered."
    ),
)  # fmt: skip
HUMAN_IN_TIME = Metric(
    key="human_in_time", rule="G6", label=_("Answered by a human in time"), unit=COUNT, over="human_in_time",
    definition=_("Consultations with a human reply within the response time, counted from the start of the session."),
)  # fmt: skip
LATE = Metric(
    key="late", rule="G6", label=_("Answered late"), unit=COUNT, over="late", better="down",
    definition=_("Consultations that automatic reception did not solve and whose first human reply came too late."),
)  # fmt: skip
UNANSWERED = Metric(
    key="unanswered", rule="G6", label=_("Not answered"), unit=COUNT, over="unanswered", better="down",
    definition=_("Consultations that automatic reception did not solve and that no human has answered so far."),
)  # fmt: skip
ASSIGNED_SESSIONS = Metric(
    key="assigned", rule="G7", label=_("Assigned"), unit=COUNT, over="consultations",
    definition=_("Consultations assigned to this agent; after a transfer they count for everybody who had them."),
)  # fmt: skip
NEEDING = Metric(
    key="needing", rule="G7", label=_("Needing a human reply"), unit=COUNT, over="needing",
    definition=_("Assigned consultations without those solved by automatic reception."),
)  # fmt: skip
HUMAN_RATE = Metric(
    key="human_rate", rule="G7", label=_("Human response rate"), unit=RATE, over="human_in_time", under="needing",
    better="up",
    definition=_("Of the consultations needing a human reply, the share answered by a human in time."),
)  # fmt: skip
DISSATISFACTION = Metric(
    key="dissatisfaction", rule="G8", label=_("IM dissatisfaction rate"), unit=RATE, over="judged_low", under="judged",
    better="down", belongs=RATED, left_out=_("Sessions with an approved report."),
    definition=_(
        "Of the rated sessions of the last 60 days, the share with 1 or 2 stars. Ratings of the bot count; a later "
        "rating of the human replaces the bot's. 3 stars count as rated, not as dissatisfied."
    ),
)  # fmt: skip
PEOPLE = Metric(
    key="people", rule="G9", label=_("People consulting"), unit=COUNT, over="people",
    definition=_("Different buyers who started a session in the range."),
)  # fmt: skip
RESPONSE_TIME = Metric(
    key="response_time", rule="G9", label=_("Average response time"), unit=SECONDS, over="turn_us", under="turns",
    better="down",
    definition=_(
        "Mean over the buyer's turns: from the oldest unanswered message to the human reply. What an automatic answer "
        "has answered waits no more."
    ),
)  # fmt: skip
TURNS_FAST = Metric(
    key="turns_fast", rule="G9", label=_("Replied within 30 seconds"), unit=COUNT, over="turns_fast", better="up",
    definition=_("The buyer's turns that a human answered within 30 seconds."),
)  # fmt: skip
TURNS_SLOW = Metric(
    key="turns_slow", rule="G9", label=_("Not replied within 10 minutes"), unit=COUNT, over="turns_slow", better="down",
    definition=_("The buyer's turns that a human answered after more than 10 minutes, or that have waited so long."),
)  # fmt: skip
RATINGS = Metric(
    key="ratings", rule="G9", label=_("Ratings"), unit=COUNT, over="stars", belongs=RATED,
    definition=_("Sessions of the range with a rating."),
)  # fmt: skip
RATING_RATE = Metric(
    key="rating_rate", rule="G9", label=_("Rating rate"), unit=RATE, over="consultations_rated", under="consultations",
    better="up", belongs=RATED, among=ASSIGNED,
    definition=_("Of the consultations, the share with a rating: of an agent, those rated for it of those assigned."),
)  # fmt: skip
MEAN_STARS = Metric(
    key="mean_stars", rule="G9", label=_("Average stars"), unit="stars", over="star_sum", under="stars", better="up",
    belongs=RATED, definition=_("Mean of the stars, 1 to 5."),
)  # fmt: skip
CONVERSION = Metric(
    key="conversion", rule="G14", label=_("Conversion"), unit=RATE, over="ordering", under="served", better="up",
    definition=_("Of the buyers whom the shop answered, the share that ordered within 7 days of such a session."),
    left_out=_("Orders not paid for, and those cancelled."),
)  # fmt: skip
GUIDED_VALUE = Metric(
    key="guided_value", rule="G14", label=_("Guided order value"), unit=MONEY, over="order_value", better="up",
    definition=_("Total of what these buyers ordered within 7 days of a session that the shop answered."),
    left_out=_("Orders not paid for, and those cancelled."),
)  # fmt: skip

WITH_AUTOMATIC = Metric(
    key="with_automatic", rule="E4", label=_("Sessions with automatic answers"), unit=COUNT, over="with_automatic",
    definition=_("Consultations in which automatic reception gave at least one answer."),
)  # fmt: skip
AUTO_RATE = Metric(
    key="auto_rate", rule="G5", label=_("Solved without a human"), unit=RATE, over="auto_solved",
    under="with_automatic", better="up",
    definition=_("Of the consultations with an automatic answer, the share that automatic reception solved alone."),
)  # fmt: skip

RECEIVED = Metric(
    key="received", rule="E4", label=_("Received by the bot"), unit=COUNT, over="received",
    definition=_("Sessions that the bot received first."),
)  # fmt: skip
BOT_ANSWERS = Metric(
    key="bot_answers", rule="E4", label=_("Automatic answers"), unit=COUNT, over="bot_answers",
    definition=_("Answers of automatic reception: recognised, clicked, or from the buyer's order."),
)  # fmt: skip
SOLVE_RATE = Metric(
    key="solve_rate", rule="E4", label=_("Solve rate"), unit=RATE, over="answers_solved", under="bot_answers",
    better="up", definition=_("Of the automatic answers, the share that buyers marked as solved."),
)  # fmt: skip
FEEDBACK_RATE = Metric(
    key="feedback_rate", rule="E4", label=_("Feedback solve rate"), unit=RATE, over="answers_solved",
    under="answers_judged", better="up",
    definition=_("Of the automatic answers that buyers marked as solved or unsolved, the share marked as solved."),
)  # fmt: skip
HANDED_OVER = Metric(
    key="handed_over", rule="E3", label=_("Handed over to a human"), unit=RATE, over="handed_over", under="received",
    better="down", definition=_("Of the sessions that the bot received, the share it handed over to a human."),
)  # fmt: skip
SUGGESTED = Metric(
    key="suggested", rule="E8", label=_("Suggested replies"), unit=COUNT, over="suggested",
    definition=_("Buyer messages for which the console showed an agent suggested replies."),
)  # fmt: skip
SUGGESTION_USE = Metric(
    key="suggestion_use", rule="E8", label=_("Suggestions used"), unit=RATE, over="suggestions_used",
    under="suggested", better="up", definition=_("Of these, the share where the agent sent one, changed or not."),
)  # fmt: skip
SUGGESTION_AS_IS = Metric(
    key="suggestion_as_is", rule="E8", label=_("Sent unchanged"), unit=RATE, over="suggestions_sent",
    under="suggestions_used", definition=_("Of the suggested replies that were used, the share sent unchanged."),
)  # fmt: skip
HANDED = tuple(
    Metric(
        key=f"handed_{reason}", rule="E3", label=reason.label, unit=COUNT, over=f"handed_{reason}",
        definition=_("Sessions that the bot handed over for this reason."),
    )
    for reason in ServiceSession.BotPart if reason not in (ServiceSession.BotPart.NONE, ServiceSession.BotPart.KEPT)
)  # fmt: skip

OVERVIEW = (
    CONSULTATIONS, RESPONSE_RATE, SATISFACTION, FIRST_RESPONSE, HUMAN_IN_TIME, AUTO_SOLVED, LATE, UNANSWERED,
    CONVERSION, GUIDED_VALUE,
)  # fmt: skip
TREND = OVERVIEW[:8]
AGENTS = (
    ASSIGNED_SESSIONS, NEEDING, HUMAN_IN_TIME, HUMAN_RATE, LATE, UNANSWERED, SATISFACTION, FIRST_RESPONSE,
)  # fmt: skip
QUALITY = (PEOPLE, CONSULTATIONS, RESPONSE_TIME, FIRST_RESPONSE, TURNS_FAST, TURNS_SLOW)
RATING = (RATINGS, RATING_RATE, MEAN_STARS, SATISFACTION)
BOT = (
    CONSULTATIONS, WITH_AUTOMATIC, AUTO_SOLVED, AUTO_RATE, RECEIVED, HANDED_OVER, BOT_ANSWERS, SOLVE_RATE,
    FEEDBACK_RATE, SUGGESTED, SUGGESTION_USE, SUGGESTION_AS_IS,
)  # fmt: skip
METRICS: dict[str, Metric] = {
    one.key: one for one in (*OVERVIEW, *AGENTS, DISSATISFACTION, *QUALITY, *RATING, *BOT, *HANDED)
}  # fmt: skip


def label(metric: Metric, by: Rules) -> str:
    """Return a figure's name, under the shop's metric profile."""
    return str(by.profile.rate if metric is RESPONSE_RATE else metric.label)


def definition(metric: Metric, by: Rules) -> str:
    """Return a figure's definition in words, under the shop's metric profile."""
    return str(by.profile.words if metric is RESPONSE_RATE else metric.definition)
