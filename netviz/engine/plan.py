"""What is to be done: one task for each experiment and picture, with keys made of everything that it depends on.

Two keys: a result's, which the network's numbers depend on, and a figure's, made of the result's key and of all that
the drawing adds. So a change of colours never runs the network again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, overload

from pydantic import BaseModel

from netviz.cache.sources import SHOWN, code_by_name, code_digest
from netviz.cache.store import key_of
from netviz.course.claims import results_in
from netviz.course.experiments import CHOSEN, NO_PICTURE, Experiment
from netviz.course.galleries import Photos
from netviz.course.reading import Course
from netviz.figures.views import views
from netviz.methods import Method, methods
from netviz.networks import Precision
from netviz.networks.machine import machine
from netviz.networks.precision import choose, cpu_flags
from netviz.networks.weights import Weights
from netviz.packing import Digests
from netviz.pictures import Picture
from netviz.pictures.framing import framed_as

GIVEN = ("netviz.engine.plan",)  # what a task holds is in its keys by value, whatever code made it


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One experiment on one picture, or on data (``picture`` is None); ``of`` are the tasks whose maps it takes.

    ``beside`` are those whose maps are compared with its own, so that all are drawn in one scale.
    """

    experiment: Experiment
    picture: Picture | None
    of: tuple[Task, ...]
    weights: Weights
    precision: Precision = "float32"
    beside: tuple[Task, ...] = ()
    _key: str = field(default="", init=False, repr=False, compare=False)
    _figure_key: str = field(default="", init=False, repr=False, compare=False)

    @property
    def picture_name(self) -> str:
        """The name of the picture it looks at; ``""`` if it looks at none."""
        return self.picture.name if self.picture else NO_PICTURE

    @property
    def label(self) -> str:
        """What reports call it."""
        return " · ".join([self.experiment.id, *([self.picture.name] if self.picture else [])])

    @property
    def counted_as(self) -> str:
        """What reports sum up its seconds under: those of all photos of a gallery are one sum."""
        return self.experiment.id if self.experiment.over else self.label

    @property
    def checked_settings(self) -> BaseModel:
        """The experiment's settings as its method's model of them, which tells what they cost and mean."""
        return self.experiment.checked_settings

    @property
    def key(self) -> str:
        """The result's key."""
        if not self._key:
            object.__setattr__(self, "_key", _result_key(self))
        return self._key

    @property
    def figure_key(self) -> str:
        """The figure's key."""
        if not self._figure_key:
            object.__setattr__(self, "_figure_key", _figure_key(self))
        return self._figure_key

    def __hash__(self) -> int:
        return hash((self.experiment.id, self.picture_name))


Plan = Mapping[tuple[str, str], Task]
"""Tasks by experiment and picture, each after those whose maps it takes."""


class Tasks(Sequence[Task]):
    """Tasks that are made anew whenever they are asked for: ``make`` gives one of a number, these are the ``numbers``.

    There may be tens of thousands, of which no more than a few are in memory at once.
    """

    def __init__(self, make: Callable[[int], Task], numbers: Sequence[int]) -> None:
        self._make, self._numbers = make, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Task]:
        return map(self._make, self._numbers)

    @overload
    def __getitem__(self, place: int) -> Task: ...
    @overload
    def __getitem__(self, place: slice) -> Tasks: ...
    def __getitem__(self, place: int | slice) -> Task | Tasks:
        if isinstance(place, slice):
            return Tasks(self._make, self._numbers[place])
        return self._make(self._numbers[place])


def those(tasks: Sequence[Task], fit: Callable[[Task], object]) -> Tasks:
    """The tasks that fit, in their order."""
    return Tasks(tasks.__getitem__, array("L", (number for number, task in enumerate(tasks) if fit(task))))


GalleryPlan = Mapping[str, Tasks]
"""By experiment the tasks of all photos of its gallery, in their order; each after those whose maps it takes."""


def make_plan(course: Course, weights: Weights, precision: Precision | None = None) -> Plan:
    """Every task of what is woven of a course: one for each picture that may be chosen, and each value of a slider.

    ``precision`` goes before what authors and the rule of `netviz.networks.precision` choose.
    """
    plan: dict[tuple[str, str], Task] = {}

    def add(experiment: Experiment, name: str) -> None:
        if (experiment.id, name) in plan:
            return
        for map_of in experiment.of:
            add(course.experiments[map_of], name)
        of = tuple(plan[map_of, name] for map_of in experiment.of)
        picture = framed_as(course.pictures[name], experiment.framing) if name != NO_PICTURE else None
        tasks = [
            Task(
                experiment=variant, picture=picture, of=of, weights=weights, precision=_precision_of(variant, precision)
            )
            for variant in experiment.variants.values()
        ]
        plan.update({(task.experiment.id, name): _compared(task, tasks, experiment) for task in tasks})
        for other in _spoken_of(experiment, course):  # its picture may be one that readers can't choose
            add(other, other.pictures(name or course.default_picture))

    for experiment in (one for one in _asked_for(course) if not one.over):
        for name in course.offered if experiment.picture == CHOSEN else (experiment.picture,):
            add(experiment, name)
    return plan


def make_gallery_plan(course: Course, weights: Weights, precision: Precision | None = None) -> GalleryPlan:
    """The tasks of what is run on every photo of a gallery, as far as it is woven."""
    plan: dict[str, Tasks] = {}

    def add(experiment: Experiment) -> None:
        if experiment.id in plan:
            return
        for map_of in experiment.of:
            add(course.experiments[map_of])
        photos, of = course.galleries[experiment.lesson].photos, [plan[map_of] for map_of in experiment.of]
        plan[experiment.id] = _over_photos(experiment, photos, of, weights, _precision_of(experiment, precision))

    for experiment in (one for one in _asked_for(course) if one.over):
        add(experiment)
    return plan


