"""Keys know the code: what a method is made of is in its key, what it is not made of is not."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_experiments import fence, read

import netviz.plan
from netviz.networks.weights import Weights
from netviz.plan import RUNNING_MODULES, Task
from netviz.sources import closure, source_digest

PACKAGE = Path(netviz.plan.__file__).parent
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
        "import netviz.store",
        "import os, netviz.store as kept",
        "import os; from netviz import store",
        "from netviz import (\n    mistakes,  # why :)\n    store,\n)",
        "from netviz import mistakes, \\\n    store",
        "def late():\n    from netviz.store import Store",
        "if True: from netviz import store",
        '"""From here import (what you like\nfrom netviz import ('
        + "# or not\n" * 40
        + '"""\nfrom netviz import store',
    ],
)
def test_in_whatever_way_an_import_is_written_it_is_found(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"elsewhere_{tmp_path.name}"
    file = tmp_path / f"{name}.py"
    file.write_text(f"{source}\n", "utf-8")
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(__file__=str(file)))
    assert "netviz.store" in closure((name,))


def test_a_network_brings_the_code_that_it_opens_late() -> None:
    assert "netviz.networks.keras_network" in closure(("netviz.networks",))


def test_results_do_not_depend_on_pages_or_figures() -> None:
    reached = closure(("netviz.methods.gradients", *RUNNING_MODULES))
    assert not {module for module in reached if module.startswith(("netviz.site", "netviz.figures", "netviz.lessons"))}


def test_figures_do_not_depend_on_networks_or_pages() -> None:
    reached = closure(("netviz.figures",))
    assert not {module for module in reached if module.startswith(("netviz.networks", "netviz.site", "netviz.methods"))}


@pytest.mark.parametrize(("method", "module"), [("train-regression", "charts"), ("old-lines", "tables")])
def test_a_figure_is_drawn_again_when_what_draws_it_has_changed(
    method: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawers are imported by name, so imports alone do not lead to them."""
    experiment = read(tmp_path, fence(f"id: a\nmethod: {method}"))["a"]
    task = Task(experiment, None, (), Weights("tiny", "0" * 64, ""))
    before = task.figure_key
    asked: set[str] = set()
    monkeypatch.setattr(netviz.plan, "source_digest", lambda *modules: asked.update(closure(modules)) or "changed")
    again = replace(task)  # one that has not been asked for its key
    assert again.figure_key != before and f"netviz.figures.{module}" in asked


def test_different_modules_have_different_digests() -> None:
    assert source_digest("netviz.methods.gradients") != source_digest("netviz.methods.looking")
    assert source_digest("netviz.store") == source_digest("netviz.store")


def test_finding_the_sources_imports_none_of_them() -> None:
    script = (
        "import sys; from netviz.sources import source_digest; source_digest('netviz.networks.vgg16');"
        "print('tensorflow' in sys.modules, 'netviz.networks.vgg16' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout
    assert shown.split() == ["False", "False"]
