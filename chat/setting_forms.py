"""Forms of the settings."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import incoming
from chat.actions.policy import LONGEST, SHORTEST
from shops.models import Shop

MINUTES = 1440
WORDS, WORD = 500, 40  # forbidden words, and characters of one


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
    """What the desk's setting roles decide for the shop's conversations (A3, P8, E5, C22, C23)."""

    greeting = forms.CharField(
        label=_("Greeting"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Buyers see it when they open the chat. It is no automatic answer in the figures."),
    )
    off_hours_reply = forms.CharField(
        label=_("Reply outside business hours"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sent once a conversation to buyers who write while the shop is closed. Empty: none is sent."),
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
        max_value=MINUTES,
        help_text=_(
            "Minutes. When an agent is offline and a buyer has waited this long, the conversation goes back to the "
            "queue and keeps its place. Empty: never."
        ),
    )
    forbidden_words = forms.CharField(
        label=_("Forbidden words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. Agents are warned before they send a message with one of them."),
    )

    def __init__(self, shop: Shop, data: Any = None) -> None:
        names = ("greeting", "off_hours_reply", "queue_order", "requeue_after")
        initial = {name: getattr(shop, name) for name in names}
        super().__init__(data, initial={**initial, "forbidden_words": "\n".join(shop.forbidden_words)})
        offered = [choice for choice in Shop.QueueOrder.choices if choice[0] in shop.policy.queue_orders]
        queue = self.fields["queue_order"]
        assert isinstance(queue, forms.ChoiceField)
        queue.choices = offered

    def clean_forbidden_words(self) -> list[str]:
        words = [line.strip() for line in self.cleaned_data["forbidden_words"].splitlines() if line.strip()]
        if len(words) > WORDS:
            raise forms.ValidationError(incoming.a_list_of(WORDS))
        for word in words:
            if len(word) > WORD:
                raise forms.ValidationError(
                    gettext("“%(word)s” is too long: at most %(limit)s characters.") % {"word": word, "limit": WORD}
                )
        return words


class Retention(forms.Form):
    """For how long conversations are kept; a shorter time, which can't be undone, is confirmed."""

    days = forms.IntegerField(
        label=_("Remove conversations after"),
        required=False,
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=format_lazy(
            _("Days since the end and the last message, {low} to {high}. Empty: everything is kept."),
            low=SHORTEST,
            high=LONGEST,
        ),
    )
    sure = forms.BooleanField(label=_("I know that what is removed can't be brought back."), required=False)

    def __init__(self, shop: Shop, data: Any = None) -> None:
        super().__init__(data, initial={"days": shop.retention_days})
        self.before = shop.retention_days

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        days = given.get("days")
        if days is not None and (self.before is None or days < self.before) and not given.get("sure"):
            self.add_error("sure", gettext("Please confirm it: more will be removed than before."))
        return given
