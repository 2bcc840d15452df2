"""Where receptions came from that were not held here."""

from django.db import models

from chat.models.session import ServiceSession
from shops.models import Shop


class ImportedReception(models.Model):
    """Says that a session came in by import_history, and under which key, so that it comes in once."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64, help_text="The id in the history it came from.")
    session = models.OneToOneField(ServiceSession, on_delete=models.CASCADE, related_name="imported")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="imported_reception_once")]
