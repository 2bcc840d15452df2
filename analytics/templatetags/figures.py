"""Values of figures and of a session's facts on server-rendered pages.

Rows of tables and steps of charts, of which ninety days have a thousand parts, are written here: a template takes ten
times as long for each.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from analytics import tables, words
from chat.models import Rating, ServiceSession

register = template.Library()


@register.simple_tag(takes_context=True)
def cell(context: template.Context, unit: str, value: Any) -> str:
    """Write a value as the shop reads it: its time, its currency."""
    return words.cell(unit, value, context["shop"])


@register.simple_tag
def outcome(name: str) -> str:
    """Write what became of a session (G6)."""
    return str(tables.OUTCOMES[name])


@register.simple_tag
def choice(name: str, value: str) -> str:
    """Write a session's topic or state, or a rating's source, in words."""
    choices = {"topic": ServiceSession.Topic, "state": ServiceSession.State, "source": Rating.Source}
    return tables.label(choices[name], value) or words.NONE


@register.filter
def row_cells(row: Sequence[Mapping[str, Any]]) -> SafeString:
    """Write the cells of a table's row (tables.shown)."""
    head, *others = row
    return mark_safe(f'<th scope="row">{escape(head["text"])}</th>{"".join(map(_cell, others))}')


def _cell(one: Mapping[str, Any]) -> str:
    kind, text = ' class="num"' if one["num"] else "", escape(one["text"])
    return f'<td{kind}><a href="{escape(one["link"])}">{text}</a></td>' if one["link"] else f"<td{kind}>{text}</td>"


@register.filter
def heat_cells(row: Mapping[str, Any]) -> SafeString:
    """Write the hours of a weekday (panels.heat)."""
    return mark_safe("".join(f'<td class="heat-{one["shade"]}">{one["count"]}</td>' for one in row["cells"]))


@register.filter
def chart_steps(chart: Mapping[str, Any]) -> SafeString:
    """Write what shows under the pointer at each step of a chart (panels.trend)."""
    return mark_safe("".join(_step(one, chart["top"], chart["tall"], chart["foot"]) for one in chart["steps"]))


def _step(one: Mapping[str, Any], top: int, tall: int, foot: int) -> str:
    x = one["x"]
    dots = "".join(f'<circle class="cross" cx="{x}" cy="{y}" r="4"></circle>' for y in one["dots"])
    return (
        f'<g class="step"><rect class="hit" x="{one["left"]}" y="{top}" width="{one["width"]}" height="{tall}">'
        f"<title>{escape(one['tip'])}</title></rect>"
        f'<line class="cross" x1="{x}" x2="{x}" y1="{top}" y2="{foot}"></line>{dots}</g>'
    )
