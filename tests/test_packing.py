"""Ten thousand of a thing in little memory: it is given back as it was put in."""

from __future__ import annotations

import random
from typing import Any

import pytest

from netviz.cache.store import key_of
from netviz.packing import FRESH, SHA256, Digests, KeySet, Packed

VALUES: list[Any] = ["", "a", "中\n", "\udc80", None, 2**70, ("p", None, (1, 2), {"": "t", "zh": "题"}), {"": ""}]


def test_packed_values_are_given_back_by_their_place() -> None:
    packed = Packed(iter(VALUES))
    assert [*packed] == VALUES and len(packed) == len(VALUES)
    assert [packed[number] for number in range(-len(VALUES), 0)] == VALUES
    assert packed[2:5] == VALUES[2:5] and packed[::-3] == VALUES[::-3]
    for place in (len(VALUES), -len(VALUES) - 1):
        with pytest.raises(IndexError):
            packed[place]
    assert [*Packed([])] == []


def test_a_value_of_which_no_bytes_can_be_made_is_refused() -> None:
    with pytest.raises(ValueError, match="unmarshallable"):
        Packed([object()])


def test_a_digest_is_found_out_once_and_one_that_can_not_be_is_asked_for_again() -> None:
    digests, found = Digests(3), [key_of(number) for number in range(3)]
    with pytest.raises(ZeroDivisionError):
        digests.known(1, lambda: str(1 // 0))
    assert [digests.known(number, lambda: found[number]) for number in (2, 1, 0)] == found[::-1]  # noqa: B023
    assert [digests.known(number, lambda: str(1 // 0)) for number in range(3)] == found


@pytest.mark.parametrize("count", [0, 1, 9 * FRESH])
def test_a_set_of_keys_gives_each_once_and_in_order(count: int) -> None:
    keys = [key_of(number) for number in range(count)]
    asked = KeySet()
    for key in random.Random(0).sample(keys * 3, count * 3):
        asked.add(key)
    assert [*asked] == sorted(keys) and [*asked] == sorted(keys)
    assert len(asked._packed) == SHA256 * count
