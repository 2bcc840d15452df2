"""Sets of keys as bytes: what goes in comes out, and is counted together as sets are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import id_sets

KEYS = st.sets(st.one_of(st.integers(1, 300), st.integers(1, 70_000), st.integers(1, 2**40), st.integers(1, 2**62)))


@settings(max_examples=200, deadline=None)
@given(st.lists(KEYS, max_size=6))
def test_sets_are_counted_together_as_sets_are(sets: list[set[int]]) -> None:
    packed = [id_sets.pack(one) for one in sets]
    assert [set(map(int, id_sets.unpack(one))) for one in packed] == sets
    assert id_sets.count([id_sets.unpack(one) for one in packed]) == len(set().union(*sets))


@settings(max_examples=100, deadline=None)
@given(st.lists(KEYS, max_size=4))
def test_an_amount_counts_once_however_many_days_have_it(sets: list[set[int]]) -> None:
    packed = [id_sets.pack_amounts({key: key % 1_000_003 for key in one}) for one in sets]
    expected = sum(key % 1_000_003 for key in set().union(*sets))
    assert id_sets.total([id_sets.unpack_amounts(one) for one in packed]) == expected


@pytest.mark.parametrize(("step", "bytes_each"), [(1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (2**32, 8)])
def test_a_key_takes_as_many_bytes_as_the_widest_step(step: int, bytes_each: int) -> None:
    assert len(id_sets.pack(range(7, 7 + 10 * step, step))) == 9 + 9 * bytes_each
