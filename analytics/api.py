"""The figures for programs; no arithmetic here."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from analytics import metrics
from chat.api import DeskView
from shops import schema


class ReceptionView(DeskView):
    """The strip above the signed-in agent's desk (C9)."""

    @schema.operation("My reception data (C9)", schema.shape(metrics.Reception), name="reception", errors=(403,))
    def get(self, request: Request, shop_id: int) -> Response:
        return Response(metrics.reception(self.member, timezone.now()))
