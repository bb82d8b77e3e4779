"""The sandbox: lessons speak of plain data, can call what is on a list, and can neither make markup nor run away."""

from __future__ import annotations

import builtins
import itertools
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from jinja2 import Environment
from markupsafe import Markup
from stored_results import known

from netviz.cache.store import Store
from netviz.course.measurements import Measurement
from netviz.course.reading import read_course
from netviz.engine.plan import make_plan
from netviz.engine.result_views import Top
from netviz.networks.weights import describe
from netviz.options import Options
from netviz.sandbox import AGGREGATES, ExpressionError, Facts, Function, Sandbox
from netviz.sandbox.plain_data import facts_of, is_writable
from netviz.site.edition import Edition
from netviz.site.expression_values import TEXT_NAMES, caption_values, page_values
from netviz.site.results import Results
from netviz.site.text.filters import filters, sandbox

SANDBOX = sandbox("en")
PIECES_OF_PAGES = {
    "layer_table": (),
    "field_table": ("photo",),
    "aggregate_table": (),
    "measurement_table": ("tools", "seconds"),
    "measurement_command": ("tools",),
}
VALUES: Mapping[str, Any] = {
    "numbers": {"norm": 2.5, "peak": [0.25, 0.75], "name": "<tabby>", "none": None, "items": 3},
    "many": list(range(2000)),
    "table": Function(lambda: Markup("<table></table>")),
    "double": Function(lambda number: 2 * number),
}


def shown(source: str, **values: Any) -> str:
    return str(SANDBOX.render(source, {**VALUES, **values}))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ numbers.norm }} {{ numbers['norm'] * 2 }}", "2.5 5.0"),
        ("{{ numbers.peak[1] }} {{ numbers.peak[-2] }}", "0.75 0.25"),
        ("{{ numbers.name }}", "&lt;tabby&gt;"),
        ("{{ 'a' ~ 1 ~ numbers.name }}", "a1&lt;tabby&gt;"),
        ("{{ 'a' + 'b' }}", "ab"),
        ("{{ table() }}", "<table></table>"),
        ("{{ double(double(3)) }}", "12"),
        ("{{ numbers.norm | round }} {{ numbers.norm | round(1) }} {{ -3 | abs }}", "2.0 2.5 3"),
        ("{{ numbers.peak | map('number') | join(', ') }} {{ numbers.peak | max }}", "0.25, 0.75 0.75"),
        ("{{ numbers.peak | sum }} {{ many | length }} {{ many | first }} {{ many | last }}", "1.0 2000 0 1999"),
        ("{{ numbers.nome | default('–') }} {{ numbers.norm | default(0) }}", "– 2.5"),
        ("{{ nothing is defined }} {{ numbers.norm is not defined }}", "False False"),
        ("{{ numbers.none is none }} {{ 3 is odd }} {{ 'a' is string }} {{ 'a' is number }}", "True True True False"),
        ("{{ {'a': 1, 'b': 2}['b'] }}", "2"),
        ("{{ 3 in (1, 2) }} {{ 'b' in 'abc' }} {{ 'norm' in numbers }}", "False True True"),
        ("{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ not 1 == 1.0 }} {{ 1 and 0 or 5 }}", "True False False 5"),
        ("{{ 'one' if numbers.norm == 1 else 'more' }}", "more"),
        ("{% if numbers.norm > 3 %}a{% elif numbers.norm > 2 %}b{% else %}c{% endif %}", "b"),
        ("{% set a, b = numbers.peak, 2 %}{{ a[0] * b }}{% set c, d = a %}{{ d }}", "0.50.75"),
        ("{% for x in numbers.peak %}{{ loop.index }}:{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
         "1:0.25, 2:0.75"),
        ("{% for x in many if x < 3 %}{{ x }}{% else %}none{% endfor %}", "012"),
        ("{% for x in many if x < 0 %}{{ x }}{% else %}none{% endfor %}", "none"),
        ("{% set x = 1 %}{% for y in numbers.peak %}{% set x = y %}{% endfor %}{{ x }}", "1"),
        ("{% if 1 %}{% set x = 2 %}{% endif %}{{ x }}", "2"),
        ("{{ 2 ** 10 }} {{ 2 ** -1 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 1 / 4 }}", "1024 0.5 3 3 0.25"),
    ],
)  # fmt: skip
def test_what_is_in_the_language_means_what_it_means_in_jinja(source: str, text: str) -> None:
    jinja = Environment(autoescape=True)
    jinja.filters.update(filters("en"))
    values = {name: one.call if isinstance(one, Function) else one for name, one in VALUES.items()}
    assert shown(source) == jinja.from_string(source).render(values) == text


