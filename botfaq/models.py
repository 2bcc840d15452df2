"""The shop's common questions: what the FAQ card shows and the bot answers from."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commerce.models import Product
from shops.models import Shop


class KnowledgeBase(models.Model):
    """The mark of a shop's questions: another number whenever their words change, so that indexes know (E3)."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="knowledge_base")
    stamp = models.BigIntegerField()

    def __str__(self) -> str:
        return f"knowledge base of {self.shop_id}"


class Kept(models.Manager[Any]):
    """What was not removed; a removed row waits a while for its undo, seen by `everything` only."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(removed_at=None)


class Category(models.Model):
    """A heading that questions stand under (E1)."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="question_categories")
    name = models.CharField(max_length=40)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = Kept()
    everything = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "name"], condition=Q(removed_at=None), name="question_category_once_per_shop"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=200)
    answer = models.TextField(max_length=2000)
    card_place = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1-5 on the FAQ card (E2), else empty."
    )
    hits = models.PositiveIntegerField(default=0)
    published = models.BooleanField(default=True, help_text="A draft is known to its writers only.")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions", help_text="Its heading."
    )
    related = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="+")
    link = models.URLField(max_length=500, blank=True, help_text="An https page that says more.")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Shown as a card."
    )

    picture = models.BigIntegerField(null=True, blank=True, help_text="The chat's own number of the file.")
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = Kept()
    everything = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="question_removed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "text"], condition=Q(removed_at=None), name="question_once_per_shop"
            ),
            models.UniqueConstraint(
                fields=["shop", "card_place"], condition=Q(card_place__isnull=False), name="faq_card_place_once"
            ),
            models.CheckConstraint(
                condition=Q(card_place__isnull=True) | Q(card_place__range=(1, 5)), name="faq_card_at_most_five"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def heading(self) -> str:
        """The category's name, empty without one or after its removal."""
        return self.category.name if self.category and self.category.removed_at is None else ""


class Phrasing(models.Model):
    """Another way in which buyers ask the same question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="phrasings")
    text = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "text"], name="phrasing_once_per_question")]

    def __str__(self) -> str:
        return self.text


class Miss(models.Model):
    """Words that the bot had no answer to, once for each wording (E10)."""

    class Settled(models.TextChoices):
        WAITING = "", _("Waiting")
        ANSWERED = "answered", _("Made a question or a phrasing")
        DISMISSED = "dismissed", _("Dismissed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200, help_text="The words without what makes no difference.")
    text = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    last_session = models.BigIntegerField(help_text="The session in which it was said last; the chat's own number.")
    last_at = models.DateTimeField()
    settled = models.CharField(max_length=9, choices=Settled, blank=True)
    question = models.ForeignKey(
        Question, null=True, on_delete=models.SET_NULL, related_name="+", help_text="What answers it since."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="miss_once_per_wording")]
        indexes = [models.Index(fields=["shop", "-last_at", "-id"], name="miss_newest")]

    def __str__(self) -> str:
        return self.text
