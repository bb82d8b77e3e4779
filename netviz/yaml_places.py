"""YAML that remembers where everything stands, so that a mistake can be shown at its line and column."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, NoReturn, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from netviz.limits import LARGEST_WHOLE, NUMBER_CHARACTERS, YAML_CHARACTERS, YAML_NESTING
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.remembered import remembered
from netviz.text_files import UNREADABLE, named, read_text_file
from netviz.yaml_words import explained, found, wanted, wide_colon, wide_sign

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # LibYAML's, where PyYAML was built with it
ROLES = {"*": "aliases", "&": "anchors", "!": "tags"}
WORDS = {**dict.fromkeys(("", "~", "null", "Null", "NULL")), "true": True, "false": False}
WORDS |= {"True": True, "TRUE": True, "False": False, "FALSE": False}
WHOLE = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
KINDS = {bool: "true or false", int: "a number", float: "a number"}  # what is easily taken for one another
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

Key = tuple[str | int, ...]
T = TypeVar("T")
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text in YAML, and where it begins: line and column from 1.

    ``written`` are the lines of its file from there to its end, quotes and all, and ``style`` is how it is quoted.
    """

    source: str
    _: KW_ONLY
    line: int = 1
    column: int = 1
    written: tuple[str, ...] = ()
    style: str = ""

    @property
    def place(self) -> tuple[int, int]:
        """Where it begins."""
        return self.line, self.column

    def place_at(self, offset: int) -> tuple[int, int]:
        """Where one of its characters stands: line and column. If that can't be told, where the text begins.

        YAML makes other blanks of blanks, but what is none stands there in the same order.
        """
        letters = list(_letters(self.written, self.style))
        wanted = re.sub(r"\s", "", self.source)
        if not wanted or "".join(letter for letter, _, _ in letters)[: len(wanted)] != wanted:
            return self.place
        _, line, column = letters[min(len(re.sub(r"\s", "", self.source[:offset])), len(wanted) - 1)]
        return self.line + line, column + (self.column if line == 0 else 1)

    def place_in(self, line: int, column: int) -> tuple[int, int]:
        """Where something stands of which the line and the column within the text are known."""
        return self.place_at(sum(len(one) + 1 for one in self.source.split("\n")[: line - 1]) + column - 1)

    def place_of(self, word: str) -> tuple[int, int]:
        """Where a word stands; where the text begins, if it doesn't hold it."""
        position = position_of(word, self.source)
        return self.place_at(position) if position >= 0 else self.place


