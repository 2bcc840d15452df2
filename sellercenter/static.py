"""Static files under hashed names, the addresses inside JavaScript modules included, and who hands them out."""

from typing import Any

from django.conf import UserSettingsHolder, settings
from servestatic.asgi import FileServerASGI
from servestatic.middleware import ServeStaticMiddleware
from servestatic.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of modules that import modules; the default is 5


class Static:
    """ASGI: files are handed out before Django: a console asks for some seventy, each 3 ms in the middlewares."""

    def __init__(self, otherwise: Any) -> None:  # an ASGI application
        own: Any = UserSettingsHolder(settings)
        own.SERVESTATIC_ADD_HEADERS_FUNCTION = unguessed
        self.otherwise, self.files = otherwise, ServeStaticMiddleware(nothing, own).files

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = self.files.get(scope["path"])
        await (FileServerASGI(found) if found else self.otherwise)(scope, receive, send)


def unguessed(headers: Any, path: str, url: str) -> None:
    """Let no browser guess what a file is, as Django does for pages."""
    headers["X-Content-Type-Options"] = "nosniff"


async def nothing(request: Any) -> Any:
    """What would answer where there is no file: only the list of files is wanted."""
