"""Running an experiment: a task in, its numbers and arrays into the store."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.cache.store import Store
from netviz.engine.plan import Task
from netviz.engine.record import RESULTS, RankedClass, Record, load_arrays, ranked_classes, save, split, target_among
from netviz.engine.spare_memory import give_back
from netviz.methods import Passes, run, run_on_data
from netviz.methods.answers import UnusableAnswer
from netviz.mistakes import Mistakes
from netviz.networks import Array, Network
from netviz.networks.memory import Memory
from netviz.networks.weights import WeightsUnavailable, first_line
from netviz.pictures import Picture
from netviz.refusals import write_details

TOP = 5  # of the likeliest classes are kept
LATELY = 256  # pictures of which it is remembered what the network says to them
REMEMBERED = 128 * 2**20  # bytes of the network's answers: VGG16's gradients of 200 pictures, or all its logits


class PictureRunner:
    """Runs experiments on pictures with one network; what that says of a picture it is asked once for all of them."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._logits: dict[str, Array] = {}
        self._passes = Passes(0)
        network.memory = Memory(REMEMBERED)
        network.listeners.append(self._count)

    def run(self, task: Task, store: Store) -> None:
        """Run one experiment on a picture, unless it is known, and keep its result."""
        if store.has(RESULTS, task.key):
            return
        assert task.picture is not None
        pictures = task.picture.framed()[None].astype(np.float32)
        classes = ranked_classes(self._logits_of(task.picture, pictures))
        target = target_among(classes, task.experiment.target)
        maps = [load_arrays(other, store)["attribution"][None] for other in task.of]
        self._passes = Passes(0)
        with blamed(task, store, "run"):
            result = run(
                task.experiment.method,
                self.network.at(task.precision),
                pictures,
                np.array([target.index]),
                task.experiment.settings,
                maps,
            )
        answer = {name: values[0] for name, values in result.items()}
        _keep(task, answer, self._passes, store, target, classes[:TOP])
        give_back()  # what one experiment leaves in pieces the next one, which asks for others, hardly takes

    def _logits_of(self, picture: Picture, pictures: Array) -> Array:
        """Raises WeightsUnavailable if they are no numbers."""
        if picture.digest not in self._logits:
            logits = self.network.logits(pictures)[0]
            if not np.isfinite(logits).all():
                raise WeightsUnavailable(
                    f"with the weights {self.network.weights.label} ({self.network.weights.source}) the scores of the "
                    f"photo {picture.name} are not finite numbers: they can't be VGG16's."
                )
            self._logits[picture.digest] = logits
            if len(self._logits) > LATELY:
                del self._logits[next(iter(self._logits))]
        return self._logits[picture.digest]

    def _count(self, forward: int, backward: int) -> None:
        self._passes = Passes(self._passes.forward + forward, self._passes.backward + backward)


@contextlib.contextmanager
def blamed(
    task: Task, store: Store, deed: str, but: type[Exception] | tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Say of whatever goes wrong within the block in which experiment of which lesson it did; the rest is in a file.

    ``deed`` is what was being done, ``but`` are exceptions that others tell of. Raises Mistakes.
    """
    whose = f"{task.experiment.method.name} can't {deed} ({task.label})"
    try:
        yield
    except but:
        raise
    except UnusableAnswer as error:
        raise Mistakes([task.experiment.mistake(f"{whose}: {error}")]) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() of somebody's method must not end the build in silence
        words = " ".join(dict.fromkeys([type(error).__name__, first_line(error)]))
        details = f"its traceback is in {write_details(error, store.folder)}"
        raise Mistakes([task.experiment.mistake(f"{whose}: {words}", details)]) from error


def run_data_task(task: Task, store: Store) -> None:
    """Run one experiment on data, unless it is known, and keep its result. Its cost is what its method declares."""
    if not store.has(RESULTS, task.key):
        method, settings = task.experiment.method, task.experiment.settings
        with blamed(task, store, "run"):
            passes = method.passes(task.checked_settings)
            answer = run_on_data(method, settings)
        _keep(task, answer, passes, store)


def _keep(
    task: Task,
    answer: Mapping[str, NDArray[Any]],
    passes: Passes,
    store: Store,
    target: RankedClass | None = None,
    top: Sequence[RankedClass] = (),
) -> None:
    """Store a method's answer (without batch axis) with what is known of how it came about."""
    numbers, arrays = split(answer)
    record = Record(
        method=task.experiment.method.name,
        settings=dict(task.experiment.settings),
        precision=task.precision,
        target=target,
        top=tuple(top),
        weights=task.weights if target else None,
        passes=passes,
        numbers=numbers,
    )
    save(task, record, arrays, store)
