"""What the page of methods shows: each method's declaration in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from netviz.methods import Method, Paper, Passes
from netviz.numerals import MINUS, SPACE, raised
from netviz.site.method_words import method_summary, method_title, setting_words
from netviz.site.text.markup import inline_template

GREAT = 2**20  # nobody knows such a power of two by its digits
LONGEST = 8  # characters of a default


@dataclass(frozen=True, kw_only=True)
class SettingView:
    """A setting of a method as its declaration has it: what is allowed, and the default (empty where one is needed).

    ``translated`` is False where the description is English on a page that is not.
    """

    name: str
    allowed: str
    default: str
    description: Markup
    translated: bool


@dataclass(frozen=True, kw_only=True)
class MethodView:
    """A method's declaration in words. ``passes`` is the cost at the default settings, where all have one."""

    name: str
    title: str
    summary: str
    papers: tuple[Paper, ...]
    subject: str
    gives: str
    signed: bool | None
    views: tuple[str, ...]
    settings: tuple[SettingView, ...]
    passes: Passes | None


def method_view(method: Method, language: str) -> MethodView:
    """A declaration as the page of methods shows it."""
    return MethodView(
        name=method.name,
        title=method_title(method, language),
        summary=method_summary(method, language),
        papers=method.papers,
        subject=method.subject,
        gives=method.gives,
        signed=method.signed,
        views=method.views,
        settings=_settings(method, language),
        passes=_default_passes(method),
    )


def _settings(method: Method, language: str) -> tuple[SettingView, ...]:
    views = []
    for name, schema in _schemas(method.settings).items():
        english = schema.get("description", "")
        words = setting_words(method.name, name, english, language)
        default = "" if schema.get("default") is None else _default(schema["default"])
        description = Markup(inline_template(words or english))
        views.append(
            SettingView(
                name=name,
                allowed=_allowed(schema),
                default=default,
                description=description,
                translated=words is not None,
            )
        )
    return tuple(views)


@cache
def _schemas(settings: type[BaseModel]) -> Mapping[str, Any]:
    """The JSON schema of each setting, which is the same in every language."""
    schemas: Mapping[str, Any] = settings.model_json_schema().get("properties", {})
    return schemas


def _allowed(schema: Mapping[str, Any]) -> str:
    """What a setting may be, from its JSON schema: ``logit | probability``, ``1 … 1000``, ``> 0``; or empty.

    A line breaks between two of these, never within one.
    """
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(filter(None, map(_allowed, schema["anyOf"])))  # nothing is said of null
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    if "minimum" in schema and "maximum" in schema:
        return f"{_limit(schema['minimum'])}{SPACE}…{SPACE}{_limit(schema['maximum'])}"
    limits = [f"{sign}{SPACE}{_limit(schema[bound])}" for bound, sign in bounds.items() if bound in schema]
    return ", ".join(limits) or str(schema.get("const", ""))


def _limit(value: float) -> str:
    """A limit to the last digit; a great power of two, and the number before it, as such."""
    power = int(value).bit_length() - 1
    if value >= GREAT and value == 2**power:
        return raised(2, power)
    if value >= GREAT and value == 2 ** (power + 1) - 1:
        return f"{raised(2, power + 1)}{SPACE}{MINUS}{SPACE}1"
    return f"{value:.15g}"


def _default(value: object) -> str:
    """A default as a lesson would write it; one of more digits than anybody would is told as what it is about."""
    return f"≈{SPACE}{value:.3g}" if isinstance(value, float) and len(f"{value:.15g}") > LONGEST else str(value)


def _default_passes(method: Method) -> Passes | None:
    try:
        return method.passes(method.settings())
    except ValidationError:  # a setting has no default, so the cost depends on the author
        return None
