"""Drawing beside the network: a figure is begun once all that it shows is known, and what goes wrong is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from netviz.cache.store import Store
from netviz.engine import draw
from netviz.engine.draw import FIGURES, Drawing
from netviz.engine.record import RESULTS


@dataclass(frozen=True)
class Shown:
    """A task as drawing sees it: the key of its result, and others whose maps share its scale."""

    name: str
    beside: tuple[Shown, ...] = ()

    @property
    def key(self) -> str:
        return sha256(self.name.encode()).hexdigest()

    @property
    def figure_key(self) -> str:
        return sha256(f"figure of {self.name}".encode()).hexdigest()


ALONE = Shown("alone")
COMPARED = Shown("compared", beside=(ALONE,))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(draw, "draw_task", lambda task, store: names.append(task.name))
    return names


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def keep(store: Store, kind: str, *keys: str) -> None:
    for key in keys:
        with store.writing(kind, key):
            pass


def begun(drawing: Drawing) -> Iterator[Any]:
    return (task for task, _ in drawing)


def finish(drawing: Drawing) -> None:
    for _, figure in drawing:
        figure.result(timeout=60)


def test_a_figure_is_begun_as_soon_as_all_that_it_shows_is_known(drawn: list[str], store: Store) -> None:
    with closing(Drawing([COMPARED, ALONE], store)) as drawing:
        assert list(begun(drawing)) == []
        drawing.result_is_known(COMPARED)
        assert list(begun(drawing)) == []
        drawing.result_is_known(ALONE)
        assert list(begun(drawing)) == [COMPARED, ALONE]
        finish(drawing)
    assert drawn == ["compared", "alone"]


def test_what_was_known_before_is_drawn_at_once_and_what_was_drawn_is_not(drawn: list[str], store: Store) -> None:
    keep(store, RESULTS, ALONE.key, COMPARED.key)
    keep(store, FIGURES, ALONE.figure_key)
    with closing(Drawing([ALONE, COMPARED], store)) as drawing:
        finish(drawing)
        assert len(drawing) == 1
    assert drawn == ["compared"]


def test_what_goes_wrong_in_the_other_thread_is_told_in_this_one(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    def fail(task: Shown, store: Store) -> None:
        raise ValueError(f"{task.name} can't be drawn")

    monkeypatch.setattr(draw, "draw_task", fail)
    with closing(Drawing([ALONE], store)) as drawing:
        drawing.result_is_known(ALONE)
        with pytest.raises(ValueError, match="alone can't be drawn"):
            finish(drawing)
