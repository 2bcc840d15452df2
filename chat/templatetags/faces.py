"""A member's face: the approved picture, else the first letter of the nickname (A5)."""

from typing import Any

from django import template

from chat import media
from shops.models import Member

register = template.Library()


@register.inclusion_tag("chat/_face.html")
def face(member: Member, more: str = "") -> dict[str, Any]:
    """Show a member beside its name, so hidden from screen readers; `more` is a class."""
    return {"picture": media.link(member.avatar) if member.avatar else "", "nickname": member.nickname, "more": more}
