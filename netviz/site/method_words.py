"""Words that methods do not declare: for settings in Chinese, axes of charts, units and names of maps.

All are optional: a method that is not named in method_words.yaml has its settings' English descriptions, the words
for its chart's series, and maps without a unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from netviz.figures.describe import is_term, term
from netviz.methods import methods
from netviz.yaml_places import read_values


def setting_words(description: str, language: str) -> str | None:
    """A setting's description in a language; None if there is none but the English one of its declaration."""
    return description if language == "en" else _words()["settings"].get(description)


def axis_words(method: str, view: str, settings: Mapping[str, Any], language: str) -> tuple[str, str] | None:
    """What x and y of a method's chart measure; None if that isn't known."""
    axes = _words()["axes"]
    words = axes.get(f"{method}/{view}") or axes.get(method)
    return words and (_filled(words["x"], settings, language), _filled(words["y"], settings, language))


def unit_words(method: str, settings: Mapping[str, Any], language: str) -> str:
    """The unit of a method's map; empty if it has none or it isn't known."""
    words = _words()["units"].get(method)
    return _filled(words, settings, language) if words else ""


def map_words(method: str, settings: Mapping[str, Any], count: int, language: str) -> list[str]:
    """What each of a result's maps or pictures is called; none if they have no names, or another number of them."""
    words = _words()["maps"].get(method)
    channels = settings.get("channels", ()) if settings.get("objective") == "channel" else ()
    if words is None or ("objective" in settings and len(channels) != count):
        return []
    if isinstance(words[language], list):
        return list(words[language]) if len(words[language]) == count else []
    return [
        words[language].format(number=n + 1, seed=settings.get("seed", 0) + n, channel=channels[n] if channels else n)
        for n in range(count)
    ]


def asks_for_class(method: str, settings: Mapping[str, Any]) -> bool:
    """Whether another class would have had another answer."""
    return method not in _words()["without_class"] and settings.get("objective", "class") == "class"


def value_words(setting: str, value: object, language: str) -> str:
    """A setting's value in words, a method by its title; otherwise as it is written in a lesson."""
    name = str(value)
    method = methods().get(name)
    words = _words()["values"].get(setting, {}).get(name) or (method.title if method else None)
    return str(words[language]) if words else term(name, language) if is_term(name) else name


def is_slope(method: str, settings: Mapping[str, Any]) -> bool:
    """Whether a map is a derivative: what brighter would do and darker. Others show what speaks for and against."""
    return settings.get("of_method", method) in _words()["slopes"]  # a check draws the maps of another method


def _filled(words: Mapping[str, str], settings: Mapping[str, Any], language: str) -> str:
    return words[language].format(score=term(settings.get("output", "score"), language))


@cache
def _words() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = read_values(Path(__file__).with_suffix(".yaml"))
    return content
