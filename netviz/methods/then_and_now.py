"""Then and now: what becomes of the usual recipe in old TensorFlow when its lines are run today.

Nothing here is needed to explain a network. Each function tries one thing that such code does or that its readers
believe, and measures what comes of it.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from netviz.methods import Passes, Result, method
from netviz.methods.arrays import relative_error
from netviz.methods.keras_layers import with_layers
from netviz.networks import Array, Network, Targets, softmax
from netviz.networks.classes import classes

if TYPE_CHECKING:
    from netviz.networks.keras_network import KerasNetwork

LINES = (
    "from tensorflow.keras.applications.vgg16 import preprocess_input",
    "from tensorflow.keras.preprocessing import image",
    "from tensorflow.keras.models import Model",
    "from tensorflow.keras import backend as K",
    "img = image.load_img(img_path, target_size=(224, 224))",
    "x = image.img_to_array(img)",
    "x = np.expand_dims(x, axis=0)",
    "x = preprocess_input(x)",
    "layer_outputs = [layer.output for layer in model.layers]",
    "activation_model = Model(inputs=model.input, outputs=layer_outputs)",
    "activations = activation_model.predict(x)",
    "output = model.output[:, np.argmax(model.predict(x))]",
    "grads = K.gradients(output, model.input)[0]",
    "grads_val = K.function([model.input], [grads])",
)
"""The recipe as it stood in countless posts, up to its picture."""

MENDED = {
    "output": "output = model.output[:, int(np.argmax(model.predict(x)))]",
    "grads": "grads = output",
}
"""What stands in for a name that a failed line should have made, so that the lines after it get their chance."""

TAPED = (
    "tf.reduce_sum(tf.nn.relu(x - 10))",
    "tf.reduce_sum(tf.sigmoid(100 * x))",
    "tf.reduce_sum(tf.clip_by_value(x, 5, 9))",
    "tf.reduce_sum(tf.sign(x))",
    "tf.cast(tf.argmax(x), tf.float32)",
    "tf.reduce_sum(tf.round(x))",
    "tf.reduce_sum(tf.cast(tf.cast(x, tf.int32), tf.float32))",
    "tf.reduce_sum(tf.stop_gradient(x))",
    "tf.reduce_sum(x.numpy())",
)
"""Functions of x through which no derivative comes: what is flat there, and what a tape can't follow."""

UNWATCHED = "tf.reduce_sum(x), x not watched"

SHOWN = 400  # derivatives among the points of a chart


@method(
    title={"en": "The old lines, tried", "zh": "逐行试跑旧代码"},
    summary={
        "en": "Each line of the old recipe, run under the TensorFlow that this site was built with.",
        "zh": "用建站时的 TensorFlow 逐行运行旧代码。",
    },
    gives="check",
    views=("table",),
    numbers=("lines", "failed", "output_error", "grads_error", "grads_val_error", "overwritten", "tensorflow", "keras"),
    passes=lambda settings: Passes(forward=0),
    subject="data",
)
def old_lines() -> Result:
    """Runs `LINES` one by one on a small network with a softmax, in the place of VGG16: no line asks which it is.

    ``code`` (k,) and ``answer`` (k,) are words: ``ok``, or the error. Numbers: how many ``lines`` there are, how many
    ``failed``; the versions ``tensorflow`` and ``keras``; what the lines that should make these names answered
    (empty if they worked): ``output_error``, ``grads_error``, ``grads_val_error``; and how many values of three
    ``preprocess_input`` has ``overwritten`` in the array that it was given.
    """
    from netviz.networks.quiet import import_keras, import_tensorflow

    tensorflow, keras = import_tensorflow(), import_keras()
    names: dict[str, Any] = {"np": np, "model": _small_classifier(keras), "img_path": _any_photo()}
    answers = {line: _tried(line, names) for line in LINES}
    given = np.full((1, 1, 3), 200, np.float32)
    keras.applications.vgg16.preprocess_input(given)
    errors = {line.partition(" =")[0]: answer for line, answer in answers.items() if answer != "ok"}
    wanted = {f"{name}_error": np.array(errors.get(name, "")) for name in ("output", "grads", "grads_val")}
    versions = {"tensorflow": np.array(tensorflow.__version__), "keras": np.array(keras.__version__)}
    return {
        "code": np.array(LINES),
        "answer": np.array(list(answers.values())),
        "lines": np.array(len(LINES)),
        "failed": np.array(len(errors)),
        "overwritten": np.array((given != 200).sum()),
        **wanted,
        **versions,
    }