def test_a_result_may_have_any_name() -> None:
    assert shown("{{ numbers.items }} {{ numbers['items'] }}") == "3 3"


REACHING = [
    *("''.__class__.__mro__", "numbers.__class__", "table.__globals__", "(1).real", "1.5.real", "[].append"),
    *("table.call", "double.call(1)", "numbers.keys()", "numbers.get('norm')", "'a'.format(1)", "'a'.join([1])"),
    *("self", "self.__init__", "loop", "cycler", "cycler('a')", "joiner()", "namespace(a=1)", "lipsum()", "range(3)"),
    *("dict(a=1)", "caller()", "varargs", "_", "__builtins__", "context", "environment", "get_flashed_messages()"),
    *("numbers.norm | attr('real')", "numbers | tojson", "'a' | safe", "'a' | e", "'a' | escape", "'a' | forceescape"),
    *("'a' | format(1)", "'a' | indent('b', true)", "'a' | replace('a', 'b')", "'a' | xmlattr", "'a' | urlize"),
    *("many | groupby('a')", "many | map(attribute='real')", "many | map('attr', 'real')", "many | batch(3)"),
    *("['<b>'] | map('safe') | join", "('A…B' | e).translate({65: 60})", "'a' | striptags", "'a' | highlight"),
    *("many | select('callable')", "numbers is mapping", "numbers is callable", "'a' is sameas 'a'", "1 is in [1]"),
    *("table", "double", "table() ~ 'a'", "[table()]", "table() | join", "table() == 'a'", "double(table())"),
    *("table()[0]", "(table() if 1 else 2)", "table() or 1", "double(number=2)", "double(*many)", "double()"),
    *("numbers.peak[:1]", "many[0:10 ** 9]", "numbers['norm', 'peak']", "numbers[[1]]", "numbers[none]", "'abc'[0]"),
    *("numbers", "many", "numbers.none", "[1, 2]", "{'a': 1}", "(1, 2)", "[[1]]", "{'a': [1]}", "double(many)"),
]  # fmt: skip


@pytest.mark.parametrize("source", REACHING)
def test_nothing_else_is_in_reach(source: str) -> None:
    with pytest.raises(ExpressionError):
        shown("{{ " + source + " }}")


@pytest.mark.parametrize("name", [name for name in dir(builtins) if name not in ("None", "True", "False")])
def test_python_is_not_in_reach(name: str) -> None:
    with pytest.raises(ExpressionError):
        shown("{{ " + name + " }}")


METHODS = sorted({name for kind in (str, list, dict, int, float, Markup) for name in dir(kind)} - {"items"})


@pytest.mark.parametrize("owner", ["'a'", "many", "numbers", "1", "1.5", "none", "true", "table()", "double"])
def test_no_value_has_a_method(owner: str) -> None:
    for name in METHODS:
        with pytest.raises(ExpressionError):
            shown("{{ (" + owner + ")." + name + " }}")
        with pytest.raises(ExpressionError):
            shown("{{ (" + owner + ")['" + name + "'] }}")


@pytest.mark.parametrize(
    "source",
    [
        "{% raw %}<b>{% endraw %}",
        "{%- raw -%}<b>{%- endraw %}",
        "{% include 'base.html' %}",
        "{% extends 'base.html' %}",
        "{% import 'base.html' as a %}",
        "{% macro a() %}{% endmacro %}",
        "{% call double(1) %}{% endcall %}",
        "{% filter upper %}a{% endfilter %}",
        "{% set a %}<b>{% endset %}",
        "{% set numbers.norm = 1 %}",
        "{% block a %}{% endblock %}",
        "{% with a = 1 %}{% endwith %}",
        "{% autoescape false %}{{ numbers.name }}{% endautoescape %}",
        "{% for a in many recursive %}{% endfor %}",
        "{% for a in numbers %}{% endfor %}",
        "{% for a in 'abc' %}{% endfor %}",
        "{% for a, b in many %}{% endfor %}",
        "{% set a, b = many %}",
    ],
)
def test_statements_choose_repeat_and_name_and_nothing_else(source: str) -> None:
    with pytest.raises(ExpressionError):
        shown(source)


