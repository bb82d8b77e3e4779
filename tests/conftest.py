"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from browser import Browser


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for the whole run: starting it takes longer than most tests."""
    from browser import chromium, missing

    if reason := missing():
        pytest.skip(reason)
    with chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture
def browser(_chromium: Browser) -> Browser:
    """A Chromium window as if just opened. Skipped where Chromium isn't installed."""
    _chromium.reset()
    return _chromium
