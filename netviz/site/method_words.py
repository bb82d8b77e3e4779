"""Words about methods that their declarations don't have: for settings in other languages, axes of charts, units, maps.

All are optional messages, ``methods.ftl``, ``settings.ftl`` and ``values.ftl``: a method that they don't name has its
settings' English descriptions, the words for its chart's series, and maps without a unit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import count as numbers_from
from itertools import takewhile
from typing import Any, Literal

from netviz.figures.describe import known_term, term
from netviz.languages.known import FIRST
from netviz.languages.messages import identifier, messages
from netviz.methods import Method, methods

Signs = Literal["slope", "share", ""]


def method_title(method: Method, language: str) -> str:
    """What a method is called, by the language's own message or the method's declaration."""
    return _declared(method, "title", method.title, language)


def method_summary(method: Method, language: str) -> str:
    """What a method is in a sentence, likewise."""
    return _declared(method, "summary", method.summary, language)


def _declared(method: Method, what: str, texts: Mapping[str, str], language: str) -> str:
    say = messages(language, "methods")
    return say(method.name, what) if say.has(method.name, what) else texts.get(language, texts[FIRST])


def wanted_messages(language: str) -> Iterator[tuple[str, str]]:
    """What a language should say of methods, as their declarations don't: messages' names, each after its area."""
    for method in methods().values():
        for what, texts in (("title", method.title), ("summary", method.summary)):
            if language not in texts:
                yield "methods", f"{method.name}.{what}"
        for name, setting in method.settings.model_fields.items():
            if not messages(language, "methods").has(method.name, f"setting-{name}"):
                yield "settings", identifier(setting.description or "")
        for paper in method.papers:
            if paper.place:
                yield "citations", identifier(paper.place)


def setting_words(method: str, setting: str, description: str, language: str) -> str | None:
    """A setting's description in a language; None if there is none but the English one of its declaration."""
    own, say = messages(language, "methods"), messages(language, "settings")
    if language != FIRST and own.has(method, f"setting-{setting}"):
        return own(method, f"setting-{setting}")
    if language == FIRST or not say.has(identifier(description)):
        return description if language == FIRST else None
    return say(identifier(description))


def axis_words(method: str, view: str, settings: Mapping[str, Any], language: str) -> tuple[str, str] | None:
    """What x and y of a method's chart measure; None if that isn't known."""
    say, score = messages(language, "methods"), _score(settings, language)
    for prefix in (f"{view}-", ""):
        if say.has(method, f"{prefix}x") and say.has(method, f"{prefix}y"):
            return say(method, f"{prefix}x", score=score), say(method, f"{prefix}y", score=score)
    return None


def unit_words(method: str, settings: Mapping[str, Any], language: str) -> str:
    """The unit of a method's map; empty if it has none or it isn't known."""
    say = messages(language, "methods")
    return say(method, "unit", score=_score(settings, language)) if say.has(method, "unit") else ""


def map_words(method: Method, settings: Mapping[str, Any], count: int, language: str) -> list[str]:
    """What each of a result's maps or pictures is called; none if they have no names, or another number of them."""
    say = messages(language, "methods")
    if say.has(method.name, "map"):
        values = method.map_values(method.settings(**settings)) if method.map_values else range(count)
        named = [say(method.name, "map", number=n, value=str(value)) for n, value in enumerate(values, start=1)]
    else:
        names = (f"map-{number}" for number in numbers_from(1))
        named = [say(method.name, name) for name in takewhile(lambda name: say.has(method.name, name), names)]
    return named if len(named) == count else []


def asks_for_class(method: Method, settings: Mapping[str, Any]) -> bool:
    """Whether another class would have had another answer."""
    return method.asks_for_class(method.settings(**settings))


def value_words(setting: str, value: object, language: str) -> str:
    """A setting's value in words, a method by its title; otherwise as it is written in a lesson."""
    name, say = str(value), messages(language, "values")
    if say.has(setting, name):
        return say(setting, name)
    if isinstance(value, str) and (method := methods().get(name)):
        return method_title(method, language)
    return known_term(name, language)


def signs(method: Method, settings: Mapping[str, Any]) -> Signs:
    """What the signs of a map mean: for a derivative (``slope``) what brighter would do and darker.

    For others what speaks for and against (``share``), and nothing for maps of what the photo shows, whatever is asked.
    """
    shown = methods().get(settings.get("of_method", ""), method)  # a check draws the maps of another method
    return "" if shown.restores_photo else "slope" if shown.is_derivative else "share"


def common_signs(each: Collection[Signs]) -> Signs:
    """What the signs of several maps on one scale mean."""
    return next(iter(each)) if len(set(each)) == 1 else "share"


def _score(settings: Mapping[str, Any], language: str) -> str:
    return term(settings.get("output", "score"), language)
