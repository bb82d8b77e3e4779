"""Nothing stale, in whole builds: with one other constant in a module of the program, something is made anew.

A nightly test: ``NETVIZ_MUTANTS=20 pytest tests/test_mutants.py`` builds the small course with twenty mutants of the
program, of modules from all rooms; each after the program as it is, into its site and out of its store.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_mutations import CANNOT_MATTER, PACKAGE, TEMPLATES

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = int(os.environ.get("NETVIZ_MUTANTS", "0"))
COUNTS = re.compile(r"experiments: (\d+) run, (\d+) drawn.*?pages, (\d+) woven anew", re.DOTALL)
NOT_MET = {
    "netviz/networks/graph/kernels.py": "the network that goes along to readers, where site.yaml says your_photo",
    "netviz/site/files/previews.py": "previews are of a site with an address, which it has not",
}
"""What no build of the small course uses, beside what can't matter at all."""


def mutated(source: str) -> str | None:
    """A module's source with its first number beyond 1 that is no index made greater by one; None if it has none."""
    tree = ast.parse(source)
    indices = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    numbers = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value > 1
        if id(node) not in indices
    ]
    if not numbers:
        return None
    first = min(numbers, key=lambda node: (node.lineno, node.col_offset))
    lines = source.encode().split(b"\n")
    line = lines[first.lineno - 1]
    lines[first.lineno - 1] = line[: first.col_offset] + repr(first.value + 1).encode() + line[first.end_col_offset :]
    return b"\n".join(lines).decode()


def chosen(number: int) -> list[str]:
    """So many modules, evenly from all that can be mutated in the order of their paths, and so from all rooms."""
    names = [path.relative_to(PACKAGE.parent).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]
    names = [name for name in names if mutated((PACKAGE.parent / name).read_text("utf-8"))]
    return [names[place * len(names) // number] for place in range(min(number, len(names)))]


def build(program: Path, course: Path, folder: Path) -> tuple[int, str]:
    """Build with a program; the exit status, and what was said."""
    places = ["--content", str(course), "--to", str(folder / "site"), "--store", str(folder / "store")]
    done = subprocess.run(
        [sys.executable, str(program / "build.py"), *places, "--offer", "dog"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return done.returncode, done.stderr


def contents(site: Path) -> dict[str, bytes]:
    """Every file of a site but its summary, which tells what it was built from."""
    files = (path for path in site.rglob("*") if path.is_file() and path.name not in ("build.json", ".netviz-site"))
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in files}


@pytest.mark.vgg16
@pytest.mark.skipif(not MUTANTS, reason="a nightly test: NETVIZ_MUTANTS says how many modules")
def test_a_program_with_another_constant_makes_something_anew(course: Path, tmp_path: Path) -> None:
    program, first = tmp_path / "program", tmp_path / "first"
    first.mkdir()
    shutil.copytree(PACKAGE, program / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TEMPLATES, program / TEMPLATES.relative_to(PACKAGE.parent))
    shutil.copy(ROOT / "build.py", program)
    status, said = build(program, course, first)
    assert status == 0, said
    before, unexplained = contents(first / "site"), []
    for name in chosen(MUTANTS):
        folder, file = tmp_path / "mutant", program / name
        shutil.copytree(first, folder)
        original = file.read_text("utf-8")
        file.write_text(mutated(original) or "", "utf-8")
        status, said = build(program, course, folder)
        file.write_text(original, "utf-8")
        counts = [int(count) for found in COUNTS.findall(said) for count in found]
        same = contents(folder / "site") == before
        outcome = "told" if status else f"{counts} run, drawn, woven; {'the same' if same else 'other'} bytes"
        print(f"{name}: {outcome}", flush=True)
        if not status and not any(counts) and same and not name.startswith((*CANNOT_MATTER, *NOT_MET)):
            unexplained.append(f"{name}: {outcome}")
        shutil.rmtree(folder)
    assert unexplained == []
