"""Addresses of this app."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from shops import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("shops/<int:shop_id>/feedback/", views.feedback, name="feedback"),
]
