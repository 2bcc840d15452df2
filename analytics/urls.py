"""Addresses of this app."""

from django.urls import path

from analytics import api, views

_HERE = "api/v1/shops/<int:shop_id>/analytics"
urlpatterns = [
    path("shops/<int:shop_id>/analytics/", views.analytics, name="analytics"),
    path(f"{_HERE}/reception", api.ReceptionView.as_view()),
    path(f"{_HERE}/mine", api.Mine.as_view()),
    path(f"{_HERE}/overview", api.Overview.as_view()),
    path(f"{_HERE}/trend", api.Trend.as_view()),
    path(f"{_HERE}/agents", api.Agents.as_view()),
    path(f"{_HERE}/quality", api.Quality.as_view()),
    path(f"{_HERE}/ratings", api.Ratings.as_view()),
    path(f"{_HERE}/ratings/latest", api.LatestRatings.as_view()),
    path(f"{_HERE}/sessions", api.Sessions.as_view()),
    path(f"{_HERE}/dissatisfaction", api.Dissatisfaction.as_view()),
    path(f"{_HERE}/bot", api.Bot.as_view()),
    path(f"{_HERE}/heatmap", api.Heatmap.as_view()),
    path(f"{_HERE}/distribution", api.Distribution.as_view()),
]
