"""Forms of the desk's settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shops.models import Member, Shop


class Own(forms.Form):
    """What each agent sets for itself (A3)."""

    accepting = forms.BooleanField(
        label=_("Accept chats"),
        required=False,
        help_text=_("Off: no automatic assignments; colleagues can still hand conversations over."),
    )
    capacity = forms.IntegerField(label=_("Most conversations at once"))

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data, initial={"accepting": member.accepting, "capacity": member.capacity})
        bounds = member.shop.policy
        field = self.fields["capacity"]
        field.min_value, field.max_value = bounds.capacity_min, bounds.capacity_max  # type: ignore[attr-defined]
        field.widget.attrs.update(min=bounds.capacity_min, max=bounds.capacity_max)
        words = gettext("From %(low)s to %(high)s.") % {"low": bounds.capacity_min, "high": bounds.capacity_max}
        if bounds.capacity_advised:
            words += " " + gettext("At least %(number)s is advised.") % {"number": bounds.capacity_advised}
        field.help_text = words

    def clean_capacity(self) -> int:
        low, high = self.fields["capacity"].min_value, self.fields["capacity"].max_value  # type: ignore[attr-defined]
        chosen = self.cleaned_data["capacity"]
        if not low <= chosen <= high:
            raise forms.ValidationError(
                gettext("Choose a number from %(low)s to %(high)s.") % {"low": low, "high": high}
            )
        return chosen


class Notices(forms.Form):
    """How one wants to be told (C11)."""

    desktop = forms.BooleanField(label=_("Desktop notifications"), required=False)
    sound = forms.BooleanField(label=_("Sound"), required=False)
    badge = forms.BooleanField(label=_("Number of unread conversations on the tab"), required=False)
    push = forms.BooleanField(
        label=_("Notifications while the console is closed"),
        required=False,
        help_text=_(
            "To browsers in which you are signed in. Never for automatic assignments while you don't accept chats."
        ),
    )
    preview = forms.BooleanField(
        label=_("Show the beginning of the message"),
        required=False,
        help_text=_("Off: notifications show the buyer's nickname only."),
    )


class Talk(forms.Form):
    """What the desk's setting roles decide for the shop (A3, P8)."""

    greeting = forms.CharField(
        label=_("Greeting"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Buyers see it when they open the chat. It is no automatic answer in the figures."),
    )
    queue_order = forms.ChoiceField(
        label=_("Queue order"),
        widget=forms.RadioSelect,
        help_text=_("Who is served next when an agent becomes free."),
    )

    requeue_after = forms.IntegerField(
        label=_("Back to the queue after"),
        required=False,
        min_value=1,
        max_value=1440,
        help_text=_(
            "Minutes. When an agent is offline and a buyer has waited this long, the conversation goes back to the "
            "queue and keeps its place. Empty: never."
        ),
    )

    def __init__(self, shop: Shop, data: Any = None) -> None:
        initial = {"greeting": shop.greeting, "queue_order": shop.queue_order, "requeue_after": shop.requeue_after}
        super().__init__(data, initial=initial)
        offered = [choice for choice in Shop.QueueOrder.choices if choice[0] in shop.policy.queue_orders]
        self.fields["queue_order"].choices = offered  # type: ignore[attr-defined]
