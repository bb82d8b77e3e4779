"""Text: which library a sentence comes from, and which of its words say so.

Three small networks read the sentences of `netviz.data.sentences`. They are trained once in a process for a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from netviz.data.sentences import LIBRARIES, LONGEST, sentences, words_of
from netviz.methods import Paper, Passes, Result, Seed, method
from netviz.methods.contributions import SUNDARARAJAN, contributions
from netviz.networks import Array
from netviz.networks.small import Reader, TextNetwork, numbered, train_text_network

STEPS = 200  # of training, 128 sentences each
RARE = 4  # a word that the sentences for learning hold less often is not known
SHUFFLES = 4  # of each sentence, where its words stand in a random order
FREQUENT = 10  # a word of a cloud stands at least so often in the sentences that are read for it
READERS: tuple[Reader, ...] = ("bag", "rnn", "gru")
NAMES = tuple(LIBRARIES)

ReaderSetting = Annotated[Reader, Field(description="the network: a bag of words, a simple RNN, or a GRU")]
DEFAULT_SENTENCE = "Return the shortest path between two nodes."


def _with_words(sentence: str) -> str:
    """The sentence. Raises ValueError if there is no word in it to be read."""
    if not words_of(sentence):
        raise ValueError(
            "the sentence holds no word that is read: numbers, signs and the libraries' names are left out"
        )
    return sentence


SentenceSetting = Annotated[
    str,
    Field(min_length=1, max_length=200, description="the sentence, at most 20 words"),
    AfterValidator(_with_words),
]
Toward = Annotated[
    Literal["answer", "matplotlib", "networkx", "pandas", "scikit-learn"],
    Field(description="the library whose log-odds are explained; `answer` is the likeliest"),
]
LibrarySetting = Annotated[
    Literal["matplotlib", "networkx", "pandas", "scikit-learn"], Field(description="whose words are gathered")
]

_RNN_PAPERS = (
    Paper(
        authors="Bengio, Simard and Frasconi",
        year=1994,
        title="Learning long-term dependencies with gradient descent is difficult",
        url="https://doi.org/10.1109/72.279181",
    ),
    Paper(
        authors="Cho et al.",
        year=2014,
        title="Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
        url="https://arxiv.org/abs/1406.1078",
    ),
)


@method(
    subject="data",
    title={"en": "Which library?", "zh": "出自哪个库？"},
    summary={
        "en": "A small network reads a sentence and says which Python library's documentation it comes from.",
        "zh": "一个小网络读一句话，判断它出自哪个 Python 库的文档。",
    },
    gives="scores",
    views=("bars",),
    numbers=("names", "shares", "answer", "probability", "unknown"),
    passes=lambda settings: Passes(0, training=STEPS),
)
def sentence_scores(
    *, sentence: SentenceSetting = DEFAULT_SENTENCE, network: ReaderSetting = "bag", seed: Seed = 1
) -> Result:
    """Probabilities of the four libraries: ``names`` and ``shares`` (4,); ``answer``, its ``probability``, ``unknown``.

    ``unknown`` counts the words that the network never learned.
    """
    text = words_of(sentence)
    reader = text_network(network, seed)
    [probabilities] = reader.body.probabilities(reader.embed(reader.numbers(text)[None]))
    return {
        "names": np.array(NAMES),
        "shares": probabilities,
        "answer": np.array(NAMES[int(probabilities.argmax())]),
        "probability": probabilities.max(),
        "unknown": np.array(sum(word not in reader.words for word in text)),
    }


@method(
    subject="data",
    title={"en": "Words that speak for an answer", "zh": "支持答案的词"},
    summary={
        "en": "What each word of a sentence adds to the log-odds of a library.",
        "zh": "句中每个词给某个库的对数几率增加了多少。",
    },
    papers=(SUNDARARAJAN,),
    gives="contributions",
    views=("text", "bars"),
    numbers=(
        "words",
        "weights",
        "toward",
        "probability",
        "log_odds",
        "baseline_log_odds",
        "sum",
        "delta",
        "strongest",
        "strongest_weight",
    ),
    passes=lambda settings: Passes(0, training=STEPS),
)
def word_contributions(
    *,
    sentence: SentenceSetting = DEFAULT_SENTENCE,
    network: ReaderSetting = "bag",
    by: Annotated[
        Literal["gradient", "integrated-gradients", "occlusion"],
        Field(description="gradient × vector, the same integrated along a path, or leaving out one word at a time"),
    ] = "integrated-gradients",
    toward: Toward = "answer",
    seed: Seed = 1,
) -> Result:
    """``words`` and ``weights`` (words,), compared with a sentence without any word.

    Numbers: ``toward``, its ``probability``, the ``log_odds`` and those of no words (``baseline_log_odds``), the
    ``sum`` of the weights, ``delta`` = sum - (log_odds - baseline_log_odds), and the ``strongest`` word with its
    ``strongest_weight``.
    """
    text = words_of(sentence)[:LONGEST]
    reader = text_network(network, seed)
    inputs = reader.embed(reader.numbers(text)[None])[0]
    odds = reader.body.log_odds(np.stack([inputs, np.zeros_like(inputs)])).astype(np.float64)
    target = NAMES.index(toward) if toward != "answer" else int(odds[0].argmax())
    weights = contributions(reader.body, inputs, np.zeros_like(inputs), target, by)[-len(text) :]
    strongest = int(np.abs(weights).argmax())
    return {
        "words": np.array(text),
        "weights": weights,
        "toward": np.array(NAMES[target]),
        "probability": 1 / (1 + np.exp(-odds[0, target])),
        "log_odds": odds[0, target],
        "baseline_log_odds": odds[1, target],
        "sum": weights.sum(),
        "delta": weights.sum() - (odds[0, target] - odds[1, target]),
        "strongest": np.array(text[strongest]),
        "strongest_weight": weights[strongest],
    }


@method(
    subject="data",
    title={"en": "Word cloud", "zh": "词云"},
    summary={
        "en": "The words that speak for a library, gathered from many held-out sentences.",
        "zh": "从许多留出的句子里汇集出支持某个库的词。",
    },
    gives="contributions",
    views=("cloud", "bars"),
    numbers=("words", "weights", "occurrences", "sentences", "greatest", "first_sentences", "first_share"),
    passes=lambda settings: Passes(0, training=STEPS),
)
def word_cloud(
    *,
    library: LibrarySetting = "networkx",
    network: ReaderSetting = "bag",
    count: Annotated[int, Field(ge=1, le=100, description="how many words")] = 40,
    seed: Seed = 1,
) -> Result:
    """Mean gradient × vector of each word over its places in the held-out sentences: ``words`` and ``weights``.

    Of the words that the network knows and that stand there at least ten times, the ``count`` with the greatest
    means, greatest first; ``occurrences`` is how often each stands there. Numbers: ``sentences`` read, the
    ``greatest`` word, how many of them hold it (``first_sentences``), and in which share of these the library is the
    right answer (``first_share``).
    """
    reader = text_network(network, seed)
    numbers, labels = encoded().unseen
    target = NAMES.index(library)
    embedded = reader.embed(numbers)
    weights = (embedded * reader.body.gradient(embedded, target)).sum(axis=-1, dtype=np.float64)
    times = np.bincount(numbers.ravel(), minlength=len(reader.vectors))
    means = np.bincount(numbers.ravel(), weights.ravel(), minlength=len(reader.vectors)) / np.maximum(times, 1)
    known = [word for word, row in reader.words.items() if times[row] >= FREQUENT]
    chosen = sorted(known, key=lambda word: (-means[reader.words[word]], word))[:count]
    rows = np.array([reader.words[word] for word in chosen])
    with_first = (numbers == rows[0]).any(axis=1)
    return {
        "words": np.array(chosen),
        "weights": means[rows],
        "occurrences": times[rows],
        "sentences": np.array(len(numbers)),
        "greatest": np.array(chosen[0]),
        "first_sentences": with_first.sum(),
        "first_share": (labels[with_first] == target).mean(),
    }


@method(
    subject="data",
    title={"en": "Readers compared", "zh": "几种读法的比较"},
    summary={
        "en": "How often each reader is right on sentences that it has not learned from, in order and shuffled.",
        "zh": "各个模型在没学过的句子上答对的比例，词序正常时与打乱后。",
    },
    papers=_RNN_PAPERS,
    gives="check",
    views=("bars",),
    numbers=(
        "bag",
        "rnn",
        "gru",
        "linear",
        "commonest",
        "rnn_shuffled",
        "gru_shuffled",
        "learned",
        "held_out",
        "words",
    ),
    passes=lambda settings: Passes(0, training=len(READERS) * STEPS),
)
def readers_compared(*, seed: Seed = 1) -> Result:
    """Accuracies on the held-out sentences: ``names`` (5,), ``shares`` (5,), and with the words ``shuffled`` (5,).

    Beside the three networks a logistic regression on which words occur, and always the commonest library. The
    single accuracies are numbers too (``bag``, ``rnn``, ``gru``, ``linear``, ``commonest``; ``gru_shuffled``);
    ``learned`` and ``held_out`` count sentences, ``words`` the words that are known.
    """
    corpus = encoded()
    numbers, labels = corpus.unseen
    mixed = shuffled(numbers, seed)
    accuracies = {reader: _accuracies(text_network(reader, seed), (numbers, mixed), labels) for reader in READERS}
    linear = _linear_accuracy(corpus)
    commonest = float((labels == np.bincount(corpus.labels[~corpus.held_out]).argmax()).mean())
    shares = [accuracies[reader][0] for reader in READERS] + [linear, commonest]
    return {
        "names": np.array(["bag of words", "simple RNN", "GRU", "logistic regression", "always the commonest"]),
        "shares": np.array(shares),
        "shuffled": np.array([accuracies[reader][1] for reader in READERS] + [linear, commonest]),
        **{name: np.array(share) for name, share in zip((*READERS, "linear", "commonest"), shares, strict=True)},
        "rnn_shuffled": np.array(accuracies["rnn"][1]),
        "gru_shuffled": np.array(accuracies["gru"][1]),
        "learned": np.array(int((~corpus.held_out).sum())),
        "held_out": np.array(len(labels)),
        "words": np.array(len(corpus.words)),
    }


@method(
    subject="data",
    title={"en": "How far back a reader remembers", "zh": "网络能记多远"},
    summary={
        "en": "How much a word counts, by its gradient and by leaving it out, over how many words come after it.",
        "zh": "一个词有多大作用：分别由梯度、由去掉它来衡量，随该词后面还有多少个词而变化。",
    },
    papers=_RNN_PAPERS,
    gives="check",
    views=("curve",),
    numbers=(
        "x",
        "rnn",
        "gru",
        "rnn_hiding",
        "gru_hiding",
        "bag_hiding",
        "rnn_kept",
        "gru_kept",
        "rnn_hiding_kept",
        "gru_hiding_kept",
        "bag_hiding_kept",
        "rnn_shuffled_kept",
        "gru_shuffled_kept",
        "bag_shuffled_kept",
        "sentences",
    ),
    passes=lambda settings: Passes(0, training=len(READERS) * STEPS),
    logarithmic="y",
)
def gradient_reach(
    *,
    words: Annotated[int, Field(ge=2, le=20, description="the sentences have at least so many words")] = 14,
    seed: Seed = 1,
) -> Result:
    """How much a word counts, as a share of what the last one does: (words,) over ``x``, the words after it.

    ``rnn`` and ``gru`` are median lengths of d log-odds / d vector, ``rnn_hiding`` and ``gru_hiding`` median changes of
    the log-odds when the word's vector becomes zero. Over the held-out sentences with at least ``words`` words
    (``sentences`` of them), each explained for its own answer. ``bag_hiding`` is the same for a network that knows no
    order: what is left of the slope there is the words' own. ``rnn_kept`` and the like are the values at the first of
    these places. ``rnn_shuffled_kept`` and the like are what ``rnn_hiding_kept`` becomes when each sentence's words
    stand in a random order, `SHUFFLES` times another one: words at the end tell no more then than others.
    """
    numbers, _ = encoded().unseen
    numbers = numbers[(numbers[:, -words:] > 0).all(axis=1)]
    mixed = shuffled(np.tile(numbers, (SHUFFLES, 1)), seed)
    shares, shuffled_kept = {}, {}
    for reader in READERS:
        network = text_network(reader, seed)
        embedded = network.embed(numbers)
        answers = network.body.log_odds(embedded).argmax(axis=1)
        for name, sizes in (
            (reader, _gradient_sizes(network, embedded, answers)),
            (f"{reader}_hiding", _hiding_sizes(network, embedded, answers, range(-words, 0))),
        ):
            medians = np.median(sizes[:, -words:], axis=0)[::-1]
            shares[name] = medians / medians[0]
        embedded = network.embed(mixed)
        answers = network.body.log_odds(embedded).argmax(axis=1)
        first, last = np.median(_hiding_sizes(network, embedded, answers, (-words, -1)), axis=0)
        shuffled_kept[f"{reader}_shuffled_kept"] = first / last
    del shares["bag"]  # of a sum of vectors every place has the same gradient
    return {
        "x": np.arange(words),
        **shares,
        **{f"{name}_kept": values[-1] for name, values in shares.items()},
        **shuffled_kept,
        "sentences": np.array(len(numbers)),
    }


def _gradient_sizes(network: TextNetwork, embedded: Array, answers: NDArray[np.int64]) -> Array:
    """The length of the gradient by each word's vector, for each sentence's own answer: (sentences, places)."""
    sizes = np.zeros(embedded.shape[:2])
    for target in set(answers.tolist()):
        own = answers == target
        sizes[own] = np.linalg.norm(network.body.gradient(embedded[own], target), axis=-1)
    return sizes


def _hiding_sizes(network: TextNetwork, embedded: Array, answers: NDArray[np.int64], places: Sequence[int]) -> Array:
    """How far each sentence's own answer's log-odds move without the word at each place: (sentences, places)."""
    versions = np.repeat(embedded[None], len(places) + 1, axis=0)  # the whole sentences first
    for version, place in zip(versions[1:], places, strict=True):
        version[:, place] = 0
    odds = network.body.log_odds(versions.reshape(-1, *embedded.shape[1:])).reshape(*versions.shape[:2], -1)
    whole, *hidden = odds[:, np.arange(len(embedded)), answers]
    return np.abs(np.array(hidden) - whole).T


class Corpus:
    """The sentences as numbers: ``texts`` (n, 20), ``labels`` (n,), ``held_out`` (n,); ``words`` are those known."""

    def __init__(self) -> None:
        found = sentences()
        self.labels = np.array([one.library for one in found])
        self.held_out = np.array([one.held_out for one in found])
        counts: dict[str, int] = {}
        for one in found:
            for word in one.words if not one.held_out else ():
                counts[word] = counts.get(word, 0) + 1
        known = sorted(word for word, count in counts.items() if count >= RARE)
        self.words = {word: row for row, word in enumerate(known, start=2)}
        self.texts = np.stack([numbered(one.words, self.words, LONGEST) for one in found])

    @property
    def unseen(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The texts that are held out, and their labels."""
        return self.texts[self.held_out], self.labels[self.held_out]


