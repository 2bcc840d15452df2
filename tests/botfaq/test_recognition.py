"""The recogniser without a database: meaning where an encoder is there, letters without, and what it costs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from botfaq.recognition import encoders, index, vectors
from botfaq.recognition.encoders import Encoder
from botfaq.recognition.index import Index
from botfaq.recognition.models import Ridge
from botfaq.recognition.shelf import Shelf

PAIRS = [
    (1, "我的订单在哪里？"),
    (1, "我的快递到哪了"),
    (2, "怎么申请退货退款"),
    (2, "东西不想要了可以退吗"),
    (3, "Where is my parcel?"),
    (3, "My order has not arrived yet"),
    (4, "How do I pay?"),
    (4, "Which payment methods do you accept?"),
]


class Counting:
    """An encoder that knows nothing, and counts."""

    name, width = "counting", 4

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.seen += texts
        return np.ones((len(texts), 4), np.float32)


@pytest.fixture(scope="module")
def use() -> Encoder:
    found = encoders.load("use")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def meaning(use: Encoder) -> Index:
    return Index(PAIRS, use)


@pytest.mark.parametrize(
    ("text", "question"),
    [("包裹到哪儿了", 1), ("我要退钱", 2), ("when will my package be delivered", 3), ("can I use a credit card", 4),
     ("¿Dónde está mi paquete?", 3), ("Comment puis-je payer ?", 4)],
)  # fmt: skip
def test_an_encoder_recognises_what_shares_no_words(meaning: Index, text: str, question: int) -> None:
    best = meaning.rank(text)
    assert best[0].question == question
    assert best[0].score >= meaning.offer_from


def test_meaning_and_letters_add_up(meaning: Index) -> None:
    why = meaning.why("我的快递到哪里了", 1)
    assert why.phrasing == "我的快递到哪了"
    assert 0 < why.letters <= 0.3 + 1e-4
    assert 0.5 < why.meaning <= 0.7 + 1e-4


def test_two_builds_agree(use: Encoder, meaning: Index) -> None:
    again = Index(list(reversed(PAIRS)), use)
    ours, theirs = meaning.rank("退货怎么弄"), again.rank("退货怎么弄")
    assert [one.question for one in ours] == [one.question for one in theirs]
    assert [one.score for one in ours] == pytest.approx([one.score for one in theirs], abs=1e-3)


def test_without_the_wheel_letters_alone_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Encoder:
        raise ImportError("no such wheel")

    monkeypatch.setitem(encoders.KINDS, "gone", missing)
    assert encoders.load("gone") is None
    letters = Index(PAIRS, encoders.load("gone"))
    ranked = letters.rank("我的快递到哪里了")
    assert ranked[0].question == 1
    assert letters.is_sure(ranked)
    assert letters.threshold > Index(PAIRS, Counting()).threshold


def test_a_rebuild_encodes_only_what_is_new() -> None:
    encoder = Counting()
    Index([(1, "rebuild one"), (2, "rebuild two")], encoder)
    assert encoder.seen == ["rebuild one", "rebuild two"]
    Index([(1, "rebuild one"), (2, "rebuild three")], encoder)
    assert encoder.seen[2:] == ["rebuild three"]


def test_no_more_vectors_are_kept_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "MOST", 3)
    vectors.of(Counting(), [f"bounded {n}" for n in range(9)])
    assert len(vectors._kept) == 3


class Fixed:
    """Texts that are points on a sphere."""

    def __init__(self, points: npt.NDArray[np.float32]) -> None:
        self.points = points

    def rows(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        return np.asarray(self.points[places] @ self.points.T, np.float32)


def test_leaving_a_phrasing_out_is_what_a_solve_without_it_gives() -> None:
    points = np.random.default_rng(5).normal(size=(40, 8)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    of = np.arange(40) // 10
    fates = Ridge(Fixed(points), of, 4).left_out(np.arange(40))
    for at in range(40):
        rest = np.delete(np.arange(40), at)
        alone = Ridge(Fixed(points[rest]), of[rest], 4).scores(points[rest] @ points[at])
        assert fates[at] == pytest.approx(alone, abs=0.02), (
            at
        )  # questions count alike, so one less moves the others a bit


def test_a_large_knowledge_base_answers_from_the_nearest_phrasing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SOLVABLE", 4)
    large = Index(PAIRS, None)
    ranked = large.rank("我的快递到哪里了")
    assert ranked[0].question == 1
    assert large.is_sure(ranked)
    assert not large.is_sure(large.rank("今天天气不错"))
    assert len(large.left_out) == len(PAIRS)


def test_the_shelf_gives_back_what_it_has_and_builds_what_changed() -> None:
    shelf, reads = Shelf(), []

    def read() -> list[tuple[int, str]]:
        reads.append(1)
        return PAIRS

    first = shelf.get(1, 7, read, "none", 20)
    assert shelf.get(1, 7, read, "none", 20) is first
    assert len(reads) == 1
    assert shelf.get(1, 8, read, "none", 20) is first, "another stamp, the same words"
    assert shelf.get(1, 9, lambda: PAIRS[:2], "none", 20) is not first
    assert shelf.get(2, 7, read, "none", 20) is not first


def test_the_shelf_drops_the_shop_asked_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botfaq.recognition.shelf.SHOPS", 2)
    shelf = Shelf()
    first = shelf.get(1, 1, lambda: PAIRS, "none", 20)
    shelf.get(2, 1, lambda: PAIRS, "none", 20)
    assert shelf.get(1, 1, lambda: PAIRS, "none", 20) is first
    shelf.get(3, 1, lambda: PAIRS, "none", 20)
    assert shelf.get(1, 1, lambda: PAIRS, "none", 20) is first
    assert list(shelf._kept) == [3, 1]


def test_of_very_many_phrasings_some_are_looked_at_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "SOLVABLE", 4)
    monkeypatch.setattr(index, "LOOKED_AT", 3)
    large = Index(PAIRS, None)
    every = -(-len(PAIRS) // 3)
    assert [fate.phrasing for fate in large.left_out] == large.texts[::every]
    assert sum(large.phrasings().values()) == len(PAIRS)
    monkeypatch.setattr(index, "LOOKED_AT", 6000)
    whole = {(fate.phrasing, fate.taken_for) for fate in Index(PAIRS, None).left_out}
    assert {(fate.phrasing, fate.taken_for) for fate in large.left_out} <= whole
