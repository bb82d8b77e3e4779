"""What the project promises around its code: locked packages, a README that tells the truth, a licence."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from netviz import methods
from netviz.commands.arguments import parser
from netviz.course.experiments import Vocabulary, read_experiments
from netviz.course.lessons import Lesson, read_text
from netviz.course.questions import read_questions
from netviz.networks import browser_runtime
from netviz.networks.architecture import vgg16_layers

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"([a-z0-9]+(?:[._-][a-z0-9]+)*)==([^\s;]+)(?: ;[^\\]*)?((?: --hash=sha256:[0-9a-f]{64})+)")


def pins(lock: Path) -> dict[str, str]:
    """The versions that a lock file pins, by package; fails at a line that pins none, or none by its digest."""
    lines = lock.read_text("utf-8").replace("\\\n", " ").splitlines()
    requirements = [" ".join(line.split()) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    matches = {line: PINNED.fullmatch(line) for line in requirements}
    assert [line for line, match in matches.items() if not match] == []
    return {match[1]: match[2] for match in matches.values() if match}


def normal(name: str) -> str:
    """A package's name as lock files spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(list_: str) -> set[str]:
    """The packages that an .in file names."""
    lines = (ROOT / "requirements" / list_).read_text("utf-8").splitlines()
    return {normal(found[0]) for line in lines if (found := re.match(r"[\w.-]+", line))}


def fences(language: str) -> list[str]:
    """The contents of the README's fences of a language."""
    return [text for _, text in re.findall(rf"^(```+){language}\n(.*?)^\1$", README, re.M | re.S)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_version_and_digest_and_fetched_from_nowhere_in_particular(lock: Path) -> None:
    assert pins(lock)
    assert re.findall(r"://|^\s*-", lock.read_text("utf-8").replace("    --hash", ""), re.M) == []


def test_what_npm_installs_is_pinned_by_digest_and_fetched_from_nowhere_in_particular() -> None:
    lock = (ROOT / "requirements/package-lock.json").read_text("utf-8")
    packages = {name: one for name, one in json.loads(lock)["packages"].items() if name}
    assert "://" not in lock and "resolved" not in lock
    assert [name for name, one in packages.items() if not one["integrity"].startswith("sha512-")] == []
    assert packages[f"node_modules/{browser_runtime.PACKAGE}"]["version"] == browser_runtime.VERSION


def test_the_locks_agree_with_each_other() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for package, version in pins(lock).items():
            versions.setdefault(package, set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", ["build", "site", "cluster", "test"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    assert asked_for(f"{name}.in") - set(pins(ROOT / f"requirements/{name}.txt")) == set()


def test_what_is_installed_is_what_is_locked() -> None:
    locked = {**pins(ROOT / "requirements/site.txt"), **pins(ROOT / "requirements/carried.txt")}
    locked |= pins(ROOT / "requirements/cluster.txt")
    installed = {normal(found.name): found.version for found in importlib.metadata.distributions()}
    assert {name: installed[name] for name in locked if installed.get(name, locked[name]) != locked[name]} == {}


def test_whatever_the_package_imports_is_asked_for() -> None:
    imported: dict[str, str] = {}
    for path in (ROOT / "netviz").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            imported |= {name.partition(".")[0]: str(path.relative_to(ROOT)) for name in names}
    packages = importlib.metadata.packages_distributions()
    listed = set(pins(ROOT / "requirements/site.txt")) | set(pins(ROOT / "requirements/cluster.txt"))
    allowed = listed | asked_for("head-training.in") | {"netviz"}
    foreign = {name: where for name, where in imported.items() if name not in sys.stdlib_module_names}
    lacking = {n: w for n, w in foreign.items() if not {normal(p) for p in packages.get(n, [n])} & allowed}
    assert lacking == {}


def test_the_commands_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert {"site", "test"} <= set(re.findall(r"\bmake ([a-z]+)\b", README)) <= targets
    for line in re.findall(r"^    python build\.py(.*)$", README, re.M):
        parser().parse_args(shlex.split(line))


def test_the_files_of_the_readme_exist() -> None:
    linked = re.findall(r"\]\(([^):#]+)\)", re.sub("```.*?```", "", README, flags=re.DOTALL))
    named = re.findall(r"`((?:content|templates|netviz|tests|requirements|\.ci)/[^`]*)`", README)
    assert [name for name in linked + named if not (ROOT / name).exists()] == []


def test_the_method_and_the_lesson_of_the_readme_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = methods.methods()
    monkeypatch.setattr(methods, "_registry", dict(known))
    [code], [lesson] = [one for one in fences("python") if "@method(" in one], fences("markdown")
    exec(compile(code, "README.md", "exec"), {})
    [added] = set(methods.methods()) - set(known)
    assert f"`method: {added}`" in README
    (tmp_path / "en.md").write_text(lesson, "utf-8")
    (tmp_path / "zh.md").write_text(lesson[: lesson.index("```")], "utf-8")
    texts = {language: read_text(tmp_path / f"{language}.md", language) for language in ("en", "zh")}
    vocabulary = Vocabulary(methods.methods(), (), vgg16_layers("compact"))
    experiments, mistakes, _ = read_experiments([Lesson("a-lesson", texts)], vocabulary)
    assert (list(experiments), mistakes) == (["where-gradient"], [])
    questions, mistakes, _ = read_questions([Lesson("a-lesson", texts)], experiments)
    assert (list(questions), mistakes) == (["how-sure"], [])


@pytest.mark.vgg16
def test_the_lines_of_the_readme_for_a_library_give_what_they_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [code] = [one for one in fences("python") if "open_network" in one]
    [said] = re.findall(r"^print\(.*\)  # (.*)$", code, re.M)
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip() == said


def test_the_licence_is_mit() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.startswith("MIT License\n\nCopyright (c) the netviz authors\n")
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text("utf-8")
