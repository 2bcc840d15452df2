"""Addresses of this app."""

from django.urls import path

from storefront import api, job_api, key_api, pages

_SHOP = "api/v1/shops/<int:shop_id>/"
_STORE = "api/v1/storefront/"
urlpatterns = [
    path("shops/<int:shop_id>/settings/keys/", pages.of_shop, name="settings-keys"),
    path("shops/<int:shop_id>/settings/keys/jobs/<int:job_id>.csv", pages.report, name="storefront-report"),
    path(_SHOP + "keys", key_api.Keys.as_view()),
    path(_SHOP + "keys/<int:key_id>/revoke", key_api.Revoke.as_view()),
    path(_SHOP + "signing-secret", key_api.SigningSecret.as_view()),
    path(_SHOP + "storefront-jobs", job_api.ShopJobs.as_view()),
    path(_SHOP + "storefront-jobs/<int:job_id>", job_api.ShopJob.as_view()),
    path(_SHOP + "storefront-jobs/<int:job_id>/report", job_api.ShopJobReport.as_view()),
    path(_STORE + "products", api.Products.as_view()),
    path(_STORE + "coupons", api.Coupons.as_view()),
    path(_STORE + "orders", api.Orders.as_view()),
    path(_STORE + "after-sales", api.AfterSales.as_view()),
    path(_STORE + "products/jobs", api.ProductsJob.as_view()),
    path(_STORE + "coupons/jobs", api.CouponsJob.as_view()),
    path(_STORE + "orders/jobs", api.OrdersJob.as_view()),
    path(_STORE + "after-sales/jobs", api.AfterSalesJob.as_view()),
    path(_STORE + "jobs", api.Jobs.as_view()),
    path(_STORE + "jobs/<int:job_id>", api.OneJob.as_view()),
    path(_STORE + "jobs/<int:job_id>/report", api.JobReport.as_view()),
    path(_STORE + "identities", api.Identities.as_view()),
    path(_STORE + "links", api.Links.as_view()),
]
