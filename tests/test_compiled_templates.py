"""Compiled templates are kept for whom they were made: of another text, program or language none is taken."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from netviz.site import compiled_templates
from netviz.site.compiled_templates import CompiledTemplates


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiled_templates, "TEMPLATES", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return tmp_path / "__pycache__"


def rendered(text: str, word: str, made_by: str, language: str = "en") -> str:
    """A template filled in, of which Jinja2 works out a filter's answer when it is compiled."""
    kept = CompiledTemplates(language, made_by)
    env = Environment(loader=DictLoader({"page.html": text}), bytecode_cache=kept, autoescape=True)
    env.filters["said"] = lambda _: word
    return env.get_template("page.html").render()


def test_what_is_kept_is_taken_for_the_same_alone(folder: Path) -> None:
    text = "{{ 'cat' | said }}."
    assert rendered(text, "cat", "program") == "cat."
    assert rendered(text, "dog", "program") == "cat.", "it was not compiled again"
    assert rendered(text, "dog", "other program") == "dog."
    assert rendered(f"{text}!", "bird", "other program") == "bird.!"
    assert rendered(text, "猫", "program", "zh") == "猫."
    assert len([*folder.iterdir()]) == 2, "one for each language"


def test_where_python_keeps_nothing_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered("{{ 'cat' | said }}.", "cat", "program") == "cat."
    assert not folder.exists()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder.touch()  # no folder can be made there
    assert rendered("{{ 'cat' | said }}.", "cat", "program") == "cat."


def test_what_cannot_be_read_is_compiled_again(folder: Path) -> None:
    rendered("{{ 'cat' | said }}.", "cat", "program")
    (kept,) = folder.iterdir()
    content = kept.read_bytes()
    for length in (0, 1, 20, 40, len(content) // 2, len(content) - 1):
        kept.write_bytes(content[:length])
        assert rendered("{{ 'cat' | said }}.", "dog", "program") == "dog."
        kept.write_bytes(content)
