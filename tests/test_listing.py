"""`--list`: what an author may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from netviz.command_line import main
from netviz.methods import methods


def lines(capsys: pytest.CaptureFixture[str], course: Path, *words: str) -> list[str]:
    assert main(["--list", *words, "--content", str(course)]) == 0
    return capsys.readouterr().out.splitlines()


def test_every_method_is_listed_once_with_what_it_gives(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = [line.split()[:2] for line in lines(capsys, course, "methods")]
    assert listed == [[name, one.gives.split()[0]] for name, one in sorted(methods().items())]


def test_a_method_is_listed_with_its_settings_as_a_fence_would_say_them(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (occlusion,) = lines(capsys, course, "methods", "occlusion")
    assert occlusion.endswith("  patch: 32, stride: 16, fill: mean, segments: 40, output: logit")
    named = [line.split()[0] for line in lines(capsys, course, "methods", "kernel_width")]
    assert named == [name for name, one in sorted(methods().items()) if "kernel_width" in one.settings.model_fields]


@pytest.mark.parametrize("word", ["komondor", "KOMONDOR", "可蒙犬", "拖把狗"])
def test_a_class_is_found_by_any_of_its_names(word: str, course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[0] for line in lines(capsys, course, "classes", word)] == ["228"]


def test_a_word_may_have_a_space(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, course, "classes", "tiger", "cat") == lines(capsys, course, "classes", "tiger cat")


def test_layers_come_with_their_shapes_and_photos_with_their_licences(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "block5_conv3  convolution     14 x 14 x 512" in lines(capsys, course, "layers")
    assert [line.split()[:2] for line in lines(capsys, course, "photos")] == [
        ["chelsea", "chelsea.png"],
        ["dog", "dog.jpg"],
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [(["method"], "did you mean 'methods'"), (["classes", "qqq"], "none of the 1000 classes has 'qqq'")],
)
def test_what_is_not_there_is_told(
    words: list[str], told: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--list", *words, "--content", str(course)]) == 1
    assert told in capsys.readouterr().err