def _over_photos(
    experiment: Experiment, photos: Photos, of: Sequence[Tasks], weights: Weights, precision: Precision
) -> Tasks:
    """The tasks of an experiment on photos; ``of`` are those whose maps they take, of each photo one."""
    keys, figure_keys = Digests(len(photos)), Digests(len(photos))

    def make(number: int) -> Task:
        task = Task(
            experiment=experiment,
            picture=framed_as(photos[number].picture, experiment.framing),
            of=tuple(tasks[number] for tasks in of),
            weights=weights,
            precision=precision,
        )
        object.__setattr__(task, "_key", keys.known(number, lambda: task.key))
        object.__setattr__(task, "_figure_key", figure_keys.known(number, lambda: task.figure_key))
        return task

    return Tasks(make, range(len(photos)))


def all_tasks(course: Course, weights: Weights, precision: Precision | None = None) -> Tasks:
    """Everything that is to be done for a course, its galleries included."""
    galleries = make_gallery_plan(course, weights, precision)
    return joined([[*make_plan(course, weights, precision).values()], *galleries.values()])


def joined(parts: Sequence[Sequence[Task]]) -> Tasks:
    """The tasks of all parts, one part after the other."""
    ends = [*accumulate(map(len, parts), initial=0)]

    def make(number: int) -> Task:
        part = bisect_right(ends, number) - 1
        return parts[part][number - ends[part]]

    return Tasks(make, range(ends[-1]))


def by_picture(tasks: Sequence[Task]) -> Tasks:
    """The tasks of one picture after those of another: what is known of a picture need be kept for its own alone."""
    first: dict[str, int] = {}
    places = [first.setdefault(task.picture_name, number) for number, task in enumerate(tasks)]
    return Tasks(tasks.__getitem__, array("L", sorted(range(len(tasks)), key=places.__getitem__)))


def _asked_for(course: Course) -> Iterator[Experiment]:
    """The experiments of what is woven."""
    shown = {one.id for lesson in course.woven for one in course.shown_in(lesson)} if course.only else {}
    return (one for one in course.experiments.values() if not course.only or one.id in shown)


def _spoken_of(experiment: Experiment, course: Course) -> Iterator[Experiment]:
    """The experiments that its claims speak of, ``results['ID']``."""
    named = {name for claim in experiment.claims for name in results_in(claim.source)}
    return (other for other in course.experiments.values() if other.id in named and not other.over)


def _compared(task: Task, tasks: Sequence[Task], experiment: Experiment) -> Task:
    """A task of a slider that knows the others, if their maps can share a scale."""
    shared = experiment.slider and experiment.slider.keeps_unit and experiment.method.gives == "attribution"
    return replace(task, beside=tuple(other for other in tasks if other is not task)) if shared else task


def _precision_of(experiment: Experiment, asked: Precision | None) -> Precision:
    if experiment.method.subject == "data":
        return "float32"  # methods on data bring networks of their own
    fit = experiment.method.half(experiment.checked_settings)
    return choose(fit, asked or experiment.precision, cpu_flags())


def _result_key(task: Task) -> str:
    asked = {
        "method": task.experiment.method.name,
        "settings": dict(task.experiment.settings),
        "precision": task.precision,
        "code": code_digest(*running_modules(task), given=GIVEN),
        "machine": machine(),
    }
    if task.picture is None:
        return key_of(asked)
    return key_of(
        asked
        | {
            "target": task.experiment.target,
            "picture": task.picture.digest,
            "of": [other.key for other in task.of],
            "weights": task.weights.digest,
        }
    )


def _figure_key(task: Task) -> str:
    drawing = (
        task.experiment.view,
        task.experiment.method.signed,
        [other.key for other in task.beside],
        code_digest(*drawing_modules(task), given=GIVEN),
    )
    return key_of([task.key, *drawing])


def key_by_part(task: Task) -> dict[str, Any]:
    """What a task's key is made of, part by part and to be read: digests are cut short, code is by its modules."""
    asked = {
        "method": task.experiment.method.name,
        "settings": dict(task.experiment.settings),
        "precision": task.precision,
        "machine": {**machine(), "instructions": dict.fromkeys(machine()["instructions"], "used")},
        **code_by_name(*running_modules(task), given=GIVEN),
    }
    if task.picture is None:
        return asked
    return asked | {
        "target": task.experiment.target,
        "picture": task.picture.digest[:SHOWN],
        "of": {other.experiment.id: other.key[:SHOWN] for other in task.of},
        "weights": task.weights.label,
    }


def running_modules(task: Task) -> tuple[str, ...]:
    """The modules that running a task begins with: theirs and what they import is the code that its result is of."""
    methods_used = _methods_used(task.experiment.method, task.experiment.settings)
    picture = {type(task.picture).__module__} if task.picture else set()
    return tuple(sorted({"netviz.engine.run"} | picture | {one.function.__module__ for one in methods_used}))


def drawing_modules(task: Task) -> tuple[str, ...]:
    """Likewise for its figure; what draws a view is imported by name, when it is needed."""
    return ("netviz.engine.draw", views()[task.experiment.view].module)


def _methods_used(method: Method, settings: Mapping[str, Any]) -> list[Method]:
    """A method, and those that its settings name, which it may run with settings of their own."""
    used, waiting, known = [method], [settings], methods()
    while waiting:
        named = [known[name] for name in _strings(waiting.pop()) if name in known]
        found = [one for one in named if one not in used]
        used += found
        waiting += [one.settings().model_dump() for one in found]
    return used


def _strings(value: Any) -> Iterator[str]:
    """Every string in a setting's value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (string for one in value.values() for string in _strings(one))
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from (string for one in value for string in _strings(one))
