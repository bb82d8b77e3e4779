"""Pictures for links to a page, as messengers and networks show them: a photo and beside it a figure of the lesson."""

from __future__ import annotations

import io
from pathlib import Path

from netviz.draw import FIGURES
from netviz.figures import Figure, Panel
from netviz.plan import Task
from netviz.store import Store

SIZE = (1200, 630)  # pixels, what Open Graph's readers ask for
SIDE = 560
PREVIEWS = "previews"
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


def preview_file(task: Task, store: Store) -> Path:
    """The preview of a task's figure, 1200 by 630 pixels: kept in the store. The figure has a `preview_panel`."""
    if not store.has(PREVIEWS, task.figure_key):
        from PIL import Image

        from netviz.draw import load_figure

        panel = preview_panel(load_figure(task, store))
        assert panel
        assert task.picture
        canvas = Image.new("RGB", SIZE, PAPER)
        margin, top = (SIZE[0] - 2 * SIDE) // 3, (SIZE[1] - SIDE) // 2
        with Image.open(store.path(FIGURES, task.figure_key) / panel.file) as file:
            figure = file.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        canvas.paste(Image.fromarray(task.picture.framed(SIDE)), (margin, top))
        canvas.paste(figure, (2 * margin + SIDE, top))
        content = io.BytesIO()
        canvas.save(content, "jpeg", quality=85)
        with store.writing(PREVIEWS, task.figure_key) as folder:
            (folder / "preview.jpg").write_bytes(content.getvalue())
    return store.path(PREVIEWS, task.figure_key) / "preview.jpg"