def position_of(word: str, source: str, number: int = 0) -> int:
    """Where a word first stands by itself, else where it stands at all; -1 if nowhere.

    ``number`` asks for a later place where it stands by itself, counted from 0; for the last one if there are fewer.
    """
    if not word:
        return -1
    alone = [one.start() for one in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", source)]
    return alone[min(number, len(alone) - 1)] if alone else source.find(word)


_ESCAPE = re.compile(r"\\(?:x(?P<x>..)|u(?P<u>.{4})|U(?P<U>.{8})|(?P<one>.?))")


def _letters(written: Sequence[str], style: str) -> Iterator[tuple[str, int, int]]:
    """The characters of a text in YAML that are no blanks, each with its line and column from 0."""
    if style in ("|", ">"):
        written = ["", *written[1:]]  # behind the sign stand marks
    for number, line in enumerate(written):
        position = 1 if style in ("'", '"') and number == 0 else 0
        while position < len(line):
            letter, begin = line[position], position
            position += 1
            if style == "'" and line[begin : begin + 2] == "''":
                position += 1
            elif style == '"' and (escape := _ESCAPE.match(line, begin)):
                code = escape["x"] or escape["u"] or escape["U"]
                letter = chr(int(code, 16)) if code else "" if escape["one"] in _BLANKS else escape["one"]
                position = escape.end()
            if letter.strip():
                yield letter, number, begin


_BLANKS = "tnrvfN_LP"  # escapes of these are blanks


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the entries of a piece of YAML stand: path of keys -> (line, column), both from 1.

    ``ends`` are where single values end, and how they are quoted.
    """

    path: Path
    lines: Sequence[str] = ()
    first_line: int = 1
    keys: dict[Key, tuple[int, int]] = field(default_factory=dict)
    values: dict[Key, tuple[int, int]] = field(default_factory=dict)
    ends: dict[Key, tuple[int, int, str]] = field(default_factory=dict)

    def passage(self, key: Key, source: str) -> Passage:
        """The text at an entry; one that nobody has written stands where the entry around it does."""
        while key and key not in self.values:
            key = key[:-1]
        line, column = self.values.get(key, (self.first_line, 1))
        if key not in self.ends:
            return Passage(source, line=line, column=column)
        last, end, style = self.ends[key]
        written = [*self.lines[line - self.first_line : last - self.first_line + 1]]
        if last - self.first_line < len(self.lines):
            written[-1] = written[-1][: end - 1]
        written[0] = written[0][column - 1 :]
        return Passage(source, line=line, column=column, written=tuple(written), style=style)

    def mistake(self, key: Key, message: str, hint: str = "", at_key: bool = False) -> Mistake:
        """A mistake at an entry's value (or at its key), or at the nearest entry around it."""
        places = self.keys if at_key else self.values
        while key and key not in places:
            key = key[:-1]
        return self.mistake_at(*places.get(key, (self.first_line, 1)), message, hint)

    def mistake_at(self, line: int, column: int, message: str, hint: str = "") -> Mistake:
        """A mistake at a line and column of the file."""
        before, text = self._line(line - 1), self._line(line)
        wide = wide_sign(text, column) or wide_colon(before)
        hints = "; ".join(filter(None, [wide, hint]))
        return Mistake(self.path, message, line=line, column=column, text=text, hint=hints)

    def _line(self, line: int) -> str:
        return self.lines[line - self.first_line] if 0 <= line - self.first_line < len(self.lines) else ""

    def moved(self, key: Key, to: Key) -> Places:
        """The same, but for one entry that is said to stand where another does, and so whatever is in it."""

        def both(places: Mapping[Key, P]) -> dict[Key, P]:
            others = {one: place for one, place in places.items() if one[: len(key)] != key}
            return others | {key + one[len(to) :]: place for one, place in places.items() if one[: len(to)] == to}

        keys = both(self.keys) | {key: self.values[to]}
        return replace(self, keys=keys, values=both(self.values), ends=both(self.ends))

    def mistakes(self, error: ValidationError, allowed: list[str], prefix: Key = (), kind: Any = None) -> list[Mistake]:
        """What pydantic found, each at its place.

        ``allowed`` are the names of the fields; deeper in a ``kind`` they are those of the model there.
        """
        found: list[Mistake] = []
        misfits: dict[Key, list[ErrorDetails]] = {}
        for detail in error.errors():
            key: Key = prefix + tuple(detail["loc"])
            name = next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "")
            if detail["type"] == "extra_forbidden":
                known = _fields_at(kind, detail["loc"][:-1]) or allowed
                found.append(self.mistake(key, f"unknown field {name!r}", nearest(name, known), at_key=True))
            elif detail["type"] == "missing" and isinstance(detail["loc"][-1], str):
                found.append(self.mistake(key[:-1], f"the field {name!r} is missing"))
            else:
                if detail["type"] == "missing":  # the last of some values tells of all
                    misfits.pop(key[:-1], None)
                while key and key not in self.values:  # what fits none of several kinds is told once, not by each kind
                    key = key[:-1]
                misfits.setdefault(key, []).append(detail)
        for key, details in misfits.items():
            found.append(self._unfit(key, wanted(details)))
        return found

    def _unfit(self, key: Key, message: str) -> Mistake:
        name = next((part for part in reversed(key) if isinstance(part, str)), "")
        return self.mistake(key, f"{name + ': ' if name else ''}{message}")

    def checked(
        self,
        values: Any,
        kind: type[T],
        allowed: list[str],
        prefix: Key = (),
        context: Mapping[str, Any] | None = None,
    ) -> T:
        """Values as a type that pydantic can check; ``prefix`` is where they stand, ``allowed`` the names of fields.

        Nothing is taken for a number, or for true or false, that is not written as one: pydantic takes ``"0.5"``,
        ``"yes"`` and ``true`` for what somebody may have meant. Raises Mistakes with all that does not fit.
        """
        of_model: Any = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
        validate = of_model.model_validate if of_model else TypeAdapter(kind).validate_python
        try:
            checked: T = validate(values, context=context)
        except ValidationError as error:
            raise Mistakes(self.mistakes(error, allowed, prefix, kind)) from None
        if mistakes := [self._unfit(key, message) for key, message in _guesses(values, checked, prefix)]:
            raise Mistakes(mistakes)
        return checked


