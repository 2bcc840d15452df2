"""Addresses of this app."""

from django.urls import path

from shops import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("shops/<int:shop_id>/feedback/", views.feedback, name="feedback"),
]
