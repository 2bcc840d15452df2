"""The platform's numbers in words, for people (SPEC P)."""

from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shops import presets
from shops.models import Member, Shop
from shops.presets import Policy
from shops.profiles import PROFILES

_CHOICES = {
    "registration": gettext_lazy("the name given at registration"),
    "owner": gettext_lazy("the owner"),
    "member": gettext_lazy("each agent"),
    "assignment": gettext_lazy("from the assignment"),
    "session": gettext_lazy("from the conversation's start"),
    "shop": gettext_lazy("of the shop"),
    "agent": gettext_lazy("of each agent"),
}


class Line(NamedTuple):
    """One rule: its name, the value in force, what it does, and the fields of the policy that it stands for.

    They stand in the policy's order; the first is the rule's key, in forms, addresses and REST.
    """

    name: str
    value: str
    about: str
    fields: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.fields[0]


class Rule(NamedTuple):
    """A rule of one shop beside what the platform's preset says."""

    line: Line
    usual: str
    overridden: bool


def rules(shop: Shop) -> list[tuple[str, list[Rule]]]:
    """Return every rule of a shop under its headings, each with the preset's value and whether the shop's differs."""
    mine, preset = shop.policy, presets.policy(shop.preset)
    found = []
    for (heading, rows), (_heading, usual) in zip(groups(mine), groups(preset), strict=True):
        pairs = zip(rows, usual, strict=True)
        found.append((heading, [Rule(one, other.value, _differs(one, mine, preset)) for one, other in pairs]))
    return found


def groups(policy: Policy) -> list[tuple[str, list[Line]]]:
    """Return the rules with the values in force, under headings."""
    return [
        (_("Reception"), [*_limits(policy), *_windows(policy), *_queue(policy)]),
        (_("Writing first"), _contact(policy)),
        (_("Ratings and figures"), _ratings(policy)),
        (_("People"), _people(policy)),
    ]


def _differs(line: Line, mine: Policy, preset: Policy) -> bool:
    return any(getattr(mine, name) != getattr(preset, name) for name in line.fields)


def _limits(policy: Policy) -> list[Line]:
    advised = policy.capacity_advised
    value = _("%(low)s to %(high)s, %(default)s at first") % {
        "low": policy.capacity_min,
        "high": policy.capacity_max,
        "default": policy.capacity_default,
    }
    if advised:
        value = _("%(bounds)s; at least %(number)s advised") % {"bounds": value, "number": advised}
    return [
        Line(
            _("Conversations at once"),
            value,
            _("How many open conversations an agent takes automatically."),
            ("capacity_min", "capacity_default", "capacity_max", "capacity_advised"),
        ),
        Line(
            _("Buyer silent"),
            span(policy.buyer_silent_close) or _("never"),
            _("After the shop's reply and this long without a word from the buyer, the conversation closes."),
            ("buyer_silent_close",),
        ),
        Line(
            _("Shop silent"),
            span(policy.shop_silent_close) or _("never"),
            _("A conversation that nobody answered closes this long after the buyer's oldest open message."),
            ("shop_silent_close",),
        ),
    ]


def _windows(policy: Policy) -> list[Line]:
    return [
        Line(
            _("Reply to open conversations"),
            span(policy.open_reply_window) or _("no limit"),
            _("How long after the buyer's last message the shop may still reply."),
            ("open_reply_window",),
        ),
        Line(
            _("Reply to closed conversations"),
            span(policy.closed_reply_window),
            _("How long after the close the last agent may still reply; it stays closed."),
            ("closed_reply_window",),
        ),
        Line(
            _("About to expire"),
            span(policy.expiring_after),
            _("From this waiting time on a conversation is listed as about to expire."),
            ("expiring_after",),
        ),
    ]


