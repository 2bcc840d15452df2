"""Addresses of the pages around the desk."""

from django.urls import path

from chat import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("shops/<int:shop_id>/settings/", pages.settings, name="desk-settings"),
    path("shops/<int:shop_id>/bot/switch/", pages.bot_switch, name="bot-switch"),
]
