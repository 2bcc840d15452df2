"""Sets of keys as bytes: stored for each day, united over many of them. People do not add up; sets do."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
NONE: Ids = np.zeros(0, np.int64)
_WIDTHS = {1: "<u1", 2: "<u2", 4: "<u4", 8: "<u8"}
_SPARSE = 64  # a set with fewer than one key in so many places is united by sorting, others by ticking them off


def ordered(ids: Iterable[int]) -> Ids:
    """Return different keys in order."""
    return np.unique(np.fromiter(ids, np.int64))


def pack(ids: Iterable[int]) -> bytes:
    """Return keys as bytes: the first, then the steps from each to the next, as narrow as the widest step allows."""
    found = ordered(ids)
    if not found.size:
        return b""
    steps = np.diff(found)
    widest = int(steps.max()) if steps.size else 0
    width = next(one for one in _WIDTHS if widest < 1 << 8 * one)
    return bytes([width]) + int(found[0]).to_bytes(8, "little") + steps.astype(_WIDTHS[width]).tobytes()


def unpack(data: bytes | memoryview) -> Ids:
    """Return the keys in order; databases hand out bytes in either form."""
    if not data:
        return NONE
    steps = np.frombuffer(data, _WIDTHS[data[0]], offset=9)
    found = np.empty(steps.size + 1, np.int64)
    found[0] = int.from_bytes(data[1:9], "little")
    np.cumsum(steps, out=found[1:], dtype=np.int64)
    found[1:] += found[0]
    return found


def count(sets: Sequence[Ids]) -> int:
    """Return how many different keys these sets have together."""
    every = [one for one in sets if one.size]
    if len(every) < 2:
        return every[0].size if every else 0
    first, last = min(int(one[0]) for one in every), max(int(one[-1]) for one in every)
    together = np.concatenate(every)
    if last - first > _SPARSE * together.size:
        return int(np.unique(together).size)
    seen = np.zeros(last - first + 1, np.bool_)
    seen[together - first] = True
    return int(np.count_nonzero(seen))


def ordered_amounts(amounts: Mapping[int, int]) -> tuple[Ids, Ids]:
    """Return keys in order, and the whole number of each."""
    ids = sorted(amounts)
    return np.array(ids, np.int64), np.fromiter((amounts[one] for one in ids), np.int64, len(ids))


def pack_amounts(amounts: Mapping[int, int]) -> bytes:
    """Return keys with a whole number each as bytes."""
    if not amounts:
        return b""
    ids, values = ordered_amounts(amounts)
    return len(ids).to_bytes(4, "little") + values.astype("<i8").tobytes() + pack(amounts)


def unpack_amounts(data: bytes | memoryview) -> tuple[Ids, Ids]:
    """Return the keys in order, and the number of each."""
    if not data:
        return NONE, NONE
    size = int.from_bytes(data[:4], "little")
    values = np.frombuffer(data, "<i8", size, offset=4).astype(np.int64)
    return unpack(data[4 + 8 * size :]), values


def total(parts: Sequence[tuple[Ids, Ids]]) -> int:
    """Return the sum of the numbers, each key counted once however many parts have it."""
    if not parts:
        return 0
    ids, values = (np.concatenate(some) for some in zip(*parts, strict=True))
    _found, places = np.unique(ids, return_index=True)
    return int(values[places].sum())
