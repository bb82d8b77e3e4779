"""Half precision where method and processor are fit for it, unless somebody asks for something else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

from netviz.course.experiments import Vocabulary, read_experiments
from netviz.course.lessons import Lesson, read_text
from netviz.course.reading import read_course
from netviz.engine.plan import make_plan
from netviz.methods import methods, run
from netviz.methods.gradients import FIT_FOR_HALF
from netviz.methods.hiding import FIT_PATCH
from netviz.mistakes import Mistakes
from netviz.networks import Network, Precision, open_network
from netviz.networks.architecture import vgg16_layers
from netviz.networks.memory import Memory
from netviz.networks.precision import QUICK_HALF, choose, cpu_flags
from netviz.networks.weights import describe
from netviz.pictures import frame, open_upright

NIGHTLY = bool(os.environ.get("NETVIZ_NIGHTLY"))
with_instructions = pytest.mark.skipif(
    not (NIGHTLY or cpu_flags() & QUICK_HALF),
    reason="minutes on a processor without instructions for half precision, which no build computes in there unasked",
)
PLAIN, QUICK = frozenset({"fma", "avx2"}), frozenset({"fma", "avx2", "avx512_bf16"})


@pytest.mark.parametrize(
    ("fit", "asked", "flags", "chosen"),
    [
        (True, None, QUICK, "bfloat16"),
        (True, None, frozenset({"amx_bf16"}), "bfloat16"),
        (True, None, PLAIN, "float32"),
        (False, None, QUICK, "float32"),
        (True, "float32", QUICK, "float32"),
        (False, "float64", PLAIN, "float64"),
        (True, "bfloat16", PLAIN, "bfloat16"),
        (False, "bfloat16", QUICK, "float32"),
    ],
)
def test_the_rule(fit: bool, asked: Precision | None, flags: frozenset[str], chosen: Precision) -> None:
    assert choose(fit, asked, flags) == chosen


def test_a_processors_flags_are_those_that_linux_lists(tmp_path: Path) -> None:
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text("processor\t: 0\nmodel name\t: some amx_bf16\nflags\t\t: fpu avx2 amx_bf16\n\nprocessor\t: 1\n")
    assert cpu_flags(cpu_info) == {"fpu", "avx2", "amx_bf16"}
    assert cpu_flags(tmp_path / "nothing") == frozenset()


def test_methods_that_must_account_for_a_score_to_the_last_digit_are_not_fit_for_half() -> None:
    fit = {name for name, one in methods().items() if one.half(one.settings())}
    assert fit and not fit & {"gradient", "integrated-gradients", "lrp", "guided-backprop", "grad-cam"}


def fence(folder: Path, text: str) -> list[Precision | None]:
    """The precisions that the authors of these experiments insist on."""
    bodies = {"en": f"```experiment\nid: a\n{text}\n```\n", "zh": ""}
    for language, body in bodies.items():
        (folder / f"{language}.md").write_text(f"---\ntitle: T\nsummary: S.\n---\n{body}", "utf-8")
    lesson = Lesson("l", {language: read_text(folder / f"{language}.md", language) for language in bodies})
    vocabulary = Vocabulary(methods(), ("dog",), vgg16_layers("compact"))
    experiments, mistakes, _ = read_experiments([lesson], vocabulary)
    if not experiments:
        raise Mistakes(mistakes)
    return [experiment.precision for experiment in experiments.values()]


def test_an_author_may_insist_on_a_precision(tmp_path: Path) -> None:
    assert fence(tmp_path, "method: vargrad") == [None]
    assert fence(tmp_path, "method: vargrad\nprecision: bfloat16") == ["bfloat16"]
    assert fence(tmp_path, "method: gradient\nprecision: float64") == ["float64"]


@pytest.mark.parametrize("method", ["gradient", "vargrad\nsamples: 2"])
def test_half_precision_is_refused_where_a_map_would_be_rounding(tmp_path: Path, method: str) -> None:
    with pytest.raises(Mistakes) as caught:
        fence(tmp_path, f"precision: bfloat16\nmethod: {method}")
    mistake = caught.value.mistakes[0]
    assert mistake.line == 7 and "not fit for half precision" in mistake.message and "float32" in mistake.hint


def test_another_precision_is_another_result(course: Path) -> None:
    """The user's word goes before the rule, and results in different precisions have different keys."""
    asked: tuple[Precision | None, ...] = (None, "float64")
    plain, exact = (make_plan(read_course(course, "compact"), describe("compact"), one) for one in asked)
    for name, task in exact.items():
        if task.picture is None:
            assert task.precision == "float32"  # brings a network of its own
        else:
            assert task.precision == "float64" and task.key != plain[name].key
            assert task.key == replace(plain[name], precision="float64", of=task.of).key


