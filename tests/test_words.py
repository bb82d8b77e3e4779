"""Experiments on sentences against slow, literal twins: read one by one, counted word by word."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

import numpy as np
import pytest
from tiny import UNCONCERNED

from netviz.data.sentences import sentences, words_of
from netviz.methods import Result, methods, run_on_data, words
from netviz.methods.words import FREQUENT, NAMES, RARE, Corpus, encoded, shuffled, text_network

SENTENCE = "Draw a bar chart with flimsy error bars on the given axes."


pytestmark = [pytest.mark.usefixtures("uncompiled"), pytest.mark.filterwarnings(UNCONCERNED)]


@pytest.fixture(scope="module", autouse=True)
def _trained_briefly() -> Iterator[None]:
    """What networks answer is counted here, however little they have learned."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "STEPS", 3)
        text_network.cache_clear()
        yield
    text_network.cache_clear()


def result(method: str, **settings: Any) -> Result:
    return run_on_data(methods()[method], settings)


def test_scores_are_the_softmax_of_what_the_network_answers() -> None:
    found, reader = result("sentence-scores", sentence=SENTENCE), text_network("bag", 1)
    text = words_of(SENTENCE)
    logits = reader.body.model(reader.embed(reader.numbers(text)[None])).numpy()[0].astype(np.float64)
    shares = [np.exp(one) / sum(np.exp(logits)) for one in logits]
    np.testing.assert_allclose(found["shares"], shares, rtol=1e-4)
    assert found["answer"] == NAMES[int(np.argmax(shares))] and found["probability"] == pytest.approx(max(shares))
    learned = [word for one in sentences() if not one.held_out for word in one.words]
    assert found["unknown"] == sum(learned.count(word) < RARE for word in text) == 2  # chart, flimsy


@pytest.mark.parametrize("toward", ["answer", "pandas"])
def test_a_words_weight_is_what_its_absence_costs(toward: str) -> None:
    found, reader = (
        result("word-contributions", sentence=SENTENCE, by="occlusion", toward=toward),
        text_network("bag", 1),
    )
    text = words_of(SENTENCE)
    inputs = reader.embed(reader.numbers(text)[None])[0]

    def odds(given: Any, target: int) -> float:
        return float(reader.body.log_odds(given[None])[0, target])

    target = int(reader.body.log_odds(inputs[None])[0].argmax()) if toward == "answer" else NAMES.index(toward)
    for place, word in enumerate(text):
        without = inputs.copy()
        without[len(inputs) - len(text) + place] = 0
        assert found["words"][place] == word
        assert found["weights"][place] == pytest.approx(odds(inputs, target) - odds(without, target), abs=1e-4)
    closes = odds(inputs, target) - odds(inputs * 0, target)
    assert found["delta"] == pytest.approx(sum(found["weights"]) - closes, abs=1e-4)
    assert found["strongest_weight"] == max(found["weights"], key=abs)


def test_a_cloud_is_made_of_the_means_over_all_places_of_a_word() -> None:
    found, reader = result("word-cloud", library="networkx", count=100), text_network("bag", 1)
    texts, labels = encoded().unseen
    names = {row: word for word, row in reader.words.items()}
    places: dict[str, list[float]] = {}
    vectors = reader.embed(texts)
    products = vectors * reader.body.gradient(vectors, NAMES.index("networkx"))
    for text, product in zip(texts, products, strict=True):
        for number, weight in zip(text, product.sum(axis=1), strict=True):
            if number in names:
                places.setdefault(names[int(number)], []).append(float(weight))
    means = {word: np.mean(weights) for word, weights in places.items() if len(weights) >= FREQUENT}
    first = max(means, key=lambda word: means[word])
    assert found["greatest"] == first
    for word, weight, times in zip(found["words"], found["weights"], found["occurrences"], strict=True):
        assert weight == pytest.approx(means[word], abs=1e-4) and times == len(places[word])
    assert min(found["weights"]) >= sorted(means.values())[-100] - 1e-4
    with_first = [label for text, label in zip(texts, labels, strict=True) if reader.words[first] in text]
    assert found["first_share"] == pytest.approx(np.mean([label == NAMES.index("networkx") for label in with_first]))
    assert found["first_sentences"] == len(with_first)


@pytest.mark.slow
def test_readers_are_compared_by_counting() -> None:
    found = result("readers-compared")
    texts, labels = encoded().unseen
    for name, mixed in (("bag", texts), ("gru", texts), ("gru_shuffled", shuffled(texts, 1))):
        reader = text_network(name.removesuffix("_shuffled"), 1)  # type: ignore[arg-type]
        right = sum(
            int(odds.argmax()) == label
            for odds, label in zip(reader.body.log_odds(reader.embed(mixed)), labels, strict=True)
        )
        assert found[name] == pytest.approx(right / len(labels))
    learned = [one.library for one in sentences() if not one.held_out]
    commonest = max(range(len(NAMES)), key=learned.count)
    assert found["commonest"] == pytest.approx(np.mean(labels == commonest))
    assert (found["learned"], found["held_out"]) == (len(learned), len(labels))
    assert found["linear"] > found["commonest"]


@pytest.fixture
def few_held_out(monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A third of the sentences that are held out, shuffled twice: what is read one by one takes seconds."""
    few = copy(encoded())
    few.held_out = few.held_out & (np.arange(len(few.texts)) % 3 == 0)
    monkeypatch.setattr(words, "encoded", lambda: few)
    monkeypatch.setattr(words, "SHUFFLES", 2)
    return few


@pytest.mark.slow
def test_a_reader_remembers_as_far_as_the_median_sentence_says(few_held_out: Corpus) -> None:
    found = result("gradient-reach", words=20)
    texts, _ = few_held_out.unseen
    long = [text for text in texts if all(number > 0 for number in text[-20:])]
    assert len(texts) > found["sentences"] == len(long) > 4
    for name in ("bag", "rnn", "gru"):
        reader = text_network(name, 1)  # type: ignore[arg-type]
        lengths, changes = [], []
        for text in long:
            vectors = reader.embed(text[None])
            odds = reader.body.log_odds(vectors)[0]
            answer = int(odds.argmax())
            gradient = reader.body.gradient(vectors, answer)[0]
            lengths.append([np.sqrt(sum(float(value) ** 2 for value in word)) for word in gradient[::-1]])
            without = np.repeat(vectors, 20, axis=0)
            for place in range(20):
                without[place, -1 - place] = 0
            changes.append(abs(reader.body.log_odds(without)[:, answer] - odds[answer]))
        kinds = {name: lengths, f"{name}_hiding": changes}
        for key, sizes in ((key, sizes) for key, sizes in kinds.items() if key != "bag"):
            medians = np.array([np.median(one) for one in zip(*sizes, strict=True)])
            np.testing.assert_allclose(found[key], medians / medians[0], rtol=2e-3, atol=1e-4)
            assert found[f"{key}_kept"] == pytest.approx(medians[-1] / medians[0], rel=2e-3, abs=1e-4)
        first, last = [], []
        for text in shuffled(np.array(long * words.SHUFFLES), 1):
            vectors = np.repeat(reader.embed(text[None]), 3, axis=0)
            vectors[1, 0] = vectors[2, 19] = 0
            whole, without_first, without_last = reader.body.log_odds(vectors)
            first.append(abs(without_first - whole)[whole.argmax()])
            last.append(abs(without_last - whole)[whole.argmax()])
        kept = np.median(first) / np.median(last)
        assert found[f"{name}_shuffled_kept"] == pytest.approx(kept, rel=2e-3, abs=1e-4)
