"""YAML that remembers where everything stands, so that a mistake can be shown at its line and column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.plain_yaml import LOADER

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Places:
    """Where the entries of a piece of YAML stand: path of keys -> (line, column), both from 1."""

    path: Path
    lines: tuple[str, ...]
    first_line: int
    keys: dict[Key, tuple[int, int]]
    values: dict[Key, tuple[int, int]]

    def mistake(self, key: Key, message: str, hint: str = "", at_key: bool = False) -> Mistake:
        """A mistake at an entry's value (or at its key), or at the nearest entry around it."""
        places = self.keys if at_key else self.values
        while key and key not in places:
            key = key[:-1]
        line, column = places.get(key, (self.first_line, 1))
        text = self.lines[line - self.first_line] if 0 <= line - self.first_line < len(self.lines) else ""
        return Mistake(self.path, message, line, column, text, hint)

    def moved(self, key: Key, to: Key) -> Places:
        """The same, but for one entry that is said to stand where another does."""
        place = {key: self.values[to]}
        return replace(self, keys=self.keys | place, values=self.values | place)

    def mistakes(self, error: ValidationError, allowed: list[str], prefix: Key = ()) -> list[Mistake]:
        """What pydantic found, each at its place; ``allowed`` are the names of the fields."""
        found = []
        for detail in error.errors():
            key: Key = prefix + tuple(detail["loc"])
            name = next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "")
            if detail["type"] == "extra_forbidden":
                found.append(self.mistake(key, f"unknown field {name!r}", nearest(name, allowed), at_key=True))
            elif detail["type"] == "missing":
                found.append(self.mistake(key[:-1], f"the field {name!r} is missing"))
            else:
                reason = detail["msg"].removeprefix("Value error, ")
                message = f"{name + ': ' if name else ''}{reason[:1].lower()}{reason[1:]}; found {detail['input']!r}"
                found.append(self.mistake(key, message))
        return found


T = TypeVar("T")


def read_checked(path: Path, model: type[T], fields: list[str]) -> tuple[T, Places]:
    """A YAML file as a type that pydantic can check; ``fields`` are the names that its entries may have.

    Raises Mistakes with all that does not fit.
    """
    values, places = read_yaml(path.read_text("utf-8"), path)
    try:
        return TypeAdapter(model).validate_python(values), places
    except ValidationError as error:
        raise Mistakes(places.mistakes(error, fields)) from None


def read_yaml(text: str, path: Path, first_line: int = 1) -> tuple[Any, Places]:
    """Plain values (no tags, no code) and their places; ``first_line`` is where ``text`` begins in the file.

    Raises Mistakes if it isn't YAML, or names a key twice.
    """
    lines = tuple(text.splitlines())
    try:
        places = Places(path, lines, first_line, {}, {})
        loader, node = _composed(text)
        if node is None:
            return None, places
        _note_places(node, (), places)
        return loader.construct_document(node), places
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, len(lines) - 1) if mark else 0
        column = mark.column + 1 if mark and mark.line == line else len(lines[line])
        raise Mistakes([Mistake(path, f"not YAML: {error.problem}", first_line + line, column, lines[line])]) from None
    except yaml.YAMLError as error:
        raise Mistakes([Mistake(path, f"not YAML: {error}", first_line)]) from None


def _composed(text: str) -> tuple[Any, yaml.Node | None]:
    """The text as nodes, with the loader that makes values of them.

    LibYAML is ten times as fast; what it can't read is read again by PyYAML's own parser, which says better why.
    """
    try:
        loader = LOADER(text)
        return loader, loader.get_single_node()
    except yaml.YAMLError:
        loader = yaml.SafeLoader(text)
        return loader, loader.get_single_node()


def _note_places(node: yaml.Node, key: Key, places: Places) -> None:
    places.values[key] = _place(node, places)
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            inner = (*key, str(key_node.value))
            given_before = inner in places.keys
            places.keys[inner] = _place(key_node, places)
            if given_before:
                raise Mistakes([places.mistake(inner, f"{key_node.value!r} is given twice", at_key=True)])
            _note_places(value_node, inner, places)
    elif isinstance(node, yaml.SequenceNode):
        for index, value_node in enumerate(node.value):
            _note_places(value_node, (*key, index), places)


def _place(node: yaml.Node, places: Places) -> tuple[int, int]:
    return places.first_line + node.start_mark.line, node.start_mark.column + 1
