"""The spec language: what an experiment fence may say, checked against the methods, pictures and classes that exist.

Checking needs no TensorFlow. Every mistake is found with its line and column, and all of them at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path, PureWindowsPath
from textwrap import dedent
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from netviz.course.claims import NAMES, OVER_GALLERY, Claim, read_claim
from netviz.course.class_indices import class_index
from netviz.course.fences import fence_values, read_fences, stated
from netviz.course.fields import Name
from netviz.course.lessons import Lesson, LessonText, Span
from netviz.course.sliders import TARGET, Slider, value_name
from netviz.limits import INDENTATION
from netviz.methods import Method, wrong_cost
from netviz.methods.photoless import looks_at_no_photo
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.networks import Precision
from netviz.networks.architecture import Layer
from netviz.pictures.framing import Framing
from netviz.sandbox import ExpressionError
from netviz.yaml_places import Passage, Places

CHOSEN = "chosen"
NEEDED = "an experiment needs at least `id:` and `method:`"
NO_PICTURE = ""  # of an experiment on data, or on all photos of a gallery
Over = Literal["gallery"]
RANKS = ("top1", "top2", "top3", "top4", "top5")
Label = Annotated[str, Field(min_length=1)]
Values = Annotated[list[Any], Field(min_length=2, max_length=12)]


class ExperimentFence(BaseModel):
    """The fields that every experiment has; whatever else a fence says are the method's own settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    method: str
    picture: str = CHOSEN
    over: Over | None = None
    framing: Framing = "crop"
    target: str | int = "top1"
    view: str | None = None
    of: tuple[str, ...] = ()
    precision: Precision | None = None
    vary: Annotated[dict[str, Values], Field(min_length=1, max_length=1)] | None = None
    caption: str = ""
    alt: str = ""
    labels: tuple[Label, ...] = ()
    expect: tuple[str, ...] = ()

    @field_validator("of", "expect", mode="before", json_schema_input_type=str | tuple[str, ...])
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class Translation(BaseModel):
    """What a fence of another language may say: its own words for an experiment of the English text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    caption: str = ""
    alt: str = ""
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Wording:
    """An experiment's words in one language; without ``labels`` its panels are named by what they are made of."""

    caption: Passage
    alt: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One checked experiment of a lesson.

    ``target`` is a rank (``top1`` to ``top5``) or a class index; ``settings`` are complete, defaults filled in.
    An experiment on data has the picture ``""``, and its target means nothing. One that is run on each photo of its
    lesson's gallery is ``over`` it, and has that picture, too.
    ``of`` are the experiments whose maps it takes; ``slider`` is what its readers can vary, if anything; ``framing`` is
    how the photo becomes a square.
    """

    id: str
    lesson: str
    method: Method
    picture: str
    target: str | int
    view: str
    settings: Mapping[str, Any]
    of: tuple[str, ...]
    claims: tuple[Claim, ...]
    wording: Mapping[str, Wording]
    spec: str  # the fence as the author wrote it
    slider: Slider | None = None
    framing: Framing = "crop"
    precision: Precision | None = None  # what the author insists on
    over: Over | None = None  # all photos of its lesson's gallery
    path: Path = Path()  # the file and the line that name its method
    line: int = 0

    def mistake(self, message: str, hint: str = "") -> Mistake:
        """What is wrong with it, found when it ran."""
        return Mistake(self.path, message, line=self.line, hint=hint)

    @cached_property
    def checked_settings(self) -> BaseModel:
        """Its settings as its method's model of them."""
        return self.method.settings(**self.settings)

    def __getstate__(self) -> dict[str, Any]:
        """Goes to another process without the model of its settings: a class that is made there anew."""
        return {name: value for name, value in vars(self).items() if name != "checked_settings"}

    @cached_property
    def variants(self) -> Mapping[str, Experiment]:
        """Itself at every value of its slider, by the value's name; without one, itself alone under ``""``.

        The others have ids of their own (``ID@VALUE``) and make no claims: those are for the plain value.
        """
        if self.slider is None:
            return {"": self}
        return {name: self if name == self.slider.plain else self._at(name, self.slider) for name in self.slider.values}

    def _at(self, name: str, slider: Slider) -> Experiment:
        value = slider.values[name]
        changed = (
            {"target": value} if slider.setting == TARGET else {"settings": {**self.settings, slider.setting: value}}
        )
        return dataclasses.replace(self, id=f"{self.id}@{name}", claims=(), slider=None, **changed)

    @property
    def states(self) -> tuple[str, ...] | None:
        """The names of its slider's values; None for a grid, whose states are its layers and channels."""
        if self.view == "grid":
            return None
        return tuple(self.slider.values) if self.slider else ()

    def words(self, language: str) -> Wording:
        """Its words in a language; those of the first where they are not translated."""
        return self.wording.get(language) or next(iter(self.wording.values()))

    def pictures(self, chosen: str) -> str:
        """The picture it looks at while ``chosen`` is the reader's choice; ``""`` if it looks at none."""
        return chosen if self.picture == CHOSEN else self.picture