@method(
    title={"en": "No gradient, or a gradient of zero", "zh": "没有梯度，还是梯度为零"},
    summary={
        "en": "What a gradient tape answers where no derivative comes through.",
        "zh": "导数传不过去的时候，GradientTape 会给出什么。",
    },
    gives="check",
    views=("table",),
    numbers=("lines", "missing", "zero"),
    passes=lambda settings: Passes(forward=0),
    subject="data",
)
def tape_answers() -> Result:
    """Differentiates `TAPED` at three numbers, and once a sum whose input the tape did not watch.

    ``code`` (k,) and ``answer`` (k,) are words: ``None``, or the sizes of the three derivatives. Numbers: how many
    ``lines`` there are, of how many the answer is ``missing`` (None), and of how many it is ``zero`` everywhere.
    """
    from netviz.networks.quiet import import_tensorflow

    tensorflow = import_tensorflow()
    x = tensorflow.constant([-2.0, 1.0, 3.0])
    answers = {line: _taped(tensorflow, line, x) for line in TAPED}
    answers[UNWATCHED] = _taped(tensorflow, "tf.reduce_sum(x)", x, watched=False)
    return {
        "code": np.array(list(answers)),
        "answer": np.array(
            ["None" if one is None else ", ".join(f"{value:g}" for value in one) for one in answers.values()]
        ),
        "lines": np.array(len(answers)),
        "missing": np.array(sum(one is None for one in answers.values())),
        "zero": np.array(sum(one is not None and not one.any() for one in answers.values())),
    }


def _taped(tensorflow: Any, line: str, x: Any, watched: bool = True) -> NDArray[np.float32] | None:
    """The size of the derivative by x of a line of `TAPED`, as a tape tells it; None if it tells none."""
    with tensorflow.GradientTape() as tape:
        if watched:
            tape.watch(x)
        value = eval(line, {"tf": tensorflow, "x": x})
    slope = tape.gradient(value, x)
    return None if slope is None else np.abs(slope.numpy())


def _tried(line: str, names: dict[str, Any]) -> str:
    """Run a line among these names; if it fails, its error, and what stands in for it is run instead."""
    with contextlib.redirect_stdout(io.StringIO()):  # predict draws a progress bar
        try:
            exec(line, names)
        except Exception as error:
            name = line.partition(" =")[0]
            if name in MENDED:
                exec(MENDED[name], names)
            return f"{type(error).__name__}: {error}"
    return "ok"


def _small_classifier(keras: Any) -> Any:
    """Pictures like VGG16's in, probabilities of a few classes out."""
    inputs = keras.Input((224, 224, 3))
    maps = keras.layers.Conv2D(4, 16, strides=16, activation="relu", kernel_initializer="ones")(inputs)
    features = keras.layers.GlobalAveragePooling2D()(maps)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax", kernel_initializer="zeros")(features))


def _any_photo() -> io.BytesIO:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "png")
    file.seek(0)
    return file


@method(
    title={"en": "The old picture", "zh": "旧代码画出的图"},
    summary={
        "en": "The gradient of the probability as the old recipe shows it: three channels, blue first, values below 0 "
        "and above 1 cut off, a colour map named.",
        "zh": "按旧代码的办法把概率的梯度画出来：三个通道，蓝色在前，小于 0 和大于 1 的值截掉，还指定了一个色图。",
    },
    gives="picture",
    views=("picture",),
    numbers=("largest", "brightest", "negative_share", "changed_by_cmap", "changed_with_one_channel", "lightest"),
    passes=lambda settings: Passes(forward=1, backward=1),
)
def old_picture(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    cmap: Annotated[Literal["jet", "gray", "viridis"], Field(description="Matplotlib's colour map")] = "jet",
    times: Annotated[float, Field(ge=1, le=1e9, description="factor by which the gradient is multiplied before")] = 1.0,
) -> Result:
    """What ``plt.imshow(gradient, cmap=…)`` draws: ``picture`` (n, height, width, 3), 0 to 255.

    The gradient is by values of 0 to 255 in the order BGR, which is what a network sees that is fed by Keras'
    ``preprocess_input``. Numbers, all (n,): ``largest`` absolute derivative, times ``times``; ``brightest`` value of
    the picture, 0 to 255; ``negative_share`` of the derivatives, cut off to 0; ``changed_by_cmap`` how many of the
    picture's values differ from those drawn with ``gray``; ``changed_with_one_channel`` the same if red alone is shown;
    ``lightest`` where on the colour map's scale, from 0 to 1, its lightest colour stands (CIE L*).
    """
    gradients = times * network.gradient(pictures, targets, output="probability")[..., ::-1]
    drawn = np.stack([imshow(one, cmap) for one in gradients])
    grey = np.stack([imshow(one, "gray") for one in gradients])
    single, single_grey = (np.stack([imshow(one[..., 2], name) for one in gradients]) for name in ("jet", "gray"))
    places = (1, 2, 3)
    return {
        "picture": drawn.astype(np.float32),
        "largest": np.abs(gradients).max(axis=places),
        "brightest": drawn.max(axis=places).astype(np.int64),
        "negative_share": (gradients < 0).mean(axis=places),
        "changed_by_cmap": (drawn != grey).sum(axis=places),
        "changed_with_one_channel": (single != single_grey).sum(axis=places),
        "lightest": np.full(len(pictures), lightest_place(cmap)),
    }


