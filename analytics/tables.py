"""The tables of figures: one each for the page and for its export, made from the same report (G11, G12)."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from analytics import shapes, words
from chat.models import Rating, ServiceSession
from shops.models import Shop

OUTCOMES = {
    "human_in_time": gettext_lazy("Answered in time"),
    "auto_solved": gettext_lazy("Solved automatically"),
    "late": gettext_lazy("Answered late"),
    "unanswered": gettext_lazy("Not answered"),
}
NUMBERS = ("count", "rate", "seconds", "stars", "money", "figure")


class Column(NamedTuple):
    """`unit`: text, moment, day, flag, a unit of figures, or figure where each cell has its own."""

    key: str
    label: str
    unit: str = "text"
    words: str = ""  # the definition


class Cell(NamedTuple):
    """A value that has a unit of its own."""

    unit: str
    value: Any


class Table(NamedTuple):
    """`name` is the file's, `ids` say what each row is about; rows may be read once only."""

    name: str
    title: str
    columns: list[Column]
    rows: Iterable[Sequence[Any]]
    ids: Sequence[Any] = ()


Link = Callable[[Any, str], str]  # from a row's id and a column's key to an address, or nothing


def shown(table: Table, shop: Shop, link: Link | None = None) -> dict[str, Any]:
    """Return a table as a page shows it, each number with the way to the sessions behind it."""
    say, rows = partial(words.cell, shop=shop, language=get_language()), []
    for n, row in enumerate(table.rows):
        of = table.ids[n] if n < len(table.ids) else None
        rows.append([_shown(column, value, say, of, link) for column, value in zip(table.columns, row, strict=True)])
    heads = [{"label": one.label, "words": one.words, "num": one.unit in NUMBERS} for one in table.columns]
    return {"name": table.name, "title": table.title, "heads": heads, "rows": rows}


def _shown(column: Column, value: Any, say: Callable[[str, Any], str], of: Any, link: Link | None) -> dict[str, Any]:
    unit, raw = value if isinstance(value, Cell) else (column.unit, value)
    address = link(of, column.key) if link and raw not in (None, "") else ""
    return {"text": say(unit, raw), "num": column.unit in NUMBERS, "link": address}


def figures(name: str, title: str, found: Sequence[shapes.FigureShape]) -> Table:
    """Return figures with their targets and the span before, one a row."""
    columns = [
        Column("figure", _("Figure")), Column("value", _("Value"), "figure"), Column("of", _("Out of"), "count"),
        Column("target", _("Target"), "figure"), Column("previous", _("Span before"), "figure"),
        Column("definition", _("Definition")), Column("left_out", _("Left out")),
    ]  # fmt: skip
    rows = [
        (one["label"], Cell(one["unit"], one["value"]), one["of"], Cell(one["unit"], one["target"]),
         Cell(one["unit"], one["previous"]), one["definition"], one["left_out"])
        for one in found
    ]  # fmt: skip
    return Table(name, title, columns, rows, [one["key"] for one in found])


def of_agents(
    name: str, title: str, metrics: Sequence[shapes.MetricShape], found: Sequence[shapes.AgentRowShape]
) -> Table:
    """Return figures of agents, one agent a row (G7, G9)."""
    columns = [Column("agent", _("Agent account")), *(_column(one) for one in metrics)]
    rows = [(one["member"]["nickname"], *(one["values"][column.key] for column in columns[1:])) for one in found]
    return Table(name, title, columns, rows, [one["member"]["id"] for one in found])


def of_days(name: str, title: str, metrics: Sequence[shapes.MetricShape], found: Sequence[shapes.DayRowShape]) -> Table:
    """Return figures over time, one step a row."""
    columns = [Column("day", _("From"), "day"), Column("end", _("To"), "day"), *(_column(one) for one in metrics)]
    rows = [(one["day"], one["end"], *(one["values"][column.key] for column in columns[2:])) for one in found]
    return Table(name, title, columns, rows, [(one["day"], one["end"]) for one in found])


def _column(one: shapes.MetricShape) -> Column:
    return Column(one["key"], one["label"], one["unit"], one["definition"])


def heatmap(found: shapes.HeatmapShape) -> Table:
    """Return consultations by weekday and hour."""
    columns = [Column("weekday", _("Weekday")), *(Column(f"h{n}", f"{n:02d}:00", "count") for n in range(24))]
    rows = [(day, *cells) for day, cells in zip(words.weekdays(), found["cells"], strict=True)]
    return Table("heatmap", _("Consultations by weekday and hour"), columns, rows)


def distribution(found: shapes.DistributionShape) -> Table:
    """Return first responses by how long they took."""
    columns = [
        Column("time", _("First response")), Column("count", _("Sessions"), "count"),
        Column("share", _("Share"), "rate"),
    ]  # fmt: skip
    total = found["of"]
    rows = [
        (words.response_class(one["above"], one["upto"]), one["count"], one["count"] / total if total else None)
        for one in found["results"]
    ]
    return Table("distribution", _("How long first responses took"), columns, rows)


