"""Claims: every kind of them can be kept, and every kind can be broken and then says so with what was measured."""

import json

import pytest

from netviz.course.claims import check_claim, read_claim
from netviz.engine.record import Record
from netviz.engine.result_views import ClassScore, Top, result_view
from netviz.methods import Passes
from netviz.sandbox import ExpressionError
from netviz.yaml_places import Passage

TABBY = ClassScore(index=281, name="tabby", probability=0.45, logit=12.5, rank=1)
TIGER_CAT = ClassScore(index=282, name="tiger cat", probability=0.20, logit=11.0, rank=2)
SCOPE = {
    "numbers": {"error": 0.004, "peak": [0.25, 0.75], "steps": 64, "missing": None},
    "target": TABBY,
    "top": Top((TABBY, TIGER_CAT)),
    "results": {"other": {"numbers": {"error": 0.1}}},
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
    assert check_claim(read_claim(Passage(kept)), SCOPE).kept
    assert not check_claim(read_claim(Passage(broken)), SCOPE).kept


def test_a_checked_claim_shows_what_was_measured() -> None:
    checked = check_claim(read_claim(Passage("numbers.error < results['other'].numbers.error / 2")), SCOPE)
    assert checked.measured == {"numbers.error": 0.004, "results['other'].numbers.error": 0.1}


@pytest.mark.parametrize(
    ("source", "kept", "measured"),
    [
        ("numbers.error is defined", True, {"numbers.error": 0.004}),
        ("numbers.nope is defined", False, {}),
        ("numbers.nope is undefined or numbers.nope > 1", True, {}),
        ("numbers.nope | default(0) > numbers.error", False, {"numbers.error": 0.004}),
        ("numbers.peak[2] is not defined", True, {}),
        ("results['nowhere'].target is defined", False, {}),
        ("numbers.missing is none", True, {"numbers.missing": None}),
    ],
)
def test_what_is_not_there_can_be_asked_for_and_has_no_reading(
    source: str, kept: bool, measured: dict[str, object]
) -> None:
    checked = check_claim(read_claim(Passage(source)), SCOPE)
    assert (checked.kept, checked.measured) == (kept, measured)


@pytest.mark.parametrize(
    ("source", "measured"),
    [
        ("target == top[0]", {"target": "tabby", "top[0]": "tabby"}),
        ("target in top", {"target": "tabby", "top": ["tabby", "tiger cat"]}),
        ("'tabby' in top.names", {"top.names": ["tabby", "tiger cat"]}),
        ("numbers is defined and target.rank == 1", {"target.rank": 1}),
    ],
)
def test_facts_are_told_by_their_name_and_kept_as_any_other_reading(source: str, measured: dict[str, object]) -> None:
    checked = check_claim(read_claim(Passage(source)), SCOPE)
    assert json.loads(json.dumps(checked.measured)) == measured


def test_a_result_says_what_was_asked_for() -> None:
    asked = {"steps": 64}
    stored = Record(method="lime", settings=asked, precision="float32", passes=Passes(1), numbers={"error": 0.004})
    scope = SCOPE | {"results": {"other": result_view(stored, None, "en")}}
    assert check_claim(read_claim(Passage("results['other'].settings.steps == numbers.steps")), scope).kept


@pytest.mark.parametrize("source", ["1 < 2", "true", "'tabby' == 'tabby'"])
def test_a_claim_that_nothing_could_break_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="no result could break it"):
        read_claim(Passage(source))


@pytest.mark.parametrize("source", ["numbers.error <", "numbers.error }} {{ x", "", "{% if x %}"])
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises(ValueError):
        read_claim(Passage(source))


@pytest.mark.parametrize("source", ["numbers.eror < 1", "numbers.missing < 1", "results['x'].y > 0"])
def test_a_claim_about_what_is_not_there_is_an_error_not_a_verdict(source: str) -> None:
    with pytest.raises(ValueError):
        check_claim(read_claim(Passage(source)), SCOPE)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("target.__class__", "no name may begin with a line"),
        ("nmbers.error < 1", "unknown name 'nmbers'; did you mean 'numbers'"),
        ("numbers.steps is big", "there is no test 'big'"),
        ("numbers.steps | biggest > 1", "there is no filter 'biggest'"),
        ("numbers.steps in range(9)", "unknown name 'range'"),
        ("numbers.peak[:1] == [1]", "not for lessons: slice"),
        ("not " * 500 + "numbers.steps", "nested too deeply"),
        ("numbers.steps == '\\uD800'", "holds what is no character"),
        (f"numbers.steps < {'9' * 5000}", "not an expression"),
    ],
)
def test_what_is_not_of_the_language_is_refused_before_anything_runs(source: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        read_claim(Passage(source))
    assert message in f"{caught.value}; {caught.value.hint}"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("numbers.steps ** 999999999 > 1", "no number between"),
        ("2 ** numbers.steps ** numbers.steps > 1", "no number between"),
        ("numbers.steps / (target.rank - 1) > 1", "division by zero"),
        ("(0 - numbers.steps) ** 0.5 > 1", "gives no number"),
        ("numbers.missing < 1", r"nothing \(none\) and the number 1 can't be compared"),
        ("numbers.peak < 1", "a list and the number 1 can't be compared"),
        ("target.name * 1000 == ''", "only numbers can be calculated with"),
        ("'%1000000000s' % target.name == ''", "only numbers can be calculated with"),
        ("numbers.peak[2] > 0", "numbers.peak has 2 items"),
        ("numbers.stpes > 0", "numbers has no 'stpes'; did you mean 'steps'"),
        ("top[0].name.upper() == 'A'", "is the text 'tabby', which has no 'upper'"),
        ("numbers.items() == 1", "numbers has no 'items'"),
    ],
)
def test_a_claim_that_fails_says_why_in_one_sentence(source: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_claim(read_claim(Passage(source)), SCOPE)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("numbers.error", "a claim is true or false, and this gives the number 0.004; compare it with another one"),
        ("numbers.error < 1 and numbers.steps", "this gives the number 64"),
        ("numbers.missing", r"this gives nothing \(none\)"),
        ("top.names", "this gives a list"),
    ],
)
def test_a_claim_is_true_or_false(source: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_claim(read_claim(Passage(source)), SCOPE)
