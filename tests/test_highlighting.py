"""Code in colours: what the style sheet colours is marked, the rest is text, and the text stays what it was."""

import html
import re

import pytest

from netviz.cache.inputs import TEMPLATES
from netviz.site.text.highlighting import highlighted

PYTHON = "import numpy as np  # arrays\n\nx = np.ones(3) if \"<b>\" not in 'a' else None\n"
YAML = "id: slope\nsamples: 5\ntarget: 'cat'\n"


def marks(block: str) -> list[tuple[str, str]]:
    return re.findall(r'<span class="(\w+)">(.*?)</span>', block)


def test_words_of_the_language_strings_numbers_and_comments_are_marked() -> None:
    assert marks(highlighted(PYTHON, "python")) == [
        ("k", "import"), ("k", "as"), ("c", "# arrays"), ("m", "3"), ("k", "if"), ("s", '"&lt;b&gt;"'),
        ("k", "not"), ("k", "in"), ("s", "'a'"), ("k", "else"), ("k", "None"),
    ]  # fmt: skip
    assert marks(highlighted(YAML, "yaml"))[:2] == [("k", "id"), ("k", "samples")]


@pytest.mark.parametrize(("source", "syntax"), [(PYTHON, "python"), (YAML, "yaml")])
def test_without_its_marks_it_is_the_code(source: str, syntax: str) -> None:
    inside = re.search(r"<pre>(.*)</pre>", highlighted(source, syntax), re.DOTALL)
    assert inside and html.unescape(re.sub(r"</?span[^>]*>", "", inside[1])) == source


def test_every_mark_has_a_colour() -> None:
    style = (TEMPLATES / "style.css").read_text("utf-8")
    assert {f".code .{name} " in style for name, _ in marks(highlighted(PYTHON, "python"))} == {True}