@cache
def encoded() -> Corpus:
    """The corpus, read once."""
    return Corpus()


@cache
def text_network(reader: Reader, seed: int) -> TextNetwork:
    """A trained reader."""
    corpus = encoded()
    learned = ~corpus.held_out
    return train_text_network(reader, corpus.texts[learned], corpus.labels[learned], corpus.words, STEPS, seed)


def shuffled(texts: NDArray[np.int32], seed: int) -> NDArray[np.int32]:
    """The same words in a random order, what is no word left where it was."""
    random = np.random.default_rng(seed)
    mixed = texts.copy()
    for row in mixed:
        places = np.flatnonzero(row)
        row[places] = random.permutation(row[places])
    return mixed


def _accuracies(reader: TextNetwork, versions: tuple[NDArray[np.int32], ...], labels: NDArray[np.int64]) -> list[float]:
    """How often a reader is right on each version of the same texts."""
    return [float((reader.body.log_odds(reader.embed(one)).argmax(axis=1) == labels).mean()) for one in versions]


def _linear_accuracy(corpus: Corpus) -> float:
    """Of a logistic regression on which known words a sentence holds."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows, places = np.nonzero(corpus.texts > 1)
    found = csr_matrix(
        (np.ones(len(rows)), (rows, corpus.texts[rows, places])), (len(corpus.texts), len(corpus.words) + 2)
    )
    found.data[:] = 1  # a word that stands there twice counts once
    learned = ~corpus.held_out
    model = LogisticRegression(max_iter=500).fit(found[learned], corpus.labels[learned])
    return float(model.score(found[corpus.held_out], corpus.labels[corpus.held_out]))
