"""What pages say of files and commands is so: code runs where the site was built, and gives its figure."""

from __future__ import annotations

import html
import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netviz import networks, pipeline
from netviz.command_line import main
from netviz.engine import execution
from netviz.options import Options, OwnPhoto

ROOT = Path(__file__).resolve().parents[1]
CONTENT, WEIGHTS, PHOTO = (
    Path("my course 课程"),
    Path("own weights/vgg 16.h5"),
    Path('photos/it\'s a  "猫" $HOME\\.png'),
)
LESSON = """
```experiment
id: pressed
method: gradient
framing: squash
caption: All of it.
```

```experiment
id: cam
method: grad-cam
target: top2
caption: A map.
```

```experiment
id: alike
method: compare-maps
of: [cam, cam]
caption: A map beside itself.
```

```python
total = 1 + 1
```
"""


@dataclass(frozen=True)
class Built:
    """A site, and the folder that it was built from."""

    folder: Path
    arguments: tuple[str, ...]

    def page(self, name: str) -> str:
        return (self.folder / "site" / name).read_text("utf-8")

    def build(self, *arguments: str) -> int:
        return main([*(arguments or self.arguments), "--store", "store"])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A course with a folder, a photo and weights of one's own, of awkward names. The network is the compact one."""
    folder = tmp_path_factory.mktemp("it's here")
    shutil.copytree(ROOT / "tests" / "course", folder / CONTENT)
    for name in ("chelsea.png", "dog.jpg"):
        shutil.copy(ROOT / "content" / "pictures" / name, folder / CONTENT / "pictures")
    lesson = folder / CONTENT / "lessons" / "01-first" / "en.md"
    lesson.write_text(lesson.read_text("utf-8") + LESSON, "utf-8")
    for path in (PHOTO, WEIGHTS):
        (folder / path).parent.mkdir()
    with Image.open(ROOT / "content" / "pictures" / "coffee.png") as coffee:
        coffee.crop((0, 50, 600, 300)).save(folder / PHOTO)
    (folder / WEIGHTS).write_bytes(b"read by nobody: the network below stands for it")
    network = networks.open_network("compact")

    def open_network(form: str) -> networks.Network:
        assert Path(form).read_bytes().startswith(b"read by nobody")
        return network

    asked = ("--content", str(CONTENT), "--picture", str(PHOTO), "--focus", "0.2", "0.5", "--weights", str(WEIGHTS))
    asked += ("--offer", "dog")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(networks, "open_network", open_network)
        patch.setattr(pipeline, "open_network", open_network)
        patch.setattr(execution, "open_network", open_network)
        made = Built(folder, (*asked, "--credit", "Ann"))
        assert made.build() == 0
        yield made


def codes(page: str) -> list[str]:
    """The code beneath a page's figures."""
    blocks = re.findall(r'<div class="code"><pre>(.*?)</pre></div>', page, re.DOTALL)
    found = [html.unescape(re.sub(r"<[^>]*>", "", block)) for block in blocks]
    return [code for code in found if "import methods" in code]


def ran(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(code, "code under a figure", "exec"), names)
    return names


@pytest.mark.vgg16
def test_the_code_under_a_figure_and_its_export_line_give_the_figure(built: Built) -> None:
    page = built.page("first.html")
    lines = [html.unescape(line) for line in re.findall(r"<code>(python build\.py .*?)</code>", page)]
    assert len(codes(page)) == len(lines) == 6
    for code, line in zip(codes(page), lines, strict=True):
        printed = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True).stdout
        words = printed.decode().split("\0")[:-1]
        assert words[:2] == ["python", "build.py"]
        name = words[-1]
        assert built.build(*words[2:], "--to", f"out/{name}") == 0
        names, picture = ran(code), "dog" if name == "dog-cam" else "it-s-a-home"
        with np.load(Path("out", name, f"{name}-{picture}.npz")) as arrays:
            assert (names["pictures"][0] == arrays["picture"]).all(), name
            for key in set(arrays) & set(names["result"]):
                np.testing.assert_allclose(names["result"][key][0], arrays[key], rtol=1e-4, atol=1e-6, err_msg=name)


