"""The rooms of the package: what lives in each folder, and which may know of which."""

from __future__ import annotations

import ast
import importlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import netviz

PACKAGE = Path(netviz.__file__).parent
# What every room may use.
DESK = {
    "netviz",
    "cluster_addresses",
    "installation",
    "limits",
    "mistakes",
    "modules",
    "numerals",
    "option_words",
    "options",
    "packing",
    "progress",
    "refusals",
    "remembered",
    "text_files",
    "yaml_places",
    "yaml_words",
}
MAY_KNOW = {
    "sandbox": set(),
    "pictures": set(),
    "networks": {"pictures"},
    "data": {"networks"},
    "methods": {"networks", "data"},
    "languages": {"networks"},
    "figures": {"languages"},
    "course": {"languages", "sandbox", "methods", "networks", "pictures"},
    "cache": {"networks"},
    "engine": {"languages", "sandbox", "course", "cache", "methods", "networks", "figures", "pictures"},
    "cluster": {"engine", "languages", "sandbox", "course", "cache", "methods", "networks", "figures", "pictures"},
    "serving": {"cache", "course"},
    "site": {"languages", "sandbox", "engine", "course", "cache", "methods", "networks", "figures", "pictures"},
}
MAY_KNOW["commands"] = {*MAY_KNOW} - {"serving"}
# Who asks for a build needs what builds.
UPSTAIRS = {"commands": {"pipeline"}}
INSIDE_THE_SITE = {"text": set(), "page_figures": {"text"}, "files": set(), "books": set()}
# Rooms that stand on what all pages share: who in the site may know them, besides themselves.
KNOWN_TO = {"pages": {"netviz.site.weave", "netviz.site.reviewing"}, "reviewing": set()}
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


@cache
def nodes(path: Path) -> list[ast.AST]:
    """The imports and classes of a file, wherever in it they stand."""
    found = ast.walk(ast.parse(path.read_text("utf-8")))
    return [node for node in found if isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef))]


def imports(module: str) -> Iterator[str]:
    """The modules of netviz that one imports, wherever in its text it does."""
    for node in nodes(MODULES[module]):
        names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        source = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        for name in [f"{source}.{name}" if source else name for name in names]:
            if name in MODULES or source in MODULES:
                yield name if name in MODULES else source


def room(module: str) -> str:
    """The folder of netviz in which a module stands; none for those of the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else ""


@pytest.mark.parametrize("name", MAY_KNOW)
def test_a_room_knows_only_the_rooms_that_it_may_know(name: str) -> None:
    known = {(module, other) for module in MODULES if room(module) == name for other in imports(module)}
    allowed = MAY_KNOW[name] | {name}
    desk = {"netviz", *DESK, *UPSTAIRS.get(name, ())}
    beyond = {(module, other) for module, other in known if room(other) and room(other) not in allowed}
    upstairs = {(one, other) for one, other in known if not room(other) and other.split(".")[-1] not in desk}
    assert not beyond and not upstairs


def test_what_every_room_may_use_knows_no_room_but_the_networks() -> None:
    known = {(name, room(other)) for name in DESK - {"netviz"} for other in imports(f"netviz.{name}")}
    assert {one for one in known if one[1]} == {("options", "networks")}  # by which a precision is named


@pytest.mark.parametrize("name", INSIDE_THE_SITE)
def test_rooms_inside_the_site_know_nothing_of_the_pages_that_are_made_of_them(name: str) -> None:
    inside = f"netviz.site.{name}"
    allowed = tuple(f"netviz.site.{other}" for other in {name, *INSIDE_THE_SITE[name]})
    known = {other for module in MODULES if module.startswith(inside) for other in imports(module)}
    assert not {other for other in known if other.startswith("netviz.site") and not other.startswith(allowed)}


@pytest.mark.parametrize("name", KNOWN_TO)
def test_what_pages_share_knows_no_page_and_no_page_knows_who_reviews_it(name: str) -> None:
    inside = f"netviz.site.{name}"
    allowed = (inside, *KNOWN_TO[name])
    others = {module for module in MODULES if module.startswith("netviz.site") and not module.startswith(allowed)}
    assert not {(one, other) for one in others for other in imports(one) if other.startswith(inside)}


def test_every_folder_is_a_room_that_says_what_it_knows() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders == MAY_KNOW.keys()
    for name in MAY_KNOW:
        told = importlib.import_module(f"netviz.{name}").__doc__ or ""
        assert "may know" in told and "must not" in told, name


def test_every_room_is_installed() -> None:
    listed = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    rooms = {path.parent.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("__init__.py")}
    assert {".".join(room.parts) for room in rooms} == {*listed} - {"netviz.sample_course", "netviz.templates"}


def test_no_two_modules_and_no_two_classes_have_one_name() -> None:
    names = Counter(module.rpartition(".")[2] for module in MODULES)
    classes = Counter(
        node.name
        for path in MODULES.values()
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert not [name for name, count in (names + classes).items() if count > 1]


def test_no_module_needs_itself() -> None:
    """Also not through others: a circle would raise CycleError."""
    graph = {module: {other for other in imports(module) if other != module} for module in MODULES}
    inits = {module for module, path in MODULES.items() if path.name == "__init__.py"}
    TopologicalSorter({module: others - inits for module, others in graph.items() if module not in inits}).prepare()


def test_values_of_more_than_four_fields_are_made_by_keywords() -> None:
    """A row of strings and numbers without names is read wrongly, and two of them are swapped unseen."""
    by_place = []
    for path in MODULES.values():
        for node in nodes(path):
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(one) for one in node.decorator_list):
                fields = [ast.unparse(one.annotation) for one in node.body if isinstance(one, ast.AnnAssign)]
                named = any("kw_only=True" in ast.unparse(one) for one in node.decorator_list)
                placed = fields.index("KW_ONLY") if "KW_ONLY" in fields else len(fields)
                by_place += [node.name] if placed > 4 and not named else []
    assert not by_place
