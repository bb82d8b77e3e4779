"""Declarations of methods and views, checked when a course is read: who adds one is told what it lacks, at its line."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from netviz.cache.sources import code_digest
from netviz.course.experiments import ExperimentFence
from netviz.figures.views import View, views
from netviz.languages.known import DEFAULT, FIRST, languages
from netviz.languages.messages import unreadable
from netviz.methods import Kind, Method, Paper, Subject, wrong_cost
from netviz.methods.answers import NAME as NUMBER
from netviz.mistakes import Mistake, nearest
from netviz.networks.weights import first_line
from netviz.remembered import remembered
from netviz.text_files import UNREADABLE, named

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
WEB = re.compile(r"https?://\S+")
SHOWN = 60  # characters of a value
AXES = ("", "x", "y", "xy")  # which may be logarithmic
ON_PICTURES = ("attribution", "feature maps", "picture")  # what only a method on pictures can give


TOLD_OTHERWISE = {  # fields of a method of which more is asked than their type
    *("name", "function", "title", "summary", "papers", "gives", "subject", "views", "numbers"),
    *("settings", "layer_settings"),
}


def declaration_mistakes(methods: Iterable[Method], views: Iterable[View] = ()) -> Iterator[Mistake]:
    """Everything that is wrong in how methods and views are declared."""
    for one in methods:
        for message, hint in _wrong_with(one):
            yield _mistake(one.function, f"the method {one.name!r} {message}", hint)
    for view in views:
        for message, hint in _of_other_types(view, ()):
            yield _mistake(view.draw, f"the view {view.name!r} {message}", hint)


def of_netviz(declaration: Method | View) -> bool:
    """Whether it is one of netviz's own, which change with the program alone."""
    function = declaration.function if isinstance(declaration, Method) else declaration.draw
    return str(getattr(function, "__module__", "")).partition(".")[0] == __name__.partition(".")[0]


def _asked(methods: Sequence[Method], views: Sequence[View]) -> tuple[str, ...]:
    """Their code, that of what looks at them, and the languages in which they may have words."""
    modules = {*(one.function.__module__ for one in methods), *(one.module for one in views)}
    return (code_digest(__name__, *sorted(modules)), *languages())


def _if_none(mistakes: tuple[Mistake, ...]) -> list[Mistake] | None:
    return None if mistakes else []


def _none(plain: list[Any]) -> tuple[Mistake, ...]:
    return ()


@remembered(_if_none, _none, of=_asked)
def own_declaration_mistakes(methods: Sequence[Method], views: Sequence[View]) -> tuple[Mistake, ...]:
    """The same for netviz's own: that nothing is wrong with them holds as long as their code is the same."""
    return tuple(declaration_mistakes(methods, views))


def _mistake(function: Any, message: str, hint: str) -> Mistake:
    """What is wrong with a declaration, at the line of its function, if it is one."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    path = Path(code.co_filename if code else getattr(function, "__module__", str(function)))
    return Mistake(path, message, line=code.co_firstlineno if code else None, hint=hint)


Wrong = Iterator[tuple[str, str]]  # message and hint


def _wrong_with(one: Method) -> Wrong:
    """All that is wrong; where a declaration is so unlike one that it can't even be looked at, the reason."""
    of_other_types = [*_of_other_types(one, TOLD_OTHERWISE)]
    yield from of_other_types
    for check in (_words, _kind, _views, _function, _settings, _cost):
        try:
            yield from check(one)
        except Exception as error:
            if not of_other_types:  # which is the reason otherwise
                yield f"can't be checked: {type(error).__name__}: {first_line(error)}", "compare it with netviz/methods"


def _of_other_types(one: Method | View, but: Container[str]) -> Wrong:
    """The fields of a declaration whose values are none of the type that is wanted."""
    declaration: Any = type(one)
    for name, kind in _types(declaration).items():
        if name not in but and not _is_of(getattr(one, name), kind):
            yield f"declares {name}={_shown(getattr(one, name))}", f"{name}: {declaration.__annotations__[name]}"


def _is_of(value: Any, kind: Any) -> bool:
    """Whether a value is of a type, as strictly as pydantic looks: ``1`` is not ``True``, nor ``"ab"`` many texts."""
    if get_args(kind) == (object,):
        return isinstance(value, get_origin(kind))
    try:
        _in_a_list(kind).validate_python([value])
    except ValidationError:
        return False
    return True


@cache
def _in_a_list(kind: Any) -> TypeAdapter[Any]:  # a list, for a dataclass can't be looked at strictly by itself
    return TypeAdapter(list[kind], config=ConfigDict(strict=True, arbitrary_types_allowed=True))


@cache
def _types(declaration: type[Any]) -> dict[str, Any]:
    return get_type_hints(declaration)