@pytest.mark.parametrize(
    "source",
    [
        *("{{ 'a' * 10 ** 10 }}", "{{ [1] * 10 ** 10 }}", "{{ many * 10 ** 9 }}", "{{ '%1000000000s' % 'x' }}"),
        *("{{ 2 ** 999999999 }}", "{{ 2 ** (2 ** 2 ** 2 ** 2 ** 2) }}", "{{ 10 ** 99 * 10 ** 99 }}", "{{ 1e999 }}"),
        *("{{ 0.1 ** -999 }}", "{{ (-8) ** 0.5 }}", "{{ 1e99 * 1e99 - 1e99 * 1e99 }}"),
        *("{{ 10 ** 99 | round(-10 ** 9) }}{{ 1 / 0 }}", "{{ '%s' is even }}"),
        "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
        "{% set x = [1, 1] %}" + "{% set x = [x, x] %}" * 40 + "{{ x == x }}",
        "{% set x = 'a' %}" + "{% set x = many | join(x) %}" * 5 + "{{ x }}",
        "{% for a in many %}{% for b in many %}{% for c in many %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}",
        "{% for a in many %}" + "word " * 1000 + "{% endfor %}",
        "{% for a in many %}{{ many == many }}{% endfor %}",
        "{% for a in many %}{{ many | sum }}{{ 0 in many }}{% endfor %}",
        "{% for a in many if many | max %}{% endfor %}",
        "{% for a in many %}{{ page() }}{% endfor %}",
    ],
)
def test_no_expression_grows_or_runs_without_bound(source: str) -> None:
    with pytest.raises(ExpressionError):
        shown(source, page=Function(lambda: Markup("<p></p>" * 1000)))


@pytest.mark.parametrize(
    "source",
    [
        *("(" * 5000 + "1" + ")" * 5000, "[" * 5000 + "]" * 5000, "-" * 5000 + "1", "not " * 5000 + "1"),
        *(" + ".join("1" * 5000), " ~ ".join("1" * 2) + " | abs" * 5000, "numbers" + ".norm" * 5000),
        *("numbers" + "[0]" * 5000, "double(" * 5000 + "1" + ")" * 5000, "1 if 1 else " * 5000 + "1"),
        *(" and ".join("1" * 5000), " ** ".join("1" * 5000), "{'a': " * 5000 + "1" + "}" * 5000),
    ],
    ids=lambda source: source[:12],
)
def test_nesting_has_a_bound(source: str) -> None:
    with pytest.raises(ExpressionError, match="nested too deeply"):
        shown("{{ " + source + " }}")


def test_what_nests_as_deeply_as_it_may_is_worked_out() -> None:
    assert shown("{{ " + " + ".join(["1"] * 98) + " }}") == "98"
    assert shown("{% if 1 %}" * 49 + "{{ " + "- - " * 24 + "1 }}" + "{% endif %}" * 49) == "1"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("a\n{{ numbers.x = 1 }}", "to compare, write =="),
        ("a\n{% endif %}", "`endif` stands alone here"),
        ("a\n{% else %}", "`else` stands alone here"),
    ],
)
def test_what_is_no_expression_is_told_in_an_authors_words(source: str, told: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(told)) as failed:
        Sandbox().template(source)
    assert failed.value.line == 2


def test_a_failure_is_at_its_line() -> None:
    for source, line in (("\n\n{{ 1 / 0 }}", 3), ("{% if 1 %}\n\n\n{{ numbers.nrm }}\n{% endif %}", 4)):
        with pytest.raises(ExpressionError) as caught:
            shown(source)
        assert caught.value.line == line


