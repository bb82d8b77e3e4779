"""What a network was asked before it does not compute again, and nobody can tell but by the time it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from tiny import make_tiny, random_pictures

from netviz.methods import methods, run
from netviz.networks.keras_network import KerasNetwork
from netviz.networks.memory import Memory

ONE = np.zeros(25, np.float32)  # 100 bytes
ANSWER = [ONE]
ROOM_FOR_TEN = 1000


class Oracle:
    """Computes an answer, of 100 bytes unless told otherwise, and counts how often."""

    def __init__(self, answer: list[Any] = ANSWER) -> None:
        self.answer, self.asked = answer, 0

    def __call__(self, *inputs: Any) -> list[Any]:
        self.asked += 1
        return self.answer


def ask(memory: Memory, oracle: Oracle, questions: Sequence[int]) -> None:
    for question in questions:
        memory.recall("score", [np.array([question])], oracle)


def test_the_same_question_is_computed_once() -> None:
    memory, oracle = Memory(ROOM_FOR_TEN), Oracle()
    ask(memory, oracle, [1, 2, 1, 2, 1])
    assert oracle.asked == 2


def test_another_question_about_the_same_arrays_and_the_same_bytes_in_another_shape_are_not_the_same() -> None:
    memory, oracle = Memory(ROOM_FOR_TEN), Oracle()
    for question, array in [
        ("score", ONE),
        ("slope", ONE),
        ("score", ONE.reshape(5, 5)),
        ("score", ONE.view(np.int32)),
    ]:
        memory.recall(question, [array], oracle)
    assert oracle.asked == 4


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    memory, oracle = Memory(ROOM_FOR_TEN), Oracle()
    ask(memory, oracle, range(10))
    ask(memory, oracle, [0, 10])  # 0 is asked again; the eleventh answer pushes out 1
    assert memory.size == ROOM_FOR_TEN and oracle.asked == 11
    ask(memory, oracle, [0, 2, 10])
    assert oracle.asked == 11
    ask(memory, oracle, [1])
    assert oracle.asked == 12


def test_a_large_answer_is_forgotten_sooner_than_small_ones_that_were_asked_for_before() -> None:
    memory, small, large = Memory(10 * ROOM_FOR_TEN), Oracle(), Oracle([np.zeros(250, np.float32)])
    ask(memory, small, range(20))
    ask(memory, large, range(100, 120))  # each as large as ten of them
    ask(memory, small, range(20))
    assert small.asked == 20
    ask(memory, large, [119, 100])
    assert large.asked == 21


def test_small_answers_that_nobody_asks_for_any_more_are_forgotten_at_last() -> None:
    memory, small, large = Memory(10 * ROOM_FOR_TEN), Oracle(), Oracle([np.zeros(250, np.float32)])
    ask(memory, small, [0])
    ask(memory, large, range(100, 300))
    ask(memory, small, [0])
    assert small.asked == 2


def test_an_answer_that_would_push_out_most_others_is_not_kept() -> None:
    memory, oracle = Memory(ROOM_FOR_TEN - 1), Oracle()
    ask(memory, oracle, [1, 1])
    assert memory.size == 0 and oracle.asked == 2


PICTURE = random_pictures(1, seed=5)
TARGET = np.array([2])


class Watched(Memory):
    """A memory that notes how many pictures the network computes."""

    def __init__(self) -> None:
        super().__init__(10**8)
        self.computed = 0

    def recall(self, question: Any, inputs: Any, compute: Any) -> Any:
        def noted(*arrays: Any) -> Any:
            self.computed += len(arrays[0])
            return compute(*arrays)

        return super().recall(question, inputs, noted)


def remembering() -> tuple[KerasNetwork, Watched]:
    network, memory = make_tiny(seed=11).to_keras(), Watched()
    network.memory = memory
    return network, memory


def test_smoothgrad_and_its_statistics_share_their_passes() -> None:
    network, memory = remembering()
    told: list[int] = []
    network.listeners.append(lambda forward, backward: told.append(backward))
    for method, samples in [("smoothgrad", 16), ("smoothgrad", 8), ("smoothgrad-squared", 16), ("vargrad", 16)]:
        run(methods()[method], network, PICTURE, TARGET, {"samples": samples})
    assert memory.computed == 16
    assert sum(told) == 16 + 8 + 16 + 16  # what each of them costs, whoever asked first


def test_lime_for_two_classes_shares_its_passes() -> None:
    network, memory = remembering()
    for target in (2, 0):
        run(methods()["lime"], network, PICTURE, np.array([target]), {"samples": 16, "segments": 6})
        if target == 2:
            once = memory.computed
    assert memory.computed == once == 16


def test_an_answer_that_the_caller_changes_is_not_changed_for_the_next() -> None:
    network, _ = remembering()
    first = network.gradient(PICTURE, TARGET)
    expected = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(network.gradient(PICTURE, TARGET), expected)


def test_the_same_network_in_another_precision_or_with_other_weights_is_asked_anew() -> None:
    network, memory = remembering()
    plain = network.logits(PICTURE)
    assert network.at("float64").logits(PICTURE).dtype == np.float64
    forgetful = [network.randomised(layers, seed).logits(PICTURE) for layers, seed in FORGOTTEN]
    assert memory.computed == 2 + len(FORGOTTEN)
    assert len({one.tobytes() for one in (plain, *forgetful)}) == 1 + len(FORGOTTEN)


def test_weights_that_are_forgotten_again_give_the_answers_that_they_gave() -> None:
    network, memory = remembering()
    first, again = ([network.randomised(layers, seed).logits(PICTURE) for layers, seed in FORGOTTEN] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert memory.computed == len(FORGOTTEN)
    other = make_tiny(seed=11).to_keras()  # with no memory
    np.testing.assert_array_equal(first, [other.randomised(*one).logits(PICTURE) for one in reversed(FORGOTTEN)][::-1])


FORGOTTEN = [(["predictions"], 1), (["predictions"], 2), (["predictions", "conv2"], 1), (["conv2"], 1)]


def test_what_a_derivative_passes_on_its_way_back_is_known_to_whoever_asks_for_it_next() -> None:
    """With the very same answers, told as passes like all others; of another class, or of other weights, it is not."""
    expected, network = make_tiny(7).to_keras(), make_tiny(7).to_keras()
    network.memory = memory = Watched()
    heard: list[tuple[int, int]] = []
    network.listeners.append(lambda forward, backward: heard.append((forward, backward)))
    for layer in ("conv1", "conv3", "conv1"):
        answers = network.layer_gradient(PICTURE, TARGET, layer), expected.layer_gradient(PICTURE, TARGET, layer)
        for found, alone in zip(*answers, strict=True):
            np.testing.assert_array_equal(found, alone)
            found[:] = 0  # which the next one must not see
    assert memory.computed == 1 and heard == [(1, 1)] * 3
    network.layer_gradient(PICTURE, TARGET - 1, "conv3")
    network.randomised(["conv3"], seed=0).layer_gradient(PICTURE, TARGET, "conv3")
    assert memory.computed == 3


def test_what_would_not_fit_is_not_asked_for() -> None:
    network = make_tiny(7).to_keras()
    network.memory = memory = Watched()
    memory.capacity = 1000
    for layer in ("conv1", "conv3"):
        network.layer_gradient(PICTURE, TARGET, layer)
    assert memory.computed == 2
