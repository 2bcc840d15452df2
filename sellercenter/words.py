"""The words of the pages' scripts."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.i18n import JavaScriptCatalog

from chat.widget_views import spoken

_catalog = JavaScriptCatalog.as_view()


def words(request: HttpRequest) -> HttpResponseBase:
    """Answer the catalogue in the language of the address (a frame has no cookie), else in the visitor's."""
    with translation.override(spoken(request) or translation.get_language()):
        return _catalog(request)
