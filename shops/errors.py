"""The one way an action says no."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Refused(Exception):
    """A rule of the business forbids this; mapped in one place each to pages, REST (409) and sockets.

    `code` is stable and for programs, `words` is translated and for people, `data` travels beside them. Words may be
    lazy: one who writes for many at a time does not know in whose language they are read.
    """

    def __init__(self, code: str, words: "StrOrPromise", **data: Any) -> None:
        super().__init__(code, words)
        self.code = code
        self.data = data
        self._words = words

    @property
    def words(self) -> str:
        return str(self._words)


class NotYours(Exception):
    """The object does not exist or belongs to somebody else: 404 either way."""


class NotAllowed(Exception):
    """The object is visible but the role does not permit this action: 403."""


class Busy(Exception):
    """The server can't take more right now; nothing was stored. Retry with the same key after `retry_after` s."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class Throttled(Busy):
    """This one does it too often; nothing was stored."""


class Invalid(Exception):
    """The input is not well formed: 400 with the words per field, which may be lazy as those of Refused."""

    def __init__(self, /, **fields: "StrOrPromise") -> None:  # a field may be called "self"
        super().__init__(fields)
        self._fields = fields

    @property
    def fields(self) -> dict[str, str]:
        return {name: str(words) for name, words in self._fields.items()}
