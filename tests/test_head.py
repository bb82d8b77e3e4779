"""The classification head: its file, its training, its calibration."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netviz.methods import methods, run_on_data
from netviz.networks import head
from netviz.networks.head import Head, photos, test_set, training
from netviz.networks.head import pack as pack_files
from netviz.networks.head.pack import Pack, PackError
from netviz.networks.head.training import Recipe

PACK = os.environ.get("NETVIZ_HEAD_PACK")
SMALL = Recipe(hidden_units=32, epochs=12, batch_size=32, learning_rate=1e-2)
CLASSES = 6


def synthetic_rows(photographs: int, seed: int) -> dict[str, np.ndarray]:
    """Two crops of each photograph, with one feature lit per class, and a teacher that is right."""
    random = np.random.default_rng(seed)
    photo = np.repeat(np.arange(photographs, dtype=np.int32), 2)
    truth = photo % CLASSES
    features = random.random((len(photo), 16)) + 2 * np.eye(16)[truth]
    logits = random.integers(0, 60, (len(photo), CLASSES)) + 190 * np.eye(CLASSES)[truth]
    return {
        "features": features.astype(np.float16),
        "logits": logits.astype(np.uint8),
        "logit_min": np.full(len(photo), -1, np.float32),
        "logit_step": np.full(len(photo), 0.03, np.float32),
        "label": np.where(photo % 3, truth, -1).astype(np.int16),
        "photo": photo,
    }


@pytest.fixture
def pack_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    folder.mkdir()
    np.savez(folder / "train-1.npz", **synthetic_rows(180, 1))
    test = synthetic_rows(30, 2)
    np.savez(folder / "test.npz", features=test["features"], label=test["photo"] % CLASSES)
    return folder


@pytest.fixture
def pack(pack_folder: Path) -> Pack:
    return pack_files.read_pack(pack_folder)


def silent(line: str) -> None:
    pass


# The shipped file


def test_shipped_head_has_the_shapes_of_the_compact_network():
    shipped = head.load()
    shapes = [array.shape for array in training.arrays_of(shipped)]
    assert shapes == [(1024, 1280), (1280,), (1280, 1000), (1000,)]
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in training.arrays_of(shipped))
    logits = shipped.logits(np.ones((2, 1024), np.float16))
    assert logits.shape == (2, 1000) and logits.dtype == np.float32


def test_shipped_file_is_small():
    assert 2e6 < (Path(head.__file__).parent / "head.npz").stat().st_size < 5e6


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    content = bytearray((Path(head.__file__).parent / "head.npz").read_bytes())
    content[1000] ^= 1
    (tmp_path / "head.npz").write_bytes(content)
    monkeypatch.setattr("importlib.resources.files", lambda package: tmp_path)
    with pytest.raises(ValueError, match="damaged or from another version"):
        head.load()


def test_the_card_names_the_shipped_digest():
    assert head.DIGEST in (Path(head.__file__).parent / "CARD.md").read_text("utf-8")


def test_the_answers_to_the_test_set_are_those_of_the_shipped_head_and_make_the_cards_figures():
    answers = test_set.shipped_answers()
    assert len(answers.rank) == 995 and answers.rank.min() == 1 and 0 < answers.confidence.min() < 1
    error = training.calibration_error(training.reliability(answers.confidence, answers.rank == 1))
    line = f"| 995 | {(answers.rank == 1).mean():.3f} | {(answers.rank <= 5).mean():.3f} | {error:.3f} |"
    assert line in (Path(head.__file__).parent / "CARD.md").read_text("utf-8")


def test_chance_is_what_a_network_that_is_right_as_often_as_it_says_would_come_to():
    """By the normal approximation: how far the sure answers are from their probability, in deviations of chance."""
    told, answers = run_on_data(methods()["head-calibration"], {"surer_than": 0.8}), test_set.shipped_answers()
    sure = answers.confidence[answers.confidence > 0.8].astype(float)
    deviations = (told["sure"] - told["sure_right"]) / (np.sqrt((sure * (1 - sure)).sum()) / len(sure))
    assert deviations > 4 and told["draws_right_so_rarely"] == 0 and told["draws"] == 1000
    assert told["chance"] < told["error"] and 0.02 < told["chance_as_far"] < 0.1


# Storing


def test_storing_keeps_eleven_bits_of_each_weight():
    random = np.random.default_rng(0)
    kernels = [random.normal(size=shape).astype(np.float32) for shape in ((16, 8), (8, 5))]
    exact = Head(kernels[0], np.ones(8, np.float32), kernels[1], np.zeros(5, np.float32))
    stored = head.unpack(training.pack_head(exact))
    for before, after in zip(training.arrays_of(exact), training.arrays_of(stored), strict=True):
        assert after.dtype == np.float32
        np.testing.assert_allclose(after, before, rtol=2**-11)


def test_same_arrays_give_same_bytes_on_another_day(monkeypatch):
    arrays = {"numbers": np.arange(9)}
    today = pack_files.file_content(arrays)
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert pack_files.file_content(arrays) == today


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "head.npz"
    target.write_bytes(b"old")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        pack_files.write_whole(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["head.npz"]
    assert target.read_bytes() == b"old"


# Measuring


def test_calibration_error_by_hand():
    confidence = np.array([0.95, 0.97, 0.60, 0.62], np.float32)
    table = training.reliability(confidence, np.array([True, False, True, True]))
    assert [rows for rows, _, _ in table] == [2, 2]
    # |0.61 - 1| and |0.96 - 0.5|, each for half of the rows
    assert training.calibration_error(table) == pytest.approx(0.5 * 0.39 + 0.5 * 0.46)


def test_score_by_hand():
    logits = np.array([[5, 4, 3, 2, 1, 0], [5, 4, 3, 2, 1, 0], [5, 4, 3, 2, 1, 0], [5, 4, 3, 2, 1, 0]], np.float32)
    measured = training.score(logits, np.array([0, 1, 4, 5]))
    assert (measured.rows, measured.top1, measured.top5) == (4, 0.25, 0.75)


def test_agreement_by_hand():
    teacher = 9 * np.eye(4, dtype=np.float32)[[0, 0, 0, 1, 2]]
    teacher[4] = 0  # unsure: doesn't count
    logits = np.eye(4, dtype=np.float32)[[0, 0, 3, 1, 3]]
    assert training.sure_agreement(logits, teacher) == pytest.approx((2 / 3 + 1) / 2)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_temperature_is_recovered(temperature):
    random = np.random.default_rng(3)
    true_logits = random.normal(0, 2, (20_000, 10)).astype(np.float32)
    label = np.argmax(true_logits + random.gumbel(size=true_logits.shape), axis=1)  # a draw from their softmax
    assert training.fit_temperature(true_logits * np.float32(temperature), label) == pytest.approx(
        temperature, rel=0.05
    )


def test_temperature_counts_every_class_the_same():
    random = np.random.default_rng(4)
    logits = random.normal(0, 2, (900, 3)).astype(np.float32)
    label = np.argmax(logits + random.gumbel(size=logits.shape), axis=1)
    once = training.fit_temperature(logits, label)
    first = np.flatnonzero(label == 0)
    many = np.concatenate([np.arange(900), *[first] * 20])  # the first class, twenty times more
    assert training.fit_temperature(logits[many], label[many]) == pytest.approx(once, rel=1e-3)


def test_dividing_the_logits_divides_them():
    random = np.random.default_rng(5)
    shapes = ((16, 8), (8,), (8, 5), (5,))
    exact = Head(*(random.normal(size=shape).astype(np.float32) for shape in shapes))
    features = random.random((3, 16))
    np.testing.assert_allclose(training.divide_logits(exact, 2).logits(features), exact.logits(features) / 2, rtol=1e-5)


# Training


@pytest.mark.parametrize("seed", range(20))
def test_split_never_parts_the_crops_of_a_photograph(seed):
    random = np.random.default_rng(seed)
    photo = random.integers(0, random.integers(2, 200), 500).astype(np.int32)
    rows, held_out = pack_files.split_by_photo(photo, 0.2, seed)
    assert not set(photo[rows]) & set(photo[held_out])
    assert sorted([*rows, *held_out]) == list(range(500))
    assert len(set(photo[held_out])) == round(0.2 * len(set(photo)))


def test_gradient_agrees_with_differences():
    random = np.random.default_rng(6)
    exact = Head(*(random.normal(size=shape) for shape in ((5, 7), (7,), (7, 4), (4,))))  # float64, for the differences
    features, targets = random.normal(size=(3, 5)), training.softmax(random.normal(size=(3, 4)))
    _, gradient = training.loss_and_gradient(exact, features, targets)
    for array, slope in zip(training.arrays_of(exact), training.arrays_of(gradient), strict=True):
        index = tuple(random.integers(size) for size in array.shape)
        losses = []
        for step in (1e-5, -2e-5):
            array[index] += step
            losses.append(training.loss_and_gradient(exact, features, targets)[0])
        array[index] += 1e-5
        assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(slope[index], rel=1e-4, abs=1e-8)


def test_folding_the_standardisation_changes_no_logit():
    random = np.random.default_rng(7)
    exact = Head(*(random.normal(size=shape).astype(np.float32) for shape in ((16, 8), (8,), (8, 5), (5,))))
    mean, deviation = random.random(16).astype(np.float32), random.uniform(1, 2, 16).astype(np.float32)
    features = random.random((4, 16)).astype(np.float32)
    folded = training.fold_standardisation(exact, mean, deviation)
    np.testing.assert_allclose(
        folded.logits(features), exact.logits((features - mean) / deviation), rtol=1e-4, atol=1e-4
    )


def test_targets_are_probabilities_and_know_the_label(pack):
    rows = np.arange(40)
    targets = training.targets_of(pack, rows, 0.5)
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-5)
    known = rows[pack.label[:40] >= 0]
    assert np.all(targets[known, pack.label[known]] >= 0.5)


def test_the_correction_takes_the_logarithm_of_a_class_from_its_logit():
    zeros = head.Head(np.zeros((2, 3), "f4"), np.zeros(3, "f4"), np.zeros((3, 2), "f4"), np.array([1, 2], "f4"))
    half = training.without_prior(zeros, np.array([0.8, 0.2], "f4"), 0.5)
    np.testing.assert_allclose(half.logit_bias, [1 - 0.5 * np.log(0.8), 2 - 0.5 * np.log(0.2)], rtol=1e-6)


def test_at_full_strength_a_head_that_knows_only_the_frequencies_knows_nothing(pack):
    rows = np.arange(40)
    shape = (pack.features.shape[1], 4)
    frequencies = np.log(np.arange(1, CLASSES + 1, dtype="f4"))
    guessing = head.Head(np.zeros(shape, "f4"), np.zeros(4, "f4"), np.zeros((4, CLASSES), "f4"), frequencies)
    shares = training.class_shares(guessing, pack, rows)
    np.testing.assert_allclose(shares, np.arange(1, CLASSES + 1) / np.arange(1, CLASSES + 1).sum(), rtol=1e-5)
    corrected = training.without_prior(guessing, shares, 1.0).logits(pack.features[rows])
    np.testing.assert_allclose(training.softmax(corrected), 1 / CLASSES, rtol=1e-4)


def test_learning_rate_rises_and_falls():
    rates = [training.one_cycle(progress, 1.0) for progress in np.linspace(0, 1, 101)]
    assert max(rates) == pytest.approx(1) and int(np.argmax(rates)) == 30
    assert rates[0] == pytest.approx(0.04) and rates[-1] == pytest.approx(0, abs=1e-9)


def test_training_learns_and_repeats_to_the_byte(pack):
    lines: list[str] = []
    arrays, report = training.make_head(pack, SMALL, lines.append)
    losses = [float(line.rsplit(" ", 1)[1]) for line in lines if "loss" in line]
    assert losses[SMALL.epochs - 1] < 0.9 * losses[0]
    measured = training.score(head.unpack(arrays).logits(pack.test_features), pack.test_label)
    assert measured.top1 > 0.9
    for word in (
        "all: rows 360, photographs 180",
        "held out: rows 72, photographs 36",
        "temperature",
        "top-5",
        "ECE",
        "test",
    ):
        assert word in report
    again, _ = training.make_head(pack, SMALL, silent)
    assert pack_files.file_content(again) == pack_files.file_content(arrays)
    other, _ = training.make_head(pack, Recipe(**{**vars(SMALL), "seed": 1}), silent)
    assert pack_files.file_content(other) != pack_files.file_content(arrays)


def test_command_line_writes_a_head(pack_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(training, "make_head", lambda pack, recipe, say: ({"hidden_bias": np.zeros(3)}, "the report"))
    target = tmp_path / "new" / "head.npz"
    training.main(["--pack", str(pack_folder), "--to", str(target)])
    assert np.load(target)["hidden_bias"].shape == (3,)
    assert "DIGEST = " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "train-1.npz").unlink(), r"train-\*\.npz is missing"),
        (lambda folder: (folder / "train-1.npz").write_bytes(b"no"), "train-1.npz can't be read"),
        (
            lambda folder: np.savez(folder / "train-1.npz", features=np.zeros(3)),
            "train-1.npz has no array logits",
        ),
        (lambda folder: np.savez(folder / "test.npz", features=np.zeros(3)), "test.npz has no array label"),
    ],
)
def test_a_bad_pack_is_told_in_one_sentence(pack_folder, spoil, words):
    spoil(pack_folder)
    with pytest.raises(PackError, match=words):
        pack_files.read_pack(pack_folder)


def test_a_pack_without_test_set_can_be_trained_on(pack_folder):
    (pack_folder / "test.npz").unlink()
    _, report = training.make_head(pack_files.read_pack(pack_folder), SMALL, silent)
    assert "no test set" in report


# Photographs


class FakeNetwork:
    """Its first channel holds the mean of each crop's reds, and one more at a single place."""

    def activations(self, pictures, layers):
        assert pictures.shape[1:] == (224, 224, 3) and pictures.dtype == np.float32
        maps = np.zeros((len(pictures), 14, 14, 512), np.float32)
        maps[:, :, :, 0] = pictures[..., 0].mean(axis=(1, 2))[:, None, None] / 255
        maps[:, 3, 3, 0] += 1
        return dict.fromkeys(layers, maps)


