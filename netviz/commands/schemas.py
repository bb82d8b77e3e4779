"""`--schema`: JSON Schemas of all that authors write in YAML, made of the declarations by which it is read.

So an editor knows fields, names and ranges while one types, those of a course's own methods, photos and languages too.
What a schema can't say, such as that an experiment of that name comes before, the build says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from netviz.course.bibliography import Work
from netviz.course.experiments import CHOSEN, ExperimentFence, Translation
from netviz.course.fields import IN_EVERY_LANGUAGE
from netviz.course.glossary import Chapter
from netviz.course.lessons import FrontMatter
from netviz.course.measurements import Measurement
from netviz.course.own_photos import OwnPhotoEntry
from netviz.course.questions import Choice, QuestionFence
from netviz.course.reading import SiteText, languages_of
from netviz.course.samples import Credit, read_samples
from netviz.course.sliders import TARGET
from netviz.languages.known import FIRST, LanguageFile, in_language
from netviz.methods import LayerChoice, Method, methods
from netviz.networks.architecture import Layer, vgg16_layers
from netviz.options import Options
from netviz.site.field_tables import field_rows

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": ["string", "number"]}  # YAML takes what looks like a number for one
OF_PICTURES = ("picture", "framing", "target", "precision")  # fields that an experiment on data doesn't have

Schema = dict[str, Any]


def write_schemas(options: Options, folder: Path) -> list[Path]:
    """Write a schema for each kind of file and fence into a folder, which is made; returns the files.

    Raises Mistakes where the course's photos or languages can't be read, and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, schema in schemas(options).items():
        files.append(folder / f"{name}.json")
        content = json.dumps({"$schema": DRAFT, "title": name, **schema}, ensure_ascii=False, indent=1)
        files[-1].write_text(f"{content}\n", "utf-8")
    return files


def schemas(options: Options) -> dict[str, Schema]:
    """A schema for each kind by its name."""
    spoken = languages_of(options.content / "site.yaml")
    photos = read_samples(options.content / "pictures", spoken)
    question = _described("question", _of(QuestionFence))
    found = {
        "experiment": _experiment([*photos], vgg16_layers(options.weights)),
        "experiment-words": _of(Translation),
        "question": _with_choices(question, _choice()),
        "question-words": _with_choices(question, TEXT),
        "front-matter": _described("front-matter", _of(FrontMatter)),
        "site": _described("site", _of(SiteText)),
        "photos": _photos(),
        "own": _of(tuple[OwnPhotoEntry, ...]),
        "glossary": _of(tuple[Chapter, ...]),
        "bibliography": _of(tuple[Work, ...]),
        "measurement": _of(Measurement),
        "language": _of(LanguageFile),
    }
    return {name: _in_languages(schema, spoken) for name, schema in found.items()}


class _AsWritten(GenerateJsonSchema):
    """Takes any value where a declaration makes something else of what is written, and doesn't say of what."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        return super().function_before_schema(schema) if "json_schema_input_schema" in schema else {}


def _of(declared: Any) -> Schema:
    return TypeAdapter(declared).json_schema(schema_generator=_AsWritten)


def _described(kind: str, schema: Schema) -> Schema:
    """With what each field means, in the words of the site's page for authors."""
    for row in field_rows(kind, FIRST):
        schema["properties"][row.name]["description"] = row.meaning
    return schema


def _in_languages(value: Any, spoken: Sequence[str]) -> Any:
    """With the texts in every language that are those of this course; of one language they may be plain texts."""
    if isinstance(value, list):
        return [_in_languages(one, spoken) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("format") != IN_EVERY_LANGUAGE:
        return {name: _in_languages(one, spoken) for name, one in value.items()}
    texts: Schema = {
        "type": "object",
        "properties": {language: {"type": "string"} for language in spoken},
        "required": [spoken[0]],
        "additionalProperties": False,
    }
    told = {"description": value["description"]} if "description" in value else {}
    return told | (texts if len(spoken) > 1 else {"anyOf": [{"type": "string"}, texts]})


def _photos() -> Schema:
    schema = _of(dict[str, Credit])
    _described("photo", schema["$defs"]["Credit"])
    return schema


def _choice() -> Schema:
    choice = _of(Choice)
    choice["properties"]["text"] = TEXT
    return choice


def _with_choices(question: Schema, choice: Schema) -> Schema:
    choices = {**question["properties"]["choices"], "items": choice}
    return question | {"properties": question["properties"] | {"choices": choices}}


def _experiment(photos: Sequence[str], layers: Sequence[Layer]) -> Schema:
    """What a fence may say depends on its method: of each there is a part of its own."""
    common = _described("experiment", _of(ExperimentFence))
    known = methods()
    return {
        "type": "object",
        "required": common["required"],
        "properties": {"id": common["properties"]["id"], "method": {"enum": [*known]}},
        "allOf": [
            {"if": {"properties": {"method": {"const": name}}}, "then": {"$ref": f"#/$defs/{name}"}} for name in known
        ],
        "$defs": {name: _of_method(one, common, photos, layers) for name, one in known.items()},
    }


def _of_method(method: Method, common: Schema, photos: Sequence[str], layers: Sequence[Layer]) -> Schema:
    settings = _settings(method.settings, method.layer_settings, layers)
    fields = dict(common["properties"])
    fields["method"] = {"const": method.name, "description": in_language(method.title, FIRST)}
    fields["picture"] = fields["picture"] | {"enum": [CHOSEN, *photos]}
    fields["view"] = {"enum": [*method.views], "default": method.views[0], "description": fields["view"]["description"]}
    fields["vary"] = _vary(fields["vary"], settings | ({TARGET: fields["target"]} if method.subject != "data" else {}))
    left_out = {*(OF_PICTURES if method.subject == "data" else ()), *(() if method.maps[1] else ("of",))}
    required = [name for name, one in method.settings.model_fields.items() if one.is_required()]
    return {
        "type": "object",
        "description": in_language(method.summary, FIRST),
        "properties": {name: one for name, one in fields.items() if name not in left_out} | settings,
        "required": [*common["required"], *(["of"] if method.maps[0] else []), *required],
        "additionalProperties": False,
    }


def _settings(model: type[BaseModel], choices: Mapping[str, LayerChoice], layers: Iterable[Layer]) -> Schema:
    """The schema of each setting; what names a layer lists those that it may name."""
    schema = _of(model)
    assert "$defs" not in schema, "a setting is a plain value"
    settings: Schema = schema.get("properties", {})
    for name, choice in choices.items():
        allowed = [one.name for one in layers if one.feeds_output and (one.is_spatial or not choice.spatial)]
        may_be_none = any(one.get("type") == "null" for one in settings[name].get("anyOf", ()))
        told = {what: settings[name][what] for what in ("default", "description") if what in settings[name]}
        settings[name] = {"enum": [*allowed, *([None] if may_be_none else [])], **told}
    return settings


def _vary(field: Schema, varied: Schema) -> Schema:
    """One of the settings, or the target, with a list of its values."""
    form = next(one for one in field["anyOf"] if one.get("type") == "object")
    values = form["additionalProperties"]
    lists = {name: values | {"items": one} for name, one in varied.items()}
    return form | {"properties": lists, "additionalProperties": False, "description": field["description"]}
