"""The bot's measured quality on real messages, and that the measuring itself counts right."""

from pathlib import Path

import numpy as np
import pytest

from bench import bot, bot_measures, bot_sets
from bench.bot_sets import NOBODY, Set
from botfaq.recognition import encoders

SMALL = Set(
    "small",
    {"ship": ["where is my parcel", "track my order"], "pay": ["how can I pay", "do you take cards"]},
    [("where is the parcel", "ship"), ("can I pay by card", "pay"), ("sing me a song", NOBODY)],
)
# Where the research data is not at hand: it is nobody's to give away.
needs_data = pytest.mark.skipif(not bot.DATA.is_dir(), reason=f"the development sets are not in {bot.DATA}")


def test_a_smaller_draw_is_part_of_a_larger() -> None:
    few, many = SMALL.drawn(1, 3), SMALL.drawn(2, 3)
    assert set(few) < set(many)
    assert SMALL.drawn(2, 3) == many
    assert [label for _text, label in few] == ["pay", "ship"]


def test_held_out_labels_become_nobodys() -> None:
    near = SMALL.without({"pay"})
    assert list(near.train) == ["ship"]
    assert [label for _text, label in near.test] == ["ship", NOBODY, NOBODY]


def test_quality_counts_what_is_right() -> None:
    found = bot_measures.quality(SMALL, 2, 2, None)
    assert found["top-1"] == 100
    assert found["top-3"] == 100
    assert found["acc@80"] == 100
    assert found["AUROC"] == 100
    assert found["strangers answered"] == 0


def test_ties_share_their_rank() -> None:
    assert bot_measures._auroc(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0.5
    assert bot_measures._auroc(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1.0


def test_sets_are_read_by_their_layout(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("text,label\na b,x\na b,x\nc,y\nd,__oos__\n")
    (tmp_path / "test.csv").write_text("text,label\ne,x\nf,__oos__\n")
    (tmp_path / "near_oos_labels.csv").write_text("label\ny\n")
    whole, near = bot_sets.read(tmp_path)
    assert whole.train == {"x": ["a b"], "y": ["c"]}
    assert whole.test == [("e", "x"), ("f", NOBODY)]
    assert near.train == {"x": ["a b"]}


@needs_data
@pytest.mark.parametrize(("name", "floor"), [("smp2017_zh", 70.0), ("hint3_sofmattress", 70.0)])
def test_the_floors_hold_on_a_sample(name: str, floor: float) -> None:
    """One draw and 100 messages: the floors of the whole sets, less what chance does to a sample."""
    data = bot_sets.read(bot.DATA / name)[0].sample(100)
    encoder = encoders.load("use")
    assert encoder is not None
    shots = 10 if name == "hint3_sofmattress" else 5
    assert bot_measures.quality(data, shots, 1, encoder)["top-1"] >= floor