@dataclass(frozen=True)
class Vocabulary:
    """The names that specs may use."""

    methods: Mapping[str, Method]
    pictures: Sequence[str]
    layers: Sequence[Layer]
    galleries: Collection[str] = ()  # the slugs of the lessons that have one


def read_experiments(
    lessons: Sequence[Lesson], vocabulary: Vocabulary
) -> tuple[dict[str, Experiment], list[Mistake], set[str]]:
    """Every experiment of the course by id, all that is wrong, and the ids of those that could not be read."""
    return read_fences(lessons, "experiment", partial(_read_experiment, vocabulary), _add_words)


def _read_experiment(
    vocabulary: Vocabulary,
    span: Span,
    text: LessonText,
    lesson: str,
    earlier: Mapping[str, Experiment],
    broken: Set[str],
) -> Experiment:
    values, places = fence_values(span, text, NEEDED)
    fields = {name: value for name, value in values.items() if name in ExperimentFence.model_fields}
    own_settings = {name: value for name, value in values.items() if name not in ExperimentFence.model_fields}
    settings: dict[str, Any] = {}
    mistakes = [*_unknown_method(values, places, vocabulary)]
    if method := vocabulary.methods.get(str(values.get("method"))):
        settings, mistakes = _check_settings(method, own_settings, places, vocabulary.layers)
    try:
        fence = places.checked(fields, ExperimentFence, list(ExperimentFence.model_fields))
    except Mistakes as error:
        raise Mistakes([*mistakes, *error.mistakes]) from None
    mistakes += _check_names(fence, places, vocabulary, earlier, broken)
    target, wrong_target = _check_target(fence.target, places)
    claims, wrong_claims = _check_claims(fence.expect, places, OVER_GALLERY if fence.over else NAMES)
    mistakes += wrong_target + wrong_claims
    if method is None:
        raise Mistakes(mistakes)
    mistakes += _check_view_and_maps(fence, method, places)
    mistakes += _check_subject(fence, method, places)
    mistakes += _check_over(fence, method, settings, lesson, places, vocabulary.galleries, earlier)
    mistakes += _check_precision(fence, method, settings, places)
    if mistakes or not broken.isdisjoint(fence.of):
        raise Mistakes(mistakes)
    slider = _read_slider(fence, method, settings, target, places, vocabulary.layers) if fence.vary else None
    words = Wording(places.passage(("caption",), fence.caption), fence.alt, fence.labels)
    return Experiment(
        id=fence.id,
        lesson=lesson,
        method=method,
        picture=fence.picture if method.subject == "picture" and not fence.over else NO_PICTURE,
        target=target,
        view=fence.view or method.views[0],
        settings=settings,
        of=fence.of,
        claims=claims,
        wording={text.language: words},
        spec=dedent(span.source.expandtabs(INDENTATION)),
        slider=slider,
        framing=fence.framing,
        precision=fence.precision,
        over=fence.over,
        path=text.path,
        line=places.values[("method",)][0],
    )


def _read_slider(
    fence: ExperimentFence,
    method: Method,
    settings: Mapping[str, Any],
    target: str | int,
    places: Places,
    layers: Sequence[Layer],
) -> Slider:
    """The values that one setting (or the target) takes in turn, each checked like the plain one."""
    ((setting, written),) = (fence.vary or {}).items()
    allowed = [*method.settings.model_fields, *([TARGET] if method.subject == "picture" else [])]
    if setting not in allowed:
        message = f"{method.name} has no setting {setting!r} to vary"
        raise Mistakes([places.mistake(("vary", setting), message, nearest(setting, allowed), at_key=True)])
    values: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for index, value in enumerate(written):
        key = ("vary", setting, index)
        here = places.moved((setting,), key)
        checked: Any
        if setting == TARGET:
            checked, wrong = _check_target(value, here)
            name = value_name(value)
        else:
            complete, wrong = _check_settings(method, {**settings, setting: value}, here, layers)
            checked = complete.get(setting)
            name = value_name(checked)
        if not wrong and (name in values or checked in values.values()):
            wrong = [places.mistake(key, f"the value {value!r} is given twice")]
        mistakes += wrong
        values[name] = checked
    if mistakes:
        raise Mistakes(mistakes)
    plain = target if setting == TARGET else settings[setting]
    if plain not in values.values():
        message = f"the value that shows first, {setting}: {plain}, is not among those to vary"
        hint = f"add it here, or give `{setting}:` one of these values"
        raise Mistakes([places.mistake(("vary", setting), message, hint)])
    return Slider(setting, values, next(name for name, value in values.items() if value == plain))


