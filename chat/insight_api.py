"""REST for the customer insight beside a session (E9, docs/wire.md)."""

from rest_framework.request import Request
from rest_framework.response import Response

from chat import feelings, insight, looking, params
from chat.api import MemberView
from shops import schema


class Insight(MemberView):
    @schema.operation(
        "What the shop knows of a session's buyer (E9)",
        schema.shape(insight.InsightShape),
        name="session_insight",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        params.known(request)
        return Response(insight.of(self.member, looking.session(self.member, session_id, "insight")))


class Upset(MemberView):
    @schema.operation(
        "Which of one's own sessions have a buyer who waits and sounds upset: at most 60 looked at, longest wait first",
        schema.shape(feelings.UpsetSessionsShape),
        name="sessions_upset",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(feelings.upset(self.member))
