"""What the bot answered, and whether it helped (E4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from botfaq.models import Question
from chat.models.message import Message
from chat.models.session import ServiceSession
from shops.models import Shop


class BotAnswer(models.Model):
    """One automatic answer; "put it another way" is none."""

    class How(models.TextChoices):
        CLICKED = "clicked", _("The buyer clicked the question")
        RECOGNISED = "recognised", _("The bot recognised it")
        ORDER = "order", _("From the buyer's order")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(ServiceSession, on_delete=models.CASCADE, related_name="bot_answers")
    message = models.OneToOneField(
        Message,
        null=True,
        on_delete=models.SET_NULL,
        related_name="bot_answer",
        help_text="Empty: removed (retention).",
    )
    question = models.ForeignKey(Question, null=True, on_delete=models.SET_NULL, related_name="answers")
    how = models.CharField(max_length=10, choices=How)
    solved = models.BooleanField(null=True, help_text="What the buyer said of it; empty: nothing.")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["shop", "created_at"], include=["question", "solved"], name="bot_answer_of_shop")
        ]
