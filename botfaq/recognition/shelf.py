"""The indexes of this process: at most so many, built by threads beside the requests, replaced when texts change."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from botfaq.recognition import encoders
from botfaq.recognition.index import Index, LeftOut

SHOPS, BYTES = 256, 64 * 2**20  # whichever is reached first; the shop asked longest ago goes
BUILDERS = 2  # so that a large shop's build keeps no small one waiting
Pairs = Sequence[tuple[int, str]]
Content = tuple[str, tuple[tuple[int, str], ...]]  # the encoder's name and the pairs


@dataclass(slots=True)
class _Kept:
    stamp: int | None
    content: Content
    future: Future[Index]
    old: Index | None  # of texts before these: serves until the new one is there
    examined: Future[list[LeftOut]] | None = None


class Shelf:
    """Indexes by shop. The caller reads the database; the builders' threads only compute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._builder = ThreadPoolExecutor(BUILDERS, thread_name_prefix="bot-index")
        self._building: set[int] = set()
        self._examiner = ThreadPoolExecutor(1, thread_name_prefix="bot-examiner")

    def get(
        self, shop: int, stamp: int | None, read: Callable[[], Pairs], encoder: str, patience: float
    ) -> Index | None:
        """Return the index of these texts, waiting at most `patience` seconds for it; None if it takes longer.

        `stamp` changes with the texts; None means that nobody keeps one, so the texts themselves are compared.
        """
        kept = self._kept.get(shop)
        if kept is None or stamp is None or kept.stamp != stamp:
            kept = self._renew(shop, stamp, (encoder, tuple(read())))
        found = self._wait(shop, kept, patience)
        if found is not None:
            self._touch(shop)
        return found

    def older(self, shop: int) -> Index | None:
        """Return what there is while the index of the newest texts is being built: that of older ones."""
        kept = self._kept.get(shop)
        return kept.old if kept else None

    def examine(self, shop: int, index: Index, patience: float) -> list[LeftOut] | None:
        """Return what leaving each phrasing of this index out brings; it may take long, so None until it is there."""
        with self._lock:
            kept = self._kept.get(shop)
            if kept is None or not _is_built(kept.future) or kept.future.result() is not index:
                return None
            if kept.examined is None or (kept.examined.done() and not _is_built(kept.examined)):
                kept.examined = self._examiner.submit(lambda: index.left_out)
            future = kept.examined
        try:
            return future.result(patience)
        except (NotYet, CancelledError):
            return None

    def _wait(self, shop: int, kept: _Kept, patience: float) -> Index | None:
        last = time.monotonic() + patience
        while True:
            try:
                return kept.future.result(max(0.0, last - time.monotonic()))
            except NotYet:
                return None
            except CancelledError:  # the texts have changed meanwhile: wait for their index
                newer = self._kept.get(shop)
                if newer is None or newer is kept:
                    return None
                kept = newer

    def _renew(self, shop: int, stamp: int | None, content: Content) -> _Kept:
        with self._lock:
            kept = self._kept.get(shop)
            if kept and kept.content == content and (_is_built(kept.future) or not kept.future.done()):
                kept.stamp = stamp
                return kept
            self._kept[shop] = fresh = _Kept(stamp, content, Future(), _superseded(kept))
            self._kept.move_to_end(shop)
            if shop not in self._building:  # else whoever builds its last texts goes on with these
                self._building.add(shop)
                self._builder.submit(self._build, shop)
            return fresh

    def _build(self, shop: int) -> None:
        """Build the newest index of a shop; a shop has one builder at a time, however often its texts change."""
        with self._lock:
            kept = self._kept.get(shop)
            if kept is None or not kept.future.set_running_or_notify_cancel():
                self._building.discard(shop)
                return
        built: Index | None = None
        try:
            encoder, pairs = kept.content
            kept.future.set_result(built := Index(pairs, encoders.load(encoder)))
        except Exception as error:
            kept.future.set_exception(error)
        with self._lock:
            newest = self._kept.get(shop)
            if newest is None or newest is kept:
                self._building.discard(shop)
                kept.old = None if built else kept.old
            else:  # late, and still newer than what serves
                newest.old = built or newest.old
                self._builder.submit(self._build, shop)  # behind the other shops

    def _touch(self, shop: int) -> None:
        with self._lock:
            if shop in self._kept:
                self._kept.move_to_end(shop)
            while len(self._kept) > 1 and (len(self._kept) > SHOPS or self._bytes() > BYTES):
                self._kept.popitem(last=False)

    def _bytes(self) -> int:
        ready = [kept.future.result() for kept in self._kept.values() if _is_built(kept.future)]
        return sum(index.bytes for index in [*ready, *(kept.old for kept in self._kept.values() if kept.old)])


def _superseded(kept: _Kept | None) -> Index | None:
    """Skip what is not begun of an index whose texts have changed; return what may serve until the next is there."""
    if kept is None:
        return None
    kept.future.cancel()
    if kept.examined:
        kept.examined.cancel()
    return kept.future.result() if _is_built(kept.future) else kept.old


def _is_built(future: Future[Index] | Future[list[LeftOut]]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


shelf = Shelf()