PIECES = ("numbers", "many", "'<b>'", "1", "none", "table()", "double(2)", "missing")
FORMS = (
    *("{}", "{} + {}", "{} - {}", "{} * {}", "{} ** {}", "{} % {}", "{} // {}", "{} ~ {}", "{} < {}"),
    *("{}[{}]", "{}.norm", "[{}, {}]", "{{{}: {}}}", "{} | join({})", "{} | default({})", "{} | round({})", "{} | max"),
    *("{} | first", "{} | percent", "{} | number({})", "{} | place", "{} | class_name", "{} | term", "{} | signed"),
    *("{} | integer", "{} | map('number') | join", "not {}", "-{}", "{} if {} else {}", "{}({})", "{} is even"),
    *("{} in {}", "{} == {}", "{} and {}", "{} or {}"),
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_put_together_gives_escaped_text_or_a_mistake(form: str) -> None:
    for pieces in itertools.product(PIECES, repeat=form.count("{}")):
        source = "{{ " + form.format(*pieces) + " }}"
        with suppress(ExpressionError):
            text = shown(source)
            assert "<" not in text or source == "{{ table() }}"


def callables_in(value: Any, path: str = "") -> Iterator[str]:
    """Everything within reach of an expression that is no plain data: where it is, and what."""
    if type(value) in (type(None), bool, int, float, str):
        return
    if isinstance(value, Facts):
        for name in facts_of(type(value)):
            yield from callables_in(getattr(value, name), f"{path}.{name}")
    if type(value) in (dict, MappingProxyType):
        for name, one in value.items():
            yield from callables_in(one, f"{path}.{name}")
    elif type(value) in (list, tuple) or isinstance(value, Top):
        for one in value:
            yield from callables_in(one, f"{path}[]")
    elif not isinstance(value, Facts):
        yield f"{path} {type(value).__name__}"


@pytest.fixture
def edition(course: Path, tmp_path: Path) -> Edition:
    """The small course with a measurement, and results that are made up."""
    (course / "measurements").mkdir()
    row = {"task": "gradient", "library": "ours", "median": 1.5, "agreement": {"rank_correlation": 0.5}}
    origin = {"date": "2026-11-25", "processor": "one", "cores": 2, "command": "a", "versions": {"b": "1"}}
    (course / "measurements" / "tools.json").write_text(json.dumps({**origin, "rows": [row]}), "utf-8")
    store, read = Store(tmp_path / "store"), read_course(course, "compact")
    known(course, store)
    weights = describe("compact")
    options = Options(content=course, to=tmp_path / "site", store=store.folder)
    return Edition("en", Results(read, make_plan(read, weights), weights, store, options))


CLAIM = Function(
    lambda source, kept, measured, sentence: Markup("({}|{}|{}|{})").format(source, kept, measured, sentence)
)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A {% claim numbers.norm\n > 2 %}b {{ 1 + 1 }}{% endclaim %} c",
         "A (numbers.norm &gt; 2|True|{'numbers.norm': 2.5}|b 2) c"),
        ("{% claim numbers.name == \"<\" or numbers.norm > 3 %}b{% endclaim %}",
         '(numbers.name == "<" or numbers.norm > 3|False|{\'numbers.name\': \'<tabby>\', \'numbers.norm\': 2.5}|b)'),
        ("{% if numbers.norm > 3 %}{% claim numbers.nome > 2 %}b{% endclaim %}{% endif %}c", "c"),
        ("{% claim (numbers.peak | max) < 1 %}{{ numbers.name }}{% endclaim %}",
         "((numbers.peak | max) < 1|True|{'numbers.peak': [0.25, 0.75]}|<tabby>)"),
        ("{% claim numbers.nome is defined or numbers is undefined %}b{% endclaim %}",
         "(numbers.nome is defined or numbers is undefined|False|{}|b)"),
    ],
)  # fmt: skip
def test_a_claim_is_given_as_it_is_written_with_its_values_and_its_sentence(source: str, text: str) -> None:
    shown_claim = SANDBOX.render(source, {**VALUES, "claim": CLAIM})
    assert shown_claim.unescape() == Markup(text).unescape()


