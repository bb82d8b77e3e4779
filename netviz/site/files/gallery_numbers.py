"""The numbers of a gallery, to be downloaded: a row for each photo, as CSV and as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.cache.manifest import Kept
from netviz.cache.store import Store, key_of
from netviz.engine.gallery_columns import GalleryColumns
from netviz.languages.class_names import class_name
from netviz.site.files.csv_rows import write_rows
from netviz.site.files.takeover import code_key

GALLERY_NUMBERS = "gallery-numbers"
KINDS = ("csv", "parquet")

Table = dict[str, Callable[[], Iterable[Any]]]
"""By the column's name what gives it: texts, whole numbers, truths or floats; None where there is none.

A column is made when it is written: all of them at once would be some kilobytes a photo.
"""


def gallery_numbers_path(experiment: str, kind: str) -> str:
    """Where they stand, from the site's root."""
    return f"numbers/{experiment}.{kind}"


def gallery_numbers(columns: GalleryColumns, key: str, language: str, store: Store) -> dict[str, Kept]:
    """The files by their kind, kept in the store; ``key`` is of all that the columns depend on."""
    key = key_of([key, language, code_key()])
    if not store.has(GALLERY_NUMBERS, key):
        table = _table(columns, language)
        with store.writing(GALLERY_NUMBERS, key) as folder:
            _write_csv(table, folder / "csv")
            _write_parquet(table, folder / "parquet")
    return {**store.files(GALLERY_NUMBERS, key)}


def _table(columns: GalleryColumns, language: str) -> Table:
    """What is known of each photo: who it is, what the network says to it, and what was measured."""
    photos, classes = columns.photos, partial(_class_names, language)
    about: Table = {
        "photo": lambda: (photo.file for photo in photos),
        "title": lambda: (photo.title(language) for photo in photos),
        "credit": lambda: (photo.picture.credit or None for photo in photos),
        "licence": lambda: (photo.picture.licence or None for photo in photos),
        "source": lambda: (photo.picture.source or None for photo in photos),
        "label": lambda: (photo.label for photo in photos),
        "label_name": lambda: classes(photo.label for photo in photos),
        "correct": lambda: map(columns.correct, range(len(columns))),
    }
    said: Table = {}
    for rank in range(columns.likeliest.shape[1]):
        said[f"top{rank + 1}"] = partial(_values, columns.likeliest[:, rank])
        said[f"top{rank + 1}_name"] = partial(classes, columns.likeliest[:, rank])
        said[f"top{rank + 1}_probability"] = partial(_values, columns.probabilities[:, rank])
    target: Table = {
        "target": lambda: map(int, columns.targets[:, 0]),
        "target_logit": partial(_values, columns.targets[:, 1]),
        "target_probability": partial(_values, columns.targets[:, 2]),
    }
    return about | said | target | _measured(columns)


def _class_names(language: str, indices: Iterable[Any]) -> Iterator[str | None]:
    return (None if index is None else class_name(int(index), language) for index in indices)


def _values(column: NDArray[Any]) -> Iterator[Any]:
    """As Python has them; None for NaN, which stands for what is not finite."""
    return (None if value != value else value.item() for value in column)


def _measured(columns: GalleryColumns) -> Table:
    """What the method measured; of lists of numbers a column for each place, counted from 1."""
    found: Table = {}
    for name, column in columns.numbers.items():
        if isinstance(column, np.ndarray):
            found[f"numbers.{name}"] = partial(_values, column)
            continue
        width = max((len(value) for value in column if isinstance(value, list)), default=0)
        if not width:
            found[f"numbers.{name}"] = partial(iter, column)
        for place in range(width):
            found[f"numbers.{name}.{place + 1}"] = partial(_items, column, place)
    return found


def _items(column: Iterable[Any], place: int) -> Iterator[Any]:
    return (value[place] if isinstance(value, list) and place < len(value) else None for value in column)


def _write_csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_rows(file, chain([table], zip(*(column() for column in table.values()), strict=True)))


def _write_parquet(table: Table, path: Path) -> None:
    import fastparquet
    import pandas as pd

    frame = pd.DataFrame({name: _as_array([*column()]) for name, column in table.items()})
    with TemporaryDirectory() as folder:
        file = Path(folder) / "photos.parquet"
        fastparquet.write(str(file), frame, compression="ZSTD", write_index=False, object_encoding="utf8")
        path.write_bytes(file.read_bytes())


def _as_array(values: Sequence[Any]) -> Any:
    """A column for pandas, which has types with a value for what is not there."""
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pd.array(values, dtype="boolean")
    if kinds == {int}:
        return pd.array(values, dtype="Int64")
    return pd.array(values, dtype="float64" if kinds and kinds <= {int, float} else "object")
