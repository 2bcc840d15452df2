"""Vectors of texts, kept by encoder and text, so that a changed knowledge base encodes only what is new."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from botfaq.recognition.encoders import Encoder

Floats = npt.NDArray[np.float32]
MOST = 20_000  # vectors kept, half precision: 20 MB of 512 numbers each
BATCH = 64

_kept: OrderedDict[bytes, npt.NDArray[np.float16]] = OrderedDict()
_lock = threading.Lock()


def of(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """Return one row of length 1 for each text."""
    keys = [hashlib.blake2b(f"{encoder.name}\0{text}".encode(), digest_size=16).digest() for text in texts]
    found = np.empty((len(texts), encoder.width), np.float32)
    missing = []
    with _lock:
        for row, key in enumerate(keys):
            if key in _kept:
                _kept.move_to_end(key)
                found[row] = _kept[key]
            else:
                missing.append(row)
    for start in range(0, len(missing), BATCH):
        rows = missing[start : start + BATCH]
        found[rows] = encoder.encode([texts[row] for row in rows])
    _keep({keys[row]: found[row].astype(np.float16) for row in missing})
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)


def _keep(fresh: dict[bytes, npt.NDArray[np.float16]]) -> None:
    with _lock:
        _kept.update(fresh)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
