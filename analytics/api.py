"""The figures for programs; no arithmetic here. Owner and super admin only, an agent sees its own (A2)."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from analytics import bot_reports, files, kinds, listing, params, reports, session_api, shapes, writing
from analytics.reception import Reception, reception
from chat.api import MemberView
from chat.params import known
from shops import schema

FILES = tuple(writing.FORMATS.values())


def _report(summary: str, shape: Any, name: str, *more: Any) -> Any:
    return schema.operation(
        summary,
        schema.shape(shape),
        name=f"analytics_{name}",
        errors=(403,),
        files=FILES,
        parameters=[*params.RANGE, params.FORM, *more],
    )


class ReceptionView(MemberView):
    """The strip above the signed-in agent's desk (C9)."""

    @schema.operation("My reception data (C9)", schema.shape(Reception), name="reception", errors=(403,))
    def get(self, request: Request, shop_id: int) -> Response:
        return Response(reception(self.member, timezone.now()))


class Mine(MemberView):
    @_report("My own figures (G7, C9)", shapes.MyFiguresShape, "mine")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        asked = params.chosen_range(request, self.member.shop)
        return files.answer(request, self.member.shop, "mine", reports.mine(self.member, asked, timezone.now()))


class Overview(MemberView):
    @_report("The shop's figures (G1-G6, G14)", shapes.OverviewShape, "overview")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        shop = self.member.shop
        told = reports.overview(shop, params.chosen_range(request, shop), timezone.now())
        return files.answer(request, shop, "overview", told)


class Trend(MemberView):
    @_report("The figures of each day, week or month", shapes.TrendShape, "trend", params.STEP)
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format", "by")
        shop = self.member.shop
        asked, step = params.chosen_range(request, shop), params.step(request)
        return files.answer(request, shop, "trend", reports.trend(shop, asked, timezone.now(), step))


class Agents(MemberView):
    @_report("Every agent's figures (G7)", shapes.AgentsShape, "agents")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        shop = self.member.shop
        told = reports.agents(shop, params.chosen_range(request, shop), timezone.now())
        return files.answer(request, shop, "agents", told)


class Quality(MemberView):
    @_report("The quality monitor (G9)", shapes.QualityShape, "quality")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        shop = self.member.shop
        told = reports.quality(shop, params.chosen_range(request, shop), timezone.now())
        return files.answer(request, shop, "quality", told)


class Ratings(MemberView):
    @_report("Ratings of the shop and of each agent (G9)", shapes.RatingFiguresShape, "ratings")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        shop = self.member.shop
        told = reports.ratings(shop, params.chosen_range(request, shop), timezone.now())
        return files.answer(request, shop, "ratings", told)


class LatestRatings(MemberView):
    @schema.operation(
        "Ratings as they came, newest first (G9)",
        schema.page(shapes.RatingShape),
        name="analytics_ratings_latest",
        errors=(403, 409),
        files=FILES,
        parameters=[*params.RANGE, params.FORM, params.MEMBER, *params.RATING, params.CURSOR],
    )
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format", "member", "rating", "source", "cursor")
        shop, cursor = self.member.shop, request.query_params.get("cursor", "")
        asked = params.ratings(request, shop)
        return files.listed(
            request, shop, listing.chosen_ratings(shop, asked), lambda: kinds.latest_ratings(shop, asked),
            lambda: listing.ratings(shop, asked, cursor),
        )  # fmt: skip


class Sessions(MemberView):
    @schema.operation(
        "All sessions with their facts, or those behind a figure",
        schema.page(shapes.SessionFactsShape),
        name="analytics_sessions",
        errors=(403, 409),
        files=FILES,
        parameters=[*params.RANGE, params.FORM, params.MEMBER, *params.FILTERS, params.CURSOR],
    )
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format", "member", *params.FILTER_NAMES, "cursor")
        return session_api.listed(request, self.member.shop, params.sessions(request, self.member.shop))


class Dissatisfaction(MemberView):
    @schema.operation(
        "The IM dissatisfaction rate of the last 60 days (G8, G13)",
        schema.shape(shapes.DissatisfactionShape),
        name="analytics_dissatisfaction",
        errors=(403,),
        files=FILES,
        parameters=[params.FORM],
    )
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, "format")
        shop = self.member.shop
        return files.answer(request, shop, "dissatisfaction", reports.dissatisfaction(shop, timezone.now()))


class Bot(MemberView):
    @_report("What automatic reception did (G5, E4)", shapes.BotFiguresShape, "bot")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        shop = self.member.shop
        told = bot_reports.bot(shop, params.chosen_range(request, shop), timezone.now())
        return files.answer(request, shop, "bot", told)


class BotTrend(MemberView):
    @_report("The bot's figures of each day, week or month (E4)", shapes.TrendShape, "bot_trend", params.STEP)
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format", "by")
        shop = self.member.shop
        asked, step = params.chosen_range(request, shop), params.step(request)
        return files.answer(request, shop, "bot_trend", bot_reports.trend(shop, asked, timezone.now(), step))


class Heatmap(MemberView):
    @_report("Consultations by weekday and hour", shapes.HeatmapShape, "heatmap")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        shop = self.member.shop
        told = reports.heatmap(shop, params.chosen_range(request, shop), timezone.now())
        return files.answer(request, shop, "heatmap", told)


class Distribution(MemberView):
    @_report("How long first responses took", shapes.DistributionShape, "distribution")
    def get(self, request: Request, shop_id: int) -> HttpResponseBase:
        known(request, *params.RANGE_NAMES, "format")
        shop = self.member.shop
        told = reports.distribution(shop, params.chosen_range(request, shop), timezone.now())
        return files.answer(request, shop, "distribution", told)