@pytest.mark.vgg16
def test_every_cell_of_a_notebook_runs_and_so_does_the_script(built: Built) -> None:
    for name in ("first.ipynb", "zh/first.ipynb"):
        cells = [cell for cell in json.loads(built.page(name))["cells"] if cell["cell_type"] == "code"]
        assert len(cells) == (7 if name == "first.ipynb" else 2)
        names: dict[str, Any] = {}
        for cell in cells:
            exec(compile("".join(cell["source"]), name, "exec"), names)
    assert runpy.run_path(str(built.folder / "site" / "first.py"))["total"] == 2


@pytest.mark.vgg16
def test_pages_do_not_tell_how_folders_are_called(built: Built) -> None:
    before = {path: path.read_bytes() for path in Path("site").rglob("*") if path.is_file()}
    places = {str(path): str(path.absolute()) for path in (CONTENT, PHOTO, WEIGHTS)}
    (built.folder / "site" / "first.html").unlink()  # else there would be nothing to do
    assert built.build(*(places.get(word, word) for word in built.arguments)) == 0
    assert {path: path.read_bytes() for path in Path("site").rglob("*") if path.is_file()} == before
    assert not [path for path, content in before.items() if str(built.folder.parent).encode() in content]


@pytest.mark.vgg16
def test_credits_name_the_photo_what_is_seen_of_it_and_what_netviz_carries(built: Built) -> None:
    page = built.page("credits.html")
    assert "<p>Ann</p>" in page and re.search("The network sees 31.9.% of it", page)
    assert "Iris, by R. A. Fisher" in page and "EfficientNet-Lite2" not in page  # no part of those weights


def options(**asked: Any) -> Options:
    return Options(**{"content": Path("content"), "to": Path("site"), "store": Path("store"), **asked})


def photos(path: str, **told: Any) -> tuple[OwnPhoto, ...]:
    return (OwnPhoto(path=Path(path), **told),)


@pytest.mark.parametrize(
    ("asked", "command"),
    [
        ({}, ""),
        ({"content": Path("./content")}, ""),
        ({"content": Path.cwd() / "content"}, ""),
        ({"content": Path("../course")}, " --content ../course"),
        ({"content": Path("/home/ann/secret/course")}, " --content course"),
        ({"picture": photos("/home/ann/me.jpg", focus=(0.25, 1.0))}, " --picture me.jpg --focus 0.25 1.0"),
        (
            {"picture": photos("a.jpg", title="Sam's cat", credit="Ann") + photos("b.jpg", licence="CC0 1.0")},
            " --picture a.jpg --title 'Sam'\"'\"'s cat' --credit Ann --picture b.jpg --licence 'CC0 1.0'",
        ),
        ({"picture": photos("-x.jpg")}, " --picture ./-x.jpg"),
        ({"picture": photos("$(ls).jpg")}, " --picture '$(ls).jpg'"),
        ({"picture": photos("two\nlines 猫.jpg")}, r" --picture $'two\x0alines\x20\xe7\x8c\xab.jpg'"),
        ({"weights": "imagenet"}, " --weights imagenet"),
        ({"weights": "/data/vgg 16.h5"}, " --weights 'vgg 16.h5'"),
        ({"offer": ("dog",), "precision": "float32"}, " --offer dog --precision float32"),
    ],
)
def test_a_command_asks_for_the_same_course(asked: dict[str, Any], command: str) -> None:
    assert options(**asked).command == f"python build.py{command}"


def test_a_picture_of_a_course_is_named_with_its_folder() -> None:
    course = options(content=Path("/home/ann/course"), picture=photos("/home/ann/course/me.jpg"))
    assert course.shown_file(Path("/home/ann/course/pictures/dog.jpg")) == Path("course/pictures/dog.jpg")
    assert course.shown_file(Path("/home/ann/course/me.jpg")) == Path("me.jpg")
