"""Addresses of the demo storefront; they are there on a demo only."""

from django.urls import path

from sellercenter import demo

_SHOP = "demo/<int:shop_id>/"

urlpatterns = [
    path("demo/", demo.landing, name="demo"),
    path(_SHOP, demo.storefront, name="demo-shop"),
    path(_SHOP + "products/<int:product_id>/", demo.product, name="demo-product"),
    path(_SHOP + "ad/<str:template>/<int:product_id>/", demo.advertisement, name="demo-advertisement"),
    path(_SHOP + "orders/", demo.orders, name="demo-orders"),
    path(_SHOP + "orders/<int:order_id>/", demo.order, name="demo-order"),
    path(_SHOP + "me/", demo.me, name="demo-me"),
    path(_SHOP + "ask/<str:kind>/<int:ref>/", demo.ask, name="demo-ask"),
]
