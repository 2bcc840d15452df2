"""The figures for programs; no arithmetic here. Owner and super admin only, an agent sees its own (A2)."""

from typing import Any

from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics import bot_reports, listing, params, reports, shapes
from analytics.reception import Reception, reception
from chat.api import CookieAuthentication, DeskView
from chat.params import known
from shops import access as shop_access
from shops import schema
from shops.models import Member
from shops.pages import FIGURE_ROLES


class FiguresView(APIView):
    """A call of a member who may see the shop's figures (A2); IM permission is not asked for."""

    authentication_classes = [CookieAuthentication]
    permission_classes = [AllowAny]
    member: Member

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.user is None or not request.user.is_authenticated:
            self.permission_denied(request)
        self.member = shop_access.member(request.user, kwargs["shop_id"])
        shop_access.require(self.member, FIGURE_ROLES)


def _report(summary: str, shape: Any, name: str, *more: Any) -> Any:
    return schema.operation(
        summary, schema.shape(shape), name=f"analytics_{name}", errors=(403,), parameters=[*params.RANGE, *more]
    )


class ReceptionView(DeskView):
    """The strip above the signed-in agent's desk (C9)."""

    @schema.operation("My reception data (C9)", schema.shape(Reception), name="reception", errors=(403,))
    def get(self, request: Request, shop_id: int) -> Response:
        return Response(reception(self.member, timezone.now()))


class Mine(DeskView):
    @_report("My own figures (G7, C9)", shapes.MineShape, "mine")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        asked = params.chosen_range(request, self.member.shop)
        return Response(reports.mine(self.member, asked, timezone.now()))


class Overview(FiguresView):
    @_report("The shop's figures (G1-G6, G14)", shapes.OverviewShape, "overview")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        shop = self.member.shop
        return Response(reports.overview(shop, params.chosen_range(request, shop), timezone.now()))


class Trend(FiguresView):
    @_report("The figures of each day, week or month", shapes.TrendShape, "trend", params.STEP)
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES, "by")
        shop = self.member.shop
        asked, step = params.chosen_range(request, shop), params.step(request)
        return Response(reports.trend(shop, asked, timezone.now(), step))


class Agents(FiguresView):
    @_report("Every agent's figures (G7)", shapes.AgentsShape, "agents")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        shop = self.member.shop
        return Response(reports.agents(shop, params.chosen_range(request, shop), timezone.now()))


class Quality(FiguresView):
    @_report("The quality monitor (G9)", shapes.QualityShape, "quality")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        shop = self.member.shop
        return Response(reports.quality(shop, params.chosen_range(request, shop), timezone.now()))


class Ratings(FiguresView):
    @_report("Ratings of the shop and of each agent (G9)", shapes.RatingsShape, "ratings")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        shop = self.member.shop
        return Response(reports.ratings(shop, params.chosen_range(request, shop), timezone.now()))


class LatestRatings(FiguresView):
    @schema.operation(
        "Ratings as they came, newest first (G9)",
        schema.page(shapes.RatingShape),
        name="analytics_ratings_latest",
        errors=(403,),
        parameters=[*params.RANGE, params.MEMBER, *params.RATING, params.CURSOR],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES, "member", "rating", "source", "cursor")
        asked = params.ratings(request, self.member.shop)
        results, following = listing.ratings(self.member.shop, asked, request.query_params.get("cursor", ""))
        return Response({"results": results, "next": following})


class Sessions(FiguresView):
    @schema.operation(
        "All sessions with their facts, or those behind a figure",
        schema.page(shapes.SessionFactsShape),
        name="analytics_sessions",
        errors=(403,),
        parameters=[*params.RANGE, params.MEMBER, *params.FILTERS, params.CURSOR],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        names = ("member", "rating", "source", "topic", "state", "figure", "part", "question", "q", "cursor")
        known(request, *params.RANGE_NAMES, *names)
        shop, cursor = self.member.shop, request.query_params.get("cursor", "")
        results, following = listing.page(shop, params.sessions(request, shop), cursor, timezone.now())
        return Response({"results": results, "next": following})


class Dissatisfaction(FiguresView):
    @schema.operation(
        "The IM dissatisfaction rate of the last 60 days (G8, G13)",
        schema.shape(shapes.DissatisfactionShape),
        name="analytics_dissatisfaction",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        known(request)
        return Response(reports.dissatisfaction(self.member.shop, timezone.now()))


class Bot(FiguresView):
    @_report("What automatic reception did (G5, E4)", shapes.BotShape, "bot")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        shop = self.member.shop
        return Response(bot_reports.bot(shop, params.chosen_range(request, shop), timezone.now()))


class BotTrend(FiguresView):
    @_report("The bot's figures of each day, week or month (E4)", shapes.TrendShape, "bot_trend", params.STEP)
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES, "by")
        shop = self.member.shop
        asked, step = params.chosen_range(request, shop), params.step(request)
        return Response(bot_reports.trend(shop, asked, timezone.now(), step))


class Heatmap(FiguresView):
    @_report("Consultations by weekday and hour", shapes.HeatmapShape, "heatmap")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        shop = self.member.shop
        return Response(reports.heatmap(shop, params.chosen_range(request, shop)))


class Distribution(FiguresView):
    @_report("How long first responses took", shapes.DistributionShape, "distribution")
    def get(self, request: Request, shop_id: int) -> Response:
        known(request, *params.RANGE_NAMES)
        shop = self.member.shop
        return Response(reports.distribution(shop, params.chosen_range(request, shop), timezone.now()))
