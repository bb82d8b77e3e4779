"""Small networks for text and tables, trained by the build in seconds, each from a seed.

They answer with log-odds: log(p / (1 - p)) of a class. For a single output that is the logit; for several, the logit
less the log of the sum of the others' exponentials. Unlike a logit among several it has a meaning of its own.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from netviz.networks import Array
from netviz.networks.quiet import import_keras, import_tensorflow

Reader = Literal["bag", "rnn", "gru"]
CHUNK = 4096  # inputs that are asked for together
STEPS_AT_ONCE = 50  # of training, before Python has its turn


@dataclass(frozen=True)
class SmallNetwork:
    """A trained Keras model from inputs (n, ...) to logits (n, outputs)."""

    model: Any

    def log_odds(self, inputs: Array) -> Array:
        """Of every class (or of the one output): (n, outputs) float32."""
        tf = import_tensorflow()
        pieces = [tf.constant(inputs[i : i + CHUNK], tf.float32) for i in range(0, len(inputs), CHUNK)]
        return np.concatenate([_log_odds(self.model(piece, training=False)).numpy() for piece in pieces])

    def probabilities(self, inputs: Array) -> Array:
        """(n, outputs); of several outputs they sum to 1."""
        return 1 / (1 + np.exp(-self.log_odds(inputs)))

    def gradient(self, inputs: Array, target: int) -> Array:
        """Derivative of one class's log-odds by the inputs: (n, ...) float32."""
        tf = import_tensorflow()
        watched = tf.constant(inputs, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(watched)
            score = _log_odds(self.model(watched, training=False))[:, target]
        answer: Array = tape.gradient(score, watched).numpy()
        return answer


@dataclass(frozen=True)
class TextNetwork:
    """A network that reads words: a vector for each, then a body that reads the vectors.

    ``words`` maps those it knows to rows of ``vectors`` (words + 2, d): row 0 is no word, all zero, and row 1 any word
    that it does not know. ``length`` words are read; shorter texts are filled up with no word on the left.
    """

    words: dict[str, int]
    vectors: Array
    body: SmallNetwork
    length: int

    def numbers(self, text: tuple[str, ...]) -> NDArray[np.int32]:
        """A text's words as rows of ``vectors``: (length,). Words beyond ``length`` are cut off at the end."""
        return numbered(text, self.words, self.length)

    def embed(self, numbers: NDArray[np.int32]) -> Array:
        """(n, length) to (n, length, d)."""
        return self.vectors[numbers]


def numbered(text: tuple[str, ...], words: dict[str, int], length: int) -> NDArray[np.int32]:
    """A text as numbers, no word (0) on the left and unknown words as 1: (length,) int32."""
    known = [words.get(word, 1) for word in text[:length]]
    return np.array([0] * (length - len(known)) + known, np.int32)


def train_table_network(rows: Array, labels: NDArray[np.int64], steps: int, seed: int) -> SmallNetwork:
    """Two hidden layers of ReLUs, (n, k) standardised numbers to the log-odds of label 1."""
    keras = import_keras()
    layers = keras.layers
    model = keras.Sequential([keras.Input((rows.shape[1],))])
    for number, units in enumerate((16, 8)):
        model.add(layers.Dense(units, "relu", kernel_initializer=_glorot(seed, number)))
    model.add(layers.Dense(1, kernel_initializer=_glorot(seed, 2)))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    kind = "table", rows.shape[1]
    _fit(model, kind, rows.astype(np.float32), labels.astype(np.float32)[:, None], loss, 5e-3, steps, 32, seed)
    return SmallNetwork(model)


def train_text_network(
    reader: Reader,
    texts: NDArray[np.int32],
    labels: NDArray[np.int64],
    words: dict[str, int],
    steps: int,
    seed: int,
    width: int = 24,
) -> TextNetwork:
    """Word vectors and what reads them: (n, length) numbers of words to the log-odds of each label.

    ``bag`` adds the vectors up and puts a hidden layer on the sum; ``rnn`` (Elman 1990) and ``gru`` (Cho et al. 2014)
    take them in one after the other and answer from their last state.
    """
    keras = import_keras()
    layers, length = keras.layers, texts.shape[1]
    embedded = keras.Input((length, width))
    square = keras.initializers.Orthogonal(seed=10 * seed)
    if reader == "bag":
        total = keras.ops.sum(embedded, axis=1)
        state = layers.Dense(width, "relu", kernel_initializer=_glorot(seed, 0))(total)
    else:
        kind = layers.GRU if reader == "gru" else layers.SimpleRNN
        state = kind(width, kernel_initializer=_glorot(seed, 0), recurrent_initializer=square)(embedded)
    classes = int(labels.max()) + 1
    body = keras.Model(embedded, layers.Dense(classes, kernel_initializer=_glorot(seed, 1))(state))
    start = keras.initializers.RandomUniform(-0.05, 0.05, seed=10 * seed + 2)
    table = layers.Embedding(len(words) + 2, width, embeddings_initializer=start)
    numbers = keras.Input((length,), dtype="int32")
    is_word = keras.ops.cast(numbers > 0, "float32")[..., None]
    model = keras.Model(numbers, body(table(numbers) * is_word))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kind = reader, len(words), length, width, classes
    _fit(model, kind, texts, labels, loss, 5e-3, steps, 128, seed)
    vectors = np.array(table.get_weights()[0])
    vectors[0] = 0
    return TextNetwork(words, vectors, SmallNetwork(body), length)


def _fit(
    model: Any, kind: Hashable, inputs: Any, labels: Any, loss: Any, rate: float, steps: int, batch: int, seed: int
) -> None:
    """Adam over examples that are shuffled anew whenever all were seen; all randomness comes from the seed.

    Models of the same ``kind`` differ in nothing but their weights: one twin of theirs is compiled, and learns for all.
    """
    random = np.random.default_rng(seed)
    rounds = -(-steps * batch // len(inputs))
    order = np.concatenate([random.permutation(len(inputs)) for _ in range(rounds)])[: steps * batch]
    if kind not in _twins:
        _twins[kind] = _compiled_twin(model, loss, rate)
    twin, at_first = _twins[kind]
    twin.set_weights(model.get_weights())
    for variable, value in zip(twin.optimizer.variables, at_first, strict=True):
        variable.assign(value)
    twin.fit(inputs[order], labels[order], batch_size=batch, epochs=1, shuffle=False, verbose=0)
    model.set_weights(twin.get_weights())


_twins: dict[Hashable, tuple[Any, list[Array]]] = {}


def _compiled_twin(model: Any, loss: Any, rate: float) -> tuple[Any, list[Array]]:
    """A copy of a model that can learn, and the state of its optimiser before the first step."""
    keras = import_keras()
    twin = keras.models.clone_model(model)
    twin.compile(optimizer=keras.optimizers.Adam(rate), loss=loss, steps_per_execution=STEPS_AT_ONCE)
    twin.optimizer.build(twin.trainable_variables)
    return twin, [variable.numpy() for variable in twin.optimizer.variables]


def _glorot(seed: int, number: int) -> Any:
    return import_keras().initializers.GlorotUniform(seed=10 * seed + number)


def _log_odds(logits: Any) -> Any:
    """The log of p / (1 - p), without rounding p to 1: (n, outputs) to the same."""
    tf = import_tensorflow()
    count = logits.shape[-1]
    if count == 1:
        return logits
    others = tf.where(tf.eye(count, dtype=tf.bool), -np.inf, tf.expand_dims(logits, 1))
    return logits - tf.reduce_logsumexp(others, axis=-1)
