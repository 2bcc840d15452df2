"""Addresses of this app."""

from django.urls import path

from botfaq import miss_views, moving_views, views

_BOT = "shops/<int:shop_id>/bot/"

urlpatterns = [
    path(_BOT, views.bot, name="bot"),
    path(_BOT + "bulk/", views.bulk, name="bot-bulk"),
    path(_BOT + "restore/", views.restore, name="bot-restore"),
    path(_BOT + "categories/", views.categories, name="bot-categories"),
    path(_BOT + "presets/", views.presets, name="bot-presets"),
    path(_BOT + "misses/", miss_views.misses, name="bot-misses"),
    path(_BOT + "misses/settle/", miss_views.settle, name="bot-settle"),
    path(_BOT + "move/", moving_views.move, name="bot-move"),
    path(_BOT + "export/<str:kind>/", moving_views.export, name="bot-export"),
    path(_BOT + "try/", views.try_it, name="bot-try"),
    path(_BOT + "questions/<int:question_id>/delete/", views.delete, name="bot-question-delete"),
]
