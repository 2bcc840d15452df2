"""The indexes of this process: at most so many, built by one thread beside the requests, replaced when texts change."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from botfaq.recognition import encoders
from botfaq.recognition.index import Index

SHOPS, BYTES = 256, 64 * 2**20  # whichever is reached first; the shop asked longest ago goes
Pairs = Sequence[tuple[int, str]]
Content = tuple[str, tuple[tuple[int, str], ...]]  # the encoder's name and the pairs


@dataclass(slots=True)
class _Kept:
    stamp: int | None
    content: Content
    future: Future[Index]


class Shelf:
    """Indexes by shop. The caller reads the database; the builder's thread only computes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="bot-index")

    def get(
        self, shop: int, stamp: int | None, read: Callable[[], Pairs], encoder: str, patience: float
    ) -> Index | None:
        """Return the index of these texts, waiting at most `patience` seconds for it; None if it takes longer.

        `stamp` changes with the texts; None means that nobody keeps one, so the texts themselves are compared.
        """
        kept = self._kept.get(shop)
        if kept is None or stamp is None or kept.stamp != stamp:
            kept = self._renew(shop, stamp, (encoder, tuple(read())))
        try:
            found = kept.future.result(patience)
        except NotYet:
            return None
        self._touch(shop)
        return found

    def _renew(self, shop: int, stamp: int | None, content: Content) -> _Kept:
        encoder, pairs = content
        with self._lock:
            kept = self._kept.get(shop)
            if kept and kept.content == content and not (kept.future.done() and kept.future.exception()):
                kept.stamp = stamp
                return kept
            future = self._builder.submit(lambda: Index(pairs, encoders.load(encoder)))
            self._kept[shop] = fresh = _Kept(stamp, content, future)
            return fresh

    def _touch(self, shop: int) -> None:
        with self._lock:
            if shop in self._kept:
                self._kept.move_to_end(shop)
            while len(self._kept) > 1 and (len(self._kept) > SHOPS or self._bytes() > BYTES):
                self._kept.popitem(last=False)

    def _bytes(self) -> int:
        ready = [kept.future for kept in self._kept.values() if kept.future.done() and not kept.future.exception()]
        return sum(future.result().bytes for future in ready)


shelf = Shelf()