@cache
def vgg16() -> Network:
    """One network for all, with what it has compiled, and with what was asked of it: many copies are the same."""
    network: Any = open_network("compact")
    for precision in ("float32", "bfloat16"):  # without instructions for it, half precision takes ten times as long
        network.at(precision).memory = Memory(1_000_000_000)
    return network


@pytest.fixture(scope="module", autouse=True)
def _forgotten() -> Iterator[None]:
    """Others ask the same network, whose memory would keep two gigabytes until they do."""
    yield
    if vgg16.cache_info().currsize:
        for precision in ("float32", "bfloat16"):
            vgg16().at(precision).memory = None


@pytest.mark.vgg16
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        pytest.param("smoothgrad-squared", {"samples": FIT_FOR_HALF}, marks=with_instructions),
        pytest.param("vargrad", {"samples": FIT_FOR_HALF}, marks=with_instructions),
        pytest.param("occlusion", {"patch": FIT_PATCH, "stride": 2 * FIT_PATCH}, marks=with_instructions),
        pytest.param("rise", {"samples": 16}, marks=with_instructions),
        ("score-cam", {"channels": 16}),
    ],
)
def test_ranks_in_a_map_made_in_half_precision_agree_with_those_in_float32(name: str, settings: dict[str, int]) -> None:
    """On the dog, with as little as the rule asks for, or little; tests/bench/precision.py has all pictures.

    SmoothGrad is not let in: with 50 samples 0.987 on the rocket, and integrated gradients 0.954.
    """
    network = vgg16()
    pictures = frame(open_upright(Path("content/pictures/dog.jpg")))[None].astype(np.float32)
    targets = network.logits(pictures).argmax(axis=1)
    full, half = (
        run(methods()[name], one, pictures, targets, settings)["attribution"]
        for one in (network, network.at("bfloat16"))
    )
    assert spearmanr(full.ravel(), half.ravel()).statistic >= 0.99


def test_searches_are_fit_for_half_where_they_come_as_far_in_it() -> None:
    making, inversion, dream = (methods()[name] for name in ("activation-maximisation", "inversion", "deep-dream"))
    for one in (making, inversion, dream, methods()["regularisers-one-by-one"]):
        assert one.half(one.settings(layer="block4_conv3")) and not one.half(one.settings(layer="block5_conv1"))
    assert not making.half(making.settings(layer="block4_conv3", objective="class"))


@pytest.mark.vgg16
@with_instructions
def test_a_search_in_half_precision_comes_as_far_measured_in_float32() -> None:
    network = vgg16()
    pictures = frame(open_upright(Path("content/pictures/dog.jpg")))[None].astype(np.float32)
    settings = {"layer": "block2_conv2", "steps": 8}
    full, half = (
        run(methods()["inversion"], one, pictures, np.array([0]), settings) for one in (network, network.at("bfloat16"))
    )
    assert half["relative_error"] == pytest.approx(full["relative_error"], rel=0.02)
    wanted, found = (network.activations(one, ["block2_conv2"])["block2_conv2"] for one in (pictures, half["after"]))
    distance = np.linalg.norm(found - wanted) / np.linalg.norm(wanted)
    assert half["relative_error"] == pytest.approx(distance, rel=1e-4)
