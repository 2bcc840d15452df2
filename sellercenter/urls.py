from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from sellercenter import health
from sellercenter.description import Description, OfPrograms
from sellercenter.words import words
from shops.rest import not_found

handler400 = "shops.rest.refused"
handler500 = "shops.rest.failed"
urlpatterns = [
    path("", include("shops.urls")),
    path("", include("botfaq.urls")),
    path("", include("chat.urls")),
    path("", include("chat.page_urls")),
    path("", include("analytics.urls")),
    path("", include("webhooks.urls")),
    path("", include("openplatform.urls")),
    path("", include("storefront.urls")),
    path("", include("sellercenter.demo_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("jsi18n/", words, name="jsi18n"),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("api/v1/schema/", Description.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("openplatform/schema/", OfPrograms.as_view(), name="programs-schema"),
    path(
        "openplatform/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="programs-schema", template_name="openplatform/api_docs.html"),
        name="programs-docs",
    ),
    re_path(r"^api/", not_found),
]