def _fields_at(kind: Any, key: Key) -> list[str]:
    """The fields of the model that stands somewhere within a type; none at its top, or where no model stands."""
    kinds = [*_plain_kinds(kind)]
    for part in key:
        kinds = [one for outer in kinds for inside in _inside(outer, part) for one in _plain_kinds(inside)]
    models = [one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)] if key else []
    return [*dict.fromkeys(name for one in models for name in one.model_fields)]


def _plain_kinds(kind: Any) -> Iterator[Any]:
    """A type without what is noted beside it; of a choice of types each."""
    if get_origin(kind) in (Annotated, Union, UnionType):
        for one in get_args(kind)[: 1 if get_origin(kind) is Annotated else None]:
            yield from _plain_kinds(one)
    else:
        yield kind


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    """The type of an entry of lists, mappings and models."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from (field.annotation for name, field in kind.model_fields.items() if name == part)
    elif get_origin(kind) in (list, tuple) and isinstance(part, int):
        yield get_args(kind)[0]
    elif get_origin(kind) in (dict, Mapping):
        yield get_args(kind)[1]


def _guesses(written: Any, taken: Any, key: Key) -> Iterator[tuple[Key, str]]:
    """Where a number, or true or false, was made of what is written as something else: its key, and what is wanted."""
    if isinstance(written, Mapping):
        for name, value in written.items():
            inside = taken.get(name) if isinstance(taken, Mapping) else getattr(taken, name, None)
            yield from _guesses(value, inside, (*key, name))
    elif isinstance(written, (list, tuple)) and isinstance(taken, (list, tuple)):
        for index, (value, inside) in enumerate(zip(written, taken, strict=False)):
            yield from _guesses(value, inside, (*key, index))
    elif (kind := KINDS.get(type(taken), "")) and kind != KINDS.get(type(written)) and _reads_as(kind, written):
        yield key, f"{kind} is wanted{', without quotes' if _is_plainly(kind, written) else ''}; found {found(written)}"


def _reads_as(kind: str, written: Any) -> bool:
    """Whether that is what pydantic alone makes of a value: a type may make a number of a name, such as a class's."""
    if isinstance(written, str) and kind == KINDS[float]:
        try:
            float(written)
        except ValueError:
            return False
    return True


def _is_plainly(kind: str, text: Any) -> bool:
    """Whether a text in quotes would be of another kind without them."""
    try:
        return isinstance(text, str) and KINDS.get(type(plain_value(text))) == kind
    except ValueError:
        return False


def read_checked(
    path: Path, model: type[T], fields: list[str], context: Mapping[str, Any] | None = None
) -> tuple[T, Places]:
    """A YAML file as a type that pydantic can check; ``fields`` are the names that its entries may have.

    ``context`` is what the type's own checks want to know. Raises Mistakes with all that does not fit.
    """
    values, places = read_yaml(read_text_file(path), path)
    return places.checked(values, model, fields, context=context), places