def _unknown_method(values: Mapping[str, Any], places: Places, vocabulary: Vocabulary) -> Iterator[Mistake]:
    """Nothing for what is no name at all, which is told with the other fields."""
    if isinstance(name := values.get("method"), str) and name not in vocabulary.methods:
        yield places.mistake(("method",), f"unknown method {name!r}", nearest(name, vocabulary.methods))


def _check_settings(
    method: Method, values: Mapping[str, Any], places: Places, layers: Sequence[Layer]
) -> tuple[dict[str, Any], list[Mistake]]:
    fields = [*method.settings.model_fields, *ExperimentFence.model_fields]
    try:
        checked = places.checked(values, method.settings, fields)
    except Mistakes as error:
        return {}, [*error.mistakes]
    settings = checked.model_dump()
    mistakes = []
    for name, choice in method.layer_settings.items():
        allowed = [layer.name for layer in layers if layer.feeds_output and (layer.is_spatial or not choice.spatial)]
        if settings[name] is not None and settings[name] not in allowed:
            mistakes.append(
                places.mistake((name,), f"unknown layer {settings[name]!r}", nearest(settings[name], allowed))
            )
    if not mistakes:
        try:
            mistakes += [places.mistake((name,), message) for name, message in method.wrong(checked, layers)]
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            mistakes.append(
                places.mistake(("method",), f"{method.name} can't tell if its settings fit together: {why}")
            )
        if message := wrong_cost(method, checked):
            mistakes.append(places.mistake(("method",), f"{method.name} {message}"))
    return settings, mistakes


def _check_names(
    fence: ExperimentFence,
    places: Places,
    vocabulary: Vocabulary,
    earlier: Mapping[str, Experiment],
    broken: Set[str],
) -> list[Mistake]:
    mistakes = []
    if fence.id in earlier:
        message = f"the id {fence.id!r} is taken by an experiment of the lesson {earlier[fence.id].lesson!r}"
        mistakes.append(places.mistake(("id",), message))
    if fence.picture != CHOSEN and fence.picture not in vocabulary.pictures:
        named = PureWindowsPath(fence.picture)  # which reads / and \ alike
        hint = nearest(named.stem, [CHOSEN, *vocabulary.pictures])
        if str(named) != named.stem:
            hint = f"a picture is named as its file is, without folder and suffix; {hint}"
        mistakes.append(places.mistake(("picture",), f"unknown picture {fence.picture!r}", hint))
    for index, other in enumerate(fence.of):
        key = ("of", index) if ("of", index) in places.values else ("of",)
        if other in broken:
            continue
        if other not in earlier:
            hint = nearest(other, earlier) if earlier else ""
            mistakes.append(places.mistake(key, f"no experiment {other!r} comes before this one", hint))
        elif earlier[other].method.gives != "attribution":
            mistakes.append(places.mistake(key, f"{other!r} ({earlier[other].method.name}) gives no map"))
        elif not (fence.over or earlier[other].over) and earlier[other].picture not in (fence.picture, CHOSEN):
            message = f"{other!r} looks at the picture {earlier[other].picture!r}, this one at {fence.picture!r}"
            mistakes.append(places.mistake(key, message))
        elif earlier[other].framing != fence.framing:
            message = f"{other!r} has the framing {earlier[other].framing!r}, this one {fence.framing!r}"
            mistakes.append(places.mistake(key, message))
    return mistakes


def _check_view_and_maps(fence: ExperimentFence, method: Method, places: Places) -> list[Mistake]:
    mistakes = []
    if fence.view is not None and fence.view not in method.views:
        message = f"{method.name} can't be drawn as {fence.view!r}"
        mistakes.append(places.mistake(("view",), message, nearest(fence.view, method.views)))
    least, most = method.maps
    if not least <= len(fence.of) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        message = f"{method.name} takes the maps of {wanted} other experiments (`of:`), here are {len(fence.of)}"
        mistakes.append(places.mistake(("of",), message))
    return mistakes


