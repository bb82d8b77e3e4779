"""The methods: each one pure function with a declaration that says what it is, takes, gives and costs.

A method is a function of a network, pictures and targets, decorated with `method`. Its keyword-only parameters are
its settings; their annotations carry ranges and descriptions. The spec checker, the Methods page, captions and the
progress bar read the declaration; nothing else has to know a method. Reading this does not import TensorFlow.

It may know networks by their interface, and data. It must not know pictures' files, courses or pages.

    @method(
        title={"en": "Gradient x input", "zh": "梯度 × 输入"},
        summary={"en": "…", "zh": "…"},
        papers=(Paper("Shrikumar et al.", 2016, "Not Just a Black Box", "https://arxiv.org/abs/1605.01713"),),
        gives="attribution", signed=True, views=("signed", "overlay"), numbers=("sum",),
        passes=lambda settings: Passes(1, 1),
    )
    def gradient_x_input(network, pictures, targets, *, output: Output = "logit"):
        '''(x - mean colour) * gradient, summed over RGB.'''
        …

A method that brings its own data and network (lesson 11's) is declared with ``subject="data"``: a function of its
settings alone, whose answer has no batch axis and may hold words.

Importing a module that holds such a function is all it takes to add a method.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, create_model

from netviz.methods.answers import check_answer
from netviz.modules import import_all
from netviz.networks import Array, Network, Targets
from netviz.networks.architecture import Layer

Result = dict[str, NDArray[Any]]
"""What a method gives: arrays with one entry a picture along the first axis.

A map is called ``attribution``: (n, height, width), or (n, height, width, 3) with a value for each of RGB. What is
small enough to be read, (n,) or (n, up to 4), becomes the experiment's ``numbers``; the rest stay arrays.
A method on data gives arrays of numbers or of words without that axis.
"""

Numbers = Collection[str] | Callable[[Any], Collection[str]]
"""The names of the numbers that a method gives; or what tells them from its checked settings."""

Subject = Literal["picture", "data"]
Kind = Literal["scores", "feature maps", "attribution", "contributions", "check", "picture"]

Seed = Annotated[
    int, Field(ge=0, lt=2**32, description="start of the random numbers; the same seed gives the same bytes")
]
OutputSetting = Annotated[
    Literal["logit", "probability"], Field(description="explain the score before the softmax, or after it")
]


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """Marks a setting as the name of a layer; ``spatial`` ones give maps that can be laid over the picture."""

    spatial: bool = True


SpatialLayer = Annotated[str, LayerChoice(), Field(description="a layer whose output is a stack of maps")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """Where a method comes from."""

    authors: str
    year: int
    title: str
    url: str
    place: str = ""  # section or equation

    def __str__(self) -> str:
        return f"{self.authors} {self.year}"

    def at(self, place: str) -> Paper:
        """The same work, and where in it the method stands: a section or an equation."""
        return replace(self, place=place)


@dataclass(frozen=True, slots=True)
class Passes:
    """What a method costs for one picture: pictures that go forward through the network, and back.

    A method on data counts the steps in which its small network is trained.
    """

    forward: int
    backward: int = 0
    training: int = 0


@dataclass(frozen=True, slots=True)
class Patches:
    """Squares that are hidden one after the other: their side, and how far it is from one to the next, in pixels."""

    side: int
    stride: int


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method's declaration. ``signed`` is None where the result is no map; ``views[0]`` is the default view."""

    name: str
    function: Callable[..., Result]
    title: Mapping[str, str]
    summary: Mapping[str, str]
    papers: tuple[Paper, ...]
    gives: Kind
    signed: bool | None
    views: tuple[str, ...]
    passes: Callable[[Any], Passes]
    maps: tuple[int, int]
    settings: type[BaseModel] = field(repr=False)
    layer_settings: Mapping[str, LayerChoice]
    subject: Subject = "picture"
    half: Callable[[Any], bool] = lambda settings: False
    numbers: Numbers | None = None
    wrong: Callable[[Any, Sequence[Layer]], Iterable[tuple[str, str]]] = lambda settings, layers: ()
    asks_for_class: Callable[[Any], bool] = lambda settings: True
    is_derivative: bool = False
    restores_photo: bool = False
    patches: Callable[[Any], Patches] | None = None
    side: Callable[[Any], int | None] = lambda settings: None
    map_values: Callable[[Any], Sequence[object]] | None = None
    logarithmic: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The function's docstring."""
        return inspect.getdoc(self.function) or ""

    def __reduce__(self) -> tuple[Callable[[str], Method], tuple[str]]:
        """In another process it is the method of that name there: functions can't be sent."""
        return _named, (self.name,)

    def numbers_with(self, settings: Any) -> Collection[str] | None:
        """The names of the numbers that it gives with checked settings; None if it doesn't say."""
        return self.numbers(settings) if callable(self.numbers) else self.numbers


