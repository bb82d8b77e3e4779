"""Small figures: the result of an experiment on one photo of a gallery, as it stands there beside many others.

Each is drawn as any other and then made smaller. The large one is not kept: there may be ten thousand.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import astuple, replace
from pathlib import Path

from netviz.cache.manifest import Kept
from netviz.cache.sources import code_digest
from netviz.cache.store import EntryName, Store, key_of
from netviz.engine.draw import DETAIL
from netviz.engine.plan import GIVEN, Task
from netviz.engine.record import load_arrays, load_record
from netviz.engine.run import blamed
from netviz.figures import Figure, draw
from netviz.pictures import UnreadablePicture

SIDE = 224  # pixels
SMALL_FIGURES = "small-figures"
MAP, FACTS = "map.webp", "figure.json"  # the files of an entry; the first where the figure has a picture


def is_drawn_small(task: Task, store: Store) -> bool:
    """Whether a task's small figure is known."""
    return store.has(*small_entry(task))


def draw_small(task: Task, store: Store) -> None:
    """Draw it. Raises Mistakes if its view can't draw such a result, and UnreadablePicture."""
    with store.writing(*small_entry(task)) as folder, tempfile.TemporaryDirectory() as large:
        with blamed(task, store, f"be drawn as {task.experiment.view!r}", but=(OSError, UnreadablePicture)):
            assert task.picture
            method = task.experiment.method
            figure = draw(
                task.experiment.view,
                load_arrays(task, store),
                load_record(task, store).numbers,
                signed=method.signed,
                picture_pixels=task.picture.framed(DETAIL),
                folder=Path(large),
                patches=astuple(method.patches(task.checked_settings)) if method.patches else None,
                logarithmic=method.logarithmic,
            )
            panels = [one for one in figure.panels if one.file.endswith(".webp")][:1]
            for panel in panels:
                _reduce(Path(large) / panel.file, folder / MAP)
        kept = replace(figure, panels=tuple(replace(one, readings=None) for one in panels), table=None)
        content = json.dumps(kept.to_json(), ensure_ascii=False, allow_nan=False)
        (folder / FACTS).write_text(content, "utf-8")


def small_figure(task: Task, store: Store) -> tuple[Figure, Kept | None]:
    """What a task's small figure shows, and its picture if it has one."""
    files = store.files(*small_entry(task))
    return Figure.from_json(json.loads(files[FACTS].read())), files.get(MAP)


def has_map(task: Task, store: Store) -> bool:
    """Whether there is a picture of its small figure."""
    return MAP in store.files(*small_entry(task))


def small_entry(task: Task) -> EntryName:
    """Where a store has a task's small figure: kind and key."""
    return SMALL_FIGURES, key_of([task.figure_key, SIDE, code_digest(__name__, given=GIVEN)])


def _reduce(large: Path, small: Path) -> None:
    from PIL import Image

    with Image.open(large) as file:
        picture = file.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    picture.save(small, "webp", quality=85)
