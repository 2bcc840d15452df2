"""Values of a session's facts on server-rendered pages."""

from typing import Any

from django import template

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
    return tables.outcomes()[name]


@register.simple_tag
def choice(name: str, value: str) -> str:
    """Write a session's topic or state, or a rating's source, in words."""
    choices = {"topic": ServiceSession.Topic, "state": ServiceSession.State, "source": Rating.Source}
    return tables.label(choices[name], value) or words.NONE