_registry: dict[str, Method] = {}


def method(
    *,
    title: Mapping[str, str],
    summary: Mapping[str, str],
    gives: Kind,
    views: tuple[str, ...],
    passes: Callable[[Any], Passes],
    papers: tuple[Paper, ...] = (),
    signed: bool | None = None,
    maps: tuple[int, int] = (0, 0),
    name: str | None = None,
    subject: Subject = "picture",
    half: Callable[[Any], bool] = lambda settings: False,
    numbers: Numbers | None = None,
    wrong: Callable[[Any, Sequence[Layer]], Iterable[tuple[str, str]]] = lambda settings, layers: (),
    asks_for_class: Callable[[Any], bool] = lambda settings: True,
    is_derivative: bool = False,
    restores_photo: bool = False,
    patches: Callable[[Any], Patches] | None = None,
    side: Callable[[Any], int | None] = lambda settings: None,
    map_values: Callable[[Any], Sequence[object]] | None = None,
    logarithmic: str = "",
    words: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Declare a function as a method; its name, with hyphens, becomes the method's unless given.

    ``subject`` says whether it looks at pictures or brings data of its own. ``passes`` takes the checked settings.
    ``maps`` says how many maps of other experiments it takes (least, most): such a function has a fourth parameter, a
    list of them, each (n, ...). ``half`` takes the checked settings and says whether half
    precision changes its maps so little, as measured, that their ranks agree with those of float32 to 0.99 (Spearman);
    of a search for a picture, that it comes as far, measured in float32, as it does in float32.
    ``numbers`` names what it gives of up to four values a picture, or tells it from the checked settings: claims and
    sentences that speak of another number are refused before anything runs. Not given, that shows when it has run.
    ``wrong`` takes the checked settings and the network's layers, and tells which of them can't be together although
    each is in its range: a setting's name and why.

    What follows is told to readers. ``asks_for_class`` takes the checked settings and says whether another class would
    have had another answer; ``is_derivative``, that a map tells what a little brighter or darker would do;
    ``restores_photo``, that its signs speak neither for nor against, since it draws what the photo shows, whatever is
    asked. ``patches`` takes them and tells of a method that hides one patch after the other how large these are.
    ``side`` tells the side of the pictures that it works on, in pixels, where that is not the network's own.
    ``map_values`` tells what the maps of an answer differ in, one value for each: they are named by it. ``logarithmic``
    names the axes of its charts, x, y or xy, that are to be so.

    ``words`` are Project Fluent's messages by language, as in ``netviz/languages``: of the names of its numbers, series
    and settings (``norm = length``), and one of the method's own name, with ``.x``, ``.y``, ``.unit`` and ``.map`` as
    in ``methods.ftl``, and ``.setting-samples`` for a setting's description where it isn't the English one.
    Raises ValueError if the name is taken by another function, TypeError for what is none or has settings without type.
    """

    def declare(function: Callable[..., Result]) -> Callable[..., Result]:
        if not callable(function) or not isinstance(name or getattr(function, "__name__", None), str):
            raise TypeError(f"{function!r}, name={name!r}: a method is a function, and its name a text")
        method_name = name or function.__name__.replace("_", "-")
        taken = _registry.get(method_name)
        if taken and taken.function.__module__ != function.__module__:
            raise ValueError(f"two methods are called {method_name!r}: {taken.function.__module__} has one already")
        settings, layer_settings = _settings_of(function)
        _registry[method_name] = Method(
            name=method_name,
            function=function,
            title=title,
            summary=summary,
            papers=papers,
            gives=gives,
            signed=signed,
            views=views,
            passes=passes,
            maps=maps,
            settings=settings,
            layer_settings=layer_settings,
            subject=subject,
            half=half,
            numbers=numbers,
            wrong=wrong,
            asks_for_class=asks_for_class,
            is_derivative=is_derivative,
            restores_photo=restores_photo,
            patches=patches,
            side=side,
            map_values=map_values,
            logarithmic=logarithmic,
            words=words or {},
        )
        return function

    return declare


def methods() -> Mapping[str, Method]:
    """Every method by name: those of this package and those declared elsewhere before the call.

    Raises Mistakes for a module of this package that can't be imported.
    """
    import_all(__path__[0], __name__, "methods")
    return dict(sorted(_registry.items()))


def _named(name: str) -> Method:
    return methods()[name]


def declaration(function: Callable[..., Result]) -> Method:
    """The method that a function is: for those that run another one, always the same.

    They import it, so that its code is in the keys of their results. One that a setting names needs no import.
    """
    return next(one for one in _registry.values() if one.function is function)


def modules_declaring() -> set[str]:
    """The modules that have declared methods so far: this package's own only if `methods` was called before."""
    return {one.function.__module__ for one in _registry.values()}


def wrong_cost(method: Method, settings: Any) -> str:
    """Why a method's declaration can't tell what it costs with these settings; empty if it can."""
    try:
        passes, half = method.passes(settings), method.half(settings)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"can't tell what it costs: {type(error).__name__}: {error}"
    counts = (passes.forward, passes.backward, passes.training) if isinstance(passes, Passes) else (-1,)
    if not all(isinstance(count, int) and 0 <= count < 2**53 for count in counts):
        return f"tells {passes!r} as its cost, where Passes of whole numbers are needed"
    return "" if isinstance(half, bool) else f"tells half={half!r}, where True or False is needed"


def _settings_of(function: Callable[..., Result]) -> tuple[type[BaseModel], dict[str, LayerChoice]]:
    """A model that checks the function's keyword-only parameters, and which of them name layers."""
    hints = typing.get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    layers: dict[str, LayerChoice] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not parameter.KEYWORD_ONLY:
            continue
        if parameter.name not in hints:
            raise TypeError(
                f"the setting {parameter.name!r} of {function.__name__} has no type: "
                f'{parameter.name}: Annotated[int, Field(ge=1, description="…")]'
            )
        required = parameter.default is parameter.empty
        fields[parameter.name] = (hints[parameter.name], ... if required else parameter.default)
        for mark in typing.get_args(hints[parameter.name])[1:]:
            if isinstance(mark, LayerChoice):
                layers[parameter.name] = mark
    model = create_model(
        f"{function.__name__}_settings",
        __config__=ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True),
        **fields,
    )
    return model, layers


