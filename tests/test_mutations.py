"""Nothing stale: one other character in any file of the program makes something anew, and not too much.

Keys are computed over a copy of the package and of the templates in which one file is changed. What a build does is run
what has another result's key, draw what has another figure's key, and weave pages that have another key.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from netviz.cache import inputs, sources
from netviz.cache.sources import code_digest
from netviz.course.experiments import Experiment
from netviz.engine.plan import GIVEN, Task, drawing_modules, running_modules
from netviz.methods import methods
from netviz.networks.weights import Weights
from netviz.pictures import Picture
from netviz.pictures.framing import framed_as
from netviz.site.files import previews, takeover
from netviz.site.files.page_templates import AS_THEY_ARE

PACKAGE, TEMPLATES = inputs.PACKAGE, inputs.TEMPLATES
WEIGHTS = Weights("compact", "0" * 64, "")
PHOTO = Picture(name="dog", file=str(PACKAGE / "dog.jpg"), titles={}, credit="", licence="", source="")

CANNOT_MATTER = {
    "netviz/__main__.py": "how a build begins and ends",
    "netviz/cache/compiled.py": "where what XLA compiles is kept: the same code, known by its digest, or compiled anew",
    "netviz/cache/notes.py": "where answers about texts are kept: those that another program noted are not taken",
    "netviz/cluster/": "where experiments run, not which: each is run whole, by modules that are in its key",
    "netviz/command_line.py": "what is asked in a terminal: the options are read into the inputs' key",
    "netviz/commands/": "what is asked and told in a terminal: the options are read into the inputs' key",
    "netviz/course/drafting.py": "the settings that it gives experiments are in their results' keys",
    "netviz/data/CARD.md": "for people",
    "netviz/engine/data_process.py": "where experiments on data run: each is run whole, by modules that are in its key",
    "netviz/engine/declarations.py": "it refuses or does not, in every build",
    "netviz/engine/estimates.py": "what is told in a terminal",
    "netviz/engine/export.py": "files that are written whenever they are asked for",
    "netviz/engine/gallery_failures.py": "which photos are left out: those that are shown are in their pages' keys",
    "netviz/languages/lacking.py": "it warns or does not, in every build",
    "netviz/engine/explanations.py": "what is told in a terminal",
    "netviz/engine/origins.py": "what is told in a terminal: it stands beside results, and nothing is made of it",
    "netviz/engine/verification.py": "what is told in a terminal",
    "netviz/figures/axes.py": "for views of other people: no view of the package draws on these axes",
    "netviz/networks/head/CARD.md": "for people",
    "netviz/engine/execution.py": "in which order tasks are run: each is run whole, by modules that are in its key",
    "netviz/pipeline.py": "the stages' order: what it makes itself, it makes in every build",
    "netviz/site/reviewing/coverage.py": "it warns or does not, in every build",
    "netviz/site/files/publish.py": "how files come into a site's place, in every build: what they hold has keys",
    "netviz/site/files/places.py": "where files may go: it refuses or does not",
    "netviz/site/files/static.py": "files that are copied in every build",
    "netviz/site/reviewing/generalities.py": "what is told in a terminal",
    "netviz/site/pages/report_page.py": "a file beside the site, written by every build",
    "netviz/site/pages/report_view.py": "what stands in that file",
    "netviz/site/reviewing/grading.py": "it warns or does not, in every build",
    "netviz/start.py": "how a build begins and ends",
    "netviz/methods/drafts.py": "which settings a draft has: those are in its results' keys",
    "netviz/new_course/": "what a new course begins with",
    "netviz/serving/": "when a build is made, and who is told of it",
}
"""What no file of a site that is kept depends on, and why. Every one is in the inputs' key: a build looks at all."""

Keys = dict[tuple[str, str], str]
"""Keys by what they are of: a result, a figure, a page, a thumbnail, a preview; and its name."""


def tasks() -> Iterator[Task]:
    """Every method in every view, on both framings of a photo, or on data."""
    for name, one in methods().items():
        for view in one.views:
            experiment = Experiment(
                id=name,
                lesson="a",
                method=one,
                picture="dog",
                target="top1",
                view=view,
                settings=one.settings().model_dump(),
                of=(),
                claims=(),
                wording={},
                spec="",
            )
            if one.subject == "data":
                yield Task(experiment=experiment, picture=None, of=(), weights=WEIGHTS)
            else:
                yield Task(experiment=experiment, picture=PHOTO, of=(), weights=WEIGHTS)
                yield Task(experiment=experiment, picture=framed_as(PHOTO, "squash"), of=(), weights=WEIGHTS)


TASKS = list(tasks())
RESULTS = sorted({running_modules(task) for task in TASKS})
FIGURES = sorted({drawing_modules(task) for task in TASKS})


