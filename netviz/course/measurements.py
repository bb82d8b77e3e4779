"""Measurements that no build makes: read from ``content/measurements/NAME.json``, as a benchmark wrote them.

They say when, where and by which command they were made, and lessons show that beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AllowInfNan, BaseModel, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from netviz.course.folders import entries
from netviz.mistakes import Mistake, Mistakes, gathered
from netviz.text_files import read_text_file
from netviz.yaml_places import read_yaml

Number = Annotated[float, Strict(), AllowInfNan(False)]  # Python writes NaN into JSON, which YAML takes for a word


class Agreement(BaseModel):
    """How near a library's map comes to ours: Spearman's correlation, and the relative distance on a common grid.

    ``greatest`` is the greatest difference of a value, as a share of our greatest value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank_correlation: Number = Field(ge=-1, le=1)
    distance: Number | None = Field(None, ge=0)
    greatest: Number | None = Field(None, ge=0)


class Row(BaseModel):
    """What one library needed for one task: the median of its ``seconds``; no agreement where the map is our own.

    No median where agreement alone was measured, on a busy machine say.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str
    library: str
    median: Number | None = Field(None, ge=0)
    seconds: tuple[Number, ...] = ()
    agreement: Agreement | None = None


class Measurement(BaseModel):
    """One run of a benchmark. Without rows it is still to be made; with rows it must say when, where and how.

    ``values`` are single numbers that nothing here can measure again, on photos say that are no part of the project,
    ``lists`` several of a kind, and ``texts`` what was read elsewhere, by whose it is and what it is: they must say
    when, and in a sentence ``how``.

    ``flags``, ``limits``, ``picture`` and ``target`` are for who repeats it: the processor's instructions, the
    operations a second that it reaches by precision, and what was explained.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: str = ""
    processor: str = ""
    cores: int = 0
    command: str = ""
    versions: Mapping[str, str] = {}
    flags: Any = None
    limits: Any = None
    picture: Any = None
    target: Any = None
    rows: tuple[Row, ...] = ()
    how: str = ""
    values: Mapping[str, Number] = {}
    lists: Mapping[str, tuple[Number, ...]] = {}
    texts: Mapping[str, Mapping[str, str]] = {}

    @model_validator(mode="after")
    def _is_told_where_it_comes_from(self) -> Measurement:
        needed = [
            *(("date", "processor", "cores", "command") if self.rows else ()),
            *(("date", "how") if self.values or self.lists or self.texts else ()),
        ]
        if missing := [name for name in dict.fromkeys(needed) if not getattr(self, name)]:
            message = "what was measured is worth nothing without {missing}"
            raise PydanticCustomError("no_origin", message, {"missing": ", ".join(missing)})
        return self

    @property
    def tasks(self) -> tuple[str, ...]:
        """Every task once, in the order of the rows."""
        return tuple(dict.fromkeys(row.task for row in self.rows))

    @property
    def libraries(self) -> tuple[str, ...]:
        """Every library once, in the order of the rows."""
        return tuple(dict.fromkeys(row.library for row in self.rows))

    @property
    def by_task(self) -> dict[str, dict[str, Row]]:
        """The rows by task and library."""
        return {task: {row.library: row for row in self.rows if row.task == task} for task in self.tasks}


def read_measurements(folder: Path) -> dict[str, Measurement]:
    """Every measurement of a folder by its file's name; none where there is no folder.

    Raises Mistakes with all that is wrong in the files.
    """
    mistakes: list[Mistake] = []
    found = {}
    for file in (path for path in (entries(folder) if folder.is_dir() else []) if path.suffix == ".json"):
        with gathered(mistakes):
            found[file.stem] = _read(file)
    if mistakes:
        raise Mistakes(mistakes)
    return found


def _read(file: Path) -> Measurement:
    values, places = read_yaml(read_text_file(file), file)  # JSON is YAML, and here it knows its places
    return places.checked(values, Measurement, [*Measurement.model_fields])
