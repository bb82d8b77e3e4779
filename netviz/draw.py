"""Drawing: a stored result becomes a figure in the store."""

from __future__ import annotations

import json

from netviz.figures import Figure, draw
from netviz.plan import Task
from netviz.run import load_arrays, load_record
from netviz.store import Store

FIGURES = "figures"
DETAIL = 448  # pixels of the side of a picture that is shown: twice what the network sees


def draw_task(task: Task, store: Store) -> None:
    """Draw a task's figure, unless it is drawn already."""
    if store.has(FIGURES, task.figure_key):
        return
    record = load_record(task, store)
    with store.writing(FIGURES, task.figure_key) as folder:
        figure = draw(
            task.experiment.view,
            load_arrays(task, store),
            record["numbers"] | {"top": record.get("top", []), "settings": record["settings"]},
            signed=task.experiment.method.signed,
            picture_pixels=task.picture.framed(DETAIL) if task.picture else None,
            folder=folder,
            beside=[load_arrays(other, store)["attribution"] for other in task.beside],
        )
        (folder / "figure.json").write_text(json.dumps(figure.to_json(), ensure_ascii=False, indent=1), "utf-8")


def load_figure(task: Task, store: Store) -> Figure:
    """A drawn figure's panels, legend, facts and table."""
    content = (store.path(FIGURES, task.figure_key) / "figure.json").read_text("utf-8")
    return Figure.from_json(json.loads(content))