def _shown(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"


def _words(one: Method) -> Wrong:
    if not isinstance(one.name, str) or not NAME.fullmatch(one.name):
        yield "has a name that no lesson can use", "small letters and digits, parted by hyphens"
    for name, words in (("title", one.title), ("summary", one.summary)):
        wanted = f"{name}={{" + ", ".join(f'"{language}": "…"' for language in DEFAULT) + "}"
        given = words if isinstance(words, Mapping) else {}
        for language in {FIRST: None, **given}:
            if not isinstance(given.get(language), str) or not given[language].strip():
                yield f"has no {name} in {language!r}", wanted
        for language in given:
            if language not in languages():
                yield f"has a {name} in {language!r}", nearest(str(language), languages())
    said = [text for texts in (one.title, one.summary) if isinstance(texts, Mapping) for text in texts.values()]
    for text in (*said, one.description):
        if isinstance(text, str) and (found := UNREADABLE.search(text)):
            yield f"has {named(found[0])} among its words", "delete it"
    for language, text in one.words.items() if isinstance(one.words, Mapping) else ():
        if wrong := unreadable(text):
            yield f"has words in {language!r} that are no messages of Fluent's: {wrong!r}", "norm = length"
    if not one.description.strip():
        yield "has no docstring", "the Methods page shows it: what it gives, with shapes and units"
    if not isinstance(one.papers, tuple) or not all(map(_is_paper, one.papers)):
        yield "has papers that are none", 'papers=(Paper(authors="…", year=2020, title="…", url="https://…"),)'


def _is_paper(paper: Any) -> bool:
    """Whether it is one whose fields are what they are called, with an address of the web."""
    if not isinstance(paper, Paper):
        return False
    texts = all(isinstance(one, str) for one in (paper.authors, paper.title, paper.url, paper.place))
    return texts and isinstance(paper.year, int) and bool(WEB.match(paper.url))


def _kind(one: Method) -> Wrong:
    kinds, subjects = get_args(Kind), get_args(Subject)
    if one.gives not in kinds:
        yield f"gives {one.gives!r}, which is unknown", nearest(str(one.gives), kinds)
    if one.subject not in subjects:
        yield f"is about {one.subject!r}, which is unknown", nearest(str(one.subject), subjects)
    if one.subject == "data" and one.gives in ON_PICTURES:
        yield f"is about data, so it can't give {one.gives!r}", nearest("", [k for k in kinds if k not in ON_PICTURES])
    if one.logarithmic not in AXES:
        yield f"declares logarithmic={one.logarithmic!r}", f"one of {', '.join(map(repr, AXES))}"
    if one.signed in (None, True, False) and (one.signed is None) == (one.gives == "attribution"):
        yield f"is declared as signed={one.signed}", "True or False where it gives='attribution', not given elsewhere"
    if one.numbers is not None and not callable(one.numbers) and not _are_names(one.numbers):
        yield f"declares numbers={one.numbers!r}", 'their names, numbers=("norm", "largest")'


def _are_names(names: Any) -> bool:
    many = isinstance(names, Collection) and not isinstance(names, str)
    return many and all(isinstance(one, str) and NUMBER.fullmatch(one) for one in names)


def _views(one: Method) -> Wrong:
    if not isinstance(one.views, (tuple, list)) or not one.views:
        yield f"declares views={one.views!r}", 'at least one, the default first: views=("overlay",)'
        return
    for view in one.views:
        if not isinstance(view, str) or view not in views():
            yield f"has the view {view!r}, which is unknown", nearest(str(view), views())
        elif views()[view].needs_picture and one.subject == "data":
            yield f"has the view {view!r}, which needs a picture", "methods on data have none"
        elif (alt := views()[view].alt) and not alt.get(FIRST):
            yield f"has the view {view!r}, which has no words in {FIRST!r}", f'alt={{"{FIRST}": "…"}}'


def _function(one: Method) -> Wrong:
    least, most = one.maps if isinstance(one.maps, tuple) and len(one.maps) == 2 else (1, 0)
    if not 0 <= least <= most:
        yield f"declares maps={one.maps!r}", "the least and the most that it takes: maps=(1, 2)"
    wanted = ["network", "pictures", "targets", *(["maps"] if most else [])] if one.subject != "data" else []
    parameters = inspect.signature(one.function).parameters.values()
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    positional = [each for each in parameters if each.kind not in (inspect.Parameter.KEYWORD_ONLY, *variable)]
    if len(positional) != len(wanted) or any(each.kind in variable for each in parameters):
        shape = ", ".join([*wanted, "*, settings"])
        yield f"has parameters ({', '.join(map(str, parameters))})", f"it is called as ({shape}), settings by keyword"


def _settings(one: Method) -> Wrong:
    for name, field in one.settings.model_fields.items():
        if name in ExperimentFence.model_fields:
            yield f"has a setting {name!r}, which every experiment has as a field", "give it another name"
        if not field.description:
            yield f"doesn't describe its setting {name!r}", 'Annotated[int, Field(ge=1, description="…")]'


def _cost(one: Method) -> Wrong:
    if not callable(one.passes) or not callable(one.half):
        return  # which is told of
    if any(field.is_required() for field in one.settings.model_fields.values()):
        return  # known only when an experiment gives them
    try:
        settings = one.settings.model_validate(one.settings().model_dump())
    except ValidationError as error:
        yield f"has a default out of range: {error.errors()[0]['loc'][0]}", str(error.errors()[0]["msg"])
        return
    hints = _types(Method)
    json.dumps(settings.model_dump())  # as results keep them: raises for what they can't
    for name in ("asks_for_class", "side", "patches", "map_values"):
        tell = getattr(one, name)
        if not callable(tell):
            continue
        try:
            told = tell(settings)
        except Exception as error:
            yield f"can't tell its {name}: {type(error).__name__}: {error}", f"{name}=lambda settings: …"
        else:
            kind = next(found for found in (hints[name], *get_args(hints[name])) if get_origin(found) is Callable)
            if not _is_of(told, get_args(kind)[1]):
                yield f"tells {_shown(told)} as its {name}", f"{name}: {Method.__annotations__[name]}"
    if callable(one.numbers) and not _are_names(told := one.numbers(settings)):
        yield f"tells {_shown(told)} as its numbers", 'their names, numbers=lambda settings: ("norm", "largest")'
    if wrong := wrong_cost(one, settings):
        yield wrong, "passes=lambda settings: Passes(forward=1, backward=1)"
