"""Tables of what an author may write, made of the declarations by which it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from netviz.course.experiments import ExperimentFence
from netviz.course.lessons import FrontMatter
from netviz.course.questions import QuestionFence
from netviz.course.reading import SiteText
from netviz.course.samples import Credit
from netviz.languages.messages import identifier, messages
from netviz.sandbox import AGGREGATES, OF_CONDITIONS

DECLARED: Mapping[str, type[BaseModel]] = {
    "experiment": ExperimentFence,
    "question": QuestionFence,
    "front-matter": FrontMatter,
    "photo": Credit,
    "site": SiteText,
}
LEFT_OUT = {("site", "notices")}  # for those who change what the program itself is made of


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """A field: its name, whether it must be there, what stands for it where it isn't ("" for nothing), its meaning."""

    name: str
    required: bool
    default: str
    meaning: str


def field_rows(kind: str, language: str) -> Iterator[FieldRow]:
    """The fields of a kind of `DECLARED` in their order, their meanings in a language. Raises KeyError for another."""
    say = messages(language, "fields")
    for name, field in DECLARED[kind].model_fields.items():
        if (kind, name) not in LEFT_OUT:
            yield FieldRow(
                name=name,
                required=field.is_required(),
                default=_shown(field.default),
                meaning=say(identifier(f"{kind}-{name}")),
            )


@dataclass(frozen=True, kw_only=True)
class AggregateRow:
    """An aggregate: its name, whether it sums up conditions or numbers, what it gives."""

    name: str
    of_conditions: bool
    meaning: str


def aggregate_rows(language: str) -> Iterator[AggregateRow]:
    """The aggregates in their order, their meanings in a language."""
    say = messages(language, "fields")
    for name in AGGREGATES:
        yield AggregateRow(name=name, of_conditions=name in OF_CONDITIONS, meaning=say(f"aggregate-{name}"))


def _shown(default: Any) -> str:
    """A default as an author would write it."""
    if default in (PydanticUndefined, None, "", (), {}):
        return ""
    return f"[{', '.join(map(str, default))}]" if isinstance(default, tuple) else str(default)
