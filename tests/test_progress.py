"""The report of a build: what was done, and where the time went."""

from pathlib import Path

import pytest

from netviz.progress import Report, Reporter


def test_nothing_to_do_is_one_line() -> None:
    assert list(Report(site=Path("site"), experiments=12).lines()) == [
        "nothing to do: site is up to date (12 experiments known)"
    ]


def test_the_report_says_where_the_time_went_longest_first() -> None:
    report = Report(
        site=Path("site"),
        experiments=3,
        ran=2,
        pages=4,
        woven=4,
        seconds={"run": 9.0, "draw": 2.0, "weave": 1.0},
        lessons={"regions": 8.0, "tools": 3.0},
        longest={"score-cam": 6.5, "grad-cam": 1.5},
    )
    lines = list(report.lines())
    assert "seconds: run 9.0, draw 2.0, weave 1.0; 25% of them not the network's" in lines
    assert "seconds by lesson: regions 8.0, tools 3.0" in lines
    assert "longest experiments: score-cam 6.5, grad-cam 1.5" in lines


def test_a_place_in_a_file_is_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    Reporter().say("en.md:100:77: [bold]never[/bold] met :smile:")
    assert capsys.readouterr().err == "en.md:100:77: [bold]never[/bold] met :smile:\n"
