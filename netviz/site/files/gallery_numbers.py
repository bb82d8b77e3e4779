"""The numbers of a gallery, to be downloaded: a row for each photo, as CSV and as Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from netviz.cache.manifest import Kept
from netviz.cache.store import Store, key_of
from netviz.course.galleries import GalleryPhoto
from netviz.engine.gallery_columns import GalleryColumns
from netviz.languages.class_names import class_name
from netviz.site.files.takeover import code_key

GALLERY_NUMBERS = "gallery-numbers"
KINDS = ("csv", "parquet")

Columns = dict[str, list[Any]]
"""Texts, whole numbers, truths or floats by the column's name; None where there is none."""


def gallery_numbers_path(experiment: str, kind: str) -> str:
    """Where they stand, from the site's root."""
    return f"numbers/{experiment}.{kind}"


def gallery_numbers(columns: GalleryColumns, key: str, language: str, store: Store) -> dict[str, Kept]:
    """The files by their kind, kept in the store; ``key`` is of all that the columns depend on."""
    key = key_of([key, language, code_key()])
    if not store.has(GALLERY_NUMBERS, key):
        table = _table(columns, language)
        with store.writing(GALLERY_NUMBERS, key) as folder:
            (folder / "csv").write_text(_as_csv(table), "utf-8")
            (folder / "parquet").write_bytes(_as_parquet(table))
    return {**store.files(GALLERY_NUMBERS, key)}


def _table(columns: GalleryColumns, language: str) -> Columns:
    """What is known of each photo: who it is, what the network says to it, and what was measured."""
    rows = range(len(columns))
    labels = [photo.label for photo in columns.photos]
    about: Columns = {
        "photo": [photo.file for photo in columns.photos],
        **_told(columns.photos, language),
        "label": labels,
        "label_name": [None if label is None else class_name(label, language) for label in labels],
        "correct": [columns.correct(number) for number in rows],
    }
    said: Columns = {}
    for rank in range(columns.likeliest.shape[1]):
        said[f"top{rank + 1}"] = columns.likeliest[:, rank].tolist()
        said[f"top{rank + 1}_name"] = [class_name(int(index), language) for index in columns.likeliest[:, rank]]
        said[f"top{rank + 1}_probability"] = columns.probabilities[:, rank].tolist()
    target: Columns = {
        "target": columns.targets[:, 0].astype(int).tolist(),
        "target_logit": columns.targets[:, 1].tolist(),
        "target_probability": columns.targets[:, 2].tolist(),
    }
    return about | said | target | _measured(columns)


def _told(photos: Sequence[GalleryPhoto], language: str) -> Columns:
    return {
        "title": [photo.title(language) for photo in photos],
        "credit": [photo.picture.credit or None for photo in photos],
        "licence": [photo.picture.licence or None for photo in photos],
        "source": [photo.picture.source or None for photo in photos],
    }


def _measured(columns: GalleryColumns) -> Columns:
    """What the method measured; of lists of numbers a column for each place, counted from 1."""
    found: Columns = {}
    for name, column in columns.numbers.items():
        if isinstance(column, np.ndarray):
            found[f"numbers.{name}"] = [None if np.isnan(value) else value.item() for value in column]
            continue
        width = max((len(value) for value in column if isinstance(value, list)), default=0)
        if not width:
            found[f"numbers.{name}"] = [*column]
        for place in range(width):
            cells = [value[place] if isinstance(value, list) and place < len(value) else None for value in column]
            found[f"numbers.{name}.{place + 1}"] = cells
    return found


def _as_csv(table: Columns) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return lines.getvalue()


def _as_parquet(table: Columns) -> bytes:
    import fastparquet
    import pandas as pd

    frame = pd.DataFrame({name: pd.array(values, dtype=_type(values)) for name, values in table.items()})
    with TemporaryDirectory() as folder:
        file = Path(folder) / "photos.parquet"
        fastparquet.write(str(file), frame, compression="ZSTD", write_index=False, object_encoding="utf8")
        return file.read_bytes()


def _type(values: Sequence[Any]) -> str:
    """The type of a column in pandas, each of which has a value for what is not there."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "Int64"
    return "float64" if kinds and kinds <= {int, float} else "object"
