"""Addresses of this app."""

from django.urls import path

from analytics import api, views

urlpatterns = [
    path("shops/<int:shop_id>/analytics/", views.analytics, name="analytics"),
    path("api/v1/shops/<int:shop_id>/analytics/reception", api.ReceptionView.as_view()),
]
