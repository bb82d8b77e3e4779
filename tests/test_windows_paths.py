"""A path as Windows writes it is told of with how a course has it, wherever an author may write one."""

from __future__ import annotations

from pathlib import Path

import pytest

from netviz.course.reading import read_course
from netviz.course.windows_paths import slashes
from netviz.mistakes import Mistake, Mistakes
from netviz.site.files.takeover import Takeover
from netviz.site.reviewing.proofreading import text_mistakes

LESSON, FENCE = "lessons/01-first/en.md", "\n\n```experiment\nid: other\nmethod: gradient\n%s\n```\n"
SLASH = "a path is written with / in the place of \\"


def told(course: Path) -> list[Mistake]:
    try:
        found = read_course(course, "compact")
    except Mistakes as wrong:
        return [*wrong.mistakes]
    return [*found.mistakes, *text_mistakes(found, Takeover(Path("nowhere"))), *found.warnings]


@pytest.mark.parametrize(
    ("file", "old", "new", "hint"),
    [
        (LESSON, "learn:", "pictures: my\\photos\nlearn:", SLASH),
        (LESSON, "learn:", "pictures: C:\\photos\nlearn:", "C: is a disk of Windows'"),
        (LESSON, "learn:", 'pictures: "C:\\photos"\nlearn:', "in a path write /"),
        (LESSON, "learn:", 'pictures: "my\\albums"\nlearn:', "in a path write /"),
        (LESSON, "learn:", 'pictures: "my\\new"\nlearn:', SLASH),
        (LESSON, "## Where", "![A plan](img\\plan.png)\n\n## Where", SLASH),
        (LESSON, "## Where", "[A plan](C:\\img\\plan.pdf)\n\n## Where", SLASH),
        (LESSON, "## Where", FENCE % "picture: photos\\dog.jpg" + "## Where", "did you mean 'dog'?"),
        (LESSON, "## Where", FENCE % "picture: photos/dog.jpg" + "## Where", "without folder and suffix"),
        ("lessons/01-first/credits.yaml", "", "img\\plan.png: {credit: Ann}\n", SLASH),
        ("own.yaml", "", "- picture: C:\\photos\\cat.jpg\n", SLASH),
        ("own.yaml", "", "- picture: '..\\photos\\cat.jpg'\n", SLASH),
    ],
)
def test_it_is_told_where_it_stands(course: Path, file: str, old: str, new: str, hint: str) -> None:
    path = course / file
    text = path.read_text("utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert [one for one in told(course) if one.path == path and one.line and hint in one.hint]


def test_so_it_is_in_a_list_of_photos(course: Path) -> None:
    lesson = course / LESSON
    lesson.write_text(lesson.read_text("utf-8").replace("learn:", "pictures: photos.csv\nlearn:"), "utf-8")
    listed = lesson.with_name("photos.csv")
    listed.write_text("path\nC:\\photos\\a.jpg\nphotos\\b.jpg\n", "utf-8")
    assert [one for one in told(course) if "holds no photo" in one.message and one.hint == SLASH]
    lesson.with_name("c.jpg").write_bytes((course / "pictures" / "dog.jpg").read_bytes())
    listed.write_text("path\nC:\\photos\\a.jpg\nphotos\\b.jpg\nc.jpg\n", "utf-8")
    hints = [(one.line, one.hint) for one in told(course) if one.path == listed]
    assert [line for line, hint in hints if hint.startswith(SLASH)] == [2, 3]


def test_other_paths_have_no_such_hint() -> None:
    assert slashes("photos/a.jpg") == slashes("a:b.jpg") == ""
    assert slashes("photos/a.jpg", "did you mean …?", "") == "did you mean …?"