def keys() -> Keys:
    """The code's part of every key; what else is in them is no code."""
    return {
        **{("result", " ".join(modules)): code_digest(*modules, given=GIVEN) for modules in RESULTS},
        **{("figure", " ".join(modules)): code_digest(*modules, given=GIVEN) for modules in FIGURES},
        ("page", ""): takeover.code_key(),
        ("thumbnail", ""): code_digest("netviz.site.files.thumbnails", type(PHOTO).__module__),
        ("preview", ""): code_digest("netviz.site.files.previews", given=previews.GIVEN),
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the program, which keys are made of."""
    folder = tmp_path_factory.mktemp("program")
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    if not TEMPLATES.is_relative_to(PACKAGE):
        shutil.copytree(TEMPLATES, folder / TEMPLATES.name, ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "FOLDER", folder / PACKAGE.name)
        patch.setattr(takeover, "TEMPLATES", folder / TEMPLATES.relative_to(PACKAGE.parent))
        # All files but one are as they were: what is found in them is found once, and nothing is noted of a mutant.
        patch.setattr(sources, "sha256", cache(sources.sha256))
        patch.setattr(sources, "_STRING", SimpleNamespace(findall=cache(sources._STRING.findall)))
        patch.setattr(sources, "_keep", lambda noted: None)
        forget()
        yield folder
    forget()


@pytest.fixture(scope="module")
def before(root: Path) -> Keys:
    """The keys of that copy as it is."""
    assert root == sources.FOLDER.parent
    return keys()


def forget() -> None:
    """What was known of the files."""
    for known in (*vars(sources).values(), takeover.code_key):
        if hasattr(known, "cache_clear"):
            known.cache_clear()


def changed_by(file: Path, before: Keys) -> set[tuple[str, str]]:
    """What is made anew after one byte of a file is another; the file is as before in the end."""
    content = file.read_bytes()
    number = re.search(rb"\d", content)
    place = number.start() if number else len(content) // 2
    file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    read = (sources._content, sources._digest, sources._program, sources._notes)
    for known in (*read, code_digest, takeover.code_key):
        known.cache_clear()
    try:
        return {what for what, key in keys().items() if before[what] != key}
    finally:
        file.write_bytes(content)


def program(root: Path) -> dict[str, Path]:
    """Every file of the program by its path."""
    files = (file for file in sorted(root.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)
    return {file.relative_to(root).as_posix(): file for file in files}


def is_a_docstring(file: Path) -> bool:
    """Whether a module holds nothing else."""
    return file.suffix == ".py" and all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for node in ast.parse(file.read_text("utf-8")).body
    )


def is_in(name: str, folder: str) -> bool:
    """Whether a file is in a folder, whose name ends in a slash."""
    return folder.endswith("/") and name.startswith(folder)


@pytest.mark.slow(50)
def test_whatever_is_changed_is_found(root: Path, before: Keys) -> None:
    """Or is told why it can't matter; and what is told so is there, and is not found."""
    files = {
        name: file
        for name, file in program(root).items()
        if not is_a_docstring(file) and not (name.startswith("templates/") and file.suffix in AS_THEY_ARE)
    }
    not_found = {name for name, file in files.items() if not changed_by(file, before)}
    print(f"{len(files)} mutants, {len(files) - len(not_found)} found")
    listed = {name: entry for name in not_found for entry in CANNOT_MATTER if name == entry or is_in(name, entry)}
    unexplained, wrongly_explained = not_found - listed.keys(), CANNOT_MATTER.keys() - {*listed.values()}
    assert not unexplained, "no key holds these: import them where keys begin, or say above why they can't matter"
    assert not wrongly_explained, "keys hold these after all, or they are gone"


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("templates/style.css", set()),  # which goes into the site as it is
        ("templates/figure.html", {"page"}),
        ("netviz/languages/en/interface.ftl", {"page"}),
        ("netviz/site/text/filters.py", {"page"}),
        ("netviz/site/files/thumbnails.py", {"page", "thumbnail"}),
        ("netviz/site/files/previews.py", {"page", "preview"}),
        ("netviz/figures/colours.py", {"figure", "page"}),
        ("netviz/engine/draw.py", {"figure", "page", "preview"}),
        ("netviz/engine/plan.py", {"page"}),
    ],
)
def test_what_changes_looks_never_runs_the_network_again(name: str, made: set[str], root: Path, before: Keys) -> None:
    found = {what for what, _ in changed_by(root / name, before)}
    assert found == made


def test_a_changed_method_runs_itself_and_what_names_it_again(root: Path, before: Keys) -> None:
    """Not those of other modules that have nothing of it."""
    changed = {name for what, name in changed_by(root / "netviz/methods/hiding.py", before) if what == "result"}
    assert any("netviz.methods.hiding" in name for name in changed)
    assert not any("netviz.methods.relevance" in name for name in changed)
