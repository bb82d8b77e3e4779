"""Runs every method once and watches whose code is executed; tells what of it the keys do not hold.

    python tests/watched.py [METHOD …]     # JSON: by method, what its result's key and its figure's key lack

In a process of its own: what was imported or computed before can't be watched. Networks are tiny, are hardly trained,
and nothing is compiled: the same code is executed as if they were and it was.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from conftest import ROOT
from hardly_learned import as_written, hardly_learned
from numpy.typing import NDArray
from test_contract import maps_for, settings_for
from test_takeover import known
from tiny import make_tiny, random_pictures

from netviz.cache.packages import distributions
from netviz.cache.sources import FOLDER, closure, distributions_of
from netviz.cache.store import Store
from netviz.course.experiments import Experiment
from netviz.course.reading import read_course
from netviz.engine.draw import draw_task
from netviz.engine.plan import GIVEN, Task, drawing_modules, make_plan, running_modules
from netviz.engine.record import Record, save
from netviz.engine.run import PictureRunner, run_data_task
from netviz.methods import Method, Passes, methods
from netviz.networks.memory import Memory
from netviz.networks.weights import Weights, describe
from netviz.options import Options
from netviz.pictures import Picture
from netviz.site.files.previews import GIVEN as PREVIEW_GIVEN
from netviz.site.files.previews import preview_file, previews
from netviz.site.files.takeover import Takeover, page_modules
from netviz.site.files.thumbnails import thumbnail
from netviz.site.results import Results
from netviz.site.weave import site_files

OTHERS = next(Path(place) for place in sys.path if place.endswith("site-packages"))
# what they say is in the keys by value
ABOUT_TASKS = {"netviz.engine.plan", "netviz.course.experiments", "netviz.course.sliders"}


@contextmanager
def watched() -> Iterator[set[str]]:
    """The files whose code is executed within the block."""
    files: set[str] = set()

    def note(frame: FrameType, *_: Any) -> None:
        files.add(frame.f_code.co_filename)

    sys.settrace(note)  # a profile would be told of every call of C as well
    try:
        yield files
    finally:
        sys.settrace(None)


def lacking(files: set[str], modules: tuple[str, ...], given: tuple[str, ...] = ()) -> list[str]:
    """The modules of netviz, and the distributions, whose code stands in the files and not in what modules can use."""
    reached, used = closure(modules, given), distributions_of(modules, given)
    executed = {_module(Path(file)) for file in files if Path(file).is_relative_to(FOLDER)}
    foreign = {_top_level(Path(file)) for file in files if Path(file).is_relative_to(OTHERS)}
    unknown = {name for module in foreign for name in _providers(module) if name not in used}
    return sorted(executed - reached - ABOUT_TASKS) + sorted(unknown)


def _module(file: Path) -> str:
    return ".".join([FOLDER.name, *file.relative_to(FOLDER).with_suffix("").parts]).removesuffix(".__init__")


def _top_level(file: Path) -> str:
    return file.relative_to(OTHERS).parts[0].partition(".")[0]


def _providers(module: str) -> set[str]:
    """The distributions that bring a module, without what they require: one of them is enough."""
    brought = distributions([module])
    return {name for name in brought if not any(name in distributions_required(other) for other in brought - {name})}


def distributions_required(name: str) -> set[str]:
    from netviz.cache.packages import _requirements

    return set(_requirements(name))


@dataclass(frozen=True, slots=True)
class Noise(Picture):
    """A picture of the tiny network's size."""

    def framed(self, side: int = 0) -> NDArray[np.uint8]:
        return random_pictures(1, 8 if side < 448 else 16, 5)[0].astype(np.uint8)


def forget() -> None:
    """Whatever netviz keeps from one call to another."""
    for name, module in list(sys.modules.items()):
        if name.startswith("netviz."):
            for value in vars(module).values():
                if callable(getattr(value, "cache_clear", None)) and value.__module__ == name:
                    value.cache_clear()


