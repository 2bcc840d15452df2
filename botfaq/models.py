"""The shop's common questions: what the FAQ card shows and the bot answers from."""

from django.db import models
from django.db.models import Q

from shops.models import Shop


class KnowledgeBase(models.Model):
    """The mark of a shop's questions: another number whenever their words change, so that indexes know (E3)."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="knowledge_base")
    stamp = models.BigIntegerField()

    def __str__(self) -> str:
        return f"knowledge base of {self.shop_id}"


class Question(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=200)
    answer = models.TextField(max_length=2000)
    card_place = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1-5 on the FAQ card (E2), else empty."
    )
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "text"], name="question_once_per_shop"),
            models.UniqueConstraint(
                fields=["shop", "card_place"], condition=Q(card_place__isnull=False), name="faq_card_place_once"
            ),
            models.CheckConstraint(
                condition=Q(card_place__isnull=True) | Q(card_place__range=(1, 5)), name="faq_card_at_most_five"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Phrasing(models.Model):
    """Another way in which buyers ask the same question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="phrasings")
    text = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "text"], name="phrasing_once_per_question")]

    def __str__(self) -> str:
        return self.text
