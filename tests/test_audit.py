"""What netviz stands on has free licences and digests; the looking itself notices what is wrong."""

from __future__ import annotations

import importlib.metadata

import audit
import pytest


def test_every_pin_has_a_digest_and_every_licence_is_free() -> None:
    assert not [*audit.pin_faults(), *audit.licence_faults()]


def test_another_version_than_the_pinned_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.0")
    assert any(line.startswith("tensorflow: pinned to 2.21.0, installed is 0.0") for line in audit.pin_faults())


@pytest.mark.parametrize(
    "licence", ["", "proprietary", "CC BY-NC 4.0", "CC BY-ND 4.0", "statsmodels data: all rights reserved"]
)
def test_a_licence_that_is_not_free_is_told(licence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "licences", lambda: {"a": licence, "b": "CC BY-SA 4.0", "c": "BSD-3-Clause"})
    monkeypatch.setattr(audit, "npm_licences", lambda: {})
    monkeypatch.setattr(audit, "content_licences", lambda: [])
    assert [line.partition(":")[0] for line in audit.licence_faults()] == ["a"]