@pytest.mark.parametrize(
    "source", ["{{ claim('a', true) }}", "{{ claim }}", "{% claim numbers.nome > 1 %}a{% endclaim %}"]
)
def test_a_claim_that_says_nothing_is_a_mistake(source: str) -> None:
    with pytest.raises(ExpressionError):
        SANDBOX.render(source, {**VALUES, "claim": CLAIM})


def test_nothing_in_reach_of_a_lesson_can_be_called_but_what_is_on_the_list(edition: Edition) -> None:
    values = page_values(edition, "chelsea")
    captions = [caption_values(edition, "chelsea", one) for one in edition.course.experiments.values()]
    given = [values["layer"]("input"), values["measured"]("tools"), values["results"]["dog-cam"].at("block4_conv3")]
    found = {re.sub(r"^(\.results)?\.[\w-]+(?=\.)", "", one) for one in callables_in(values)}
    found |= {one for value in (*captions, *given) for one in callables_in(value)}
    functions = {one.split(".")[-1] for one in found}
    assert functions == {
        *(
            "layer Function",
            "layer_table Function",
            "field_table Function",
            "aggregate_table Function",
            "measured Function",
            "measurement_table Function",
            "measurement_command Function",
            "at Function",
        ),
        "claim Function",
        *(f"{name} Aggregate" for name in AGGREGATES),
    }
    assert {name for name, one in values.items() if isinstance(one, Function)} < set(TEXT_NAMES)
    assert all(isinstance(values[name](*arguments), Markup) for name, arguments in PIECES_OF_PAGES.items())


def test_each_value_of_a_slider_is_summed_up_as_at_gives_it(edition: Edition) -> None:
    values = page_values(edition, "chelsea")
    stops = edition.course.experiments["dog-cam"].states
    largest = [values["results"]["dog-cam"].at(stop).numbers["largest"] for stop in stops or ()]
    for source, expected in (
        ("min({})", min(largest)),
        ("max({})", max(largest)),
        ("count({} >= 0)", len(stops or ())),
    ):
        asked = source.format("results['dog-cam'].each.numbers.largest")
        assert edition.sandbox.evaluate(edition.sandbox.expression(asked), values) == expected


def test_what_is_on_the_list_gives_a_mistake_for_what_is_not_there(edition: Edition) -> None:
    values = page_values(edition, "chelsea")
    for source, message in (
        ("layer('inptu').shape", "the network has no 'inptu'"),
        ("layer(numbers)", "unknown name 'numbers'"),
        ("layer([1])", "the network is asked by a name, and here is a list"),
        ("measured('tolls').rows", "content/measurements has no 'tolls'"),
        ("measured('tools').parse_raw('', proto='pickle')", "called by its name"),
        ("measured('tools').parse_raw('')", "measured('tools') has no 'parse_raw'"),
        ("measured('tools').rows[0].model_dump()", "measured('tools').rows[0] has no 'model_dump'"),
        ("measurement_table('tools', 'speed')", "a measurement has no column 'speed'"),
        ("results['dog-cam'].at('block9')", "no value 'block9' to show"),
        ("results['dog-cam']._at(5)", "no name may begin with a line"),
        ("picture.path", "picture has no 'path'"),
        ("weights.form.upper()", "weights.form is the text 'compact'"),
    ):
        with pytest.raises(ExpressionError) as caught:
            edition.sandbox.render("{{ " + source + " }}", values)
        assert message in str(caught.value)


def test_what_is_no_plain_data_is_no_value(edition: Edition) -> None:
    assert list(callables_in({"a": {"b": [1, len]}})) == [".a.b[] builtin_function_or_method"]  # the walk sees it
    for value in (len, object(), Path(), re, edition, Decimal(1), np.float64(1), {1}, Markup("a"), Measurement()):
        with pytest.raises(ExpressionError, match=r"no value of a lesson|piece of the page"):
            Sandbox().render("{{ a.b[1] }}", {"a": {"b": [1, value]}})


def test_what_unicode_calls_no_character_can_not_be_written() -> None:
    unwritable = {chr(code) for code in range(sys.maxunicode + 1) if not is_writable(f"a{chr(code)}b")}
    assert unwritable == {
        chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cs", "Co")
    }
