"""Pictures for links to a page, as messengers and networks show them: a photo and beside it a figure of the lesson."""

from __future__ import annotations

import io

from netviz.cache.manifest import Kept
from netviz.cache.sources import code_digest
from netviz.cache.store import Store, key_of
from netviz.course.reading import Course
from netviz.engine.draw import FIGURES, load_figure
from netviz.engine.plan import Plan, Task
from netviz.figures import Figure, Panel

SIZE = (1200, 630)  # pixels, what Open Graph's readers ask for
SIDE = 560
PREVIEWS = "previews"
GIVEN = ("netviz.engine.plan", "netviz.course.reading")  # what a preview shows is in its figure's key
PAPER = (252, 252, 250)  # the page's own


def preview_path(lesson: str) -> str:
    """Where a lesson's preview stands, from the site's root."""
    return f"previews/{lesson}.jpg"


def preview_panel(figure: Figure) -> Panel | None:
    """The panel that can stand for a figure: a square picture that is large enough; None where there is none."""
    return next(
        (one for one in figure.panels if one.file.endswith(".webp") and one.width == one.height and one.width >= 224),
        None,
    )


def previews(course: Course, plan: Plan, store: Store) -> dict[str, Task]:
    """By each preview's path the first experiment of the lesson whose figure is a picture beside its photo."""
    found: dict[str, Task] = {}
    for experiment in course.experiments.values():
        task = plan.get((experiment.id, experiment.pictures(course.default_picture)))
        if task and preview_panel(load_figure(task, store)) and task.picture:
            found.setdefault(preview_path(experiment.lesson), task)
    return found


def preview_file(task: Task, store: Store) -> Kept:
    """The preview of a task's figure, 1200 by 630 pixels: kept in the store. The figure has a `preview_panel`."""
    key = key_of([task.figure_key, code_digest(__name__, given=GIVEN)])
    if not store.has(PREVIEWS, key):
        from PIL import Image

        panel = preview_panel(load_figure(task, store))
        assert panel
        assert task.picture
        canvas = Image.new("RGB", SIZE, PAPER)
        margin, top = (SIZE[0] - 2 * SIDE) // 3, (SIZE[1] - SIDE) // 2
        with Image.open(io.BytesIO(store.read(FIGURES, task.figure_key, panel.file))) as file:
            figure = file.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        canvas.paste(Image.fromarray(task.picture.framed(SIDE)), (margin, top))
        canvas.paste(figure, (2 * margin + SIDE, top))
        content = io.BytesIO()
        canvas.save(content, "jpeg", quality=85)
        with store.writing(PREVIEWS, key) as folder:
            (folder / "preview.jpg").write_bytes(content.getvalue())
    return store.files(PREVIEWS, key)["preview.jpg"]
