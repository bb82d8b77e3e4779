"""The raw numbers of every figure, to be downloaded: a result's record and the table beneath it as JSON and CSV."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import partial

from netviz.cache.store import Store, key_of
from netviz.engine.draw import load_figure
from netviz.engine.plan import Plan, Task
from netviz.engine.record import Record, load_record
from netviz.figures import Table
from netviz.site.files.csv_rows import write_rows
from netviz.site.files.takeover import Made, Takeover, code_key


def numbers_path(task: Task, suffix: str) -> str:
    """Where a figure's numbers stand, from the site's root: an experiment on pictures has a folder of its own.

    Names of experiments and of pictures hold hyphens, so one alone between them would not tell whose is whose.
    """
    picture = f"/{task.picture_name}" if task.picture else ""
    return f"numbers/{task.experiment.id}{picture}.{suffix}"


def numbers_files(plan: Plan, store: Store, taken: Takeover) -> Iterator[tuple[str, Made]]:
    """The numbers of all figures by path, to be made; not every figure has a table."""

    def as_json(task: Task) -> str:
        return numbers_json(load_record(task, store), load_figure(task, store).table)

    def as_csv(task: Task) -> str:
        table = load_figure(task, store).table
        return numbers_csv(table) if table else ""

    for task in plan.values():
        key = key_of([task.figure_key, code_key()])
        facts, table = numbers_path(task, "json"), numbers_path(task, "csv")
        yield facts, Made(key, partial(as_json, task))
        if taken.knew(table, key) or (not taken.knew(facts, key) and load_figure(task, store).table):
            yield table, Made(key, partial(as_csv, task))


def numbers_json(record: Record, table: Table | None) -> str:
    """What one figure is made of, as JSON: the result's record and the table beneath the figure."""
    rows = (
        [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows] if table else []
    )
    return json.dumps({**record.to_json(), "table": rows}, ensure_ascii=False, indent=1) + "\n"


def numbers_csv(table: Table) -> str:
    """The table beneath a figure as CSV, with a line of column heads."""
    lines = io.StringIO()
    write_rows(lines, [[column.key for column in table.columns], *table.rows])
    return lines.getvalue()
