"""Addresses of this app."""

from django.urls import path

from botfaq import views

_BOT = "shops/<int:shop_id>/bot/"

urlpatterns = [
    path(_BOT, views.bot, name="bot"),
    path(_BOT + "questions/new/", views.question, name="bot-question-new"),
    path(_BOT + "questions/<int:question_id>/", views.question, name="bot-question"),
    path(_BOT + "questions/<int:question_id>/delete/", views.delete, name="bot-question-delete"),
    path(_BOT + "card/", views.card, name="bot-card"),
]