def read_values(path: Path) -> Any:
    """A YAML file's plain values, for files whose mistakes are no author's."""
    return read_yaml(read_text_file(path), path)[0]


def read_yaml(text: str, path: Path, first_line: int = 1, tab: int = 0) -> tuple[Any, Places]:
    """Plain values and their places; ``first_line`` is where ``text`` begins in the file.

    ``tab`` is how many columns one takes at the beginning of a line; without it, none can stand there.

    Of YAML it takes lists, mappings with texts for keys, and single values. What is not in quotes is read as YAML 1.2
    does: ``true``, ``false``, ``null`` and numbers are what they seem, all else is text (``yes``, ``12:30``,
    ``2024-02-30``). Anchors, aliases, merged keys, tags and a second document are refused: no text can become larger
    than it is written, or refer to itself.

    Raises Mistakes if it isn't such YAML, names a key twice, is nested too deeply or too long.
    """
    try:
        values, places = _read(text, first_line, tab)
    except Mistakes as wrong:
        raise Mistakes(replace(one, path=path) for one in wrong.mistakes) from None
    return _copy(values), replace(places, path=path, lines=tuple(text.split("\n")))


def _copy(values: Any) -> Any:
    """The same values in lists and mappings of their own."""
    if isinstance(values, dict):
        return {name: _copy(value) for name, value in values.items()}
    return [*map(_copy, values)] if isinstance(values, list) else values


def _as_plain(found: tuple[Any, Places]) -> list[Any]:
    """Values with their places as JSON can hold them, but for the lines, which are the text's."""
    values, places = found
    return [values, places.first_line, *([*one.items()] for one in (places.keys, places.values, places.ends))]


def _from_plain(plain: list[Any]) -> tuple[Any, Places]:
    values, first_line, *places = plain
    keys, starts, ends = ({tuple(key): tuple(place) for key, place in one} for one in places)
    return values, Places(path=Path(), first_line=first_line, keys=keys, values=starts, ends=ends)


@remembered(_as_plain, _from_plain)
def _read(text: str, first_line: int, tab: int) -> tuple[Any, Places]:
    lines = tuple(text.split("\n"))
    places = Places(path=Path(), lines=lines, first_line=first_line)
    if len(text) > YAML_CHARACTERS:
        raise Mistakes([places.mistake((), f"is too long: here may stand {YAML_CHARACTERS:,} characters")])
    wide = [widened(line, tab) if tab else line for line in lines]
    builder = _Builder(places, [len(one) - len(line) for one, line in zip(wide, lines, strict=True)])
    try:
        return builder.built(yaml.parse("\n".join(wide), LOADER)), places
    except yaml.MarkedYAMLError as error:
        line, column, message, hint = explained(error, wide)
        raise Mistakes([places.mistake_at(*builder.place(line, column), message, hint)]) from None
    except yaml.YAMLError as error:
        raise Mistakes([places.mistake((), f"not YAML: {error}")]) from None


def widened(line: str, tab: int) -> str:
    """A line with blanks in the place of tabs at its beginning."""
    words = line.lstrip(" \t")
    return line[: len(line) - len(words)].expandtabs(tab) + words


def plain_value(text: str) -> Any:
    """What a value means that stands without quotes. Raises ValueError for a number that can't be computed with."""
    if text in WORDS:
        return WORDS[text]
    if NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is no number to compute with")
    whole = WHOLE.fullmatch(text)
    if not whole and not NUMBER.fullmatch(text):
        return text
    if len(text) > NUMBER_CHARACTERS:
        raise ValueError("the number is too long")
    number = int(text, {"0x": 16, "0o": 8}.get(text[:2], 10)) if whole else float(text)
    if not abs(number) < (LARGEST_WHOLE if whole else math.inf):
        raise ValueError("the number is too large")
    return number


@dataclass
class _Open:
    """A list or a mapping that is being read, its place among the values, and the key whose value comes next."""

    values: list[Any] | dict[str, Any]
    key: Key
    name: str | None = None