def experiment(one: Method, settings: dict[str, Any], maps: tuple[str, ...]) -> Experiment:
    target, picture = ("top1", "noise") if one.subject == "picture" else ("top1", "")
    complete = one.settings(**settings).model_dump()
    return Experiment(
        id=one.name,
        lesson="lesson",
        method=one,
        picture=picture,
        target=target,
        view=one.views[0],
        settings=complete,
        of=maps,
        claims=(),
        wording={},
        spec="",
    )


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What was executed while a method ran and while its figure was drawn, with what keys must hold."""

    task: Task
    running: set[str]
    drawing: set[str]

    def lacking(self) -> dict[str, list[str]]:
        """What the result's key lacks, and the figure's."""
        return {
            "result": lacking(self.running - _tests(), running_modules(self.task), GIVEN),
            "figure": lacking(self.drawing - _tests(), drawing_modules(self.task), GIVEN),
        }


def planned(one: Method, store: Store) -> Task:
    """A task that runs a method, its keys known."""
    on_picture = one.subject == "picture"
    picture = (
        Noise(name="noise", file=__file__, titles={"en": "", "zh": ""}, credit="", licence="", source="")
        if on_picture
        else None
    )
    weights = Weights("tiny", "0" * 64, "")
    of = tuple(_known(number, map_, picture, weights, store) for number, map_ in enumerate(maps_for(one, 1)))
    task = Task(
        experiment=experiment(one, settings_for(one), tuple(other.experiment.id for other in of)),
        picture=picture,
        of=of,
        weights=weights,
    )
    _ = task.figure_key, task.key
    return task


def executed(task: Task, store: Store, runner: PictureRunner) -> Watched:
    """Run it and draw its figure, as if nothing had been run before."""
    forget()
    runner.network.memory = Memory(2**20)
    with watched() as running:
        runner.run(task, store) if task.picture else run_data_task(task, store)
    with watched() as drawing:
        draw_task(task, store)
    return Watched(task=task, running=running, drawing=drawing)


def _tests() -> set[str]:
    return {str(file) for file in Path(__file__).parent.glob("*.py")}


def _known(number: int, values: Any, picture: Picture | None, weights: Weights, store: Store) -> Task:
    """A task with a map for a method that takes one."""
    one = methods()["gradient"]
    task = Task(
        experiment=experiment(one, {}, ()),
        picture=picture,
        of=(),
        weights=Weights(weights.form, f"{number + 1}" * 64, ""),
    )
    record = Record(method=one.name, settings={}, precision=task.precision, passes=Passes(0), numbers={})
    save(task, record, {"attribution": values[0]}, store)
    return task


def site(folder: Path) -> dict[str, list[str]]:
    """What the keys of pages, thumbnails and previews lack, of the small course."""
    content = folder / "content"
    shutil.copytree(ROOT / "tests" / "course", content)
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT / "content" / "pictures" / name, content / "pictures")
    with (content / "site.yaml").open("a", encoding="utf-8") as file:
        file.write("\naddress: https://example.org\n")
    store = Store(folder / "store")
    known(content, store)
    course = read_course(content, "compact")
    plan = make_plan(course, describe("compact"))
    for task in plan.values():
        draw_task(task, store)
    shown = next(iter(previews(course, plan, store).values()))
    picture = course.pictures["dog"]
    forget()
    with watched() as showing:
        thumbnail(picture, store)
    forget()
    with watched() as previewing:
        preview_file(shown, store)
    forget()
    options = Options(content=content, to=folder / "site", store=folder / "store")
    with watched() as weaving:
        results = Results(course, plan, describe("compact"), store, options)
        site_files(results, Takeover(folder / "site"))
    return {
        "thumbnails": lacking(showing, ("netviz.site.files.thumbnails", type(picture).__module__)),
        "previews": lacking(previewing, ("netviz.site.files.previews",), PREVIEW_GIVEN),
        "pages": lacking(weaving, page_modules()),
    }


def main() -> None:
    """Every method, or those that are named."""
    runner = PictureRunner(make_tiny(8, head="pooled").to_keras())
    names = sys.argv[1:] or methods()
    with hardly_learned(), as_written(), tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        tasks = [planned(methods()[name], store) for name in names]  # to forget what keys need takes a while
        seen = [executed(task, store, runner) for task in tasks]
        found = {name: one.lacking() for name, one in zip(names, seen, strict=True)}
        found["site"] = site(Path(folder))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
