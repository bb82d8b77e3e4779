"""What a network has answered lately: experiments that ask the same of it share the pass.

SmoothGrad with 8 noisy copies and with 16, SmoothGrad and VarGrad, LIME for two classes: each asks much that another
has asked before, bit for bit. A question is a whole batch, so an answer never depends on what else was asked.

Gradients of a batch fill as much room as the logits of a thousand pictures. So what is forgotten first is not what was
asked for longest ago: sizes count, too (GreedyDual-Size; Cao and Irani, "Cost-Aware WWW Proxy Caching Algorithms",
1997).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Answer = list[NDArray[Any]]


class Memory:
    """Answers of up to ``capacity`` bytes together, rather small and late ones; none of more than a tenth of that.

    An answer is worth the reciprocal of its bytes more than the least worthy that had been kept when it was asked for.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._answers: dict[Hashable, tuple[float, Answer]] = {}  # with their worth, the latest last
        self._forgotten_worth = 0.0

    def recall(self, question: Hashable, inputs: Sequence[NDArray[Any]], compute: Callable[..., Answer]) -> Answer:
        """The answer to a question about these arrays: the one that was given before, or a new one."""
        key = question, *(_digest(array) for array in inputs)
        if key in self._answers:
            _, answers = self._answers.pop(key)
            self.size -= _bytes(answers)
        else:
            answers = compute(*inputs)
        if _bytes(answers) <= self.capacity / 10:
            self._answers[key] = self._forgotten_worth + 1 / max(_bytes(answers), 1), answers
            self.size += _bytes(answers)
        while self.size > self.capacity:
            least = min(self._answers, key=lambda one: self._answers[one][0])
            self._forgotten_worth, forgotten = self._answers.pop(least)
            self.size -= _bytes(forgotten)
        return answers


def _digest(array: NDArray[Any]) -> tuple[tuple[int, ...], str, bytes]:
    return array.shape, array.dtype.str, hashlib.blake2b(array.tobytes(), digest_size=16).digest()


def _bytes(arrays: Answer) -> int:
    return sum(array.nbytes for array in arrays)
