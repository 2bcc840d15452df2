"""Addresses of this app."""

from django.urls import path

from analytics import api, bot_views, export_api, export_views, list_views, session_api, views

_PAGES = "shops/<int:shop_id>/analytics"
_HERE = "api/v1/shops/<int:shop_id>/analytics"
urlpatterns = [
    path(f"{_PAGES}/", views.analytics, name="analytics"),
    path(f"{_PAGES}/agents/", views.agents, name="analytics-agents"),
    path(f"{_PAGES}/quality/", views.quality, name="analytics-quality"),
    path(f"{_PAGES}/ratings/", views.ratings, name="analytics-ratings"),
    path(f"{_PAGES}/bot/", bot_views.bot, name="analytics-bot"),
    path(f"{_PAGES}/mine/", views.mine, name="my-figures"),
    path(f"{_PAGES}/mine/sessions/", list_views.my_sessions, name="my-sessions"),
    path(f"{_PAGES}/sessions/", list_views.sessions, name="analytics-sessions"),
    path(f"{_PAGES}/sessions/<int:session_id>/", list_views.session, name="analytics-session"),
    path(f"{_PAGES}/exports/", export_views.exports, name="exports"),
    path(f"{_PAGES}/exports/<int:export_id>/", export_views.file, name="export-file"),
    path(f"{_PAGES}/exports/<str:kind>.<str:form>", export_views.small, name="export"),
    path(f"{_PAGES}/score/", list_views.score, name="score"),
    path(f"{_HERE}/reception", api.ReceptionView.as_view()),
    path(f"{_HERE}/mine", api.Mine.as_view()),
    path(f"{_HERE}/overview", api.Overview.as_view()),
    path(f"{_HERE}/trend", api.Trend.as_view()),
    path(f"{_HERE}/agents", api.Agents.as_view()),
    path(f"{_HERE}/quality", api.Quality.as_view()),
    path(f"{_HERE}/ratings", api.Ratings.as_view()),
    path(f"{_HERE}/ratings/latest", api.LatestRatings.as_view()),
    path(f"{_HERE}/sessions", api.Sessions.as_view()),
    path(f"{_HERE}/sessions/<int:session_id>", session_api.OneSession.as_view()),
    path(f"{_HERE}/sessions/<int:session_id>/messages", session_api.SessionMessages.as_view()),
    path(f"{_HERE}/mine/sessions", session_api.MySessions.as_view()),
    path(f"{_HERE}/dissatisfaction", api.Dissatisfaction.as_view()),
    path(f"{_HERE}/bot", api.Bot.as_view()),
    path(f"{_HERE}/bot/trend", api.BotTrend.as_view()),
    path(f"{_HERE}/exports", export_api.Exports.as_view()),
    path(f"{_HERE}/exports/<int:export_id>", export_api.OneExport.as_view()),
    path(f"{_HERE}/exports/<int:export_id>/file", export_api.File.as_view()),
    path(f"{_HERE}/heatmap", api.Heatmap.as_view()),
    path(f"{_HERE}/distribution", api.Distribution.as_view()),
]
