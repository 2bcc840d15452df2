"""Addresses of the demo storefront."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