def _check_subject(fence: ExperimentFence, method: Method, places: Places) -> list[Mistake]:
    """A method on data looks at no picture, so none can be named, nor a class of the network that reads pictures."""
    asked = fence.model_fields_set if method.subject == "data" else set()
    given = [name for name in ("picture", "target", "framing", "precision") if name in asked]
    message = f"{method.name} brings its own data and takes no %s"
    return [places.mistake((name,), message % name, f"leave `{name}:` out", at_key=True) for name in given]


def _check_over(
    fence: ExperimentFence,
    method: Method,
    settings: Mapping[str, Any],
    lesson: str,
    places: Places,
    galleries: Collection[str],
    earlier: Mapping[str, Experiment],
) -> Iterator[Mistake]:
    """What can't be asked of all photos of a gallery; and maps of others that are not of the same photos.

    ``settings`` are checked, or empty if one is wrong.
    """
    for index, other in enumerate(fence.of):
        if other in earlier and (earlier[other].over, earlier[other].lesson if fence.over else "") != (
            fence.over,
            lesson if fence.over else "",
        ):
            message = f"{other!r} is not run on the same photos: both are `over: gallery` in one lesson, or neither is"
            yield places.mistake(("of", index) if ("of", index) in places.values else ("of",), message)
    if not fence.over:
        return
    if lesson not in galleries:
        hint = "`pictures: FOLDER` in its front matter names a folder of photos, or a CSV file, beside the text"
        yield places.mistake(("over",), "the lesson has no gallery", hint)
    if method.subject == "data":
        hint = "leave `over:` out: it is run once"
        yield places.mistake(("over",), f"{method.name} brings its own data and looks at no photo", hint)
    elif _is_checked(method, settings) and looks_at_no_photo(method.name, method.settings(**settings)):
        hint = "leave `over:` out: once tells as much"
        yield places.mistake(("over",), f"{method.name} looks at no photo: it finds the same for each", hint)
    for name, why in (("picture", "the photos are those of the gallery"), ("vary", "a gallery has no slider")):
        if name in fence.model_fields_set:
            yield places.mistake((name,), f"{why}: `{name}:` and `over: gallery` can't be together", at_key=True)


def _is_checked(method: Method, settings: Mapping[str, Any]) -> bool:
    return settings.keys() == method.settings.model_fields.keys()


def _check_precision(
    fence: ExperimentFence, method: Method, settings: Mapping[str, Any], places: Places
) -> list[Mistake]:
    """``settings`` are checked, or empty if one is wrong."""
    if fence.precision != "bfloat16" or not settings or method.half(method.settings(**settings)):
        return []
    message = f"{method.name} with these settings is not fit for half precision: too much of it would be rounding"
    return [places.mistake(("precision",), message, "float32 or float64")]


def _check_target(target: Any, places: Places) -> tuple[str | int, list[Mistake]]:
    if target in RANKS:
        return str(target), []
    try:
        return class_index(target), []
    except ValueError as error:
        hint = f"or {', '.join(RANKS)}, or an index from 0 to 999"
        return target, [places.mistake(("target",), str(error), hint)]


def _check_claims(
    sources: Sequence[str], places: Places, names: tuple[str, ...]
) -> tuple[tuple[Claim, ...], list[Mistake]]:
    claims, mistakes = [], []
    for index, source in enumerate(sources):
        passage = places.passage(("expect", index), source)
        try:
            claims.append(read_claim(passage, names))
        except ExpressionError as error:
            place = passage.place_of(error.word)
            mistakes.append(places.mistake_at(*place, f"not a claim: {error}", error.hint))
    return tuple(claims), mistakes


def _add_words(
    span: Span, text: LessonText, lesson: str, experiments: dict[str, Experiment], broken: Container[str]
) -> None:
    values, places = fence_values(span, text, NEEDED)
    try:
        words = places.checked(values, Translation, list(Translation.model_fields))
    except Mistakes as error:
        hint = f"the spec stands in {text.first}.md; here only id, caption, alt and labels"
        raise Mistakes(dataclasses.replace(mistake, hint=hint) for mistake in error.mistakes) from None
    if words.id in broken:
        return
    experiment = stated(words.id, lesson, "experiment", experiments, places, text.first)
    wording = Wording(places.passage(("caption",), words.caption), words.alt, words.labels)
    experiments[words.id] = dataclasses.replace(experiment, wording={**experiment.wording, text.language: wording})