def run(
    method: Method,
    network: Network,
    pictures: Array,
    targets: Targets,
    settings: Mapping[str, Any] | None = None,
    maps: Sequence[Array] = (),
) -> Result:
    """Check the settings, fill in defaults and run: what tests and scripts call.

    Parameters
    ----------
    pictures
        (n, height, width, 3) RGB, 0 to 255; left untouched.
    targets
        (n,) class indices.
    maps
        The maps of other experiments, each (n, ...), for a method that takes them.

    Raises
    ------
    pydantic.ValidationError
        If a setting is unknown or out of range.
    netviz.methods.answers.UnusableAnswer
        If the method's answer is not as it is declared.
    """
    checked = method.settings(**(settings or {}))
    inputs = (np.asarray(pictures), np.asarray(targets), *([list(maps)] if method.maps[1] else []))
    answer = method.function(network, *inputs, **_values(checked))
    check_answer(method, answer, len(pictures), checked)
    return answer


def run_on_data(method: Method, settings: Mapping[str, Any] | None = None) -> Result:
    """The same for a method that brings its own data. Raises likewise."""
    checked = method.settings(**(settings or {}))
    answer = method.function(**_values(checked))
    check_answer(method, answer, None, checked)
    return answer


def _values(settings: BaseModel) -> dict[str, Any]:
    """Checked settings by name."""
    return {name: getattr(settings, name) for name in type(settings).model_fields}