def stars(found: Sequence[shapes.StarCountShape]) -> Table:
    """Return ratings by their stars."""
    total = sum(one["count"] for one in found)
    columns = [
        Column("stars", _("Stars"), "count"), Column("count", _("Ratings"), "count"),
        Column("share", _("Share"), "rate"),
    ]  # fmt: skip
    rows = [(one["stars"], one["count"], one["count"] / total if total else None) for one in found]
    return Table("stars", _("Ratings by stars"), columns, rows, [one["stars"] for one in found])


def questions(found: Sequence[shapes.AskedQuestionShape]) -> Table:
    """Return how the answers of each question did, one a row (E4)."""
    columns = [
        Column("text", _("Question")), Column("hits", _("Hits"), "count"), Column("solved", _("Solved"), "count"),
        Column("unsolved", _("Unsolved"), "count"), Column("solve_rate", _("Solve rate"), "rate"),
        Column("feedback_rate", _("Feedback solve rate"), "rate"),
    ]  # fmt: skip
    rows = [
        (one["text"], one["hits"], one["solved"], one["unsolved"], one["solve_rate"], one["feedback_rate"])
        for one in found
    ]
    return Table("bot_questions", _("Answers by question"), columns, rows, [one["id"] for one in found])


def reasons(found: Sequence[shapes.HandoverReasonShape]) -> Table:
    """Return why the bot handed over (E3)."""
    total = sum(one["count"] for one in found)
    columns = [
        Column("label", _("Why")), Column("count", _("Sessions"), "count"), Column("share", _("Share"), "rate"),
    ]  # fmt: skip
    rows = [(one["label"], one["count"], one["count"] / total if total else None) for one in found]
    return Table("bot_reasons", _("Why the bot handed over"), columns, rows, [one["key"] for one in found])


def latest_ratings(found: Iterable[shapes.RatingShape]) -> Table:
    """Return ratings as they came."""
    columns = [
        Column("at", _("Time"), "moment"), Column("stars", _("Stars"), "count"), Column("words", _("Words")),
        Column("buyer", _("Buyer")), Column("agent", _("Agent account")), Column("source", _("Source")),
        Column("session", _("Session")),
    ]  # fmt: skip
    rows = [
        (one["at"], one["stars"], one["words"], one["buyer"], one["agent"] or _("Bot"), source(one["source"]),
         str(one["session"]))
        for one in found
    ]  # fmt: skip
    return Table("ratings_latest", _("Latest ratings"), columns, rows)


def sessions(found: Iterable[shapes.SessionFactsShape]) -> Table:
    """Return one session a row with all its facts; read as it is written, however many there are."""
    return Table("sessions", _("All sessions"), session_columns(), map(_session, found))


def session_columns() -> list[Column]:
    """Return the facts of a session by name and unit."""
    return [
        Column("id", _("Session")), Column("started_at", _("Started"), "moment"),
        Column("closed_at", _("Closed"), "moment"), Column("buyer", _("Buyer")), Column("state", _("State")),
        Column("entry", _("Entry")), Column("topic", _("Topic")), Column("started_by", _("Started by")),
        Column("close_reason", _("Close reason")), Column("agents", _("Agents")),
        Column("first_replier", _("First reply by")), Column("first_response", _("First response"), "seconds"),
        Column("outcome", _("Result")), Column("turns", _("Turns answered"), "count"),
        Column("response_time", _("Average response time"), "seconds"),
        Column("turns_fast", _("Replied within 30 seconds"), "count"),
        Column("turns_slow", _("Not replied within 10 minutes"), "count"), Column("stars", _("Stars"), "count"),
        Column("rating_words", _("Words")), Column("rating_source", _("Rating source")),
        Column("rated_agent", _("Rated agent")), Column("holiday_mode", _("Holiday mode"), "flag"),
        Column("no_reply_needed", _("No reply needed"), "flag"), Column("report_upheld", _("Report approved"), "flag"),
    ]  # fmt: skip


def _session(one: shapes.SessionFactsShape) -> Sequence[Any]:
    return (
        str(one["id"]), one["started_at"], one["closed_at"], one["buyer"], label(ServiceSession.State, one["state"]),
        label(ServiceSession.Entry, one["entry"]), label(ServiceSession.Topic, one["topic"]),
        _("Buyer") if one["started_by"] == "buyer" else _("Agent account"),
        label(ServiceSession.CloseReason, one["close_reason"]),
        ", ".join(agent["nickname"] for agent in one["agents"]), one["first_replier"], one["first_response"],
        str(OUTCOMES[one["outcome"]]), one["turns"], one["response_time"], one["turns_fast"], one["turns_slow"],
        one["stars"], one["rating_words"], source(one["rating_source"]), one["rated_agent"], one["holiday_mode"],
        one["no_reply_needed"], one["report_upheld"],
    )  # fmt: skip


def outcomes() -> dict[str, str]:
    """Return what becomes of sessions, in words (G5, G6)."""
    return {name: str(said) for name, said in OUTCOMES.items()}


def source(value: str) -> str:
    """Return where a rating came from, in words."""
    return label(Rating.Source, value)


def label(choices: Any, value: str) -> str:
    """Return a choice in words; nothing for nothing."""
    return str(choices(value).label) if value else ""