def fake_teacher(crops):
    assert crops.shape[1:] == (260, 260, 3) and crops.dtype == np.float32
    return np.linspace(-2, 3, len(crops) * 1000, dtype=np.float32).reshape(len(crops), 1000)


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    for place, red in (("goldfish", 255), ("holiday", 51)):
        (folder / place).mkdir(parents=True)
        Image.new("RGB", (300, 200), (red, 0, 0)).save(folder / place / "photo.png")
    (folder / "holiday" / "broken.jpg").write_bytes(b"no picture")
    return folder


def test_photographs_become_rows_of_the_pack(photographs, pack_folder, monkeypatch):
    monkeypatch.setattr(photos, "open_teacher", lambda: fake_teacher)
    monkeypatch.setattr(photos, "open_network", lambda form: FakeNetwork())
    lines: list[str] = []
    for _ in range(2):  # the second time replaces the rows of the first
        photos.add_photos([photographs], pack_folder, 0, lines.append)
    assert any("broken.jpg" in line for line in lines)
    assert (pack_folder / "sources.txt").read_text("utf-8") == "album\n"
    with np.load(pack_folder / "train-album.npz") as rows:
        assert rows["features"].shape == (4, 1024) and rows["features"].dtype == np.float16
        np.testing.assert_allclose(rows["features"][:, 0], [1 + 1 / 196] * 2 + [0.2 + 1 / 196] * 2, rtol=1e-3)
        np.testing.assert_allclose(rows["features"][:, 512], [2, 2, 1.2, 1.2], rtol=1e-3)
        assert rows["label"].tolist() == [1, 1, -1, -1]  # goldfish is class 1
        assert rows["photo"].tolist() == [180, 180, 182, 182]  # after the 180 that are there; 181 is broken
        logits = rows["logits"] * rows["logit_step"][:, None] + rows["logit_min"][:, None]
        np.testing.assert_allclose(logits.ravel(), np.linspace(-2, 3, 4000), atol=0.005)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (640, 480)])
def test_random_crop_is_a_square_of_any_picture(size):
    pixels = np.zeros((*size, 3), np.uint8)
    assert photos.random_crop(pixels, 260, np.random.default_rng(0)).shape == (260, 260, 3)


def test_a_missing_teacher_is_told_in_one_sentence(photographs, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SystemExit, match=r"needs the package torch.*requirements/head-training\.in"):
        training.main(["--pack", str(tmp_path / "new"), "--photos", str(photographs)])


@pytest.mark.skipif(not PACK, reason="NETVIZ_HEAD_PACK doesn't name the folder of the training pack")
def test_accuracy_of_the_shipped_head_is_what_its_card_says():
    pack = pack_files.read_pack(Path(str(PACK)))
    measured = training.score(head.load().logits(pack.test_features), pack.test_label)
    line = f"what is shipped** | {measured.rows} | {measured.top1:.3f} | {measured.top5:.3f} |"
    assert line in (Path(head.__file__).parent / "CARD.md").read_text("utf-8")
