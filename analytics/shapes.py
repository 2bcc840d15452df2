"""What figures look like on the wire and to the pages: one shape for both."""

from typing import TypedDict


class DateRangeShape(TypedDict):
    """Whole days of the shop, both ends included; `previous` is what they are compared with."""

    key: str
    start: str
    end: str
    previous_start: str | None
    previous_end: str | None
    time_zone: str


class MetricProfileShape(TypedDict):
    key: str
    version: int
    name: str
    clock: str


class MetricShape(TypedDict):
    """A figure's words. `unit`: count, rate (0-1), seconds, stars (1-5), money (in the shop's currency)."""

    key: str
    rule: str
    label: str
    definition: str
    left_out: str
    unit: str
    better: str
    target: float | None


class FigureShape(MetricShape):
    """A figure with its value: null where nothing can be measured. `of` is how many it is a share or a mean of."""

    value: float | None
    of: int
    previous: float | None
    change: float | None


class HeadShape(TypedDict):
    range: DateRangeShape
    profile: MetricProfileShape


class OverviewShape(HeadShape):
    figures: list[FigureShape]


class DayRowShape(TypedDict):
    """`end` is the same day but for weeks and months."""

    day: str
    end: str
    values: dict[str, float | None]


class TrendShape(HeadShape):
    metrics: list[MetricShape]
    results: list[DayRowShape]
    previous: list[DayRowShape]


class AgentShape(TypedDict):
    id: int
    nickname: str
    active: bool


class AgentRowShape(TypedDict):
    member: AgentShape
    values: dict[str, float | None]
    previous: dict[str, float | None] | None


class AgentsShape(HeadShape):
    metrics: list[MetricShape]
    results: list[AgentRowShape]


class MyFiguresShape(HeadShape):
    figures: list[FigureShape]


class QualityShape(HeadShape):
    figures: list[FigureShape]
    metrics: list[MetricShape]
    employees: list[AgentRowShape]


class StarCountShape(TypedDict):
    stars: int
    count: int


class RatingFiguresShape(HeadShape):
    figures: list[FigureShape]
    stars: list[StarCountShape]
    metrics: list[MetricShape]
    results: list[AgentRowShape]


class WhatIfShape(TypedDict):
    """The rate if so many more sessions were rated with 5 stars; `reaches` says whether it meets the target."""

    more: int
    value: float
    reaches: bool


class DissatisfactionShape(TypedDict):
    """G8 over the last 60 whole days; `updated_on` is the day of the last daily update."""

    figure: FigureShape
    updated_on: str
    start: str
    end: str
    rated: int
    dissatisfied: int
    stars: list[StarCountShape]
    what_if: list[WhatIfShape]
    results: list[DayRowShape]


class HeatmapShape(HeadShape):
    """Consultations by weekday (0 = Monday) and hour of the shop; `days` is how often each weekday occurred."""

    cells: list[list[int]]
    days: list[int]
    busiest: int


class ResponseClassShape(TypedDict):
    """First responses of more than `above` up to `upto` seconds; the last class has no end."""

    above: int
    upto: int | None
    count: int


class DistributionShape(HeadShape):
    results: list[ResponseClassShape]
    of: int


class AskedQuestionShape(TypedDict):
    """A question's answers in the range and what buyers said of them; rates 0-1 (E4)."""

    id: int
    text: str
    hits: int
    solved: int
    unsolved: int
    solve_rate: float | None
    feedback_rate: float | None


class HandoverReasonShape(TypedDict):
    key: str
    label: str
    count: int


class BotFiguresShape(HeadShape):
    """`reasons` say why the bot handed over; `questions` are the most answered."""

    figures: list[FigureShape]
    reasons: list[HandoverReasonShape]
    questions: list[AskedQuestionShape]


class SessionFactsShape(TypedDict):
    """One session with all that its figures are made of; spans in seconds."""

    id: int
    buyer: str
    buyer_id: int
    state: str
    entry: str
    topic: str
    started_by: str
    started_at: str
    closed_at: str | None
    close_reason: str
    agents: list[AgentShape]
    first_replier: str | None
    first_response: float | None
    outcome: str
    turns: int
    response_time: float | None
    turns_fast: int
    turns_slow: int
    stars: int | None
    rating_words: str
    rating_source: str
    rated_agent: str | None
    holiday_mode: bool
    no_reply_needed: bool
    report_upheld: bool


class RatingShape(TypedDict):
    session: int
    buyer: str
    agent: str | None
    stars: int
    words: str
    source: str
    at: str
