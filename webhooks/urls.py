"""Addresses of this app."""

from django.urls import path

from webhooks import api, pages

_PAGES = "shops/<int:shop_id>/settings/webhooks/"
_HERE = "api/v1/shops/<int:shop_id>/webhooks"
_ONE = f"{_HERE}/<int:endpoint_id>"
urlpatterns = [
    path(_PAGES, pages.endpoints, name="settings-webhooks"),
    path(f"{_PAGES}<int:endpoint_id>/", pages.endpoint, name="settings-webhook"),
    path(f"{_PAGES}<int:endpoint_id>/<int:delivery_id>/", pages.delivery, name="settings-webhook-delivery"),
    path(_HERE, api.Endpoints.as_view()),
    path(_ONE, api.OneEndpoint.as_view()),
    path(f"{_ONE}/secret", api.Secret.as_view()),
    path(f"{_ONE}/test", api.Test.as_view()),
    path(f"{_ONE}/again", api.AllAgain.as_view()),
    path(f"{_ONE}/deliveries", api.Deliveries.as_view()),
    path(f"{_ONE}/deliveries/<int:delivery_id>", api.OneDelivery.as_view()),
    path(f"{_ONE}/deliveries/<int:delivery_id>/again", api.Again.as_view()),
]
