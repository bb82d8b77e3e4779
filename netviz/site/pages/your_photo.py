"""The page "Your photo": what its template and its scripts need to know, and the files that only it asks for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from netviz.course.experiments import CHOSEN, Experiment
from netviz.course.reading import Course
from netviz.engine.browser_network import MANIFEST, NETWORK
from netviz.languages.class_names import class_name
from netviz.languages.known import FIRST, language
from netviz.languages.messages import messages
from netviz.methods import Method, methods
from netviz.networks.architecture import Layer
from netviz.networks.classes import classes
from netviz.site.browser_methods import offered_methods
from netviz.site.files.built_maps import built_path
from netviz.site.files.sample_scripts import sample_path
from netviz.site.method_words import method_summary, method_title, signs
from netviz.site.overrides import Templates, template_file
from netviz.site.page_figures.explorer import margin
from netviz.site.rendering import to_fill
from netviz.site.site_map import YOUR_PHOTO, Page

AREA = "your-photo"  # of messages
SCRIPTS = (  # each uses those before it
    *("failure", "sha256", "files", "resampling", "framing", "colours", "explaining", "headers", "decoding"),
    *("weights", "working", "runner", "network", "checks", "methods", "lab", "news", "showing", "photo", "camera"),
    *("choosing", "classes", "answering", "asking", "keeping", "drawing", "exploring", "painting", "comparing", "page"),
)  # of templates/your-photo/, published in assets/your-photo/
FIXED = {"output", "fill", "baseline"}  # settings that change what is explained, which the page has by default alone
SETTING = "setting-"  # what messages begin with that say the settings there are


@dataclass(frozen=True, kw_only=True)
class YourPhoto:
    """The page as its template takes it: ``words`` are its own, ``lab`` is what its scripts are told."""

    words: dict[str, str]
    scripts: tuple[str, ...]
    megabytes: list[str]
    lab: dict[str, Any]


def your_photo_view(
    code: str,
    templates: Templates,
    layers: Iterable[Layer],
    treated: Mapping[str, Mapping[str, str]],
    megabytes: tuple[float, float],
) -> YourPhoto:
    """The page in a language.

    ``layers`` are those of the network, ``treated`` titles and links of the lessons that treat a method, by its name;
    ``megabytes`` are loaded when a photo is chosen, and again where a graphics processor is tried.
    """
    words = {name: to_fill(code, name, AREA) for name in messages(code, AREA).names}
    lab = {
        "words": words,
        "palettes": {name: palette(signed) for name, signed in (("signed", True), ("unsigned", False))},
        "methods": {name: _told(methods()[name], code, treated.get(name)) for name in offered_methods(templates)},
        "layers": [
            {"name": one.name, "kind": one.kind, "shape": one.shape, "stride": one.stride, "margin": margin(one)}
            for one in layers
            if one.is_spatial and one.feeds_output
        ],
        "percent": language(code).percent,
        "classScript": f"assets/{class_script(code)}",
    }
    scripts = tuple(f"your-photo/{name}.js" for name in SCRIPTS)
    return YourPhoto(words=words, scripts=scripts, megabytes=[f"{one:.0f}" for one in megabytes], lab=lab)


@cache
def your_photo_assets(templates: Templates) -> dict[str, bytes]:
    """Its scripts and its style: contents by path from the site's root."""
    names = [*(f"your-photo/{name}.js" for name in SCRIPTS), "your-photo/lab.css"]
    return {f"assets/{name}": template_file(templates, name).read_bytes() for name in names}


def your_photo_paths(course: Course) -> set[str]:
    """Where its files will stand; of the network's the one that has no digest in its name."""
    samples = [one for one in course.pictures.values() if one.name in course.offered]
    return {
        *your_photo_assets(course.templates),
        *(f"assets/{class_script(code)}" for code in course.languages),
        *map(sample_path, samples),
        *(built_path(one.name) for one in samples),
        f"{NETWORK}/{MANIFEST}",
    }


def class_script(code: str) -> str:
    """The script with the names of all classes, in assets/."""
    return f"your-photo/classes-{code}.js"


def spellings_script(code: str) -> str:
    """Of every class its name in the language, and all else that may be typed for it."""
    spellings = [[*dict.fromkeys([class_name(one.index, code), *one.spellings])] for one in classes()]
    return f"const allClasses = {json.dumps(spellings, ensure_ascii=False, separators=(',', ':'))};\n"


def your_photo_link(page: Page, experiment: Experiment, offered: Collection[str]) -> str:
    """The link to the page that asks there what an experiment asks, as far as it can: method, settings and class.

    A class by its rank is the likeliest of any photo there, which needs no mention. The link names no method that the
    page doesn't have, of those that are ``offered`` there, or would ask something else. There is none for an experiment
    on a photo of the author's choice.
    """
    if experiment.picture != CHOSEN:
        return ""
    link = page.to_page(YOUR_PHOTO)
    if experiment.method.name not in offered:
        return link
    is_there = messages(FIRST, AREA).has
    settings = {name: value for name, value in experiment.settings.items() if is_there(f"{SETTING}{name}")}
    defaults = dict(experiment.method.settings(**settings))
    if any(
        experiment.settings[name] != defaults[name] for name in FIXED & defaults.keys() & experiment.settings.keys()
    ):
        return link
    state = {
        "method": experiment.method.name,
        "settings": ",".join(f"{name}:{value}" for name, value in settings.items()),
        "class": str(experiment.target) if isinstance(experiment.target, int) else "",
    }
    return f"{link}#" + "&".join(f"{name}@{value}" for name, value in state.items() if value)


def palette(signed: bool) -> str:
    """The colours of a scale, six hexadecimal digits each."""
    from netviz.figures.colours import Scale

    return Scale(signed, 1.0, 1.0).palette.tobytes().hex()


def _told(method: Method, code: str, lesson: Mapping[str, str] | None) -> dict[str, Any]:
    """A method's words, the lesson that treats it, and what the ends of a scale with signs mean."""
    say = messages(code, "interface")
    ends = {"slope": ("darker_helps", "brighter_helps"), "share": ("against", "in_favour"), "": ()}[signs(method, {})]
    return {
        "title": method_title(method, code),
        "summary": method_summary(method, code),
        "lesson": lesson,
        "ends": [say(end) for end in ends] or None,
    }