class _Builder:
    """Makes values of a parser's events, one after the other: nothing recurs, however deep a text is nested."""

    def __init__(self, places: Places, wider: Sequence[int]) -> None:
        self.places, self.wider = places, wider  # by how much lines are wider than in the file
        self.opened: list[_Open] = []
        self.document: Any = None

    def built(self, events: Iterable[yaml.Event]) -> Any:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document begins here", "leave out the line ---")
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.opened.pop()
        return self.document

    def _node(self, event: yaml.NodeEvent) -> None:
        sign = "*" if isinstance(event, yaml.AliasEvent) else "&" if event.anchor else ""
        sign = sign or ("!" if getattr(event, "tag", None) else "")
        if sign:
            self._refuse(event, f"{ROLES[sign]} are not read here", f"a text that begins with {sign} needs quotes")
        within = self.opened[-1] if self.opened else None
        if within and isinstance(within.values, dict) and within.name is None:
            within.name = self._name(event, within)
            return
        key = self._key(within)
        self.places.values[key] = self._place(event)
        if isinstance(event, yaml.ScalarEvent):
            end: Any = event.end_mark
            self.places.ends[key] = (*self.place(end.line, end.column), event.style or "")
            self._put(within, self._value(event))
            return
        if len(self.opened) == YAML_NESTING:
            self._refuse(event, f"is nested too deeply: {YAML_NESTING} lists and mappings in one another are the limit")
        collection: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._put(within, collection)
        self.opened.append(_Open(collection, key))

    def _name(self, event: yaml.NodeEvent, within: _Open) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(
                event,
                "{ begins a mapping, {name: value, …}, and a name is a plain text",
                "a text that begins with { needs quotes",
            )
        name = self._text(event)
        if _is_plain(event) and name in ("", "<<"):
            what = "a name is missing before the colon" if not name else "merged keys (<<) are not read here"
            self._refuse(event, what, "write every `name: value` out")
        key = (*within.key, name)
        if name in within.values:
            self._refuse(event, f"{name!r} is given twice")
        self.places.keys[key] = self._place(event)
        return name

    def _key(self, within: _Open | None) -> Key:
        if within is None:
            return ()
        last = within.name if isinstance(within.values, dict) else len(within.values)
        return (*within.key, "" if last is None else last)

    def _put(self, within: _Open | None, value: Any) -> None:
        if within is None:
            self.document = value
        elif isinstance(within.values, dict):
            within.values[within.name or ""] = value
            within.name = None
        else:
            within.values.append(value)

    def _value(self, event: yaml.ScalarEvent) -> Any:
        text = self._text(event)
        if not _is_plain(event):
            return text
        try:
            return plain_value(text)
        except ValueError as error:
            self._refuse(event, str(error), "if it is a text, put it in quotes")

    def _text(self, event: yaml.ScalarEvent) -> str:
        if wrong := UNREADABLE.search(event.value):  # by an escape: "\\u0000"
            hint = "in double quotes \\ begins a sign of YAML's own: in a path write /" if event.style == '"' else ""
            self._refuse(event, f"{named(wrong[0])} has no place in a text", hint)
        return str(event.value)

    def _place(self, event: yaml.Event) -> tuple[int, int]:
        mark: Any = event.start_mark  # every event of a parser has one
        return self.place(mark.line, mark.column)

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Where in the file something stands: line and column from 1, here from 0."""
        wider = self.wider[line] if line < len(self.wider) else 0
        return self.places.first_line + line, max(column - wider, 0) + 1

    def _refuse(self, event: yaml.Event, message: str, hint: str = "") -> NoReturn:
        line, column = self._place(event)
        raise Mistakes([self.places.mistake_at(line, column, message, hint)])


def _is_plain(event: yaml.ScalarEvent) -> bool:
    """Whether it stands without quotes and is no block of text."""
    return bool(event.implicit[0])