def lightest_place(cmap: str) -> float:
    """Where on a colour map of Matplotlib's, from 0 to 1, its lightest colour is: the greatest L* of 256."""
    from matplotlib import colormaps
    from skimage.color import rgb2lab

    scale = np.linspace(0, 1, 256)
    lightness = rgb2lab(colormaps[cmap](scale)[None, :, :3])[0, :, 0]
    return float(scale[lightness.argmax()])


def imshow(values: Array, cmap: str) -> NDArray[np.uint8]:
    """What Matplotlib's ``imshow`` puts on the screen, a pixel for a value: (h, w) or (h, w, 3) to (h, w, 3) RGB."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height, width = values.shape[:2]
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    with _quiet_log("matplotlib.image"):  # it warns of what it cuts off, which is what is measured here
        axes.imshow(values, cmap=cmap, interpolation="nearest", aspect="auto")
        canvas.draw()  # type: ignore[no-untyped-call]
    return np.array(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _quiet_log(name: str) -> Iterator[None]:
    import logging

    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


@method(
    title={"en": "Classes by a word", "zh": "按词找类别"},
    summary={
        "en": "The most likely classes, and how many of all classes have a word in their names.",
        "zh": "最可能的类别，以及所有类别里有多少个名称含有某个词。",
    },
    gives="scores",
    views=("bars",),
    numbers=("called", "whole_word", "letters", "together"),
    passes=lambda settings: Passes(forward=1),
)
def classes_by_word(
    network: Network,
    pictures: Array,
    targets: Targets,
    *,
    word: Annotated[str, Field(min_length=2, description="an English word")] = "cat",
) -> Result:
    """``probabilities`` of every class (n, classes).

    Numbers, all (n,): how many classes are ``called`` just this (an alias counts), how many have it as a ``whole_word``
    of their names, how many hold its ``letters`` anywhere; ``together`` is the probability of the whole-word ones.
    """
    probabilities = softmax(network.logits(pictures))
    named = classes()[: probabilities.shape[1]]
    word = word.casefold()
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    whole = np.array([bool(pattern.search(one.english.casefold())) for one in named])
    counts = {
        "called": sum(word in map(str.casefold, one.spellings) for one in named),
        "whole_word": int(whole.sum()),
        "letters": sum(word in one.english.casefold() for one in named),
    }
    return {
        "probabilities": probabilities,
        **{name: np.full(len(pictures), count) for name, count in counts.items()},
        "together": probabilities[:, whole].sum(axis=1),
    }


@method(
    title={"en": "A plain gradient tape", "zh": "直接用 GradientTape"},
    summary={
        "en": "The same derivative twice: by ten lines of TensorFlow, and as this site computes it.",
        "zh": "同一个导数算两遍：一遍用十行 TensorFlow，一遍用本站的程序。",
    },
    gives="check",
    views=("scatter",),
    numbers=("error", "reversed_error", "precise_error"),
    passes=lambda settings: Passes(forward=4, backward=4),
)
def plain_tape(network: Network, pictures: Array, targets: Targets) -> Result:
    """``x`` from this site and ``y`` from a bare tape: (n, points) of the derivatives, in score per RGB step.

    Numbers, all (n,): ``error``, the length of the difference over that of the gradient, for all values;
    ``precise_error`` the same with both in float64; ``reversed_error``, that of the gradient with red and blue
    exchanged, as by whoever takes BGR for RGB.
    """
    recorded = with_layers(network, "a bare tape")
    plain, ours = _by_bare_tape(recorded, pictures, targets), recorded.gradient(pictures, targets)
    precise = recorded.at("float64")
    precise_pair = _by_bare_tape(precise, pictures, targets), precise.gradient(pictures, targets)
    places = np.linspace(0, ours[0].size - 1, min(SHOWN, ours[0].size)).astype(int)
    rows = len(pictures), -1
    return {
        "x": ours.reshape(rows)[:, places],
        "y": plain.reshape(rows)[:, places],
        "error": relative_error(plain, ours),
        "precise_error": relative_error(*precise_pair),
        "reversed_error": relative_error(plain[..., ::-1], ours),
    }


def _by_bare_tape(network: KerasNetwork, pictures: Array, targets: Targets) -> Array:
    """The gradient (n, height, width, 3), line by line and nothing compiled, in the network's own precision."""
    from netviz.networks.keras_network import tf

    logits_model = tf.keras.Model(network.model.inputs, network.model.outputs[0])
    x = tf.constant(pictures, network.precision)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = logits_model(network.preprocessing(x), training=False)
        scores = tf.gather(logits, targets, axis=1, batch_dims=1)
    slopes: Array = tape.gradient(scores, x).numpy()
    for listener in network.listeners:
        listener(len(pictures), len(pictures))
    return slopes