def _queue(policy: Policy) -> list[Line]:
    orders = [choice("queue_orders", order) for order in policy.queue_orders]
    return [
        Line(
            _("Queue orders offered"),
            _listed(orders),
            _("Who is served next when an agent becomes free; where there are two, the shop chooses."),
            ("queue_orders",),
        ),
        Line(
            _("A shop with one agent"),
            _("gets every conversation at once") if policy.sole_agent_takes_all else _("queues as usual"),
            _("Whether the only agent gets every conversation, whatever its status and its number at once."),
            ("sole_agent_takes_all",),
        ),
        Line(
            _("Quick replies"),
            _("of the shop and of each agent") if len(policy.quick_reply_scopes) > 1 else _("of each agent"),
            _("Whose sentences agents have at hand."),
            ("quick_reply_scopes",),
        ),
    ]


def _contact(policy: Policy) -> list[Line]:
    value = _("orders of the last %(span)s") % {"span": span(policy.contact_order_age)}
    if policy.contact_open_after_sale:
        value = _("%(orders)s, or any with a return in progress") % {"orders": value}
    return [
        Line(
            _("Buyers an agent may write to first"),
            value,
            _("An agent may begin a conversation with buyers who have such an order."),
            ("contact_order_age", "contact_open_after_sale"),
        )
    ]


def _ratings(policy: Policy) -> list[Line]:
    profile, targets = PROFILES[policy.metric_profile], policy.targets
    return [
        Line(
            _("Rating survey"),
            _("at the close") if policy.survey_at_close else _("on invitation"),
            _("When buyers are asked for stars; they can also rate by themselves."),
            ("survey_at_close", "survey_by_invitation"),
        ),
        Line(
            _("First-response clock"),
            choice("first_response_clock", policy.first_response_clock),
            _("From when the average first response is counted."),
            ("first_response_clock",),
        ),
        Line(
            _("Rules of the figures"),
            choice("metric_profile", policy.metric_profile),
            str(profile.words),
            ("metric_profile",),
        ),
        Line(
            _("Dissatisfaction advised"),
            _("below %(rate)s") % {"rate": f"{targets['dissatisfaction']:.0%}"}
            if "dissatisfaction" in targets
            else _("no target"),
            _("The share of ratings with one or two stars that the platform asks for."),
            ("targets",),
        ),
    ]


def _people(policy: Policy) -> list[Line]:
    setters = ("owner_nickname_set_by", "member_nickname_set_by")
    owner, member = (choice(name, getattr(policy, name)) for name in setters)
    names = _("Owner: %(owner)s; sub-accounts: %(member)s") % {"owner": owner, "member": member}
    bot = roles(policy.bot_setting_roles)
    if policy.bot_set_by_every_agent:
        bot = _("every agent")
    return [
        Line(
            _("Nicknames"),
            names,
            _("Who sets the name under which buyers and colleagues see somebody."),
            setters,
        ),
        Line(
            _("Settings of conversations"),
            roles(policy.desk_setting_roles),
            _("Who sets queue order, greeting, business hours, holiday mode and the chat on your site."),
            ("desk_setting_roles",),
        ),
        Line(
            _("Bot and common questions"),
            bot,
            _("Who switches the bot and writes its answers."),
            ("bot_setting_roles", "bot_set_by_every_agent"),
        ),
        Line(
            _("Team page"),
            roles(policy.team_roles),
            _("Who sees live how busy every agent is."),
            ("team_roles",),
        ),
    ]


def roles(names: tuple[str, ...]) -> str:
    """Return roles as a list in words."""
    return _listed([str(Member.Role(name).label) for name in names])


def choice(name: str, value: str) -> str:
    """Return in words one of what a value of the policy is chosen from."""
    if name == "metric_profile":
        return str(PROFILES[value].name)
    if name == "queue_orders":
        return str(Shop.QueueOrder(value).label)
    return str(Member.Role(value).label if name.endswith("_roles") else _CHOICES[value])


def _listed(words: list[str]) -> str:
    return _(", ").join(words)


def span(length: timedelta | None) -> str:
    """Return a length of time in words; empty for none."""
    if length is None:
        return ""
    if length.days and not length.seconds:
        hours = length.days * 24
        if length.days <= 3:
            return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
        return ngettext("%(n)s day", "%(n)s days", length.days) % {"n": length.days}
    minutes = int(length.total_seconds() // 60)
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
