"""An expression that fails is one mistake at its place, wherever an author may write one."""

from __future__ import annotations

from pathlib import Path

import pytest
from stored_results import known

from netviz.cache.store import Store
from netviz.mistakes import Mistakes
from netviz.options import Options
from netviz.pipeline import build
from netviz.progress import Reporter

FAILING = "1 / (results['says'].top[0].rank - 1)"
GLOSSARY = """
- key: words
  title: {en: Words, zh: 词}
  terms:
    - key: logit
      name: {en: logit, zh: 得分}
      means: {en: "A {{ 1 / 0 }}.", zh: 一个数。}
"""
QUESTION = """
```question
id: how-sure
ask: How {{ FAILING }}?
choices:
  - {text: so, right: "results['says'].target.probability < 0.5"}
  - {text: not, right: "results['says'].target.probability >= 0.5"}
because: It is.
```
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Figures are drawn once for the whole module."""
    return Store(tmp_path_factory.mktemp("store"))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("en.md", "*{{ target.name }}*.", "*{{ FAILING }}*.", "the caption fails: "),
        ("en.md", "## What it says", "{{ FAILING }}\n\n## What it says", "the expression failed: "),
        ("en.md", "## What it says", f"{QUESTION}\n## What it says", "the question 'how-sure' fails: "),
        ("en.md", "numbers.norm > 1000", "FAILING > 1", "the claim fails: "),
        ("../../glossary.yaml", "", GLOSSARY, "the meaning fails: "),
    ],
)
def test_what_fails_with_a_result_is_told_at_its_line(
    course: Path, store: Store, tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    path = (course / "lessons" / "01-first" / file).resolve()
    text = path.read_text("utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new.replace("FAILING", FAILING), 1), "utf-8")
    known(course, store)
    with pytest.raises(Mistakes) as caught:
        build(Options(content=course, to=tmp_path / "site", store=store.folder), Reporter())
    (mistake,) = caught.value.mistakes
    assert mistake.path == path and mistake.line
    assert told in mistake.message and "division by zero" in mistake.message
    assert not (tmp_path / "site").exists()
