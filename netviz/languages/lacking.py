"""What a language has no words for, and what in its files is wrong: told, so that it can be mended."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from fluent.syntax import ast

from netviz.languages.class_names import class_file, names_in, unnamed
from netviz.languages.known import FIRST, MESSAGES, Language, language
from netviz.languages.messages import parsed, references, texts_of
from netviz.mistakes import Mistake, nearest
from netviz.networks.classes import classes

SHOWN = 5  # of what is missing
Wanted = Collection[tuple[str, str]]
"""Names of messages beside those of the first language, each after its area."""


def language_warnings(code: str, wanted: Wanted = ()) -> list[Mistake]:
    """What is wrong with a language's files; and what they lack, which is told in the first language.

    ``wanted`` are messages that stand elsewhere in the first language, and that this one should have.
    """
    spoken, first = language(code), language(FIRST)
    areas = {path.stem for folder in first.folders for path in folder.glob(MESSAGES)} | {area for area, _ in wanted}
    unknown = [path for folder in spoken.folders for path in sorted(folder.glob(MESSAGES)) if path.stem not in areas]
    return [
        *(Mistake(path, "is read by nobody", hint=nearest(path.stem, areas)) for path in unknown),
        *(warning for area in sorted(areas) for warning in _of_messages(spoken, first, area, wanted)),
        *_of_classes(spoken),
    ]


def _of_messages(spoken: Language, first: Language, area: str, wanted: Wanted) -> Iterator[Mistake]:
    entries = [entry for _, text in texts_of(first, area) for entry in _messages(parsed(text))]
    names = {name for entry in entries for name in _names(entry)} | {name for one, name in wanted if one == area}
    values = set[str]().union(*(references(entry).values for entry in entries))
    found: set[str] = set()
    for path, text in texts_of(spoken, area):
        source = parsed(text)
        found |= {name for entry in _messages(source) for name in _names(entry)}
        if path is None:  # those beside methods are looked at where they are declared
            continue
        for junk in (one for one in source.body if isinstance(one, ast.Junk)):
            reason = junk.annotations[0].message if junk.annotations else "no message"
            yield _mistake(path, text, junk.content or "", f"can't be read: {reason}")
        for entry in _messages(source):
            for value in sorted(references(entry).values - values) if values else ():
                hint = nearest(value, values)
                yield _mistake(
                    path, text, f"{entry.id.name} =", f"the message {entry.id.name!r} asks for ${value}", hint
                )
    if missing := sorted(names - found) if spoken.code != FIRST else []:
        shown = ", ".join(missing[:SHOWN]) + (", …" if len(missing) > SHOWN else "")
        path = spoken.folders[0] / MESSAGES.replace("*", area)
        yield Mistake(path, f"lacks {len(missing)} of {len(names)} messages, which are told in {first.name}: {shown}")


def _of_classes(spoken: Language) -> Iterator[Mistake]:
    for path in map(class_file, spoken.folders):
        if path.is_file():
            names, known = names_in(path), {one.wordnet_id for one in classes()}
            for wordnet_id in sorted(names.keys() - known):
                yield _mistake(path, path.read_text("utf-8"), wordnet_id, f"there is no class {wordnet_id!r}")
    if count := unnamed(spoken):
        yield Mistake(class_file(spoken.folders[0]), f"lacks the names of {count} of {len(classes())} classes")


def _messages(source: ast.Resource) -> Iterator[ast.Message]:
    return (one for one in source.body if isinstance(one, ast.Message))


def _names(entry: ast.Message) -> set[str]:
    """A message's name, if it has a text, and those of its attributes: ``gradient.unit``."""
    attributes = {f"{entry.id.name}.{one.id.name}" for one in entry.attributes}
    return attributes | ({entry.id.name} if entry.value else set())


def _mistake(path: Path, text: str, part: str, message: str, hint: str = "") -> Mistake:
    """A warning at the place in a file where a part of it begins."""
    start = max(text.find(part), 0)
    line, column = text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
    return Mistake(path, message, line=line, column=column, text=text.split("\n")[line - 1], hint=hint)
