"""Claims: every kind of them can be kept, and every kind can be broken and then says so with what was measured."""

from types import SimpleNamespace

import pytest

from netviz.course.claims import check_claim, read_claim
from netviz.engine.result_views import ClassScore, Top, result_view

TABBY = ClassScore(281, "tabby", 0.45, 12.5, 1)
TIGER_CAT = ClassScore(282, "tiger cat", 0.20, 11.0, 2)
SCOPE = {
    "numbers": SimpleNamespace(error=0.004, peak=[0.25, 0.75], steps=64, missing=None),
    "target": TABBY,
    "top": Top((TABBY, TIGER_CAT)),
    "results": {"other": SimpleNamespace(numbers=SimpleNamespace(error=0.1))},
}


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        ("numbers.error < 0.01", "numbers.error < 0.001"),
        ("target.name == 'tabby'", "target.name == 'tiger cat'"),
        ("target.rank == 1", "target.rank > 1"),
        ("'tiger cat' in top.names", "'zebra' in top.names"),
        ("target.probability > top[1].probability", "target.probability < top[1].probability"),
        ("numbers.peak[0] < 0.5", "numbers.peak[0] > 0.5"),
        ("numbers.error < results['other'].numbers.error", "numbers.error > results['other'].numbers.error"),
        ("target.name in ['tabby', 'tiger cat']", "target.name in ['zebra']"),
        ("numbers.error < 0.01 and target.rank == 1", "numbers.error < 0.01 and target.rank == 2"),
        ("not numbers.steps > 100", "not numbers.steps < 100"),
    ],
)
def test_each_kind_of_claim_can_be_kept_and_broken(kept: str, broken: str) -> None:
    assert check_claim(read_claim(kept), SCOPE).kept
    assert not check_claim(read_claim(broken), SCOPE).kept


def test_a_checked_claim_shows_what_was_measured() -> None:
    checked = check_claim(read_claim("numbers.error < results['other'].numbers.error / 2"), SCOPE)
    assert checked.measured == {"numbers.error": 0.004, "results['other'].numbers.error": 0.1}


def test_a_result_says_what_was_asked_for() -> None:
    stored = {"numbers": {"error": 0.004}, "settings": {"steps": 64}}
    scope = SCOPE | {"results": {"other": result_view(stored, None, "en")}}
    assert check_claim(read_claim("results['other'].settings.steps == numbers.steps"), scope).kept


@pytest.mark.parametrize("source", ["1 < 2", "true", "'tabby' == 'tabby'"])
def test_a_claim_that_nothing_could_break_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="no result could break it"):
        read_claim(source)


@pytest.mark.parametrize("source", ["numbers.error <", "numbers.error }} {{ x", "", "{% if x %}"])
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises(ValueError):
        read_claim(source)


@pytest.mark.parametrize(
    "source", ["numbers.eror < 1", "nmbers.error < 1", "numbers.missing < 1", "results['x'].y > 0"]
)
def test_a_claim_about_what_is_not_there_is_an_error_not_a_verdict(source: str) -> None:
    with pytest.raises(ValueError):
        check_claim(read_claim(source), SCOPE)


@pytest.mark.parametrize("source", ["target.__class__", "numbers.__dict__ == 1", "''.__class__.__mro__ == target"])
def test_claims_run_in_a_sandbox(source: str) -> None:
    with pytest.raises(ValueError):
        check_claim(read_claim(source), SCOPE)
